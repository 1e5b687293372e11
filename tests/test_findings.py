"""Findings entered one by one: the way back into one, what comes too late, and the words of a tip-off."""

import pytest
from sqlalchemy import select

from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Source, State
from checklists.people import Role
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.tables import metadata
from storage.trail import Event
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import found_firm, somebody
from tests.hazard_zone import FIVE
from tests.walks import sample_photo

Cast = tuple[Enterprise, Chat, Chat]
CAREFUL = "企业看得到您写的文字。请用自己的话写，不要写谁举报的。"
NAMED = "我是三车间小李，老板让关报警器"


@pytest.fixture
async def cast(database: ZoneDatabase, services: Services) -> Cast:
    """The wood shop, 赵监管, and 王厂长 of the shop."""
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    return firm, officer, principal


async def hazard_of(database: ZoneDatabase, firm: Enterprise, *, at: int = 0) -> Hazard:
    found = await database.read(lambda tx: tx.hazards.of_enterprise(firm.id))
    return sorted(found, key=lambda h: h.sequence)[at]


async def kept_of(database: ZoneDatabase, hazard: Hazard) -> int:
    return len(await database.read(lambda tx: tx.attachments.of_hazard(hazard.id)))


async def begins(chat: Chat, firm: Enterprise, source: Source) -> None:
    await chat.taps(f"jg:{pack(firm.id)}:{source.value[:2]}")


async def arranged(database: ZoneDatabase, hazard: Hazard) -> None:
    """Everything is arranged: it is being rectified."""
    await database.write(lambda tx: tx.hazards.arrange(hazard, FIVE, by=hazard.found_by, at=NOW))


async def handed_in(database: ZoneDatabase, hazard: Hazard) -> None:
    """The firm shows that it is put right."""

    def unit(tx: Transaction) -> None:
        head = tx.people.by_telegram(2001)
        assert head is not None
        tx.attachments.add_photo(sample_photo("green"), by=head.id, at=NOW, hazard_id=hazard.id, phase="after")
        tx.hazard_life.hand_in(hazard, by=head.id, at=NOW)

    await database.write(unit)


@pytest.mark.parametrize("source", [Source.TRANSFER, Source.TIP])
async def test_an_entered_finding_is_opened_again_to_say_what_is_wrong(
    database: ZoneDatabase, services: Services, cast: Cast, source: Source
) -> None:
    firm, officer, principal = cast
    await begins(officer, firm, source)
    await officer.sends_photo(sample_photo())
    await officer.presses("返回首页")
    await officer.says("隐患 2026-0001")
    await officer.presses("接着填")
    assert officer.text.endswith("<b>写一句哪里不对。</b>照片可以继续发。")
    await officer.says("通道堆了木料")
    assert (await hazard_of(database, firm)).words == "通道堆了木料"
    colleague = await somebody(database, services, 1004, "孙科长", Role.OFFICER)
    expert = await somebody(database, services, 1002, "周专家", Role.EXPERT)
    for chat, may in ((colleague, True), (expert, False), (principal, False)):
        await chat.says("隐患 2026-0001")
        ways = [b.data.split(":")[0] for b in chat.buttons if b.label == "接着填"]
        assert ("jp" in ways) is may, chat.name
    await officer.presses("先不写依据")
    await officer.presses("是一般隐患")
    await officer.says("隐患 2026-0001")
    assert "接着填" not in officer.labels, "the level is confirmed"


async def test_an_expert_goes_back_to_his_finding_and_hears_that_the_level_is_confirmed(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    expert = await somebody(database, services, 1002, "周专家", Role.EXPERT)
    await begins(expert, firm, Source.EXPERT)
    await expert.sends_photo(sample_photo())
    await expert.says("/start")
    await expert.says("隐患 2026-0001")
    await expert.presses("接着填")
    await expert.says("通道堆了木料")
    await expert.presses("先不写依据")
    hazard = await hazard_of(database, firm)
    await officer.taps(f"yl:{pack(hazard.id)}:{pack(hazard.version)}:g")
    await expert.taps("nonsense")
    assert expert.text.endswith("一般隐患\n\n级别已经确认。照片还可以继续发。")
    assert expert.labels == ["再登记一条", "看这条隐患", "返回首页"]
    await expert.sends_photo(sample_photo("blue"), caption="还有这里")
    assert expert.text.startswith("<i>照片已存好。附的文字没有记下。</i>")
    assert (await hazard_of(database, firm)).words == "通道堆了木料"
    assert await kept_of(database, hazard) == 2


async def test_after_a_transfer_the_next_one_is_one_press_away(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, _principal = cast
    await begins(officer, firm, Source.TRANSFER)
    await officer.says("通道堆了木料")
    await officer.presses("再登记一条")
    assert officer.text.startswith("<b>登记隐患 · 样例木业有限公司</b>\n\n<b>从哪里来的？</b>")


async def test_nothing_is_added_to_a_finding_once_the_firm_has_handed_in(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    await begins(officer, firm, Source.TRANSFER)
    await officer.says("通道堆了木料")
    await officer.presses("先不写依据")
    await officer.presses("是一般隐患")
    await officer.presses("由企业定期限")
    await arranged(database, await hazard_of(database, firm))
    await officer.sends_photo(sample_photo())
    assert officer.text.startswith("<i>照片已存好。</i>"), "while it is being rectified"
    hazard = await hazard_of(database, firm)
    await handed_in(database, hazard)
    told = "<i>这条隐患现在是“已整改，待复查”，刚才发的没有记下。</i>"
    for sent in (
        officer.sends_photo(sample_photo("blue"), caption="还有这里"),
        officer.sends_voice(services.voices.put(b"OggS late")),
        officer.says("再补一句"),
    ):
        await sent
        assert officer.text.startswith(told)
        assert officer.text.endswith("这条隐患现在是“已整改，待复查”，不能再加照片和文字。")
    after = await hazard_of(database, firm)
    assert (after.state, after.words) == (State.HANDED_IN, "通道堆了木料")
    assert await kept_of(database, hazard) == 2, "one of the office, one of the firm"


async def test_the_caption_of_a_tipsters_photo_never_becomes_words(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, principal = cast
    await begins(officer, firm, Source.TIP)
    assert officer.text == (
        f"<b>登记隐患 · 样例木业有限公司</b>\n举报查实的\n\n{CAREFUL}\n<b>发一张照片，或者写一句哪里不对。</b>"
    )
    await officer.sends_photo(sample_photo(), caption=NAMED)
    assert officer.text == (
        "<i>照片已存好。附的文字没有记下。</i>\n⚠️ <b>隐患 BH-2026-0001</b>\n样例木业有限公司 · 举报查实\n"
        "📷 照片 1 张\n\n"
        f"{CAREFUL}\n<b>写一句哪里不对。</b>照片可以继续发。"
    )
    await officer.sends_photo(sample_photo("blue"), caption=NAMED)
    assert officer.text.startswith("<i>照片已存好。附的文字没有记下。</i>")
    hazard = await hazard_of(database, firm)
    assert (hazard.words, await kept_of(database, hazard)) == ("", 2)
    await principal.says("隐患 2026-0001")
    assert "小李" not in principal.text
    # Of another source the caption says what is wrong.
    await begins(officer, firm, Source.TRANSFER)
    await officer.sends_photo(sample_photo("green"), caption="通道堆了木料")
    assert (await hazard_of(database, firm, at=1)).words == "通道堆了木料"


async def test_the_words_of_a_tip_are_rewritten_and_the_old_ones_stay_nowhere(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, principal = cast
    await begins(officer, firm, Source.TIP)
    await officer.sends_photo(sample_photo())
    await officer.says(NAMED)
    await officer.presses("先不写依据")
    rewrite = officer.button("改写文字").data
    assert CAREFUL in officer.text, "what is written here is read by the firm, too"
    await officer.presses("改写文字")
    assert officer.text.endswith(f"{CAREFUL}\n<b>把情况重新写一遍，一次写全。</b>原来写的会整个换掉。")
    await officer.taps("nonsense")
    assert officer.text.endswith("原来写的会整个换掉。"), "drawn again after a restart"
    await officer.says("可燃气体报警器关掉了")
    assert officer.text.startswith("<i>已改写。企业从现在起只看得到新的文字；原来的，企业可能已经看过。</i>")
    hazard = await hazard_of(database, firm)
    assert hazard.words == "可燃气体报警器关掉了"

    def kept(tx: Transaction) -> tuple[list[Event], list[str]]:
        every = [(t.name, row) for t in metadata.sorted_tables for row in tx.connection.execute(select(t))]
        return tx.trail.of("hazard", hazard.id), [f"{name}: {row}" for name, row in every if "小李" in str(row)]

    what, rows = await database.read(kept)
    assert rows == []
    assert what[-1].what == "hazard_rewritten"
    assert str(what[-1].body["before"]["words"]).startswith("sha256:")
    await officer.says("隐患 2026-0001")
    await officer.presses("经过")
    assert "赵监管：改写情况" in officer.text
    # For the firm nothing tells a tip from any other hazard of the office.
    await principal.says("隐患 2026-0001")
    await principal.presses("经过")
    assert "改写" not in principal.text
    await officer.taps(f"jl:{pack(hazard.id)}:{pack(hazard.version)}:g")
    await officer.taps(rewrite)
    assert "重新写一遍" not in officer.text, "the level is confirmed"
    assert "改写文字" not in officer.labels


async def test_only_who_entered_a_tip_rewrites_it_and_nothing_else_is_rewritten(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, _principal = cast
    await begins(officer, firm, Source.TIP)
    await officer.says("可燃气体报警器关掉了")
    tip = await hazard_of(database, firm)
    colleague = await somebody(database, services, 1004, "孙科长", Role.OFFICER)
    await colleague.taps(f"jp:{pack(tip.id)}")
    assert "改写文字" not in colleague.labels
    await colleague.taps(f"jf:{pack(tip.id)}")
    assert "重新写一遍" not in colleague.text
    await begins(officer, firm, Source.TRANSFER)
    await officer.says("通道堆了木料")
    assert "改写文字" not in officer.labels
    await officer.taps(f"jf:{pack((await hazard_of(database, firm, at=1)).id)}")
    await officer.says("还有木屑")
    assert (await hazard_of(database, firm, at=1)).words == "通道堆了木料\n还有木屑"
