"""Receipts of those who must know: one press counts in every position that somebody holds, a confirmation too."""

from checklists.hazard_records import Receipt
from checklists.hazard_rules import Recipient
from checklists.people import Role
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.transaction import Transaction
from tests.rectifying import Case, new_case
from tests.walks import member_of

NOTICE = "❗ <b>重大隐患告知</b>"


async def receipts(case: Case) -> dict[Recipient, str]:
    """How each recipient has confirmed the hazard so far."""
    hazard = await case.hazard()
    notices = await case.database.read(lambda tx: tx.hazard_records.notices(hazard))
    return {n.recipient: n.how for n in notices if n.received_at is not None}


async def office_confirms(case: Case) -> None:
    """The officer enters what the superior found, and confirms it as major; all that is due is sent."""
    officer = case.officer
    await officer.says("/ledger")
    await officer.presses("登记隐患")
    await officer.says("91230200MA1B2C3D4X")
    await officer.presses(next(label for label in officer.labels if "返回" not in label))
    await officer.presses("上级交办的")
    await officer.says("二楼窗户焊了防盗网")
    await officer.presses("都不是，自己写依据")
    await officer.says("《安全生产法》第三十六条")
    await officer.presses("是重大隐患")
    await case.post.sends(officer.now)


async def test_an_officer_who_confirms_gets_no_notice_and_the_department_has_its_receipt(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await office_confirms(case)
    assert await receipts(case) == {Recipient.DEPARTMENT: Receipt.BOT}
    assert not any(NOTICE in text for text in case.post.texts(case.officer.telegram_id))
    assert not any(NOTICE in text for text in case.post.texts(case.reviewer.telegram_id))
    assert any(NOTICE in text for text in case.post.texts(case.principal.telegram_id))


async def test_principal_and_controller_in_one_person_presses_once(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)

    def unit(tx: Transaction) -> None:
        person = tx.people.by_telegram(case.principal.telegram_id)
        assert person is not None
        tx.people.assign(person.id, Role.CONTROLLER, enterprise_id=case.shop, at=case.principal.now, by=None)

    await case.database.write(unit)
    await office_confirms(case)
    await case.takes_letter(case.principal, "收到")
    assert set(await receipts(case)) == {Recipient.PRINCIPAL, Recipient.CONTROLLER, Recipient.DEPARTMENT}
    await case.post.sends(case.principal.now)
    assert not any(
        button.label == "✅ 收到" for row in case.post.screens[case.principal.telegram_id].buttons for button in row
    )


async def test_somebody_elses_press_is_not_the_controllers(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    controller = await member_of(database, services, case.shop, Role.CONTROLLER, telegram_id=720, name="赵股东")
    await office_confirms(case)
    await case.takes_letter(case.principal, "收到")
    assert set(await receipts(case)) == {Recipient.PRINCIPAL, Recipient.DEPARTMENT}
    await case.takes_letter(controller, "收到")
    assert set(await receipts(case)) == {Recipient.PRINCIPAL, Recipient.CONTROLLER, Recipient.DEPARTMENT}
