"""One at a time: no hazard is entered by count, none is closed in bulk, and fixing one on the spot takes a minute."""

import inspect
import typing
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select

from checklists.composing import Checklist, ExtraItem, Profile, compose
from checklists.hazards import Hazard, Source, State
from checklists.people import Role
from handlers.replies import data, pack
from handlers.routes import ROUTER
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.hazard_life import HazardLife
from storage.tables import hazards, inspections
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.rectifying import Case, finds_hazard, new_case, scene
from tests.test_permissions import Place, attempt, cast, incomings, settle
from tests.walks import SHOP, member_of

TEN = "10条消防隐患"


async def opened(database: ZoneDatabase) -> int:
    counted = select(func.count()).select_from(hazards)
    return int(await database.read(lambda tx: tx.connection.execute(counted).scalar_one()))


async def self_inspection(case: Case) -> Chat:
    await case.principal.presses("开始自查")
    await case.principal.presses("有隐患")
    return case.principal


async def inspection_of_the_office(case: Case) -> Chat:
    await case.officer.presses("监督检查")
    await case.officer.says(SHOP)
    await case.officer.presses(SHOP)
    await case.officer.presses("夜查")
    return case.officer


async def report_from_inside(case: Case) -> Chat:
    worker = await member_of(case.database, case.services, case.shop, Role.WORKER, telegram_id=900, name="刘师傅")
    await worker.presses("报告隐患")
    return worker


async def expert(case: Case) -> Chat:
    chat = await member_of(case.database, case.services, None, Role.EXPERT, telegram_id=901, name="周专家")
    await chat.presses("登记查出的隐患")
    await chat.says(SHOP)
    await chat.presses(SHOP)
    return chat


async def verified_tip(case: Case) -> Chat:
    await case.officer.taps(data("jg", case.shop, Source.TIP.value[:2]))
    return case.officer


@pytest.mark.parametrize("door", [self_inspection, inspection_of_the_office, report_from_inside, expert, verified_tip])
@pytest.mark.parametrize("told", ["words", "album"])
async def test_whoever_writes_ten_or_sends_an_album_has_entered_one(
    database: ZoneDatabase, services: Services, door: Callable[[Case], Awaitable[Chat]], told: str
) -> None:
    case = await new_case(database, services)
    chat = await door(case)
    if told == "words":
        await chat.says(TEN)
    else:
        for number in (1, 2, 3):
            await chat.sends_photo(scene(services, number), album="A1", caption=TEN if number == 1 else "")
    assert await opened(database) == 1
    photos = await database.read(lambda tx: len(tx.attachments.of_hazard(_only(tx).id)))
    assert photos == (0 if told == "words" else 3)


def _only(tx: Transaction) -> Hazard:
    [hazard] = tx.hazards.in_zone(offset=0, limit=5)
    return hazard


async def test_no_press_of_any_route_opens_two(database: ZoneDatabase, services: Services) -> None:
    def unit(tx: Transaction) -> tuple[list[str], set[str]]:
        here, wrong, openers = settle(tx, "本企业"), [], set()
        cast(tx, here, settle(tx, "别的企业"))
        asks_two_questions(tx, here)
        # Behind the first argument stands what opens a hazard at the second question, and then the same once more.
        for route in ROUTER.presses.values():
            for rest in (("1", "a", "n", "1", "a", "n"), ("1", pack(here.hazard), "1", pack(here.hazard))):
                for _, did in incomings(route, here, *rest):
                    for who in ("principal", "officer"):
                        with Opened(tx) as seen:
                            attempt(tx, who, route, did, here, services, ROUTER)
                        if seen.count > 1:
                            wrong.append(f"{route.name} {rest} of {who} opens {seen.count}")
                        if seen.count == 1:
                            openers.add(route.name)
        return wrong, openers

    assert await database.write(unit) == ([], {"ia"})


def asks_two_questions(tx: Transaction, here: Place) -> None:
    """Let the running inspection have questions, the second of them not answered yet."""
    own = [ExtraItem(id=f"own-{n}", ask="通道是否畅通？") for n in (1, 2)]
    asked = Checklist(compose(Profile(trades=()), on=NOW.date(), extra=own).sections[-1:])
    assert len(asked) == 2
    digest = tx.inspections.keep_checklist(asked.to_json(), at=NOW)
    mine = inspections.c.id == here.inspection
    tx.connection.execute(inspections.update().where(mine).values(checklist_digest=digest))


class Opened:
    """How many hazards statements of this transaction insert while the block runs."""

    def __init__(self, tx: Transaction) -> None:
        self.connection, self.count = tx.connection, 0

    def __enter__(self) -> "Opened":
        event.listen(self.connection, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.connection, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith("INSERT INTO hazards "):
            self.count += len(parameters) if many else statement.count("), (") + 1


async def test_a_press_to_close_with_further_numbers_behind_it_closes_one(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    for number in (1, 2):
        await finds_hazard(case, photo=number)
    for number in (1, 2):
        await case.opens(case.principal, number)
        await case.principal.presses("交整改")
        await case.principal.sends_photo(scene(services, 10 + number))
        await case.principal.presses("提交复查")
        await case.opens(case.reviewer, number)
        await case.reviewer.presses("复查")
        await case.reviewer.presses("✅ 通过")
    first, second = await case.hazard(1), await case.hazard(2)
    assert (first.state, second.state) == (State.REVIEWED, State.REVIEWED)
    more = (pack(second.id), pack(second.version))
    await case.reviewer.taps(":".join([data("yc", first.id, first.version), *more, *more]))
    assert (await case.hazard(1)).state is State.CLOSED
    assert await case.hazard(2) == second
    await case.reviewer.taps(":".join(["yc", f"{pack(second.id)},{pack(first.id)}", pack(second.version)]))
    await case.reviewer.taps(":".join(["yc", pack(second.id), pack(second.version + 1), pack(second.version)]))
    assert await case.hazard(2) == second


def mentions(hint: Any) -> bool:
    """Whether a hazard stands anywhere in this annotation."""
    return hint is Hazard or any(mentions(part) for part in typing.get_args(hint))


def test_every_move_takes_exactly_one_hazard_and_gives_back_that_one() -> None:
    public = {n: f for n, f in vars(HazardLife).items() if inspect.isfunction(f) and not n.startswith("_")}
    # Whatever changes a hazard says by whom.
    moves = {name: move for name, move in public.items() if "by" in inspect.signature(move).parameters}
    assert {"confirm", "approve", "close", "dismiss", "reopen", "unlist"} <= set(moves)
    for name, move in moves.items():
        hints = typing.get_type_hints(move)
        assert hints.pop("return") is Hazard, name
        assert [parameter for parameter, hint in hints.items() if mentions(hint)] == ["hazard"], name
        assert hints["hazard"] is Hazard, name
        kinds = [p.kind for p in inspect.signature(move).parameters.values()]
        assert inspect.Parameter.VAR_POSITIONAL not in kinds, name


async def test_what_is_put_right_at_once_takes_four_presses_and_two_photos(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    chat = case.principal
    did: list[str | None] = []
    await chat.presses("开始自查")
    for label in ("有隐患", None, "就用题目的话", "是一般隐患", "立查立改", None):
        if label:
            await chat.presses(label)
        else:
            await chat.sends_photo(scene(services, len(did)))
        did.append(label)
    assert (await case.hazard()).state is State.FIXED_ON_SPOT
    assert (len([label for label in did if label]), did.count(None)) == (4, 2)
