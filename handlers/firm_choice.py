"""Choosing a firm by part of its name or code, or by what its QR says."""

from collections.abc import Sequence

from checklists.enterprises import Enterprise
from handlers.buttons import ON_ONE_PAGE, to_home
from handlers.enterprise_codes import code_in
from handlers.replies import Button, Screen, data, rows
from handlers.routing import Request
from handlers.words import _, html, shorten


def scanned_firm(request: Request) -> Enterprise | None:
    """The firm in use whose QR was read by another app and its link pasted here."""
    code = code_in(request.text)
    firm = request.tx.enterprises.by_uscc(code) if code else None
    return firm if firm is not None and firm.active else None


def firm_choice(
    request: Request, words: str, *, title: str, route: str, notice: str = "", more: Sequence[Button] = ()
) -> Screen:
    """Firms found by `words`, each a button of `route`; `more` stand below them."""
    found = request.tx.enterprises.all(search=words, limit=ON_ONE_PAGE) if words else []
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), title]
    if words:
        lines.append(_("查找：{words}").format(words=html(words)))
        lines += [] if found else [_("没有找到。换几个字再试。")]
        if len(found) == ON_ONE_PAGE and request.tx.enterprises.count(search=words) > ON_ONE_PAGE:
            lines.append(_("只列出前 {count} 家，请多写几个字。").format(count=ON_ONE_PAGE))
    buttons = [[Button(shorten(e.name, 30), data(route, e.id))] for e in found]
    return Screen(text="\n".join(lines), buttons=rows(*buttons, more, [to_home()]))


def unread_code() -> str:
    """What is said to a photo of a QR: nothing here reads codes out of photos."""
    return _("照片里的二维码这里认不出来。请用手机相机直接扫，或者发企业名称。")
