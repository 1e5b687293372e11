"""A hazard that no checklist asked for gets its criterion before anybody calls it major."""

import pytest

from checklists.hazards import Level, State
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.rectifying import Case, new_case
from tests.walks import member_of

WORDS = "气瓶间里燃气报警器坏了，没有报警"


async def reported(database: ZoneDatabase, services: Services, words: str = WORDS) -> Case:
    """A worker has reported a hazard; the principal is at its level."""
    case = await new_case(database, services)
    worker = await member_of(database, services, case.shop, Role.WORKER, telegram_id=705, name="刘师傅")
    await worker.says("/start")
    await worker.presses("报告隐患")
    await worker.says(words)
    await case.post.sends(worker.now)
    await case.takes_letter(case.principal, "去确认")
    return case


async def test_the_firm_takes_a_proposed_criterion_and_calls_it_major(
    database: ZoneDatabase, services: Services
) -> None:
    case = await reported(database, services)
    principal = case.principal
    assert "依据" not in principal.text
    assert "按判定标准" not in principal.text
    await principal.presses("是重大隐患")
    assert "重大隐患要写明依据哪一条判定标准。\n\n<b>依据哪一条？</b>" in principal.text
    old = principal.button("①").data
    await principal.presses("①")
    assert principal.text.startswith("<i>依据已记下，请确认级别。</i>")
    hazard = await case.hazard()
    assert hazard.criterion_id
    assert f"依据：{hazard.clause}" in principal.text
    await principal.presses("是重大隐患")
    hazard = await case.hazard()
    assert (hazard.level, hazard.state) == (Level.MAJOR, State.CONFIRMED)
    await principal.taps(old)
    assert await case.hazard() == hazard


@pytest.mark.parametrize("words", ["《安全生产法》第三十六条", "GB 6067.1 第4.2.2条"])
async def test_one_that_is_not_among_ours_is_typed(database: ZoneDatabase, services: Services, words: str) -> None:
    case = await reported(database, services)
    await case.principal.presses("是重大隐患")
    await case.principal.sends_voice("0" * 64)
    assert "重大隐患要写明依据哪一条判定标准。" in case.principal.text
    await case.principal.says(words)
    hazard = await case.hazard()
    assert (hazard.clause, hazard.criterion_id, hazard.state) == (words, None, State.FOUND)
    await case.principal.presses("是重大隐患")
    assert (await case.hazard()).level is Level.MAJOR


async def test_the_office_can_name_it_too_and_others_cannot(database: ZoneDatabase, services: Services) -> None:
    case = await reported(database, services)
    officer: Chat = case.officer
    await case.opens(officer)
    await officer.presses("确认为重大隐患")
    await officer.says("《安全生产法》第三十六条")
    assert officer.text.startswith("<i>依据已记下，请确认级别。</i>")
    await officer.presses("确认为重大隐患")
    hazard = await case.hazard()
    assert (hazard.level, hazard.clause) == (Level.MAJOR, "《安全生产法》第三十六条")
    expert = await member_of(database, services, None, Role.EXPERT, telegram_id=706, name="专家")
    await expert.taps(f"zd:{hazard.id}")
    assert "依据哪一条？" not in expert.text


async def test_a_general_one_needs_no_criterion(database: ZoneDatabase, services: Services) -> None:
    case = await reported(database, services, "地上有水，滑")
    await case.principal.presses("是一般隐患")
    assert ((await case.hazard()).level, (await case.hazard()).clause) == (Level.GENERAL, "")
