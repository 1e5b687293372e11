"""The QR code of a firm: whoever may see the firm opens its card with it, an officer begins an inspection there."""

import re

from checklists.people import Permission
from handlers.documents.invitation_sheet import qr_png
from handlers.official_cards import firm_of
from handlers.replies import Document, Reply
from handlers.routing import About, Press, Request, Route
from handlers.words import _

FIRM = "e-"
_SCANNED = re.compile(rf"[?&]start={FIRM}([0-9A-Z]{{18}})(?![0-9A-Z])")


def firm_link(uscc: str) -> str:
    """What stands behind ?start= to open a firm, as its QR says."""
    return f"{FIRM}{uscc}"


def code_in(text: str) -> str:
    """The 统一社会信用代码 in a link that was copied from the QR of a firm, else empty."""
    found = _SCANNED.search(text)
    return found[1] if found else ""


def send_code(request: Request) -> Reply:
    """The QR of this firm as a picture to print; it opens nothing for people without a role."""
    firm = firm_of(request.tx, request.enterprise_id)
    content = qr_png(request.services.deep_link(firm_link(firm.uscc)), firm.name)
    name = _("企业二维码-{firm}.png").format(firm=firm.name)
    caption = _("企业二维码，可以贴在门口。监管人员一扫就打开这家企业。")
    picture = Document(name=name, content=content, caption=caption, is_photo=True)
    return Reply(documents=(picture,), toast=_("已发给您。"))


ROUTES: tuple[Route, ...] = (
    Press(name="jq", needs=Permission.SEE_ENTERPRISE, about=About.ENTERPRISE, handler=send_code),
)
