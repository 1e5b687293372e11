"""The four kinds of measures (人防、技防、工程防、管理防): names, and which of them a measure's words speak of."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum


class Defence(StrEnum):
    """What a measure relies on: people, devices that notice or act, the thing rebuilt, or rules."""

    PEOPLE = "people"
    TECHNOLOGY = "technology"
    ENGINEERING = "engineering"
    MANAGEMENT = "management"


DEFENCE_NAMES: Mapping[Defence, str] = {
    Defence.PEOPLE: "人防",
    Defence.TECHNOLOGY: "技防",
    Defence.ENGINEERING: "工程防",
    Defence.MANAGEMENT: "管理防",
}

# What people write in measures. The plans name the four kinds without saying what belongs to which: only clear words.
_WORDS: Mapping[Defence, re.Pattern[str]] = {
    Defence.PEOPLE: re.compile("培训|教育|演练|值守|值班|看护|看守|监护|巡查|巡检|专人|持证|佩戴"),
    Defence.TECHNOLOGY: re.compile("报警|联锁|连锁|监控|监测|探测|传感|自动|切断阀|摄像|远程"),
    Defence.ENGINEERING: re.compile(
        "更换|改造|加固|拆除|拆掉|维修|修复|修好|安装|加装|装上|护栏|防护罩|隔断|封堵|补齐|移走|疏通"
    ),
    Defence.MANAGEMENT: re.compile("制度|审批|规程|责任制|作业票|操作票|停用|停产|禁止|警示|标识|标志|考核|台账"),
}


def proposed_defences(measure: str) -> tuple[Defence, ...]:
    """The kinds that a measure's words speak of, none where they say nothing clear; a person corrects them."""
    return tuple(defence for defence, words in _WORDS.items() if words.search(measure))


def following_defences(present: Sequence[Defence], *, before: str, after: str) -> tuple[Defence, ...]:
    """The kinds when the measure changes its words: proposed anew unless a person has corrected the last proposal."""
    corrected = tuple(present) != proposed_defences(before)
    return tuple(present) if corrected else proposed_defences(after)


def toggled(present: Iterable[Defence], defence: Defence) -> tuple[Defence, ...]:
    """The kinds with this one put in, or taken out if it was there, in their usual order."""
    wanted = set(present) ^ {defence}
    return tuple(one for one in Defence if one in wanted)


def written(defences: Iterable[Defence]) -> str:
    """The kinds as one column keeps them."""
    return ",".join(one.value for one in Defence if one in set(defences))


def read(text: str) -> tuple[Defence, ...]:
    """The kinds in a column; a word that is none of them is left out."""
    return tuple(one for one in Defence if one.value in text.split(","))


def marked(measure: str, defences: Iterable[Defence]) -> str:
    """A measure as letters name it, its kinds behind it: 更换线路（工程防）."""
    names = "、".join(DEFENCE_NAMES[one] for one in defences)
    return f"{measure}（{names}）" if measure and names else measure


def named(words: str) -> tuple[Defence, ...]:
    """The kinds in a cell somebody wrote, such as 人防、技防 or people,technology."""
    # Some write 管理防范 for 管理防.
    pieces = re.split(r"[、,，;；/\s]+", words.strip().lower())
    return tuple(d for d in Defence if any(p == d.value or p.startswith(DEFENCE_NAMES[d]) for p in pieces))
