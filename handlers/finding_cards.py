"""How a finding of the office looks at each step: what is known, what is asked, three criteria that may fit."""

from collections.abc import Sequence
from datetime import timedelta

from checklists.criteria import Criterion
from checklists.hazards import LEVEL_NAMES, SOURCE_NAMES, STATE_NAMES, Hazard, Level, Source, State
from checklists.matching import proposals
from checklists.people import Permission, allows
from handlers.buttons import to_home
from handlers.finding_facts import facts
from handlers.hazard_cards import LEVELS_BY_CODE, number_of
from handlers.items import handed_in_words
from handlers.official_cards import expert_who_found
from handlers.replies import Button, Rows, data, rows
from handlers.routing import Request
from handlers.standards import checklist_for
from handlers.words import _, aside, day, html, labelled, shorten

DAYS = (0, 3, 7, 15, 30)
# Once the firm has handed in, nothing is added to what was found.
TAKES_FILES = frozenset({State.FOUND, State.CONFIRMED, State.RECTIFYING})
_PLACES = "①②③"


def card_lines(request: Request, hazard: Hazard) -> list[str]:
    """What is known of the finding."""
    firm = request.tx.enterprises.get(hazard.enterprise_id)
    level = _("{level}") if hazard.level_confirmed_by else _("建议为{level}")
    kept = request.tx.attachments.of_hazard(hazard.id)
    lines = [
        _("⚠️ <b>隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        f"{html(firm.name if firm else '')} · {_(SOURCE_NAMES[hazard.source])}",
        *([labelled(_("查出的专家"), html(expert))] if (expert := expert_who_found(request.tx, hazard)) else []),
        *([_("情况：{words}").format(words=html(shorten(hazard.words, 800)))] if hazard.words else []),
        *([handed_in_words(kept)] if kept else []),
        *([_("依据：{clause}").format(clause=html(hazard.clause))] if hazard.clause else []),
        *([level.format(level=_(LEVEL_NAMES[hazard.level]))] if hazard.clause or hazard.level_confirmed_by else []),
    ]
    if hazard.arrangements.deadline:
        lines.append(labelled(_("期限"), day(hazard.arrangements.deadline)))
    return [*lines, *facts(request.tx, hazard)]


Asked = tuple[list[str], list[list[Button | None]]]


def asked(request: Request, hazard: Hazard, step: str) -> Asked:
    """The question of this step and its buttons."""
    if step == "level" and not allows(request.person, Permission.SUPERVISE):
        change = Button(_("改依据"), data("ji", hazard.id))
        return [_("这一条登记好了，已通知监管员确认级别。照片和文字还可以继续发。")], [[change]]
    if step == "deadline" and not allows(request.person, Permission.SUPERVISE):
        return [_("级别已经确认。照片还可以继续发。")], []
    match step:
        case "words":
            return [_("<b>写一句哪里不对。</b>照片可以继续发。")], []
        case "rewrite":
            back = Button(_("返回"), data("jp", hazard.id))
            return [_("<b>把情况重新写一遍，一次写全。</b>原来写的会整个换掉。")], [[back]]
        case "clause":
            return _ask_clause(request, hazard)
        case "own":
            back = Button(_("返回"), data("ji", hazard.id))
            return [_("<b>写依据哪一部标准、哪一条。</b>例如：GB 50016 第7.4.2条")], [[back]]
        case "level":
            return _ask_level(hazard)
        case "deadline":
            return _ask_deadline(request, hazard)
    if hazard.state not in TAKES_FILES:
        return [_("这条隐患现在是“{state}”，不能再加照片和文字。").format(state=_(STATE_NAMES[hazard.state]))], []
    return [_("这一条记好了。照片还可以继续发。")], []


def careful(source: Source) -> list[str]:
    """Who enters a tip is told each time that the firm reads the words."""
    return [_("企业看得到您写的文字。请用自己的话写，不要写谁举报的。")] if source is Source.TIP else []


def _ask_clause(request: Request, hazard: Hazard) -> Asked:
    found = criteria_like(request, hazard)
    own = Button(_("都不是，自己写依据"), data("jk", hazard.id))
    none = Button(_("先不写依据"), data("jc", hazard.id, hazard.version, "-"))
    if not found:
        own = Button(_("自己写依据"), data("jk", hazard.id))
        return [_("<b>依据哪一条？</b>没有找到像的判定标准。把情况写细一点可以再找。")], [[own], [none]]
    lines, choices = offered(found, "jc", hazard)
    return lines, [choices, [own], [none]]


def offered(found: Sequence[Criterion], route: str, hazard: Hazard) -> tuple[list[str], list[Button | None]]:
    """Criteria that may fit, in words, and a button for each that takes it by this route."""
    lines = [_("<b>依据哪一条？</b>下面几条看着像，只供参考，以您的判断为准：")]
    for place, criterion in zip(_PLACES, found, strict=False):
        level = aside(_(LEVEL_NAMES[criterion.level]))
        lines.append(f"{place} {html(criterion.ask)}{level}\n　<i>{html(clause_of(criterion))}</i>")
    return lines, [
        Button(place, data(route, hazard.id, hazard.version, c.id)) for place, c in zip(_PLACES, found, strict=False)
    ]


def criteria_like(request: Request, hazard: Hazard) -> Sequence[Criterion]:
    """The three criteria nearest to the words of a hazard, those of the firm's own checklist first."""
    firm = request.tx.enterprises.get(hazard.enterprise_id)
    own = [item.id for item in checklist_for(request.tx, firm, request.today)] if firm else []
    return proposals(hazard.words, on=request.today, own=own)


def clause_of(criterion: Criterion) -> str:
    """Standard and clause, as the ledger and the letters name it."""
    return f"{criterion.standard} {criterion.clause}"


def _ask_level(hazard: Hazard) -> Asked:
    levels = [hazard.level, *(level for level in Level if level is not hazard.level)]
    codes = {level: code for code, level in LEVELS_BY_CODE.items()}
    buttons: list[list[Button | None]] = [
        [Button(_("是{level}").format(level=_(LEVEL_NAMES[x])), data("jl", hazard.id, hazard.version, codes[x]))]
        for x in levels
    ]
    change = Button(_("改依据"), data("ji", hazard.id))
    return [_("<b>请您确认隐患级别。</b>")], [*buttons, [change]]


def _ask_deadline(request: Request, hazard: Hazard) -> Asked:
    lines = [_("<b>什么时候改好？</b>点一个，或者写日期。")]
    labels = {n: _("{count}天内").format(count=n) for n in DAYS} | {0: _("今天")}
    choices = [
        Button(labels[n] + aside(day(request.today + timedelta(days=n))), data("jd", hazard.id, hazard.version, n))
        for n in DAYS
    ]
    pairs: list[list[Button | None]] = [list(choices[n : n + 2]) for n in range(0, len(choices), 2)]
    return lines, [*pairs, [Button(_("由企业定期限"), data("jd", hazard.id, hazard.version, "-"))]]


def last_rows(request: Request, hazard: Hazard) -> Rows:
    """The way back to where the finding was made; an expert has his own."""
    if hazard.official_inspection_id is not None:
        route = "jo" if allows(request.person, Permission.SUPERVISE) else "xo"
        return rows([Button(_("返回这次检查"), data(route, hazard.official_inspection_id))])
    another = Button(_("再登记一条"), data("je", hazard.enterprise_id))
    return rows([another], [Button(_("看这条隐患"), data("go", hazard.id)), to_home()])
