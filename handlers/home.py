"""The menu: what a person can do now, by role; shown by /start, /zicha and any word that means nothing else."""

import re
from collections.abc import Callable
from dataclasses import replace

from checklists.enterprises import Enterprise
from checklists.people import ROLE_NAMES, Permission, Person
from handlers import (
    due_cards,
    entering,
    enterprises,
    expert_inspections,
    hazard_lists,
    hazard_statistics,
    imports,
    inspections,
    internal_reports,
    joining,
    ledger,
    linking,
    office_figures,
    official_inspections,
    official_signing,
    own_items,
    people,
    profile,
    quizzes,
    rating_list,
    ratings,
    records,
    reports,
    risk_points,
    standards,
)
from handlers.buttons import in_pairs, to_home
from handlers.replies import Button, Reply, Rows, Screen, column, data, rows
from handlers.routing import About, Command, Display, Gone, Press, Request, Route, Words
from handlers.words import LANGUAGES, _, html, listed, speaking

# What stands in the menu, in this order. Each gives its buttons for the enterprise of the request
# (`request.enterprise_id`), or without one for the office; and its lines of news above them.
ENTRIES: tuple[Callable[[Request], list[Button]], ...] = (
    inspections.entries,
    hazard_lists.entries,
    hazard_statistics.entries,
    ledger.entries,
    official_signing.entries,
    official_inspections.entries,
    expert_inspections.entries,
    entering.entries,
    records.entries,
    risk_points.entries,
    reports.entries,
    ratings.entries,
    profile.entries,
    enterprises.entries,
    rating_list.entries,
    imports.entries,
    standards.entries,
    own_items.entries,
    quizzes.entries,
    people.entries,
    office_figures.entries,
    lambda request: [_other_language(request.language)],
)
# The main jobs come first and keep a row of their own.
_ALONE = 2
NEWS: tuple[Callable[[Request], list[str]], ...] = (due_cards.news,)


def home(request: Request) -> Reply:
    """The menu of this person: of the office, of the one enterprise, or the choice between several."""
    request.tx.dialogs.leave(request.chat_id)
    person = request.person
    if person is None or not person.assignments:
        return Reply(screen=stranger_screen(request.zone.name, known=person is not None))
    if person.sees_zone:
        return office(replace(request, enterprise_id=None))
    firms = request.tx.enterprises.some(person.enterprise_ids)
    if not firms:
        screen = worker_screen(request.zone.name, person, request.language, _worker_ways(request))
        return Reply(screen=internal_reports.with_own(request, screen))
    if len(firms) > 1:
        return Reply(screen=choice_screen(person, firms, request.language))
    return firm(replace(request, enterprise_id=firms[0].id))


def stranger_screen(zone: str, *, known: bool) -> Screen:
    """For somebody who has no role: how to get in, and nothing else."""
    text = _(
        "您好，这里是{zone}的安全自查。\n您还没有加入。企业的同志请点辖区安全监管办公室发来的邀请链接，"
        "或者扫邀请函上的二维码。\n没有收到邀请？请打电话给办公室，报单位名称就行。"
    )
    if known:
        text = _("您好，这里是{zone}的安全自查。\n您现在没有担任职务。如果不对，请联系辖区安全监管办公室。")
    return Screen(text=text.format(zone=html(zone)))


def worker_screen(zone: str, person: Person, language: str, ways: list[list[Button]]) -> Screen:
    """For somebody who is asked nothing, and may report what is wrong."""
    text = _("{name}，您好，这里是{zone}的安全自查。\n现在没有要您办的事，有事会在这里通知您。")
    buttons = rows(*ways, [_other_language(language)])
    return Screen(text=text.format(name=html(person.name), zone=html(zone)), buttons=buttons)


def _worker_ways(request: Request) -> list[list[Button]]:
    return [*internal_reports.ways(request), *quizzes.ways(request)]


def choice_screen(person: Person, firms: list[Enterprise], language: str) -> Screen:
    """Several enterprises: which one."""
    text = _("{name}，您好。您负责 {count} 家单位，请选一家：").format(name=html(person.name), count=len(firms))
    return Screen(
        text=text, buttons=column([*(Button(f.name, data("hf", f.id)) for f in firms), _other_language(language)])
    )


def firm(request: Request) -> Reply:
    """The menu of one enterprise."""
    if request.who.sees_zone:
        return enterprises.show(request)
    enterprise = request.tx.enterprises.get(request.enterprise_id or 0)
    assert enterprise is not None
    request.enter("firm", id=enterprise.id)
    held = [a.role for a in request.who.assignments if a.enterprise_id == enterprise.id]
    lines = [
        f"<b>{html(enterprise.name)}</b>",
        _("{name}，您好。您是{role}。").format(
            name=html(request.who.name), role=listed(_(ROLE_NAMES[r]) for r in held)
        ),
    ]
    if not enterprise.active:
        lines.append(_("这家单位在系统里已经停用。如果不对，请联系办公室。"))
    lines += [line for news in NEWS for line in news(request)]
    several = len(request.who.enterprise_ids) > 1
    other = Button(_("换一家单位"), data("h")) if several else None
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*_menu(request), [other])))


def office(request: Request) -> Reply:
    """The menu of the office."""
    request.enter("office")
    roles = listed(_(ROLE_NAMES[a.role]) for a in request.who.assignments if a.enterprise_id is None)
    lines = [
        _("<b>{zone}</b> · 安全自查").format(zone=html(request.zone.name)),
        _("{name}，您好。您是{role}。").format(name=html(request.who.name), role=roles),
        *(line for news in NEWS for line in news(request)),
    ]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*_menu(request))))


def _menu(request: Request) -> Rows:
    return in_pairs((button for entry in ENTRIES for button in entry(request)), alone=_ALONE)


def _other_language(language: str) -> Button:
    other = "en" if language == "zh" else "zh"
    return Button(f"🌐 {LANGUAGES[other]}", data("lg", other))


def speak(request: Request) -> Reply:
    """The menu in the language of the button, which is kept for everything that follows."""
    language = request.word(0)
    if language not in LANGUAGES:
        raise Gone
    request.tx.people.speak(request.who.id, language)
    with speaking(language):
        return home(replace(request, language=language, person=request.tx.people.get(request.who.id)))


def start(request: Request) -> Reply:
    """/start, with a link to one thing or the token of an invitation behind it, or without."""
    request = people.learn_name(request)
    if request.arguments:
        reply = linking.follow(request, request.arguments[0]) or joining.accept(request, request.arguments[0])
        if reply is not None:
            return reply
    return home(request)


def help_(request: Request) -> Reply:
    """/help: what this is, in five sentences, by role."""
    person = request.person
    if person is None or not person.assignments:
        return Reply(screen=stranger_screen(request.zone.name, known=person is not None))
    return Reply(screen=help_screen(in_office=person.in_office, reads=person.sees_zone))


def help_screen(*, in_office: bool, reads: bool) -> Screen:
    """What one can do here and that nothing is lost."""
    if in_office:
        text = _(
            "<b>怎么用</b>\n1. 导入企业名单：把 Excel 发到这里，看过预览再确认。\n"
            "2. 在企业里点“邀请”，把链接或邀请函发给主要负责人。\n"
            "3. 企业自查以后，记录和隐患在这里都能看到。\n随时发 /start 回到首页。"
        )
    elif reads:
        text = _(
            "<b>怎么用</b>\n1. 在“隐患台账”里看全部隐患，发几个字就能查找，发编号直接打开。\n"
            "2. 在“企业”里看一家企业的资料、自查记录和隐患。\n"
            "3. 您只看，不办理；发给您的文件都有记录。\n随时发 /start 回到首页。"
        )
    else:
        text = _(
            "<b>怎么用</b>\n1. 一题一题看现场，合格点“合格”，有问题点“有隐患”，可以拍照。\n"
            "2. 中途有事就放下，答过的都已保存，回来接着做。\n"
            "3. 全部答完再提交。\n随时发 /start 回到首页。"
        )
    return Screen(text=text, buttons=rows([to_home()]))


_MENU_WORDS = re.compile("菜单|首页|主菜单|回首页|返回首页|[Mm]enu|[Hh]ome")
ROUTES: tuple[Route, ...] = (
    Command(name="start", needs=Permission.ANYONE, handler=start, menu=lambda: _("首页")),
    Command(name="zicha", needs=Permission.ANYONE, handler=home, menu=lambda: _("自查")),
    Command(name="help", needs=Permission.ANYONE, handler=help_, menu=lambda: _("怎么用")),
    Words(
        name="menu",
        pattern=re.compile("菜单|首页|主菜单|回首页|返回首页|[Mm]enu|[Hh]ome"),
        needs=Permission.ANYONE,
        handler=home,
    ),
    Press(name="h", needs=Permission.ANYONE, handler=home),
    Press(name="lg", needs=Permission.MEMBER, handler=speak),
    Press(name="hf", needs=Permission.SEE_ENTERPRISE, about=About.ENTERPRISE, handler=firm),
    Display(dialog="firm", needs=Permission.SEE_ENTERPRISE, about=About.ENTERPRISE, handler=firm),
    Display(dialog="office", needs=Permission.READ, handler=office),
)
