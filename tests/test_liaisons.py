"""Liaisons of other departments (联络员): invited with their department, they read, and change nothing."""

import io
from collections.abc import Mapping
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from checklists.attachments import Phase
from checklists.enterprises import Enterprise
from checklists.hazards import Hazard, Level, Source
from checklists.invitations import Named, read_liaison
from checklists.people import Role
from checklists.quizzes import Kind
from handlers.ledger_rows import EVERYTHING
from handlers.mornings import queue_morning_reports
from handlers.renderers import RENDERERS, render
from handlers.replies import Document, pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.trail import Event
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import found_firm, somebody
from tests.rectifying import hands_in, rectifying_case
from tests.walks import sample_photo

Cast = tuple[Enterprise, Chat, Chat, Hazard]


def found_by(tx: Transaction, firm: Enterprise, source: Source, by: int, words: str) -> Hazard:
    """A hazard the office entered, with a picture that led to it."""
    hazard = tx.hazards.open(
        enterprise_id=firm.id,
        source=source,
        inspection_id=None,
        item=None,
        criterion_id=None,
        clause="",
        level=Level.GENERAL,
        year=2026,
        by=by,
        at=NOW,
        words=words,
    )
    tx.attachments.add_photo(sample_photo(), by=by, at=NOW, hazard_id=hazard.id, phase=Phase.BEFORE)
    return hazard


@pytest.fixture
async def cast(database: ZoneDatabase, services: Services) -> Cast:
    """The wood shop, 赵监管, 李四 of the fire brigade, and a hazard that came from a tip."""
    firm = await found_firm(database)
    officer = await somebody(database, services, 1001, "赵监管", Role.OFFICER)
    reader = await somebody(database, services, 1005, "李四（消防大队）", Role.READER)

    def unit(tx: Transaction) -> Hazard:
        person = tx.people.by_telegram(1001)
        assert person is not None
        found_by(tx, firm, Source.TRANSFER, person.id, "上级交办：通道堵了")
        return found_by(tx, firm, Source.TIP, person.id, "配电箱没有盖")

    return firm, officer, reader, await database.write(unit)


async def files(database: ZoneDatabase, services: Services, chat: Chat, kind: str) -> tuple[Document, ...]:
    """What the newest order of this person becomes when it is sent."""

    def unit(tx: Transaction) -> tuple[Document, ...]:
        person = tx.people.by_telegram(chat.telegram_id)
        delivery = tx.deliveries.last_of(person.id, kind) if person else None
        outgoing = render(RENDERERS, tx, services, delivery, NOW) if delivery else None
        return outgoing.documents if outgoing else ()

    return await database.read(unit)


async def read_files(database: ZoneDatabase, chat: Chat) -> list[Mapping[str, object]]:
    """What the trail keeps of the files this person asked for."""

    def unit(tx: Transaction) -> list[Event]:
        person = tx.people.by_telegram(chat.telegram_id)
        return [e for e in tx.trail.of("person", person.id) if e.what == "file_read"] if person else []

    return [event.body["after"] for event in await database.read(unit)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("李四 消防大队 13800000000", Named("李四（消防大队）", "13800000000")),
        ("李四，区住建局 质量科", Named("李四（区住建局质量科）", "")),
        ("姓名：李四 单位：市场监管所 电话：138-0000-0000", Named("李四（市场监管所）", "13800000000")),
        ("李四（消防大队）", Named("李四（消防大队）", "")),
        ("李四 13800000000", None),
        ("李四", None),
        ("13800000000", None),
        ("李四 " + "长" * 31, None),
    ],
)
def test_a_liaison_is_named_with_the_department(text: str, named: Named | None) -> None:
    assert read_liaison(text) == named


async def test_an_administrator_invites_a_liaison_with_the_department(
    database: ZoneDatabase, services: Services
) -> None:
    administrator = await somebody(database, services, 1000, "孙主任", Role.ADMINISTRATOR)
    await administrator.says("/start")
    await administrator.presses("办公室人员")
    await administrator.presses("邀请")
    await administrator.presses("邀请联络员")
    assert "姓名、单位和电话" in administrator.text
    assert administrator.labels == ["返回"], "whose liaison it is must be known"
    await administrator.says("李四")
    assert administrator.text.startswith("没有看懂姓名。")
    reply = await administrator.says("李四 消防大队 13800000000")
    assert reply.before[0].text.startswith("李四（消防大队）您好！滨河开发区请您作为办公室的联络员使用“安全自查”。")
    token = reply.before[0].text.partition("start=")[2].split()[0]
    reader = Chat(database, services, 1005, "Li Si")
    await reader.says(f"/start {token}")
    assert "您已绑定：滨河开发区的联络员。" in reader.seen[-1].text + reader.text
    await administrator.says("/start")
    await administrator.presses("办公室人员")
    assert "李四（消防大队）：联络员" in administrator.text
    await administrator.presses("解除 李四（消防大队）（联络员）")
    await administrator.presses("确定解除")
    await reader.says("/start")
    assert "您现在没有担任职务。" in reader.text


async def test_a_nameless_invitation_for_a_liaison_is_asked_for_the_name(
    database: ZoneDatabase, services: Services
) -> None:
    administrator = await somebody(database, services, 1000, "孙主任", Role.ADMINISTRATOR)
    newest = await database.read(lambda tx: tx.invitations.newest(None))
    await administrator.taps(f"vox:0:reader:{pack(newest)}")
    assert "姓名、单位和电话" in administrator.text
    assert await database.read(lambda tx: tx.invitations.open_ones(None, now=NOW)) == []


async def test_a_liaison_reads_and_finds_no_button_that_refuses(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    firm, _officer, reader, _tip = cast
    await reader.says("/start")
    assert reader.text.startswith("<b>滨河开发区</b> · 安全自查\n李四（消防大队），您好。您是联络员。")
    assert not {"登记查出的隐患", "监督检查", "导入企业名单", "办公室人员"} & set(reader.labels)
    seen, open_ = set[str](), [button.data for button in reader.buttons]
    open_ += [f"ev:{pack(firm.id)}", f"p:{pack(firm.id)}", f"k:{pack(firm.id)}:0"]
    while open_ and len(seen) < 150:
        data = open_.pop()
        if data in seen or data.startswith(("lg", "fm", "fc")):
            continue
        seen.add(data)
        before = len(reader.toasts)
        await reader.taps(data)
        assert "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。" not in reader.toasts[before:], data
        open_ += [button.data for button in reader.buttons if button.data]
    names = {data.partition(":")[0] for data in seen}
    assert {"gi", "gx", "go", "gr", "ev", "zh", "yy", "zp", "e", "d"} <= names
    assert not {"rx", "je", "gw", "dx", "gf:q"} & names


async def test_no_screen_of_a_liaison_says_what_came_from_a_tip(database: ZoneDatabase, cast: Cast) -> None:
    firm, officer, reader, tip = cast
    for chat in (officer, reader):
        await chat.taps("gf")
    assert "来源" in officer.labels
    assert "来源" not in reader.labels
    for forged in ("gs:q:tip", "gq:q:tip", "gc:q:0"):
        await reader.taps(forged)
        assert reader.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    await reader.taps("gx")
    assert "共 2 条" in reader.text
    cards = []
    for hazard in await database.read(lambda tx: tx.hazards.of_enterprise(firm.id)):
        await reader.taps(f"go:{pack(hazard.id)}")
        cards.append((hazard.source, reader.text, reader.labels))
    shown = {source: labels for source, _text, labels in cards}
    assert any("照片" in label for label in shown[Source.TRANSFER])
    assert not any("照片" in label for label in shown[Source.TIP]), "as for the firm there is no picture from before"
    assert not any("举报" in text for _source, text, _labels in cards)
    await database.write(lambda tx: tx.hazard_records.comment(tip.id, "举报人是小张", by=1, at=NOW))
    await reader.taps(f"yy:{pack(tip.id)}:0")
    assert "小张" not in reader.text
    await reader.taps(f"yv:{pack(tip.id)}")
    assert reader.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"


async def test_who_was_an_officer_keeps_no_view_by_source(database: ZoneDatabase, cast: Cast) -> None:
    _firm, officer, _reader, _tip = cast
    await officer.taps("gs:q:tip")
    assert "共 1 条" in officer.text

    def demote(tx: Transaction) -> None:
        person = tx.people.by_telegram(1001)
        assert person is not None
        tx.people.withdraw(person.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)
        tx.people.assign(person.id, Role.READER, enterprise_id=None, at=NOW, by=None)

    await database.write(demote)
    await officer.taps("gl")
    assert "共 2 条" in officer.text
    assert "来源" not in officer.text


async def test_the_excel_of_a_liaison_has_no_sources_and_is_in_the_trail(
    database: ZoneDatabase, services: Services, cast: Cast
) -> None:
    _firm, officer, reader, _tip = cast
    for chat in (officer, reader):
        await chat.taps("gr")
    assert reader.labels[:2] == ["发 Excel：全部台账", "发统计图"]
    sheets = {}
    for chat in (officer, reader):
        await chat.taps("gz:everything")
        [document] = await files(database, services, chat, "ledger_report")
        book = CalamineWorkbook.from_filelike(io.BytesIO(document.content))
        sheets[chat.name] = book.get_sheet_by_name("隐患台账").to_python()
        photos = book.get_sheet_by_name("照片").to_python()
        assert len(photos) == (3 if chat is officer else 2), "the picture that led to a tip's hazard has no link"
    assert "来源" in sheets[officer.name][1]
    assert "来源" not in sheets[reader.name][1]
    assert len(sheets[officer.name][1]) == len(sheets[reader.name][1]) + 1
    assert any("举报查实" in row for row in sheets[officer.name])
    assert not any("举报" in str(cell) for row in sheets[reader.name] for cell in row)
    assert await read_files(database, reader) == [{"route": "gz", "about": "everything", "enterprise": None}]
    assert await read_files(database, officer) == []


@pytest.mark.parametrize("what", ["photos", "photos_filtered", "prominent"])
async def test_what_tells_of_tips_is_made_for_supervisors_alone(
    database: ZoneDatabase, services: Services, cast: Cast, what: str
) -> None:
    _firm, officer, reader, _tip = cast
    expert = await somebody(database, services, 1006, "周专家", Role.EXPERT)
    for chat in (reader, expert):
        await chat.taps(f"gz:{what}")
        assert chat.toasts[-1] == "这种文件只发给监管人员。"
        assert await files(database, services, chat, "ledger_report") == ()
    await officer.taps(f"gz:{what}")
    assert officer.toasts[-1] == "正在生成，马上发给您。"


async def test_every_file_a_liaison_takes_is_in_the_trail(database: ZoneDatabase, cast: Cast) -> None:
    firm, _officer, reader, _tip = cast
    [transfer] = [
        h for h in await database.read(lambda tx: list(tx.ledger.every(EVERYTHING))) if h.source is Source.TRANSFER
    ]
    await reader.taps(f"jq:{pack(firm.id)}")
    await reader.taps(f"zp:{pack(transfer.id)}:0")
    await reader.taps(f"ts:{pack(firm.id)}:2026Q3")
    assert len(await read_files(database, reader)) == 2, "a screen of words is no file"
    await reader.taps(f"tw:{pack(firm.id)}:2026Q3")
    assert [(e["route"], e["about"]) for e in await read_files(database, reader)] == [
        ("jq", firm.id),
        ("zp", transfer.id),
        ("tw", firm.id),
    ]


async def test_a_liaison_hears_only_of_what_his_department_was_given(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    reader = await somebody(database, services, 1005, "李四（消防大队）", Role.READER)
    other = await somebody(database, services, 1006, "吴五（住建局）", Role.READER)
    department = await database.write(lambda tx: tx.departments.found("消防科", by=None, at=NOW))
    await case.officer.taps(f"yod:{pack(department.id)}")
    assert "李四（消防大队）（联络员）" in case.officer.labels
    await case.officer.presses("李四（消防大队）（联络员）")
    await case.officer.taps(f"yod:{pack(department.id)}")
    await case.officer.presses("陈监管")
    hazard = await case.hazard()
    await case.officer.taps(f"yg:{pack(hazard.id)}:{pack(hazard.version)}:{pack(department.id)}")
    await hands_in(case)

    def told(tx: Transaction) -> list[int]:
        people = [tx.people.by_telegram(chat.telegram_id) for chat in (case.officer, reader, other)]
        kinds = ("life_news", "life_notice", "life_inbox")
        return [sum(tx.deliveries.last_of(p.id, kind) is not None for kind in kinds) for p in people if p]

    officer_hears, reader_hears, other_hears = await database.read(told)
    assert officer_hears >= 1
    assert (reader_hears, other_hears) == (1, 0)

    def news(tx: Transaction) -> list[str]:
        person = tx.people.by_telegram(1005)
        delivery = tx.deliveries.last_of(person.id, "life_news") if person else None
        later = NOW + timedelta(days=1)
        outgoing = render(RENDERERS, tx, services, delivery, later) if delivery else None
        return [b.label for row in outgoing.screen.buttons for b in row] if outgoing and outgoing.screen else []

    assert await database.read(news) == ["看隐患"], "the review is not his"
    hazard = await case.hazard()
    await reader.taps(f"z:{pack(hazard.id)}")
    assert not {"🔎 复查", "更多", "文书", "✅ 收到"} & set(reader.labels)
    for forged in ("yv", "yt", "yc", "ym", "yk", "zd"):
        await reader.taps(f"{forged}:{pack(hazard.id)}:{pack(hazard.version)}:p")
        assert reader.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    assert await case.hazard() == hazard


async def test_mornings_do_not_go_to_liaisons(database: ZoneDatabase, cast: Cast) -> None:
    def unit(tx: Transaction) -> list[bool]:
        queue_morning_reports(tx, since=NOW - timedelta(days=1), now=NOW)
        people = [tx.people.by_telegram(i) for i in (1001, 1005)]
        return [tx.deliveries.last_of(p.id, "morning") is not None for p in people if p]

    assert await database.write(unit) == [True, False]


async def test_a_liaison_takes_no_invitation_of_a_firm(database: ZoneDatabase, cast: Cast) -> None:
    firm, _officer, reader, _tip = cast
    _invitation, token = await database.write(
        lambda tx: tx.invitations.create(Role.DEPUTY, enterprise_id=firm.id, by=None, at=NOW)
    )
    await reader.says(f"/start {token}")
    assert reader.text == "您是办公室人员，这个邀请是给企业的，请转发给对方。链接没有用掉。"


async def test_the_help_says_that_a_liaison_only_reads(cast: Cast) -> None:
    _firm, _officer, reader, _tip = cast
    await reader.says("/help")
    assert "您只看，不办理；发给您的文件都有记录。" in reader.text


async def test_a_liaison_may_learn_and_takes_no_quiz(database: ZoneDatabase, services: Services, cast: Cast) -> None:
    _firm, officer, reader, _tip = cast
    await reader.says("/start")
    await reader.presses("学一学")
    assert reader.labels == ["📖 学判定标准", "📖 学台账使用", "返回首页"]
    await reader.presses("学判定标准")
    assert reader.text == "<b>学哪一类？</b>"
    await reader.presses("全部")
    assert "<b>学一学 · " in reader.text
    assert not any("测一测" in label for label in reader.labels)
    await reader.taps("ft:r")
    assert reader.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    await reader.presses("学一学")
    await reader.presses("学台账使用")
    while any("下一页" in label for label in reader.labels):
        await reader.presses("下一页")
    assert not any("测一测" in label for label in reader.labels)
    refused = "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
    await officer.taps("fb")
    quiz = await database.read(lambda tx: tx.quizzes.newest(_id_of(tx, 1001), Kind.LEDGER))
    assert quiz is not None

    def demote(tx: Transaction) -> None:
        who = _id_of(tx, 1001)
        tx.people.withdraw(who, Role.OFFICER, enterprise_id=None, at=NOW, by=None)
        tx.people.assign(who, Role.READER, enterprise_id=None, at=NOW, by=None)

    await database.write(demote)
    for forged in ("fb", f"fr:-:{pack(quiz.id)}", "fz:0"):
        await reader.taps(forged)
        assert reader.toasts[-1] == refused
    await officer.taps(f"fa:{pack(quiz.id)}:0:0")
    assert officer.toasts[-1] == refused, "who was an officer ends no quiz begun as one"
    assert await database.read(lambda tx: tx.quizzes.newest(_id_of(tx, 1005), Kind.LEDGER)) is None
    assert (await database.read(lambda tx: tx.quizzes.get(quiz.id))) == quiz


def _id_of(tx: Transaction, telegram_id: int) -> int:
    person = tx.people.by_telegram(telegram_id)
    assert person is not None
    return person.id
