"""Which addresses Telegram takes as links, and the form it gives them."""

import re

_MENTION = re.compile(r"tg:(?://)?user/?\?(?:[^#]*&)?id=(\d+)", re.I)
_OWN_SCHEME = re.compile(r"(tg|ton|tonsite):(?://)?(\S+)", re.I)
_HTTP = re.compile(r"(?:(https?)://)?(?:([^/?#\s@]*)@)?([^/?#\s:@]+)(:\d{1,5})?([/?#]\S*)?", re.I)
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")


def mentioned_user(url: str) -> int:
    """The user id of a tg://user?id=… link, else 0."""
    found = _MENTION.match(url)
    return int(found[1]) if found else 0


def link(url: str) -> str:
    """The address as Telegram stores it, "" if it is none."""
    if own := _OWN_SCHEME.fullmatch(url):
        return f"{own[1].lower()}://{own[2]}"
    found = _HTTP.fullmatch(url)
    if not found or not _is_host(found[3]):
        return ""
    scheme, user, host, port, rest = found.groups(default="")
    path = rest if rest.startswith("/") else f"/{rest}"
    return f"{(scheme or 'http').lower()}://{user}{'@' if user else ''}{host.lower()}{port}{path}"


def _is_host(host: str) -> bool:
    if _IPV4.fullmatch(host):
        return True
    labels = host.split(".")
    return len(labels) > 1 and all(labels) and not labels[-1][0].isdigit()
