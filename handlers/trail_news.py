"""What the office hears of checks of the trail: in plain words where something was altered and since when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from checklists.deliveries import Delivery
from checklists.trail_checks import Found, TrailCheck
from handlers.life_words import number_in
from handlers.outgoing import Outgoing
from handlers.replies import Screen
from handlers.services import Services
from handlers.words import N_, _, clock, full_day, html, labelled, listed
from storage.transaction import Transaction

FAULTY, CLEAN, FAILED = "trail_faulty", "trail_clean", "trail_failed"

# The tables by what people call their content.
CONTENTS: Mapping[str, str] = {
    **dict.fromkeys(("hazards", "hazard_lives", "major_reports"), N_("隐患")),
    **dict.fromkeys(("hazard_reviews", "hazard_comments"), N_("复查和备注")),
    **dict.fromkeys(("hazard_notices", "hazard_listings"), N_("告知、上报和挂牌")),
    **dict.fromkeys(
        ("hazard_deferrals", "hazard_escalations", "hazard_proposals", "hazard_referrals"), N_("延期、升级和建议")
    ),
    **dict.fromkeys(("analysis_meetings", "hazard_analyses"), N_("分析会和研判")),
    **dict.fromkeys(("inspections", "answers", "records", "checklists"), N_("自查")),
    **dict.fromkeys(("official_inspections", "inspection_experts", "draws", "drawn_enterprises"), N_("监督检查和抽查")),
    **dict.fromkeys(("attachments", "photos"), N_("照片和语音")),
    **dict.fromkeys(("enterprises", "enterprise_trades", "enterprise_traits", "contacts"), N_("企业资料")),
    **dict.fromkeys(("people", "roles", "invitations", "expert_profiles"), N_("人员和职务")),
    **dict.fromkeys(("departments", "department_members", "department_trades"), N_("科室")),
    **dict.fromkeys(("risk_points", "risk_checks", "risk_measures", "risk_assessments"), N_("风险点")),
    **dict.fromkeys(("adoptions", "extra_items", "office_settings", "zones", "sequences"), N_("条目和设置")),
    "quizzes": N_("测验"),
    "enterprise_ratings": N_("年度考评"),
    "duties": N_("应办事项"),
    "deliveries": N_("发出的消息"),
    "events": N_("操作记录"),
}
_OTHER = N_("其他数据")
HOW: Mapping[str, str] = {
    "chain": N_("前后对不上，可能被改动过"),
    "head": N_("以前抄下的末尾不见了，后面的可能被删过"),
    "altered": N_("{number} 处内容被改动过"),
    "replaced": N_("{number} 处内容曾被改动，后来又保存过"),
    "removed": N_("{number} 处被删掉了"),
    "added": N_("{number} 处不是本系统写进来的"),
}


def moment(at: datetime) -> str:
    """A day with its year and the time of day in Shanghai, 2026年11月23日 03:20."""
    return f"{full_day(at)} {clock(at)}"


def head_lines(check: TrailCheck) -> list[str]:
    """The copy of the trail's end that stays outside of the database: in the chat history of whoever got it."""
    if not check.clean_head or check.clean_head_at is None:
        return []
    number = check.clean_head.partition(":")[0]
    words = _("🔒 台账末尾的抄件：第 {number} 条，{moment}。请留着这条消息，以后能证明台账没有被删改。")
    return [
        words.format(number=number, moment=moment(check.clean_head_at)),
        f"<code>{html(check.clean_head)}</code>",
    ]


def morning_lines(tx: Transaction, now: datetime) -> list[str]:
    """What the morning report must not keep quiet about: faults that stand, and nights without a check."""
    check = tx.trail_checks.present()
    lines = []
    if check.found and check.checked_at is not None and not check.is_explained:
        words = _("⚠️ 台账核对发现 {number} 处改动（{moment}），还没有查清。")
        lines.append(words.format(number=check.faults, moment=moment(check.checked_at)))
    if check.is_long_ago(now):
        words = _("⚠️ 台账还从来没有核对成功过，请告诉管理服务器的人。")
        if check.checked_at is not None:
            words = _("⚠️ 台账从 {moment} 起没有核对成功。").format(moment=moment(check.checked_at))
        lines.append(words)
    return lines


def faulty(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """What was altered and since when; nobody's words stand in it."""
    about = delivery.about
    checked, clean = _at(about["checked_at"]), about["clean_at"]
    since = _("本系统此前还没有核对过，改动的时间不清楚。")
    if clean:
        since = _("{moment}核对时还是好的，改动发生在那以后。").format(moment=moment(_at(clean)))
    lines = [
        _("🚨 <b>台账被改动过</b>"),
        _("{moment}核对，下面这些和本系统写下的不一样：").format(moment=moment(checked)),
        *all_found([Found(**one) for one in about["found"]], cut=bool(about.get("cut"))),
        *_hazards(tx, about["hazards"], more=bool(about.get("more_hazards"))),
        since,
        "",
        _(
            "可能有人绕过本系统改了数据库，也可能是磁盘坏了。请先不要动数据库，马上找管理服务器的人，"
            "在服务器上运行 <code>zicha trail verify</code>，逐条看是哪些。"
        ),
    ]
    return Outgoing(screen=Screen(text="\n".join(lines)))


def all_found(found: Iterable[Found], *, cut: bool) -> list[str]:
    """What was found by kind of content; with `cut` it says that there may be more."""
    return [*found_lines(found), *([_("只数到这里，实际可能更多。")] if cut else [])]


def found_lines(found: Iterable[Found]) -> list[str]:
    """One line a kind of content: 隐患：2 处内容被改动过."""
    said: dict[str, list[str]] = {}
    counted: dict[tuple[str, str], int] = {}
    for one in found:
        key = (CONTENTS.get(one.table, _OTHER), one.wrong)
        counted[key] = counted.get(key, 0) + one.number
    for (content, wrong), number in counted.items():
        said.setdefault(content, []).append(_(HOW[wrong]).format(number=number))
    return ["· " + labelled(_(content), listed(words)) for content, words in said.items()]


def _hazards(tx: Transaction, ids: Sequence[Any], *, more: bool) -> list[str]:
    known = [hazard for hazard in (tx.hazards.get(int(i)) for i in ids) if hazard is not None]
    if not known:
        return []
    words = _("涉及隐患（前 {count} 条）：{numbers}") if more else _("涉及隐患：{numbers}")
    return [words.format(count=len(known), numbers=listed(html(number_in(tx, h)) for h in known))]


def clean(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The answer to whoever asked for a check, when nothing was found."""
    words = _("✅ 台账核对完成（{moment}）：操作记录 {number} 条，没有发现改动。")
    text = words.format(moment=moment(_at(delivery.about["checked_at"])), number=delivery.about["events"])
    return Outgoing(screen=Screen(text="\n".join([text, *head_lines(tx.trail_checks.present())])))


def failed(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The answer to whoever asked for a check that could not be made."""
    words = _("台账这次没有核对成功，可能是数据库忙、打不开，或者服务器磁盘满了。过半小时会自动再核对一次。")
    return Outgoing(screen=Screen(text=words))


def _at(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))
