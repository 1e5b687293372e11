"""Experts enter what they find themselves: number at once, the office confirms the level, nobody else's is touched."""

import pytest

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Level, Source, State
from checklists.people import Role
from handlers.renderers import RENDERERS, render
from handlers.replies import Screen, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import WOOD, found_firm, somebody
from tests.walks import sample_photo

Cast = tuple[Enterprise, Chat, Chat]


@pytest.fixture
async def cast(database: ZoneDatabase, services: Services) -> Cast:
    """The wood shop, 赵监管, and 周专家 at the menu."""
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    expert = await somebody(database, services, 1002, "周专家", Role.EXPERT)
    await expert.says("/start")
    return firm, officer, expert


async def hazards(database: ZoneDatabase, firm: Enterprise) -> list[Hazard]:
    return sorted(await database.read(lambda tx: tx.hazards.of_enterprise(firm.id)), key=lambda h: h.sequence)


async def told(database: ZoneDatabase, services: Services, chat: Chat) -> Screen | None:
    """What the office was told of an expert's finding, as it looks now."""

    def unit(tx: Transaction) -> Screen | None:
        person = tx.people.by_telegram(chat.telegram_id)
        delivery = tx.deliveries.last_of(person.id, "expert_finding") if person else None
        outgoing = render(RENDERERS, tx, services, delivery, NOW) if delivery else None
        return outgoing.screen if outgoing else None

    return await database.read(unit)


async def test_an_expert_enters_and_an_officer_confirms_the_level(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, expert = cast
    await expert.presses("登记查出的隐患")
    await expert.says("木业")
    await expert.presses("样例木业有限公司")
    assert expert.text.startswith("<b>登记隐患 · 样例木业有限公司</b>\n专家或保险机构查出的")
    assert expert.labels == ["换一家", "返回首页"]
    await expert.sends_photo(sample_photo())
    assert expert.toasts[-1] == "隐患 BH-2026-0001 已记下。"
    await expert.says("有限空间没有审批就进去")
    assert "<b>依据哪一条？</b>" in expert.text
    await expert.presses("①")
    assert expert.text.endswith("这一条登记好了，已通知监管员确认级别。照片和文字还可以继续发。")
    assert expert.labels == ["改依据", "再登记一条", "看这条隐患", "返回首页"]
    [hazard] = await hazards(database, firm)
    assert (hazard.source, hazard.state, hazard.level_confirmed_by) == (Source.EXPERT, State.FOUND, None)
    card = await told(database, services, officer)
    assert card is not None
    assert card.text.startswith(
        "⚠️ <b>专家登记了隐患 BH-2026-0001</b>\n样例木业有限公司，登记人：周专家\n"
        "有限空间没有审批就进去\n📷 照片 1 张\n依据："
    )
    assert card.text.endswith("<b>请确认级别。</b>")
    assert await told(database, services, expert) is None
    # A forged press for the level or the deadline changes nothing.
    for forged in (f"jl:{pack(hazard.id)}:{pack(hazard.version)}:m", f"jd:{pack(hazard.id)}:{pack(hazard.version)}:7"):
        await expert.taps(forged)
        assert expert.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    await officer.taps(f"z:{pack(hazard.id)}")
    await officer.presses("确认为重大隐患")
    [hazard] = await hazards(database, firm)
    assert (hazard.level, hazard.state) == (Level.MAJOR, State.CONFIRMED)
    assert await told(database, services, officer) is None, "not sent any more once it is confirmed"
    await expert.says("12月5日")
    assert expert.text.startswith("<i>级别已经确认，情况不能再改。</i>")
    assert (await hazards(database, firm))[0].arrangements.deadline is None


async def test_an_expert_touches_nothing_that_others_entered(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, expert = cast
    await officer.says(f"/start e-{WOOD}")
    await officer.presses("登记隐患")
    await officer.presses("专家或保险机构查出的")
    await officer.says("通道堆了木料")
    [theirs] = await hazards(database, firm)
    for press in (f"jp:{pack(theirs.id)}", f"jc:{pack(theirs.id)}:{pack(theirs.version)}:-"):
        await expert.taps(press)
        assert expert.toasts[-1] == "这条隐患不是您登记的，您只能看。"
    assert await hazards(database, firm) == [theirs]
    # Other sources are not an expert's, whatever the button says.
    await expert.taps(f"jg:{pack(firm.id)}:tr")
    await expert.says("安全阀漏气")
    assert [h.source for h in await hazards(database, firm)] == [Source.EXPERT, Source.EXPERT]


async def test_an_expert_scans_the_code_of_the_firm_and_is_asked_for_the_finding(
    database: ZoneDatabase, cast: Cast
) -> None:
    _firm, _officer, expert = cast
    await expert.presses("登记查出的隐患")
    await expert.sends_photo(sample_photo())
    assert expert.text.startswith("<i>照片里的二维码这里认不出来。请用手机相机直接扫，或者发企业名称。</i>")
    await expert.says(f"/start e-{WOOD}")
    assert expert.text.startswith("<b>登记隐患 · 样例木业有限公司</b>\n专家或保险机构查出的")
    # Without having asked for a firm the code opens its card, which has the same way.
    await expert.says("/start")
    await expert.says(f"/start e-{WOOD}")
    assert "检查这家" not in expert.labels
    await expert.presses("登记隐患")
    assert expert.text.startswith("<b>登记隐患 · 样例木业有限公司</b>")


async def test_what_the_office_enters_itself_is_told_nobody_as_an_experts(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, officer, _expert = cast
    other = await somebody(database, services, 1003, "钱审核", Role.REVIEWER)
    await officer.says(f"/start e-{WOOD}")
    await officer.presses("登记隐患")
    await officer.presses("专家或保险机构查出的")
    await officer.says("通道堆了木料")
    assert await told(database, services, other) is None


async def test_a_reviewer_inspects_and_does_not_review_what_he_found(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, _officer, _expert = cast
    reviewer = await somebody(database, services, 1003, "钱审核", Role.REVIEWER)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await reviewer.says("/start")
    await reviewer.presses("监督检查")
    await reviewer.says("木业")
    await reviewer.presses("样例木业有限公司")
    await reviewer.presses("夜查")
    await reviewer.says("今天下雨了")
    await reviewer.presses("先不写依据")
    await reviewer.presses("是一般隐患")
    await reviewer.presses("由企业定期限")
    [hazard] = await hazards(database, firm)
    await principal.taps(f"zn:{pack(hazard.id)}")
    await principal.presses("限期整改")
    await principal.presses("全部采用")
    await principal.presses("交整改")
    await principal.sends_photo(sample_photo("green"))
    await principal.presses("提交复查")
    await reviewer.taps(f"yv:{pack(hazard.id)}")
    assert not any("通过" in label for label in reviewer.labels)
    other = await somebody(database, services, 1004, "孙科长", Role.OFFICER)
    await other.taps(f"yv:{pack(hazard.id)}")
    assert any("通过" in label for label in other.labels)


@pytest.mark.parametrize("source", [Source.EXPERT, Source.TIP, Source.TRANSFER, Source.OFFICIAL_INSPECTION])
async def test_the_firm_does_not_confirm_the_level_of_what_others_found(
    database: ZoneDatabase, services: Services, cast: Cast, source: Source
) -> None:
    firm, officer, _expert = cast
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)

    def unit(tx: Transaction) -> Hazard:
        found = tx.people.by_telegram(officer.telegram_id)
        assert found is not None
        hazard = tx.hazards.open(
            enterprise_id=firm.id,
            source=source,
            inspection_id=None,
            item=None,
            criterion_id=None,
            clause="",
            level=Level.GENERAL,
            year=2026,
            by=found.id,
            at=NOW,
        )
        return tx.hazards.describe(hazard, words="通道堆了木料", by=found.id, at=NOW)

    hazard = await database.write(unit)
    await principal.says("隐患 2026-0001")
    assert principal.text.endswith("级别由监管办公室确认，请等一等。")
    assert not {"接着填", "是一般隐患"} & set(principal.labels)
    await principal.taps(f"zn:{pack(hazard.id)}")
    assert "是一般隐患" not in principal.labels
    await principal.taps(f"zl:{pack(hazard.id)}:{pack(hazard.version)}:g")
    assert principal.toasts[-1] == "级别由监管办公室确认，请等一等。"
    assert [h.state for h in await hazards(database, firm)] == [State.FOUND]
    await officer.taps(f"z:{pack(hazard.id)}")
    await officer.presses("确认为一般隐患")
    assert [h.state for h in await hazards(database, firm)] == [State.CONFIRMED]
