"""What cards and messages say of the report of a major hazard, and the buttons that lead to it."""

from checklists.hazard_moves import Relation
from checklists.hazards import Hazard
from checklists.major_reports import PART_NAMES, MajorReport, Part, is_owed
from handlers.life_words import moment
from handlers.replies import Button, data
from handlers.routing import Request
from handlers.walking import name_of
from handlers.words import _, html, labelled, shorten
from storage.transaction import Transaction

_SHORT = 100


def report_lines(tx: Transaction, hazard: Hazard) -> list[str]:
    """Whether the report of this life was handed in, and by whom; nothing about hazards that need none."""
    if not is_owed(hazard) or not hazard.is_live:
        return []
    report = tx.major_reports.get(hazard)
    if report is None or report.handed_in_at is None:
        return [_("❗ 重大隐患报告：还没有交")] if hazard.is_open else []
    words = _("重大隐患报告：{name}，{moment}交")
    if tx.major_reports.came_on_paper(hazard):
        words = _("重大隐患报告：交的是书面的，{name}，{moment}登记")
    return [words.format(name=html(name_of(tx, report.handed_in_by)), moment=moment(report.handed_in_at))]


def short_parts(tx: Transaction, hazard: Hazard) -> list[str]:
    """The three parts in a line each, once they were handed in."""
    report = tx.major_reports.get(hazard) if is_owed(hazard) else None
    if report is None or not report.is_handed_in:
        return []
    return [f"· {labelled(_(PART_NAMES[part]), html(_in_one_line(report.words(part))))}" for part in Part]


def _in_one_line(words: str) -> str:
    return shorten(" ".join(words.split()), _SHORT)


def report_button(request: Request, hazard: Hazard) -> Button | None:
    """To write on for the firm, to read for everybody once it is handed in; None where there is nothing to do."""
    if not is_owed(hazard) or not hazard.is_live:
        return None
    report = request.tx.major_reports.get(hazard)
    if report is not None and report.is_handed_in:
        return Button(_("📄 重大隐患报告"), data("wv", hazard.id, 0))
    firm = Relation.FIRM in request.tx.hazard_life.relations(hazard, request.who.id)
    return writing_button(hazard, report) if firm and hazard.is_open else None


def writing_button(hazard: Hazard, report: MajorReport | None) -> Button:
    """Leads to the part that is due."""
    label = _("📝 写重大隐患报告")
    if report is not None:
        label = _("📝 接着写重大隐患报告（{done}/3）").format(done=len(Part) - len(report.missing()))
    return Button(label, data("wr", hazard.id))
