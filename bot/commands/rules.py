"""`zicha checklist | duties | deadline | reward`: the rule book asked from the command line, without a database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, NoReturn

import typer

from checklists.composing import ChecklistItem, Profile, compose
from checklists.criteria import load_criteria
from checklists.duties import SUBJECT_NAMES, Duty, duties_for
from checklists.hazards import LEVEL_NAMES
from checklists.plans import Subject, load_plan
from checklists.rewards import Case, Reward, Tip, estimate
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits
from checklists.working_days import SHANGHAI, load_working_days

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Sectors = Annotated[list[str] | None, typer.Option("--sector", help="行业，可写几次")]
Traits = Annotated[list[str] | None, typer.Option("--trait", help="有的特征，可写几次")]
Without = Annotated[list[str] | None, typer.Option("--without", help="没有的特征，可写几次")]


def checklist(
    sector: Sectors = None,
    trait: Traits = None,
    without: Without = None,
    on: Annotated[str | None, typer.Option(help="哪一天，如 2026-11-22；不写就是今天")] = None,
    verified_only: Annotated[
        bool, typer.Option("--verified-only", help="只列已核实的，即辖区还没有采用任何待核条目时企业要答的")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """列出一家企业的自查表；待核的条目有标记，监管员采用以后才问企业。"""
    if not sector:
        _fail("请用 --sector 至少写一个行业，如 --sector machinery")
    profile = _profile(sector, trait, without)
    day = _day(on, "--on") if on is not None else datetime.now(UTC).astimezone(SHANGHAI).date()
    adopted = frozenset[str]() if verified_only else frozenset(c.id for c in load_criteria())
    composed = compose(profile, on=day, adopted=adopted)
    if as_json:
        return _print_json([_item_row(item) for item in composed])
    for section in composed.sections:
        typer.echo(f"【{section.name}】{len(section.items)} 题")
        for item in section.items:
            typer.echo(f"  {item.id}  {LEVEL_NAMES[item.level]}{'' if item.verified else '（待核）'}  {item.ask}")
            typer.echo(f"      {item.standard} {item.clause}")
    typer.echo(f"共 {len(composed)} 题")
    return None


def duties(
    plan: Annotated[str, typer.Option(help="方案，如 heelun-2024")],
    first: Annotated[str, typer.Option("--from", help="起始日期")],
    last: Annotated[str, typer.Option("--to", help="截止日期（含）")],
    sector: Sectors = None,
    trait: Traits = None,
    without: Without = None,
    subject: Annotated[str, typer.Option(help="enterprise、office、department 或 all")] = "enterprise",
    as_json: AsJson = False,
) -> None:
    """列出按方案应办的事项和期限。"""
    wanted = list(Subject) if subject == "all" else [s for s in Subject if s == subject]
    if not wanted:
        _fail(f"没有这种对象：{subject}；可选：enterprise、office、department、all")
    profile = _profile(sector, trait, without)
    days = _day(first, "--from"), _day(last, "--to")
    try:
        found = duties_for(load_plan(plan), profile, *days, calendar=load_working_days(), subjects=wanted)
    except ValueError as error:
        _fail(str(error))
    if as_json:
        return _print_json([_duty_row(duty) for duty in found])
    for duty in found:
        provisional = "（暂定）" if duty.provisional else ""
        typer.echo(f"{duty.due}  {SUBJECT_NAMES[duty.subject]}  {duty.name}  {duty.period}")
        typer.echo(f"      最迟 {duty.hand_in_by}{provisional} 交；依据 {duty.source}")
    typer.echo(f"共 {len(found)} 项")
    return None


def deadline(
    start: Annotated[str, typer.Option("--from", help="从哪一天起（当天不算）")],
    days: Annotated[int, typer.Option(help="多少天")],
    working: Annotated[bool, typer.Option("--working", help="按工作日算")] = False,
    as_json: AsJson = False,
) -> None:
    """算一个期限的最后一天，遇节假日顺延。"""
    calendar = load_working_days()
    try:
        due = calendar.deadline(_day(start, "--from"), days, working=working)
    except (ValueError, OverflowError) as error:
        _fail(str(error) if isinstance(error, ValueError) else "日期太远")
    provisional = calendar.is_provisional(due)
    if as_json:
        return _print_json({"due": due.isoformat(), "provisional": provisional})
    typer.echo(f"{due}{'（暂定：当年放假安排还没有发布）' if provisional else ''}")
    return None


def reward(
    case: Annotated[str, typer.Option(help="major-hazard、illegal-production 或 concealed-accident")],
    fine: Annotated[str, typer.Option(help="罚款，元")] = "0",
    deaths: Annotated[int | None, typer.Option(help="查实瞒报的死亡人数")] = None,
    grade: Annotated[str | None, typer.Option(help="事故等级：一般、较大、重大、特别重大")] = None,
    insider: Annotated[bool, typer.Option("--insider", help="举报人是本单位从业人员")] = False,
    region: Annotated[str, typer.Option(help="地方，如 厦门；不写按全国")] = "national",
    uplift: Annotated[str | None, typer.Option(help="从业人员上浮比例，30% 写 0.3")] = None,
    as_json: AsJson = False,
) -> None:
    """估算举报奖励。"""
    if case not in list(Case):
        _fail(f"没有这种情形：{case}；可选：{'、'.join(Case)}")
    try:
        tip = Tip(
            case=Case(case),
            fine=_number(fine, "--fine"),
            deaths=deaths,
            grade=grade,
            insider=insider,
            region=region,
            uplift=None if uplift is None else _number(uplift, "--uplift"),
        )
        found = estimate(tip)
    except ValueError as error:
        _fail(str(error))
    if as_json:
        return _print_json(_reward_row(found))
    amount = f"{found.amount} 元" if found.amount is not None else "没有定数"
    typer.echo("\n".join([f"估算：{amount}", f"算法：{found.formula}", f"依据：{found.source}", *found.notes]))
    return None


def register(app: typer.Typer) -> None:
    """Add the four commands to the program."""
    for command in (checklist, duties, deadline, reward):
        app.command()(command)


def _item_row(item: ChecklistItem) -> Mapping[str, Any]:
    return {
        "id": item.id,
        "sector": item.sector,
        "clause": item.clause,
        "ask": item.ask,
        "look": item.look,
        "level": item.level.value,
        "verified": item.verified,
        "standard": item.standard,
        "also": list(item.also),
    }


def _duty_row(duty: Duty) -> Mapping[str, Any]:
    return {
        "duty": duty.kind,
        "name": duty.name,
        "subject": duty.subject.value,
        "period": duty.period,
        "due": duty.due.isoformat(),
        "hand_in_by": duty.hand_in_by.isoformat(),
        "provisional": duty.provisional,
        "source": duty.source,
    }


def _reward_row(found: Reward) -> Mapping[str, Any]:
    return {
        "amount": None if found.amount is None else float(found.amount),
        "at_least": None if found.at_least is None else float(found.at_least),
        "currency": "CNY",
        "estimate": True,
        "formula": found.formula,
        "source": found.source,
        "notes": list(found.notes),
    }


def _profile(sectors: Sequence[str] | None, has: Sequence[str] | None, without: Sequence[str] | None) -> Profile:
    traits = dict.fromkeys(_traits(without or ()), False) | dict.fromkeys(_traits(has or ()), True)
    return Profile(trades=tuple(map(_trade, sectors or ())), traits=traits)


def _trade(words: str) -> str:
    found = load_sector_sets().find(words)
    if found is None and words not in load_criteria().sectors:
        _fail(f"没有这个行业：{words}；可选：{'、'.join(load_sector_sets().trades)}")
    return found.id if found else words


def _traits(words: Iterable[str]) -> list[str]:
    found = {text: load_traits().find(text) for text in words}
    if unknown := [text for text, trait in found.items() if trait is None]:
        _fail(f"没有这个特征：{'、'.join(unknown)}")
    return [trait.id for trait in found.values() if trait is not None]


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _fail(f"{option} 的日期不对：{text}；应写成 2026-11-22")


def _number(text: str, option: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        _fail(f"{option} 不是数：{text}")


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False))


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(2)
