"""Experts at an inspection of the office: the roster, who is asked, what they enter, whose name stands where."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from checklists.enterprises import Enterprise
from checklists.experts import ExpertProfile, Kind, Work, by_fit
from checklists.hazards import Hazard, Level, Source, State
from checklists.official_inspections import Mode, OfficialInspection
from checklists.people import Role
from handlers import answering
from handlers.documents.letter_contents import RectificationNotice
from handlers.documents.letter_fields import fields
from handlers.letters import _order as order
from handlers.renderers import RENDERERS, render
from handlers.replies import Reply, Screen, pack
from handlers.routes import ROUTER
from handlers.services import Services
from storage.database import Database, ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW, ZONE_ID
from tests.firms import found_firm, somebody
from tests.test_two_writers import overlapping
from tests.walks import sample_photo

Cast = tuple[Enterprise, Chat, Chat, Chat]


@pytest.fixture
async def cast(database: ZoneDatabase, services: Services) -> Cast:
    """The wood shop, 赵监管 at the menu, 周专家 and 吴专家."""
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    expert = await somebody(database, services, 1002, "周专家", Role.EXPERT)
    other = await somebody(database, services, 1003, "吴专家", Role.EXPERT)
    await officer.says("/start")
    return firm, officer, expert, other


async def person_id(database: ZoneDatabase, chat: Chat) -> int:
    def unit(tx: Transaction) -> int:
        person = tx.people.by_telegram(chat.telegram_id)
        assert person is not None
        return person.id

    return await database.read(unit)


async def begun(officer: Chat) -> None:
    """From the menu to the inspection of the wood shop by night."""
    await officer.presses("监督检查")
    await officer.says("木业")
    await officer.presses("样例木业有限公司")
    await officer.presses("夜查")


async def asks(officer: Chat, name: str) -> None:
    """From the inspection to the choice of experts, one of them pressed, and back."""
    await officer.presses("请专家")
    await officer.presses(name)
    await officer.presses("选好了")


async def official(database: ZoneDatabase, firm: Enterprise) -> OfficialInspection:
    return (await database.read(lambda tx: tx.official_inspections.of_enterprise(firm.id)))[0]


async def hazards(database: ZoneDatabase, firm: Enterprise) -> list[Hazard]:
    return sorted(await database.read(lambda tx: tx.hazards.of_enterprise(firm.id)), key=lambda h: h.sequence)


async def told(
    database: ZoneDatabase, services: Services, chat: Chat, kind: str, *, sent: bool = False
) -> Screen | None:
    """The newest delivery of this kind to the person as it looks now; with `sent` it was sent before."""

    def unit(tx: Transaction) -> Screen | None:
        person = tx.people.by_telegram(chat.telegram_id)
        delivery = tx.deliveries.last_of(person.id, kind) if person else None
        if delivery is not None and sent:
            tx.deliveries.sent(delivery, message_id=77, at=NOW)
            delivery = tx.deliveries.get(delivery.id)
        outgoing = render(RENDERERS, tx, services, delivery, NOW) if delivery else None
        return outgoing.screen if outgoing else None

    return await database.write(unit)


def test_whose_trade_fits_the_firm_stands_first() -> None:
    one, two = ExpertProfile(person_id=1, name="甲"), ExpertProfile(person_id=2, name="乙", trades=("light-industry",))
    assert [e.person_id for e in by_fit([one, two], ["light-industry"])] == [2, 1]
    assert [e.person_id for e in by_fit([one, two], ["machinery"])] == [1, 2]


async def test_the_officer_keeps_the_roster_by_pressing(database: ZoneDatabase, cast: Cast) -> None:
    _firm, officer, expert, _other = cast
    await officer.presses("监督检查")
    await officer.presses("专家名册")
    assert officer.text.startswith(
        "<b>专家名册</b>　共 2 人\n\n<b>周专家</b>（专家）\n行业：还没有选\n今年参加检查 0 次"
    )
    await officer.presses("周专家")
    retired = officer.button("退休技安人员").data
    await officer.taps(retired)
    await officer.taps(retired)
    await officer.presses("选行业")
    trade = officer.buttons[0]
    await officer.taps(trade.data)
    await officer.taps(trade.data)
    assert officer.labels[0] == f"✅ {trade.label}"
    await officer.presses("选好了")
    await officer.presses("写擅长什么")
    await officer.says("  ")
    assert "擅长什么？" in officer.text
    await officer.says("长" * 201)
    assert officer.text.startswith("<i>写了 201 个字，太长了，没有记下。")
    await officer.says("压力容器 <b>")
    assert "擅长：压力容器 &lt;b&gt;" in officer.text
    mine = await person_id(database, expert)
    kept = await database.read(lambda tx: tx.experts.profile(mine))
    assert kept is not None
    assert (kept.kind, kept.words, len(kept.trades)) == (Kind.RETIRED, "压力容器 <b>", 1)
    seen = [e.what for e in await database.read(lambda tx: tx.trail.of("person", mine))]
    assert seen.count("expert_profile_set") == 3, "a double press is one change"
    await expert.says("/start")
    await expert.presses("请您参加的检查")
    assert "<b>周专家</b>（退休技安人员）" in expert.text
    await expert.taps(retired)
    assert expert.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"


async def test_a_reviewer_looks_at_the_roster_and_changes_nothing(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    reviewer = await somebody(database, services, 1004, "钱审核", Role.REVIEWER)
    await reviewer.taps("xa:0")
    await reviewer.presses("周专家")
    assert reviewer.labels == ["专家名册", "返回首页"]


async def test_an_expert_is_asked_finds_and_the_officer_confirms(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, expert, _other = cast
    mine = await person_id(database, expert)
    fitting = ExpertProfile(person_id=mine, name="周专家", kind=Kind.AGENCY, trades=("light-industry",))
    await database.write(lambda tx: tx.experts.set_profile(fitting, by=1, at=NOW))
    await begun(officer)
    await officer.presses("请专家")
    assert officer.labels == ["周专家（技术服务机构、行业对口）", "吴专家（专家）", "选好了"]
    press = officer.button("周专家").data
    await officer.taps(press)
    await officer.taps(press)
    assert officer.labels[0] == "✅ 周专家（技术服务机构、行业对口）"
    await officer.presses("选好了")
    assert "检查人员：赵监管\n参加专家：周专家\n" in officer.text
    card = await told(database, services, expert, "expert_asked")
    assert card is not None
    assert card.text.startswith(
        "<b>请您参加监督检查</b>\n样例木业有限公司\n地址：样例路1号\n检查方式：夜查\n检查人员：赵监管"
    )
    await expert.says("/start")
    assert "请您参加的检查（1）" in expert.labels
    await expert.taps(card.buttons[0][0].data)
    await expert.sends_photo(sample_photo(), caption="有限空间没有审批就进去")
    await expert.presses("①")
    assert expert.text.endswith("这一条登记好了，已通知监管员确认级别。照片和文字还可以继续发。")
    await expert.presses("返回这次检查")
    [found] = await hazards(database, firm)
    assert (found.source, found.found_by, found.state) == (Source.OFFICIAL_INSPECTION, mine, State.FOUND)
    heard = await told(database, services, officer, "expert_finding")
    assert heard is not None
    assert "登记人：周专家" in heard.text
    assert "<b>请确认级别。</b>" in heard.text
    for forged in (f"jl:{pack(found.id)}:{pack(found.version)}:m", f"js:{pack(found.official_inspection_id or 0)}"):
        await expert.taps(forged)
        assert expert.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    await officer.says("/start")
    await officer.presses("继续监督检查")
    await officer.presses("接着填 BH-2026-0001")
    assert "查出的专家：周专家" in officer.text
    await officer.presses("是一般隐患")
    [found] = await hazards(database, firm)
    assert (found.level, found.level_confirmed_by) == (Level.GENERAL, await person_id(database, officer))


async def test_their_names_stand_in_the_record_the_notice_and_on_the_card(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, expert, _other = cast
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await begun(officer)
    await asks(officer, "周专家")
    await expert.says("/start")
    await expert.presses("请您参加的检查")
    await expert.presses("样例木业")
    await expert.says("通道堆了木料")
    await expert.presses("先不写依据")
    await officer.says("/start")
    await officer.presses("继续监督检查")
    await officer.presses("接着填")
    await officer.presses("先不写依据")
    await officer.presses("是一般隐患")
    await officer.presses("由企业定期限")
    await officer.presses("返回这次检查")
    await officer.presses("查完了，核对签字")
    await officer.presses("核对无误，签字")
    shown = await told(database, services, principal, "official_to_sign")
    assert shown is not None
    assert "参加专家：周专家\n" in shown.text
    assert "通道堆了木料（周专家）" in shown.text
    await principal.says("隐患 2026-0001")
    assert "查出的专家：周专家" in principal.text
    held = await official(database, firm)
    [found] = await hazards(database, firm)
    letter = await database.read(lambda tx: order(tx, [found], held, "赵监管", NOW.date()))
    assert isinstance(letter, RectificationNotice)
    assert fields(letter)["检查人员"] == "赵监管；参加专家：周专家"
    await expert.taps(f"xo:{pack(held.id)}")
    assert "不用您签字" not in expert.text
    await expert.says("还有一条")
    assert len(await hazards(database, firm)) == 1, "after signing nothing is added"


async def test_after_signing_nobody_is_added_and_nothing_entered(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, expert, other = cast
    await begun(officer)
    await asks(officer, "周专家")
    await expert.says("/start")
    await expert.presses("请您参加的检查")
    await expert.presses("样例木业")
    await officer.presses("请专家")
    late = officer.button("吴专家").data
    await officer.taps(f"js:{pack((await official(database, firm)).id)}")
    await officer.presses("核对无误，签字")
    await officer.taps(late)
    assert officer.text.startswith("<i>已经有人签字，不能再改。要补充的，另开一次检查。</i>")
    assert await told(database, services, other, "expert_asked") is None
    await expert.sends_photo(sample_photo())
    assert expert.text.startswith("<i>已经有人签字，不能再改。要补充的，另开一次检查。刚才发的没有记下。</i>")
    assert await hazards(database, firm) == []
    await expert.says("/start")
    assert "请您参加的检查" in expert.labels, "nothing runs any more"
    await expert.presses("请您参加的检查")
    await expert.presses("样例木业")
    assert "<b>监督检查 · 样例木业有限公司</b>" in expert.text
    assert "返回这次检查" not in expert.labels


async def test_what_was_signed_is_what_was_seen_experts_included(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, expert, _other = cast
    await begun(officer)
    await officer.presses("查完了，核对签字")
    sign = officer.button("核对无误，签字").data
    held, mine = await official(database, firm), await person_id(database, expert)

    def added(tx: Transaction) -> None:
        person = tx.people.get(mine)
        assert person is not None
        tx.experts.add(held, person, by=1, at=NOW)

    await database.write(added)
    await officer.taps(sign)
    assert officer.text.startswith("<i>内容刚才有变动，请再核对一遍。</i>")
    assert (await official(database, firm)).officer_signed_at is None


async def test_who_is_taken_off_keeps_what_he_found_and_adds_nothing(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, officer, expert, _other = cast
    await begun(officer)
    await asks(officer, "周专家")
    assert await told(database, services, expert, "expert_asked", sent=True) is not None
    await expert.says("/start")
    await expert.presses("请您参加的检查")
    await expert.presses("样例木业")
    await expert.says("通道堆了木料")
    await asks(officer, "✅ 周专家")
    card = await told(database, services, expert, "expert_asked")
    assert card == Screen(text="<b>这次检查不用您参加了</b>\n样例木业有限公司\n您查出的隐患都保留。")
    await expert.says("再补一句")
    assert expert.text.startswith("<i>这次检查不用您参加了，您只能看。</i>")
    [found] = await hazards(database, firm)
    assert found.words == "通道堆了木料"
    assert "通道堆了木料（周专家）" in officer.text
    assert "参加专家" not in officer.text
    await expert.taps(f"xo:{pack((await official(database, firm)).id)}")
    assert expert.text.startswith("<i>这次检查不用您参加了，您只能看。</i>")
    await asks(officer, "周专家")
    await expert.taps(f"xo:{pack((await official(database, firm)).id)}")
    await expert.says("配电箱没有盖")
    assert len(await hazards(database, firm)) == 2


async def test_who_was_taken_off_before_the_message_went_out_hears_nothing(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, officer, expert, _other = cast
    await begun(officer)
    await asks(officer, "周专家")
    await asks(officer, "✅ 周专家")
    assert await told(database, services, expert, "expert_asked") is None


async def test_who_belongs_to_the_firm_is_not_asked(database: ZoneDatabase, services: Services, cast: Cast) -> None:
    firm, officer, expert, other = cast
    await expert.becomes(Role.DEPUTY, enterprise_id=firm.id)
    await begun(officer)
    await officer.presses("请专家")
    assert "周专家 在这家企业任职，要回避。" in officer.text
    assert officer.labels == ["吴专家（专家）", "选好了"]
    held, mine = await official(database, firm), await person_id(database, expert)
    await officer.taps(f"xj:{pack(held.id)}:{pack(mine)}:1")
    assert officer.toasts[-1] == "周专家 在这家企业任职，应当回避。"
    await officer.taps(f"xj:{pack(held.id)}:{pack(await person_id(database, officer))}:1")
    assert officer.toasts[-1] == "赵监管 现在不是专家。"
    assert await database.read(lambda tx: tx.experts.at(held.id)) == []
    await other.taps(f"xo:{pack(held.id)}")
    assert other.toasts[-1] == "这次检查没有请您参加。"


async def test_who_cannot_be_reached_is_named(database: ZoneDatabase, cast: Cast) -> None:
    _firm, officer, expert, _other = cast
    mine = await person_id(database, expert)
    await database.write(lambda tx: tx.people.set_reachable(mine, reachable=False))
    await begun(officer)
    await officer.presses("请专家")
    await officer.presses("周专家")
    assert officer.text.startswith("<i>已请 周专家，但是收不到消息，请当面告诉。</i>")


async def test_experts_come_along_to_a_drawn_firm(database: ZoneDatabase, services: Services, cast: Cast) -> None:
    firm, officer, expert, _other = cast
    await officer.presses("监督检查")
    await officer.presses("🎲 双随机抽查")
    await officer.presses("➕ 新抽一次")
    await officer.presses("全部企业")
    await officer.presses("🎲 抽取")
    await officer.presses("检查 样例木业")
    await asks(officer, "周专家")
    assert (await official(database, firm)).mode is Mode.RANDOM
    card = await told(database, services, expert, "expert_asked")
    assert card is not None
    assert "检查方式：双随机（2026年11月23日抽取）\n检查人员：赵监管\n" in card.text


async def test_the_roster_counts_the_work_of_the_year(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, expert, _other = cast
    mine = await person_id(database, expert)
    await begun(officer)
    await asks(officer, "周专家")
    await expert.says("/start")
    await expert.presses("请您参加的检查")
    await expert.presses("样例木业")
    await expert.says("通道堆了木料")
    assert (await database.read(lambda tx: tx.experts.work(NOW - timedelta(days=1))))[mine] == Work(
        inspections=1, findings=1
    )
    assert mine not in await database.read(lambda tx: tx.experts.work(NOW + timedelta(days=1)))
    await officer.says("/start")
    await officer.taps("xa:0")
    assert "<b>周专家</b>（专家）\n行业：还没有选\n今年参加检查 1 次，查出隐患 1 条" in officer.text
    held = await official(database, firm)
    await database.write(lambda tx: tx.official_inspections.abandon(held, by=1, at=NOW))
    assert (await database.read(lambda tx: tx.experts.work(NOW - timedelta(days=1))))[mine] == Work(findings=1)


async def test_an_old_button_and_any_word_show_the_choice_again(database: ZoneDatabase, cast: Cast) -> None:
    _firm, officer, expert, _other = cast
    await begun(officer)
    await officer.presses("请专家")
    await officer.presses("周专家")
    await officer.says("嗯")
    assert officer.labels == ["✅ 周专家（专家）", "吴专家（专家）", "选好了"]
    await officer.taps("nonsense")
    assert officer.labels == ["✅ 周专家（专家）", "吴专家（专家）", "选好了"]
    await expert.says("/start")
    await expert.presses("请您参加的检查（1）")
    await expert.taps("nonsense")
    assert expert.text.startswith("<b>请您参加的检查</b>　正在进行 1 次，共 1 次")
    await expert.presses("样例木业")
    await expert.taps("nonsense")
    assert expert.labels == ["请您参加的检查", "返回首页"]


async def test_whose_role_ended_is_still_taken_off_by_a_press(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, expert, other = cast
    await begun(officer)
    await asks(officer, "周专家")
    wanted = await person_id(database, expert)
    await database.write(lambda tx: tx.people.withdraw(wanted, Role.EXPERT, enterprise_id=None, at=NOW, by=None))
    await officer.presses("请专家（1）")
    assert officer.labels == ["✅ 周专家（点一下去掉）", "吴专家（专家）", "选好了"]
    await officer.presses("周专家")
    assert officer.text.startswith("<i>已去掉 周专家，查出的隐患都保留。</i>")
    assert officer.labels == ["吴专家（专家）", "选好了"]
    assert await database.read(lambda tx: tx.experts.at(tx.official_inspections.of_enterprise(firm.id)[0].id)) == []
    await expert.taps(f"xi:{pack(0)}")
    assert expert.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    await other.taps(f"xo:{pack((await official(database, firm)).id)}")
    assert other.toasts[-1] == "这次检查没有请您参加。"


@pytest.fixture
async def second(database: ZoneDatabase, address: str) -> AsyncIterator[ZoneDatabase]:
    """The same database through a writer of its own, as a second process has it."""
    opened = Database(address)
    yield opened.zone(ZONE_ID)
    await opened.close()


async def test_two_officers_ask_the_same_expert_at_once(
    database: ZoneDatabase, second: ZoneDatabase, cast: Cast
) -> None:
    firm, officer, expert, _other = cast
    await begun(officer)
    known, wanted, by = await official(database, firm), await person_id(database, expert), officer.telegram_id

    def unit(tx: Transaction) -> int | None:
        person = tx.people.get(wanted)
        assert person is not None
        return tx.experts.add(known, person, by=by, at=NOW)

    first, later = await overlapping(database, second, unit)
    assert first is not None
    assert later is None
    assert [p.id for p in await database.read(lambda tx: tx.experts.at(known.id))] == [wanted]


async def test_what_an_expert_adds_while_the_officer_signs_is_not_signed_unseen(
    database: ZoneDatabase, services: Services, second: ZoneDatabase, cast: Cast
) -> None:
    firm, officer, expert, _other = cast
    await begun(officer)
    await asks(officer, "周专家")
    await officer.presses("查完了，核对签字")
    sign, known, by = officer.button("签字").data, await official(database, firm), await person_id(database, expert)

    def add(tx: Transaction) -> Reply:
        tx.official_inspections.add_finding(
            known, criterion_id=None, clause="", level=Level.GENERAL, words="配电箱没有盖", by=by, at=NOW
        )
        return Reply()

    def press(tx: Transaction) -> Reply:
        pressed = answering.Incoming(
            update_id=999_999,
            kind=answering.Kind.PRESS,
            chat_id=officer.telegram_id,
            telegram_id=officer.telegram_id,
            name=officer.name,
            text=sign,
        )
        return answering.answer(tx, pressed, router=ROUTER, services=services, now=NOW)

    steps = iter([add, press])
    _added, signed = await overlapping(database, second, lambda tx: next(steps)(tx))
    assert signed.screen is not None
    assert signed.screen.text.startswith("<i>内容刚才有变动，请再核对一遍。</i>")
    assert not (await official(database, firm)).is_signed
