"""Entities that Telegram finds by itself: commands, mentions, hashtags, cashtags, addresses."""

import re
from collections.abc import Callable, Iterable

from bot.sandbox.wire import words

SHORT_NAMES = frozenset(words("gif wiki vid bing pic bold imdb coub like vote giff"))
LAST_PORT = 65_535
_LETTER = "\\w\u200c\u00b7\u0d80-\u0dff"
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")
_MENTION = re.compile(r"(?<!\w)@([A-Za-z0-9_]{2,32})(?!\w)")
_HASHTAG = re.compile(rf"(?<![{_LETTER}])#([{_LETTER}]{{1,256}})(?![{_LETTER}]*#)(?:@[A-Za-z0-9_]{{3,32}})?")
_CASHTAG = re.compile(
    rf"(?<![{_LETTER}$])\$(?:1INCH|[A-Z]{{1,8}})(?![{_LETTER}$])(?:@[A-Za-z0-9_]{{3,32}}(?![A-Za-z0-9_]))?"
)
_TOP_LEVEL = frozenset(
    words(
        "com net org edu gov mil int info biz name pro mobi app dev io ai me tv cc co uk us eu de fr it es nl ru su "
        "ua by kz cn hk tw jp kr sg my th vn id in pk ir tr il ae sa au nz ca mx br ar cl pe za ng ke eg ch at be "
        "dk se no fi is ie pt pl cz sk hu ro bg gr rs hr si ee lv lt lu li mt cy md ge am az uz kg tj tm mn la kh "
        "mm np lk bd af py ba mk al xyz top site online shop store club vip wang ink ltd group work live news blog "
        "cloud tech space website fun icu software ton onion tk ml ga cf gq ws to ly gl gd im as asia travel "
        "museum aero coop jobs рф москва 中国 中國 公司 网络 中文网 政务 公益 在线 рус"
    )
)
# bounded, so that a long run of Chinese without spaces costs no quadratic search
_LABEL = r"(?:[\w\u00a9-\u1fff\u2010-\u2015\u2100-\U0001ffff~-]{1,63})"
_URL = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+-]*)://)?"
    r"(?:(?P<user>[^\s/\[\]{}()'`<>\"@«»…]{1,64})@)?"
    rf"(?P<host>{_LABEL}(?:\.{_LABEL})+)"
    r"(?P<port>:0*[1-9]\d{0,4}(?!\d))?"
    r"(?P<rest>[/?#][^\s<>\"«»\u2016-\u2064…]*)?"
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_EMAIL = re.compile(
    r"(?<![\w.+@:-])(?:[A-Za-z0-9_-]{0,26}[.+]){0,10}[A-Za-z0-9_-]{1,35}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,28}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,8}(?![\w@])"
)

Span = tuple[int, int, str]


def bot_commands(text: str) -> Iterable[Span]:
    return ((m.start(), m.end(), "bot_command") for m in _COMMAND.finditer(text))


def mentions(text: str) -> Iterable[Span]:
    for found in _MENTION.finditer(text):
        if len(found[1]) > 3 or found[1].lower() in SHORT_NAMES:
            yield found.start(), found.end(), "mention"


def hashtags(text: str) -> Iterable[Span]:
    for found in _HASHTAG.finditer(text):
        if not found[1].isdigit():
            yield found.start(), found.end(), "hashtag"


def cashtags(text: str) -> Iterable[Span]:
    return ((m.start(), m.end(), "cashtag") for m in _CASHTAG.finditer(text))


def addresses(text: str) -> Iterable[Span]:
    """Web and mail addresses; of two that overlap the one with a protocol wins, else the mail address."""
    mails = [(m.start(), m.end(), "email") for m in _EMAIL.finditer(text)]
    at = 0
    while found := _URL.search(text, at):
        at = found.end()
        span = _web_address(text, found)
        if span is None:
            continue
        at = span[1]
        within = [mail for mail in mails if span[0] < mail[1] and mail[0] < span[1]]
        if found["scheme"] or not within:
            mails = [mail for mail in mails if mail not in within]
            yield span
    yield from mails


def _web_address(text: str, found: re.Match[str]) -> Span | None:
    start = found.start()
    scheme = (found["scheme"] or "").lower()
    if scheme not in ("", "http", "https", "ftp", "tonsite"):
        return None
    before = text[start - 1] if start else " "
    if before in ".@#/:" or (not scheme and before.isalnum()):
        return None
    labels = found["host"].split(".")
    if not _is_known_host(labels, bool(scheme)):
        return None
    if found["port"] and int(found["port"][1:]) > LAST_PORT:
        return start, found.end("host"), "url"
    rest = _trimmed(found["rest"] or "")
    end = found.start("rest") + len(rest) if rest else found.end("port" if found["port"] else "host")
    return start, end, "url"


def _is_known_host(labels: list[str], with_scheme: bool) -> bool:
    if all(label.isdecimal() for label in labels):
        return len(labels) == 4 and all(str(int(label)) == label and int(label) < 256 for label in labels)
    last = labels[-1]
    if labels[-2].endswith("_") or labels[-2].startswith("_") or any(label.endswith("-") for label in labels):
        return False
    if last.lower() in _TOP_LEVEL:
        return last in (last.lower(), last.upper()) or not last.isascii()
    return with_scheme and len(last) > 1 and last.isalpha()


def _trimmed(rest: str) -> str:
    """Without the punctuation and unmatched brackets at its end that belong to the sentence."""
    opened = dict.fromkeys("([{", 0)
    for place, sign in enumerate(rest):
        if sign in opened:
            opened[sign] += 1
        elif sign in _CLOSERS:
            opened[_CLOSERS[sign]] -= 1
            if opened[_CLOSERS[sign]] < 0:
                rest = rest[:place]
                break
    rest = rest.rstrip(".,:;!'`…")
    return rest[:-1] if rest in ("?", "#") or rest.endswith("/?") else rest


FINDERS: tuple[tuple[str, Callable[[str], Iterable[Span]]], ...] = (
    ("/", bot_commands),
    ("@", mentions),
    ("#", hashtags),
    ("$", cashtags),
    (".", addresses),
)


def found_entities(text: str) -> list[Span]:
    """Start, end (in characters) and type of everything found, in order, none overlapping another."""
    spans: list[Span] = []
    for sign, finder in FINDERS:
        if sign in text:
            spans.extend(finder(text))
    # addresses win over what lies inside them
    spans.sort(key=lambda span: (span[2] not in ("url", "email"), span[0]))
    kept: list[Span] = []
    for span in spans:
        if not any(span[0] < end and start < span[1] for start, end, _ in kept):
            kept.append(span)
    return sorted(kept)
