"""The figures an office sets on the phone: by administrators, within bounds, with a trace."""

from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.office_settings import SAMPLING_PERCENT
from tests.walks import member_of

SHOWN = (
    "<b>办公室设置</b>\n立查立改抽到现场看的比例（%）：{percent}\n多少天内再次查出算屡查屡犯：365\n"
    "逾期采取一步措施后，等多少天再提醒下一步：7\n建议发出后，等多少天没有答复就提醒：15\n台账防改：还没有核对过，今天夜里会核对"
)


async def test_an_administrator_sets_how_often_the_draw_sends_somebody_on_site(
    database: ZoneDatabase, services: Services
) -> None:
    chat = await member_of(database, services, None, Role.ADMINISTRATOR, telegram_id=801, name="周管理")
    await chat.presses("办公室设置")
    assert chat.text == SHOWN.format(percent=20)
    await chat.presses("立查立改抽到现场看的比例")
    assert chat.text == ("<b>立查立改抽到现场看的比例（%）</b>：20\n请打一个数字，0 到 100。")
    for wrong in ("一半", "101", "-5", "12.5", "9999999999"):
        await chat.says(wrong)
        assert chat.text.startswith("<i>没有改：要一个 0 到 100 的数字。</i>\n")
        assert await database.read(lambda tx: tx.office_settings.figure(SAMPLING_PERCENT)) == 20
    await chat.says("50%")
    assert chat.text == "<i>已改。</i>\n" + SHOWN.format(percent=50)
    assert await database.read(lambda tx: tx.office_settings.figure(SAMPLING_PERCENT)) == 50
    what = await database.read(lambda tx: [e.what for e in tx.trail.of("zone", tx.zone_id)])
    assert what.count("figure_set") == 1


async def test_an_officer_reads_the_figures_and_keeps_the_departments(
    database: ZoneDatabase, services: Services
) -> None:
    chat = await member_of(database, services, None, Role.OFFICER, telegram_id=802, name="陈监管")
    await chat.presses("办公室设置")
    assert chat.text == SHOWN.format(percent=20) + "\n数字由管理员改。"
    assert chat.labels == ["管理科室", "风险点巡查周期", "返回首页"]
    await chat.presses("管理科室")
    assert chat.text.startswith("<b>科室</b>\n")
    await chat.taps("fs:s")
    assert chat.toasts[-1] == "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
