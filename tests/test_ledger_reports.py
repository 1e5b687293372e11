"""The ledger as files in chat: Excel, prominent hazards, charts, and letters in Word about what has happened."""

import io
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from checklists.hazards import Hazard, Level, Source
from checklists.people import Role
from handlers.ledger_files import Order, write_ledger_with_photos
from handlers.ledger_orders import LedgerMaking
from handlers.ledger_photos import Folder
from handlers.outgoing import Outgoing
from handlers.renderers import RENDERERS, render
from handlers.replies import pack
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import NOW
from tests.hazard_zone import HazardZone

HELD = "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"


@pytest.fixture
async def town(database: ZoneDatabase) -> HazardZone:
    """A zone with its office, its firm and everybody's Telegram account."""
    town = HazardZone()
    await database.write(lambda tx: town.found(tx))
    return town


def chat_of(database: ZoneDatabase, services: Services, name: str, number: int) -> Chat:
    return Chat(database, services, number, name)


async def newest(database: ZoneDatabase, services: Services, chat: Chat, kind: str) -> Outgoing | None:
    """What is sent to the person of this kind, made now."""

    def unit(tx: Transaction) -> Outgoing | None:
        person = tx.people.by_telegram(chat.telegram_id)
        assert person is not None
        delivery = tx.deliveries.last_of(person.id, kind)
        assert delivery is not None
        return render(RENDERERS, tx, services, delivery, NOW)

    return await database.read(unit)


def words_of(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as file:
        return file.read("word/document.xml").decode()


def sheet(content: bytes, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


async def test_the_whole_ledger_comes_as_excel_with_photos_linked(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    await database.write(lambda tx: town.closed(tx, words="除尘管道积灰", at=NOW - timedelta(hours=1)))
    await database.write(lambda tx: town.find(tx, words="又积灰了"))
    officer = chat_of(database, services, "赵监管", 1)
    await officer.says("/ledger")
    await officer.presses("统计和文件")
    assert officer.text.startswith(
        "<b>隐患统计</b>（截至11月23日，不含误报）\n发现 2 条，其中重大 1 条\n已销号 1 条，销号率 50%\n"
        "没有销号 1 条，其中逾期 0 条"
    )
    assert officer.labels[:3] == ["发 Excel：全部台账", "发台账和照片：全部（压缩包）", "发 Excel：本月突出隐患"]
    await officer.presses("发 Excel：全部台账")
    assert officer.toasts == ["正在生成，马上发给您。"]
    made = await newest(database, services, officer, "ledger_report")
    assert made is not None
    [file] = made.documents
    assert (file.name, file.caption) == ("隐患台账-2026-11-23.xlsx", "隐患台账，共 2 条。")
    rows = sheet(file.content, "隐患台账")
    head = rows[1]
    first, second = (dict(zip(head, row, strict=False)) for row in rows[2:4])
    assert (first["企业"], first["隐患描述"], first["状态"]) == ("样例木业有限公司", "除尘管道积灰", "已销号")
    assert second["屡查屡犯"] == 1
    photos = sheet(file.content, "照片")
    assert any("https://t.me/zicha_bot?start=h-2026-0001" in str(row) for row in photos)


async def test_only_what_is_filtered_comes_when_that_is_asked_for(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    await database.write(lambda tx: town.handed_in(tx, words="除尘管道积灰"))
    await database.write(lambda tx: town.find(tx, words="配电箱没有门"))
    officer = chat_of(database, services, "赵监管", 1)
    await officer.says("/ledger")
    await officer.says("配电箱")
    await officer.presses("待办")
    await officer.presses("统计和文件")
    await officer.presses("发 Excel：清单里筛选的")
    made = await newest(database, services, officer, "ledger_report")
    assert made is not None
    [file] = made.documents
    filters = "只有筛选的：状态：在册（没有销号的）、查找：配电箱。"
    assert (file.name, file.caption) == ("隐患台账（筛选）-2026-11-23.xlsx", f"隐患台账，共 1 条。{filters}")
    assert sheet(file.content, "隐患台账")[0][0].endswith(f"{filters}")


async def test_a_kept_filter_narrows_only_what_says_so(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    await database.write(lambda tx: town.handed_in(tx, words="除尘管道积灰"))
    await database.write(lambda tx: town.find(tx, words="配电箱没有门"))
    officer = chat_of(database, services, "赵监管", 1)
    await officer.says("/ledger")
    await officer.presses("统计和文件")
    assert not any("筛选" in label for label in officer.labels)
    await officer.says("/ledger")
    await officer.says("配电箱")
    await officer.presses("待办")
    await officer.presses("统计和文件")
    assert officer.labels[1:4] == [
        "发台账和照片：全部（压缩包）",
        "发 Excel：清单里筛选的",
        "发台账和照片：清单里筛选的",
    ]
    views = {}
    for label in ("发台账和照片：全部（压缩包）", "发台账和照片：清单里筛选的"):
        officer.now += timedelta(minutes=1)
        await officer.presses(label)
        made = await newest(database, services, officer, "ledger_report")
        assert made is not None
        assert isinstance(made.making, LedgerMaking)
        views[label] = (made.making.count, Order.from_json(made.making.order).filters)
    assert list(views.values()) == [(2, ""), (1, "只有筛选的：状态：在册（没有销号的）、查找：配电箱。")]


@contextmanager
def no_room(most: int = 1000) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes: what a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_under_a_small_file_is_said(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    await database.write(lambda tx: town.find(tx, words="配电箱没有门"))
    officer = chat_of(database, services, "赵监管", 1)
    await officer.taps("gz:everything")
    with no_room():
        made = await newest(database, services, officer, "ledger_report")
    assert made is not None
    assert made.screen is not None
    assert made.screen.text == "服务器磁盘满了，文件没有做成。请告诉管理员。"
    assert made.documents == ()


async def test_a_file_that_cannot_be_made_for_a_fault_of_ours_is_said(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    def older(tx: Transaction) -> None:
        officer = tx.people.by_telegram(1)
        assert officer is not None
        tx.deliveries.add("ledger_report", "older", officer, {"what": "of an older version", "view": None}, NOW, NOW)

    await database.write(older)
    made = await newest(database, services, chat_of(database, services, "赵监管", 1), "ledger_report")
    assert made is not None
    assert made.screen is not None
    assert made.screen.text == "文件没有做成。请再试一次，还不行就告诉管理员。"


async def test_how_far_a_ledger_with_photos_is_comes_often(
    database: ZoneDatabase, services: Services, town: HazardZone, tmp_path: Path
) -> None:
    def unit(tx: Transaction) -> list[int]:
        for number in range(60):
            town.find(tx, words=f"积灰{number}")
        said: list[int] = []
        write_ledger_with_photos(tx, services.photos, Folder(tmp_path / "out"), as_of=NOW, said=said.append)
        return said

    assert await database.write(unit) == [25, 50]


async def test_prominent_hazards_of_the_month_come_with_their_reasons(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> None:
        town.rectifying(tx, words="除尘管道积灰", level=Level.MAJOR)
        town.rectifying(tx, words="标识脱落", criterion_id=None)

    await database.write(unit)
    officer = chat_of(database, services, "赵监管", 1)
    await officer.says("/ledger")
    await officer.presses("统计和文件")
    await officer.presses("突出隐患")
    made = await newest(database, services, officer, "ledger_report")
    assert made is not None
    [file] = made.documents
    assert (file.name, file.caption) == ("突出隐患-2026-11.xlsx", "突出隐患，共 1 条。报出前请核对。")
    assert "重大事故隐患" in str(sheet(file.content, "突出隐患")[2])


async def test_where_the_plan_vets_before_reporting_the_list_says_what_is_not_vetted(
    database: ZoneDatabase, services: Services
) -> None:
    town = HazardZone()

    def unit(tx: Transaction) -> None:
        town.found(tx, plan_id="dongli-2024")
        vetted, _other = (town.rectifying(tx, words=words, level=Level.MAJOR) for words in ("积灰", "没有联锁"))
        tx.hazard_life.vet(vetted, by=town.people["钱审核"], at=NOW)

    await database.write(unit)
    officer = chat_of(database, services, "赵监管", 1)
    await officer.says("/ledger")
    await officer.presses("统计和文件")
    await officer.presses("突出隐患")
    made = await newest(database, services, officer, "ledger_report")
    assert made is not None
    [file] = made.documents
    assert file.caption == (
        "突出隐患，共 2 条。报出前请核对。按方案（三(五)9），报出前要经科室审核：还有 1 条没有审核。"
    )
    _title, heading, *rows = sheet(file.content, "突出隐患")
    assert heading[-1] == "上报审核"
    assert [row[-1] for row in rows[:2]] == ["2026-11-23审核通过", "未审核"]


async def test_charts_come_as_pictures(database: ZoneDatabase, services: Services, town: HazardZone) -> None:
    await database.write(lambda tx: town.handed_in(tx, words="除尘管道积灰"))
    officer = chat_of(database, services, "赵监管", 1)
    await officer.says("/ledger")
    await officer.presses("统计和文件")
    await officer.presses("发统计图")
    made = await newest(database, services, officer, "ledger_report")
    assert made is not None
    assert [d.caption for d in made.documents] == ["发现与销号", "销号率", "各行业隐患", "各社区隐患"]
    assert all(d.is_photo and d.content.startswith(b"\x89PNG") for d in made.documents)


async def listed(database: ZoneDatabase, town: HazardZone) -> Hazard:
    """A major hazard under listed supervision."""

    def unit(tx: Transaction) -> Hazard:
        hazard = town.rectifying(tx, words="除尘管道积灰", level=Level.MAJOR)
        return tx.hazard_life.enlist(
            hazard, supervisor="孙主任", until=date(2026, 12, 31), reason="逾期未改", by=town.people["赵监管"], at=NOW
        )

    return await database.write(unit)


async def test_letters_say_only_what_has_happened(database: ZoneDatabase, services: Services, town: HazardZone) -> None:
    hazard = await listed(database, town)
    officer = chat_of(database, services, "赵监管", 1)
    await officer.taps(f"go:{pack(hazard.id)}")
    await officer.presses("文书")
    assert officer.labels == ["隐患整改通知书", "重大事故隐患挂牌督办通知书", "返回这条隐患", "返回首页"]
    await officer.presses("隐患整改通知书")
    made = await newest(database, services, officer, "letter")
    assert made is not None
    [file] = made.documents
    assert file.name == "隐患整改通知书-样例木业有限公司-2026-11-23.docx"
    text = words_of(file.content)
    assert all(words in text for words in ("样例木业有限公司", "除尘管道积灰", "GB 15577 6.1", "2026年12月7日"))
    await officer.taps(f"gy:{pack(hazard.id)}:REVIEW")
    assert officer.toasts[-1] == "现在还不能出这种文书。"
    await officer.taps(f"gy:{pack(hazard.id)}:NOTHING")
    assert officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"


@pytest.mark.parametrize(
    ("source", "by"), [(Source.TIP, "孙科长"), (Source.WORKER, "刘工人"), (Source.TRANSFER, "孙科长")]
)
async def test_a_letter_names_nobody_who_told_of_a_hazard(
    database: ZoneDatabase, services: Services, town: HazardZone, source: Source, by: str
) -> None:
    hazard = await database.write(lambda tx: town.rectifying(tx, words="除尘管道积灰", by=by, source=source))
    officer = chat_of(database, services, "赵监管", 1)
    await officer.taps(f"gw:{pack(hazard.id)}")
    await officer.presses("隐患整改通知书")
    made = await newest(database, services, officer, "letter")
    assert made is not None
    text = words_of(made.documents[0].content)
    assert all(words in text for words in ("除尘管道积灰", "进行了安全检查，发现"))
    assert not any(words in text for words in ("举报", "员工", "职工", "（监督检查）", by))


async def test_the_listing_letter_names_supervisor_and_day(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    hazard = await listed(database, town)
    officer = chat_of(database, services, "赵监管", 1)
    await officer.taps(f"gw:{pack(hazard.id)}")
    await officer.presses("重大事故隐患挂牌督办通知书")
    made = await newest(database, services, officer, "letter")
    assert made is not None
    text = words_of(made.documents[0].content)
    assert all(words in text for words in ("孙主任", "2026年12月31日", "逾期未改"))


async def test_the_review_letter_denies_what_was_sent_back(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    def unit(tx: Transaction) -> Hazard:
        hazard = town.handed_in(tx, words="除尘管道积灰")
        return tx.hazard_life.send_back(hazard, reason="照片看不清", by=town.people["钱审核"], at=NOW)

    hazard = await database.write(unit)
    officer = chat_of(database, services, "赵监管", 1)
    await officer.taps(f"gw:{pack(hazard.id)}")
    await officer.presses("隐患整改复查意见书")
    made = await newest(database, services, officer, "letter")
    assert made is not None
    text = words_of(made.documents[0].content)
    assert all(words in text for words in ("钱审核", "照片看不清", "不予销号"))


async def test_a_finding_without_level_has_no_letter_and_a_firm_gets_none(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    hazard = await database.write(lambda tx: town.find(tx, words="积灰"))
    officer, principal = chat_of(database, services, "赵监管", 1), chat_of(database, services, "王厂长", 6)
    await officer.taps(f"gw:{pack(hazard.id)}")
    assert officer.text.endswith("级别确认以后才有文书。")
    for forged in (f"gw:{pack(hazard.id)}", f"gy:{pack(hazard.id)}:RECTIFICATION", "gz:everything", "gr"):
        await principal.taps(forged)
        assert principal.toasts[-1] == HELD


async def test_what_was_asked_for_is_not_sent_to_who_left_the_office(
    database: ZoneDatabase, services: Services, town: HazardZone
) -> None:
    hazard = await listed(database, town)
    officer = chat_of(database, services, "孙科长", 3)
    await officer.taps("gz:everything")
    await officer.taps(f"gy:{pack(hazard.id)}:RECTIFICATION")
    await database.write(
        lambda tx: tx.people.withdraw(town.people["孙科长"], Role.OFFICER, enterprise_id=None, at=NOW, by=None)
    )
    assert await newest(database, services, officer, "ledger_report") is None
    assert await newest(database, services, officer, "letter") is None
