"""The morning report to the office: how delivery stands, who cannot be reached, what is overdue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from checklists.deliveries import Delivery, DeliveryCounts
from checklists.duties import PRINCIPAL_INSPECTION
from checklists.ledger import LedgerFilter
from checklists.people import Person, Role
from checklists.reports import Standing
from checklists.working_days import WorkingDays, load_working_days
from handlers.analysis_news import late_lines, missing_lines
from handlers.duties import plan_ending
from handlers.ledger_filters import RUNG
from handlers.outgoing import Outgoing
from handlers.replies import Button, Screen, data, rows
from handlers.services import Services
from handlers.trail_news import head_lines, morning_lines
from handlers.words import SHANGHAI, _, aside, day, html, listed, shorten
from storage.transaction import Transaction

MOST_NAMES = 10
_AHEAD = timedelta(days=45)  # the notice for a year comes in November; before that its absence is no news


def queue_morning_reports(tx: Transaction, *, since: datetime, now: datetime) -> None:
    """One message an officer and working day; `since` is when the last was made."""
    today = now.astimezone(SHANGHAI).date()
    about = {"since": since.isoformat(), "provisional": _years_to_tell(tx, today)}
    for person in tx.people.with_role(Role.OFFICER, Role.ADMINISTRATOR):
        tx.deliveries.add("morning", f"morning:{person.id}:{today.isoformat()}", person, about, now, now)


def morning(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The report as it is at the moment of sending; None when there is nothing to say, but once a week anyway."""
    today = now.astimezone(SHANGHAI).date()
    since = datetime.fromisoformat(str(delivery.about["since"]))
    years = [int(year) for year in delivery.about.get("provisional", [])]
    counts = tx.deliveries.counts(since=since, until=delivery.created_at, now=now)
    unreachable = [p for p in tx.people.unreachable() if p.assignments]
    standing = tx.reports.standing(PRINCIPAL_INSPECTION, today)
    rungs, new_rungs = _rungs(tx, today, since)
    trail, analyses = morning_lines(tx, now), [*late_lines(tx, today), *missing_lines(tx, today)]
    quiet = not (counts.in_trouble or unreachable or standing.overdue or years or new_rungs or trail or analyses)
    if quiet and not is_first_of_week(today, load_working_days()):
        return None
    names = _names(tx, unreachable)
    zone = tx.zones.current()
    ending = [*escalation_lines(rungs, new_rungs), *(plan_ending(zone, today) if zone else [])]
    ending += [*analyses, *trail, *_head(tx, delivery)]
    screen = report(counts, standing, names, len(unreachable), years, ending, today=today)
    to_escalate = Button(_("该升级") + aside(rungs), data("gq", "s", RUNG)) if rungs else None
    meeting = Button(_("分析会"), data("ca")) if analyses else None
    return Outgoing(screen=replace(screen, buttons=rows(*screen.buttons, [to_escalate, meeting])))


def _rungs(tx: Transaction, today: date, since: datetime) -> tuple[int, int]:
    """For how many hazards the next step of the plan is due, and for how many it was not at the last report."""
    last = since.astimezone(SHANGHAI).date()
    due = tx.ledger.count(LedgerFilter(rung_due_on=today))
    return due, due - tx.ledger.count(LedgerFilter(rung_due_on=last)) if due else 0


def escalation_lines(rungs: int, new: int) -> list[str]:
    """The line about overdue hazards whose next step is due; each of them is a reason for a report only once."""
    if not rungs:
        return []
    words = _("⏫ 逾期没有改好、按方案该采取下一步措施的隐患 {number} 条，上次早报以来新增 {new} 条。")
    return [words.format(number=rungs, new=new)]


def report(
    counts: DeliveryCounts,
    standing: Standing,
    unreachable: Sequence[str],
    unreachable_number: int,
    provisional_years: Sequence[int],
    ending: Sequence[str],
    *,
    today: date,
) -> Screen:
    """The text with its way to the list; `unreachable` are the first names of `unreachable_number` people."""
    lines = [_("<b>早报</b>　{day}").format(day=day(today)), ""]
    lines.append(
        _("自查：本期应做 {owed} 家，已完成 {done} 家，逾期 {overdue} 家。").format(
            owed=standing.owed, done=standing.done, overdue=standing.overdue
        )
    )
    lines.append(
        _(
            "消息：上次早报以来发出 {sent} 条，对方收不到 {refused} 条，发送失败 {failed} 条，还在等 {waiting} 条。"
        ).format(sent=counts.sent, refused=counts.refused, failed=counts.given_up, waiting=counts.waiting)
    )
    if counts.late:
        lines.append(_("⚠️ 有 {number} 条消息到时没有发出，网络可能不通。").format(number=counts.late))
    if unreachable_number:
        lines.append(
            _("收不到消息的有 {number} 人：{names}。请打电话请他们在 Telegram 里重新启用本机器人。").format(
                number=unreachable_number, names=listed(unreachable)
            )
        )
    lines += [
        _("⚠️ {year}年的放假安排还没有公布，该年的日期按周末和固定节日暂定。").format(year=year)
        for year in provisional_years
    ]
    lines += ending
    return Screen(text="\n".join(lines), buttons=rows([Button(_("未自查名单"), data("dm"))]))


def _head(tx: Transaction, delivery: Delivery) -> list[str]:
    """The end of the trail, for administrators: so a copy of it stands in their chat history."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None or not person.holds(Role.ADMINISTRATOR, enterprise_id=None):
        return []
    return head_lines(tx.trail_checks.present())


def is_first_of_week(today: date, calendar: WorkingDays) -> bool:
    """Whether no earlier day of this week was a working day."""
    monday = today - timedelta(days=today.weekday())
    return not any(calendar.is_working_day(monday + timedelta(days=n)) for n in range(today.weekday()))


def _years_to_tell(tx: Transaction, today: date) -> list[int]:
    """Years of coming reminders that have no official notice and of which the office was not told yet."""
    calendar = load_working_days()
    years = {today.year, (today + _AHEAD).year}
    told = []
    for year in sorted(years - calendar.official_years):
        if tx.notes.get(f"provisional_told:{year}") is None:
            tx.notes.set(f"provisional_told:{year}", today.isoformat())
            told.append(year)
    return told


def _names(tx: Transaction, people: Sequence[Person]) -> list[str]:
    names = []
    for person in people[:MOST_NAMES]:
        firms = tx.enterprises.some(person.enterprise_ids[:1])
        firm = aside(html(shorten(firms[0].name, 16))) if firms else ""
        names.append(html(person.name) + firm)
    if len(people) > MOST_NAMES:
        names.append(_("等"))
    return names
