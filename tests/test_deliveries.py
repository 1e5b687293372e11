"""The ledger of outgoing messages: made once, sent once, edited later, and every outcome kept."""

from datetime import timedelta

from checklists.deliveries import Delivery, DeliveryCounts, DeliveryState
from checklists.people import Person
from storage.database import ZoneDatabase
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


async def the_person(database: ZoneDatabase, telegram_id: int | None = 700) -> Person:
    return await database.write(lambda tx: tx.people.add(name="王厂长", telegram_id=telegram_id, at=NOW))


async def queue(database: ZoneDatabase, person: Person, dedupe: str = "due:1:2026-11-23") -> bool:
    return await database.write(
        lambda tx: tx.deliveries.add("due", dedupe, person, {"day": "2026-11-23"}, not_before=NOW, at=NOW)
    )


async def the_only(database: ZoneDatabase) -> Delivery:
    (delivery,) = await database.read(lambda tx: tx.deliveries.waiting(LATER, 10))
    return delivery


async def test_a_message_for_the_same_reason_is_queued_once(database: ZoneDatabase) -> None:
    person = await the_person(database)
    assert await queue(database, person) is True
    assert await queue(database, person) is False
    delivery = await the_only(database)
    assert (delivery.chat_id, delivery.about, delivery.state) == (700, {"day": "2026-11-23"}, DeliveryState.WAITING)


async def test_nobody_is_written_to_without_a_telegram_account(database: ZoneDatabase) -> None:
    person = await the_person(database, telegram_id=None)
    assert await queue(database, person) is False
    assert await database.read(lambda tx: tx.deliveries.next_due()) is None


async def test_what_is_due_later_does_not_wait_now(database: ZoneDatabase) -> None:
    person = await the_person(database)
    await database.write(lambda tx: tx.deliveries.add("due", "a", person, {}, not_before=LATER, at=NOW))
    assert await database.read(lambda tx: tx.deliveries.waiting(NOW, 10)) == []
    assert await database.read(lambda tx: tx.deliveries.next_due()) == LATER


async def test_a_sent_message_leaves_the_outbox_and_can_be_edited_later(database: ZoneDatabase) -> None:
    await queue(database, await the_person(database))
    delivery = await the_only(database)
    await database.write(lambda tx: tx.deliveries.sent(delivery, message_id=55, at=NOW))
    assert await database.read(lambda tx: tx.deliveries.waiting(LATER, 10)) == []
    await database.write(lambda tx: tx.deliveries.again(delivery.id, LATER))
    await database.write(lambda tx: tx.deliveries.again(delivery.id, LATER))
    edit = await the_only(database)
    assert (edit.message_id, edit.state, edit.sent_at, edit.edition) == (55, DeliveryState.SENT, NOW, 3)


async def test_what_changes_while_it_is_being_sent_is_edited_right_after(database: ZoneDatabase) -> None:
    await queue(database, await the_person(database))
    in_flight = await the_only(database)
    await database.write(lambda tx: tx.deliveries.again(in_flight.id, NOW))
    await database.write(lambda tx: tx.deliveries.sent(in_flight, message_id=55, at=NOW))
    edit = await the_only(database)
    assert edit.message_id == 55
    await database.write(lambda tx: tx.deliveries.sent(edit, message_id=55, at=NOW))
    assert await database.read(lambda tx: tx.deliveries.waiting(LATER, 10)) == []


async def test_a_refused_message_is_an_outcome_and_a_failed_edit_leaves_it_sent(database: ZoneDatabase) -> None:
    person = await the_person(database)
    await queue(database, person, "a")
    first = await the_only(database)
    await database.write(lambda tx: tx.deliveries.refused(first, "bot was blocked by the user"))
    await queue(database, person, "b")
    second = await the_only(database)
    await database.write(lambda tx: tx.deliveries.sent(second, message_id=9, at=NOW))
    await database.write(lambda tx: tx.deliveries.again(second.id, NOW))
    edit = await the_only(database)
    await database.write(lambda tx: tx.deliveries.refused(edit, "bot was blocked by the user"))
    kept = await database.read(lambda tx: [tx.deliveries.by_dedupe("a"), tx.deliveries.by_dedupe("b")])
    assert [d.state for d in kept if d] == [DeliveryState.REFUSED, DeliveryState.SENT]
    assert await database.read(lambda tx: tx.deliveries.next_due()) is None


async def test_a_retry_waits_its_time(database: ZoneDatabase) -> None:
    await queue(database, await the_person(database))
    delivery = await the_only(database)
    await database.write(lambda tx: tx.deliveries.retry(delivery, not_before=LATER, outcome="NetworkError"))
    assert await database.read(lambda tx: tx.deliveries.waiting(NOW, 10)) == []
    again = await the_only(database)
    assert (again.attempts, again.outcome, again.not_before) == (1, "NetworkError", LATER)


async def test_the_office_can_count_how_delivery_stands(database: ZoneDatabase) -> None:
    person = await the_person(database)
    for dedupe in "abcd":
        await queue(database, person, dedupe)
    a, b, c, _ = await database.read(lambda tx: tx.deliveries.waiting(NOW, 10))
    await database.write(lambda tx: tx.deliveries.sent(a, message_id=1, at=NOW))
    await database.write(lambda tx: tx.deliveries.refused(b, "blocked"))
    await database.write(lambda tx: tx.deliveries.given_up(c, "BadRequest"))
    since = NOW - timedelta(days=1)
    soon = await database.read(lambda tx: tx.deliveries.counts(since=since, until=LATER, now=NOW))
    assert soon == DeliveryCounts(sent=1, refused=1, given_up=1, waiting=1, late=0)
    late = await database.read(lambda tx: tx.deliveries.counts(since=since, until=LATER, now=LATER))
    assert late == DeliveryCounts(sent=1, refused=1, given_up=1, waiting=1, late=1)


async def test_a_group_that_moved_gets_its_messages_at_the_new_place(database: ZoneDatabase) -> None:
    await database.write(lambda tx: tx.deliveries.add_to_chat("due", "g", -5, {}, not_before=NOW, at=NOW))
    await database.write(lambda tx: tx.deliveries.migrated(-5, -1005))
    assert (await the_only(database)).chat_id == -1005


async def test_reading_is_acknowledged_once(database: ZoneDatabase) -> None:
    await queue(database, await the_person(database))
    delivery = await the_only(database)
    assert await database.write(lambda tx: tx.deliveries.acknowledge(delivery.id, NOW)) is True
    assert await database.write(lambda tx: tx.deliveries.acknowledge(delivery.id, LATER)) is False


async def test_the_wish_to_show_the_present_screen_waits_once_and_can_come_back(database: ZoneDatabase) -> None:
    await database.write(lambda tx: tx.deliveries.add_present(700, at=NOW))
    await database.write(lambda tx: tx.deliveries.add_present(700, at=LATER))
    first = await the_only(database)
    await database.write(lambda tx: tx.deliveries.sent(first, message_id=4, at=NOW))
    assert await database.read(lambda tx: tx.deliveries.next_due()) is None
    await database.write(lambda tx: tx.deliveries.add_present(700, at=LATER))
    second = await the_only(database)
    assert (second.message_id, second.not_before) == (None, LATER)
