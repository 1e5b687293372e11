"""A random draw on the phone: pool, number and inspectors, one press, then inspections under it and the proof."""

import io

import pytest
from python_calamine import CalamineWorkbook

from checklists.draws import Draw, is_as_drawn, rank
from checklists.enterprises import Enterprise
from checklists.official_inspections import Mode
from checklists.people import Role
from handlers.renderers import RENDERERS, render
from handlers.replies import Screen, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import found_firm, somebody

USCCS = ("91350211M000100Y46", "91350200M0001A0005", "91150699MA0DEH001F", "91230200MA1B2C3D4X")
NAMES = ("样例木业", "样例冷库", "样例机械", "样例食品")
Office = tuple[Chat, Chat, Chat]


@pytest.fixture
async def firms(database: ZoneDatabase) -> list[Enterprise]:
    """Four firms, the first of another community and trade."""
    return [
        await found_firm(
            database,
            name=name,
            uscc=uscc,
            community="西社区" if at else "东社区",
            trades=("machinery",) if at else ("light-industry",),
        )
        for at, (name, uscc) in enumerate(zip(NAMES, USCCS, strict=True))
    ]


@pytest.fixture
async def office(database: ZoneDatabase, services: Services) -> Office:
    """赵监管, 钱审核 and 周专家 of the office."""
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    reviewer = await somebody(database, services, 1002, "钱审核", Role.REVIEWER)
    expert = await somebody(database, services, 1003, "周专家", Role.EXPERT)
    await officer.says("/start")
    return officer, reviewer, expert


async def planned(officer: Chat, pool: str = "全部企业") -> None:
    """From the menu to the card that draws."""
    await officer.presses("监督检查")
    await officer.presses("🎲 双随机抽查")
    await officer.presses("➕ 新抽一次")
    await officer.presses(pool)


async def the_draw(database: ZoneDatabase) -> Draw:
    return (await database.read(lambda tx: tx.draws.recent(limit=1)))[0]


async def told(database: ZoneDatabase, services: Services, chat: Chat) -> Screen | None:
    """The message about the draw to this person as it looks now, or None where there is none."""

    def unit(tx: Transaction) -> Screen | None:
        person = tx.people.by_telegram(chat.telegram_id)
        delivery = tx.deliveries.last_of(person.id, "drawn") if person else None
        outgoing = render(RENDERERS, tx, services, delivery, NOW) if delivery else None
        return outgoing.screen if outgoing else None

    return await database.read(unit)


async def test_one_press_draws_and_everybody_concerned_knows(
    database: ZoneDatabase, services: Services, firms: list[Enterprise], office: Office
) -> None:
    officer, reviewer, _expert = office
    await planned(officer)
    assert officer.text == (
        "<b>双随机抽查</b>\n企业范围：全部企业，共 4 家\n抽几家：5\n检查人员：赵监管、钱审核（2 人）\n\n"
        "也可以直接写抽几家，例如：8。\n这个范围里只有 4 家，会全部抽中。\n"
        "每家派两名检查人员，也是随机派，家数尽量平均。\n在某家企业任职的检查人员，不会派去查那一家。\n"
        "<b>抽取以后不能重抽。</b>再抽一次会另记一次，两次都看得到。"
    )
    await officer.says("两家")
    assert officer.text.startswith("<i>没看懂。请写 1 到 200 之间的数字，例如：8。</i>")
    await officer.says("2 家")
    assert "抽几家：2" in officer.text
    press = officer.button("🎲 抽取").data
    await officer.taps(press)
    made = await the_draw(database)
    names = {f.id: f.name for f in firms}
    drawn = [names[d.enterprise_id] for d in made.firms]
    assert len(drawn) == 2
    assert officer.text.startswith(
        "<i>已抽取，马上通知检查人员。</i>\n<b>双随机抽查 · 11月23日 10:00</b>\n企业范围：全部企业，共 4 家\n"
        f"抽取人：赵监管\n已查 0/2\n\n1. {drawn[0]}："
    )
    assert officer.text.count("还没查") == 2
    assert f"种子：<code>{made.seed}</code>\n不能重抽。再抽一次另记一次，两次都看得到。" in officer.text
    assert officer.labels[:2] == [f"检查 {drawn[0]}", f"检查 {drawn[1]}"]
    # The same press again, late or twice, draws nothing more.
    await officer.taps(press)
    assert officer.toasts[-1] == "这次已经抽过了，或者还没有选企业范围。"
    assert await database.read(lambda tx: tx.draws.count()) == 1
    assert "双随机抽查 · 11月23日" in officer.text
    card = await told(database, services, reviewer)
    assert card is not None
    assert card.text == (
        f"<b>双随机抽查：抽到您检查 2 家</b>\n· {drawn[0]}（和 赵监管 一起）\n· {drawn[1]}（和 赵监管 一起）"
    )
    assert await told(database, services, officer) is None, "who drew sees it already"
    await officer.presses("再算一遍核对")
    assert officer.toasts[-1] == "核对无误：用这个种子再算一遍，企业和检查人员都一样。"
    await officer.presses("全部抽取")
    assert officer.labels[1] == "11月23日 10:00　已查 0/2"


async def test_an_inspector_who_cannot_be_reached_is_named(
    database: ZoneDatabase, services: Services, firms: list[Enterprise], office: Office
) -> None:
    officer, reviewer, _expert = office

    def blocked(tx: Transaction) -> None:
        person = tx.people.by_telegram(reviewer.telegram_id)
        assert person is not None
        tx.people.set_reachable(person.id, reachable=False)

    await database.write(blocked)
    await planned(officer)
    await officer.presses("🎲 抽取")
    assert officer.text.startswith("<i>已抽取。钱审核 收不到消息，请当面告诉。</i>")


async def test_inspectors_who_belong_to_every_firm_cannot_be_drawn(
    database: ZoneDatabase, services: Services, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]

    def tie(tx: Transaction) -> None:
        for chat in office[:2]:
            person = tx.people.by_telegram(chat.telegram_id)
            assert person is not None
            tx.people.assign(person.id, Role.WORKER, enterprise_id=firms[0].id, at=NOW, by=None)

    await database.write(tie)
    await planned(officer, "按社区")
    await officer.presses("东社区（1）")
    await officer.presses("🎲 抽取")
    assert officer.text.startswith("<i>这些检查人员在这些企业里都有任职，一个也派不出去。请换人，或者换范围。</i>")
    assert await database.read(lambda tx: tx.draws.count()) == 0
    await officer.presses("换企业范围")
    await officer.presses("全部企业（4）")
    await officer.presses("🎲 抽取")
    made = await the_draw(database)
    assert firms[0].id not in made.pool
    await officer.presses("发抽取表 Excel")
    assert officer.documents[-1].content


async def test_an_old_card_draws_only_what_it_showed(
    database: ZoneDatabase, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await planned(officer)
    press = officer.button("🎲 抽取").data
    await officer.presses("10 家")
    await officer.taps(press)
    assert officer.toasts[-1] == "内容刚才有变动，请再看一遍。"
    assert "抽几家：10" in officer.text
    await found_firm(database, name="新来的厂", uscc="91350211M000100Y54")
    await officer.taps(officer.button("🎲 抽取").data)
    assert officer.toasts[-1] == "内容刚才有变动，请再看一遍。"
    assert await database.read(lambda tx: tx.draws.count()) == 0
    await officer.says("/start")
    await officer.taps(press)
    assert officer.toasts[-1] == "这次已经抽过了，或者还没有选企业范围。"
    assert await database.read(lambda tx: tx.draws.count()) == 0


async def test_the_pool_may_be_a_trade_a_community_high_risk_or_what_was_not_inspected_this_year(
    database: ZoneDatabase, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await found_firm(database, name="样例烟花库", uscc="91350211M000100Y54", community="东社区", trades=("fireworks",))

    def inspected(tx: Transaction) -> None:
        for at, firm in enumerate(firms[:2]):
            by = {"inspectors": "赵监管", "present": "", "by": 1, "at": NOW}
            made = tx.official_inspections.start(enterprise_id=firm.id, mode=Mode.NIGHT, **by)  # type: ignore[arg-type]
            if at:
                tx.official_inspections.abandon(made, by=1, at=NOW)

    await database.write(inspected)
    await planned(officer, "今年还没有检查过的企业（4）")
    assert "企业范围：今年还没有检查过的企业，共 4 家" in officer.text
    await officer.presses("换企业范围")
    await officer.presses("高危行业企业（1）")
    assert "企业范围：高危行业企业，共 1 家" in officer.text
    await officer.presses("换企业范围")
    await officer.presses("按行业")
    assert officer.labels[0].startswith("机械")
    await officer.presses("机械")
    assert "企业范围：行业：机械" in officer.text
    assert "共 3 家" in officer.text
    await officer.presses("换企业范围")
    await officer.presses("按社区")
    await officer.presses("东社区（2）")
    assert "企业范围：社区/网格：东社区，共 2 家" in officer.text
    await officer.presses("🎲 抽取")
    made = await the_draw(database)
    assert made.pool_words == "社区/网格：东社区"
    assert {d.enterprise_id for d in made.firms} == set(made.pool)


async def test_inspectors_are_ticked_one_alone_is_named_and_none_is_refused(
    database: ZoneDatabase, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await planned(officer)
    await officer.presses("选检查人员")
    assert officer.labels == ["✅ 赵监管", "✅ 钱审核", "选好了"], "experts do not run inspections"
    tap = officer.button("✅ 钱审核").data
    await officer.taps(tap)
    await officer.taps(tap)
    assert officer.labels == ["✅ 赵监管", "钱审核", "选好了"]
    await officer.presses("选好了")
    assert "❗ 只选了一名检查人员，每家只能派一个人。" in officer.text
    await officer.presses("选检查人员")
    await officer.presses("✅ 赵监管")
    await officer.presses("选好了")
    assert "检查人员：还没有选（0 人）" in officer.text
    assert not any("抽取" in label for label in officer.labels)


async def test_an_inspection_under_the_draw_counts_when_it_is_finished(
    database: ZoneDatabase, services: Services, firms: list[Enterprise], office: Office
) -> None:
    officer, reviewer, _expert = office
    await planned(officer)
    await officer.presses("3 家")
    await officer.presses("🎲 抽取")
    made = await the_draw(database)
    first = next(f for f in firms if f.id == made.firms[0].enterprise_id)
    await reviewer.says("/start")
    await reviewer.taps(f"rb:{pack(made.id)}:{pack(1)}")
    assert reviewer.text.startswith(
        f"<b>监督检查 · {first.name}</b>\n检查方式：双随机（2026年11月23日抽取）\n检查人员："
    )
    assert "赵监管" in reviewer.text
    assert "钱审核" in reviewer.text
    # The other inspector's press leads into the same inspection.
    await officer.presses(f"检查 {first.name}")
    assert officer.text.startswith(f"<b>监督检查 · {first.name}</b>")
    assert len(await database.read(lambda tx: tx.official_inspections.of_enterprise(first.id))) == 1
    await officer.says("/start")
    await officer.taps(f"rs:{pack(made.id)}:0")
    assert "已查 0/3" in officer.text
    assert f"1. {first.name}：" in officer.text
    assert "正在查" in officer.text
    # One inspection at a time: the one that runs goes first.
    await reviewer.taps(f"rb:{pack(made.id)}:{pack(2)}")
    assert reviewer.text.startswith("<i>您这次检查还没有结束，先把它办完或者作废。</i>")
    await reviewer.presses("查完了，核对签字")
    await reviewer.presses("核对无误，签字")
    await reviewer.presses("企业不签，写明情况")
    await reviewer.says("负责人不在场，已送达文书")
    await officer.taps(f"rs:{pack(made.id)}:0")
    assert "已查 1/3" in officer.text
    assert "✅ 已查完" in officer.text
    assert officer.labels[0] == f"看 {first.name}"
    kept = await the_draw(database)
    assert is_as_drawn(kept)
    card = await told(database, services, reviewer)
    assert card is not None
    assert card.text.startswith("<b>双随机抽查：抽到您检查 2 家</b>")


async def test_random_without_a_draw_says_so_and_offers_one(
    database: ZoneDatabase, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await officer.presses("监督检查")
    await officer.says("木业")
    await officer.presses("样例木业")
    await officer.presses("双随机")
    assert officer.text == "<b>双随机 · 样例木业</b>\n\n没有抽到这家的记录。双随机要先随机抽取企业和检查人员。"
    assert officer.labels[0] == "🎲 去抽取"
    await officer.says("?")
    assert officer.text.startswith("<b>双随机 · 样例木业</b>"), "the screen can be drawn again"
    await officer.presses("没有抽取，仍记为双随机")
    assert "检查方式：双随机（没有抽取）" in officer.text


async def test_random_at_a_drawn_firm_goes_under_its_draw(
    database: ZoneDatabase, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await planned(officer)
    await officer.presses("🎲 抽取")
    await officer.says("/start")
    await officer.presses("监督检查")
    await officer.says("木业")
    await officer.presses("样例木业")
    await officer.presses("双随机")
    assert "2026年11月23日抽到了这家，检查人员：" in officer.text
    await officer.presses("按这次抽取开始检查")
    assert "检查方式：双随机（2026年11月23日抽取）" in officer.text
    made = await the_draw(database)
    begun = await database.read(lambda tx: tx.draws.inspected(made))
    assert list(begun) == [firms[0].id]


async def test_somebody_who_was_not_drawn_is_named_on_the_draw(
    database: ZoneDatabase, services: Services, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await planned(officer)
    await officer.presses("🎲 抽取")
    made = await the_draw(database)
    other = await somebody(database, services, 1004, "孙科长", Role.OFFICER)
    await other.taps(f"rb:{pack(made.id)}:{pack(1)}")
    assert other.text.startswith("<i>没有抽到您。请把“检查人员”改成实际到场的人。</i>\n")
    [official] = (await database.read(lambda tx: tx.draws.inspected(made))).values()
    assert official.inspectors.endswith("、孙科长")
    await officer.taps(f"rs:{pack(made.id)}:0")
    assert "正在查（由 孙科长 检查）" in officer.text


async def test_whoever_holds_a_post_in_the_drawn_firm_does_not_inspect_it(
    database: ZoneDatabase, services: Services, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await planned(officer)
    await officer.presses("🎲 抽取")
    made = await the_draw(database)
    drawn = next(d for d in made.firms if d.place == 1)
    both = await somebody(database, services, 1005, "吴科长", Role.OFFICER)

    def joins(tx: Transaction) -> None:
        person = tx.people.by_telegram(1005)
        assert person is not None
        tx.people.assign(person.id, Role.SAFETY_MANAGER, enterprise_id=drawn.enterprise_id, at=NOW, by=None)

    await database.write(joins)
    await both.taps(f"rb:{pack(made.id)}:{pack(1)}")
    assert both.toasts[-1] == "您在这家企业任职，应当回避，请别人去查。"
    assert await database.read(lambda tx: tx.draws.inspected(made)) == {}


async def test_the_sheet_holds_all_that_is_needed_to_draw_again(
    database: ZoneDatabase, firms: list[Enterprise], office: Office
) -> None:
    officer = office[0]
    await planned(officer)
    await officer.presses("3 家")
    await officer.presses("🎲 抽取")
    await officer.presses("发抽取表 Excel")
    sent = officer.documents[-1]
    assert sent.name == "双随机抽取表-2026-11-23.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(sent.content))
    assert book.sheet_names == ["抽中企业", "企业范围", "检查人员"]
    made = await the_draw(database)
    pool = book.get_sheet_by_name("企业范围").to_python()
    assert f"种子：{made.seed}" in str(pool[1][0])
    lines = pool[4:]
    assert {int(str(line[1])) for line in lines} == set(made.pool)
    assert [line[4] for line in lines] == sorted(rank(made.seed, i) for i in made.pool)
    assert [line[5] for line in lines] == ["抽中", "抽中", "抽中", ""]
    drawn = book.get_sheet_by_name("抽中企业").to_python()[4:]
    assert [line[1] for line in drawn] == [line[2] for line in lines[:3]]


async def test_a_reviewer_sees_draws_and_makes_none(
    database: ZoneDatabase, firms: list[Enterprise], office: Office
) -> None:
    _officer, reviewer, expert = office
    await reviewer.says("/start")
    await reviewer.presses("监督检查")
    await reviewer.presses("🎲 双随机抽查")
    assert "➕ 新抽一次" not in reviewer.labels
    await expert.says("/start")
    assert "监督检查" not in expert.labels
    await expert.taps("rd:0")
    assert expert.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
