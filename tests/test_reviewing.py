"""The reviewer's view in one message, what it shows of photos in doubt, and who may judge what."""

import asyncio
import io
from datetime import timedelta

import pytest
from PIL import Image

from checklists.hazards import State
from checklists.people import Role
from handlers.pictures import Comparison
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.photos import Photo, accept
from tests.chat import Chat
from tests.rectifying import Case, hands_in, new_case, office_finds, rectifying_case, scene, view
from tests.walks import member_of


async def at_review(case: Case, chat: Chat) -> None:
    await case.opens(chat)
    await chat.presses("复查")


def shown(chat: Chat) -> list[list[tuple[str, str]]]:
    """The rows of the picture in the reviewer's view: label and photo of each panel."""
    assert isinstance(chat.screen.picture, Comparison)
    return [[(panel.label, panel.sha256) for panel in row] for row in chat.screen.picture.rows]


def saved_anew(services: Services, number: int, *, taken: str = "") -> Photo:
    """The scene of this number as another file, with the date of a camera where one is given."""
    notes, file = Image.Exif(), io.BytesIO()
    if taken:
        notes.get_ifd(0x8769)[0x9003] = taken
    Image.open(io.BytesIO(view(number))).save(file, "JPEG", quality=50, exif=notes)
    photo = accept(file.getvalue())
    services.photos.put(photo)
    return photo


async def sends_evidence(case: Case, *pictures: Photo) -> None:
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    for picture in pictures:
        await case.principal.sends_photo(picture)
    await case.principal.presses("提交复查")


async def test_before_and_after_stand_side_by_side_in_one_picture(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await at_review(case, case.reviewer)
    assert case.reviewer.labels == ["✅ 通过", "✅ 到现场看过，通过", "↩️ 退回重改", "❗ 虚假整改", "隐患详情"]
    assert len(case.reviewer.text) <= 1024
    assert case.reviewer.screen.picture is not None
    shown = Image.open(io.BytesIO(case.reviewer.screen.picture()))
    assert shown.size == (1280, 692)
    left, right = shown.crop((0, 60, 636, 690)), shown.crop((644, 60, 1280, 690))
    assert left.tobytes() != right.tobytes()
    assert min(len(half.convert("L").getcolors(100_000) or []) for half in (left, right)) > 50


async def test_a_lost_photo_leaves_its_place_dark(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await at_review(case, case.reviewer)
    for file in services.photos._root.rglob("*.jpg"):
        file.unlink()
    assert case.reviewer.screen.picture is not None
    shown = Image.open(io.BytesIO(case.reviewer.screen.picture())).convert("L")
    assert max(shown.crop((100, 200, 540, 600)).tobytes()) < 64


async def test_one_that_cheats_is_shown_to_the_reviewer_and_marked_fake(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case, photo=1)
    hazard = await case.hazard()
    await at_review(case, case.reviewer)
    assert case.reviewer.text.endswith(
        "⚠️ <b>请留意（只是提示，由您判断）：</b>\n· 整改后第 1 张：和整改前的照片几乎一样"
    )
    await case.reviewer.presses("虚假整改")
    assert case.reviewer.text == "<b>隐患 BH-2026-0001</b>\n认定虚假整改：依据是什么？\n点一个，或者直接打字。"
    await case.reviewer.presses("用了以前的照片")
    assert case.reviewer.text.startswith("<i>已认定虚假整改，隐患重新回到整改。</i>")
    before, hazard = hazard, await case.hazard()
    assert (hazard.state, hazard.fakes) == (State.RECTIFYING, 1)
    assert hazard.arrangements.deadline == before.arrangements.deadline
    [told] = await case.letters(case.principal)
    assert told.startswith("❗ <b>被认定为虚假整改</b>\n")
    assert told.endswith("\n意见：用了以前的照片")
    [known] = [t for _d, chat, t in case.post.letters if chat == case.officer.telegram_id and "虚假" in t]
    assert known.startswith("❗ <b>被认定为虚假整改</b>")
    await case.opens(case.principal)
    assert "❗ 曾被认定虚假整改 1 次" in case.principal.text


async def test_a_photo_used_for_another_hazard_is_shown_beside_that_one(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    chat = case.principal
    await chat.presses("开始自查")
    for number in (1, 2):  # the inspection goes on: what is put right meanwhile can be handed in
        await chat.presses("有隐患")
        await chat.sends_photo(scene(services, number))
        await chat.says("门口堆了东西")
        await chat.presses("是一般隐患")
        await chat.presses("限期整改")
        await chat.presses("全部采用")
    for sequence in (1, 2):
        await case.opens(chat, sequence)
        await chat.presses("交整改")
        await chat.sends_photo(scene(services, 7))
        told = chat.text.splitlines()[0]
        assert told == ("<i>照片已存好。</i>" if sequence == 1 else "<i>这张照片在别处用过，请在这个地方重拍一张。</i>")
        await chat.presses("提交复查")
    await case.opens(case.reviewer, 2)
    await case.reviewer.presses("复查")
    assert case.reviewer.text.endswith("· 整改后第 1 张：这张照片在别处用过（隐患 BH-2026-0001）")
    assert case.reviewer.screen.picture is not None
    assert Image.open(io.BytesIO(case.reviewer.screen.picture())).size == (1280, 1392)


async def test_a_picture_from_before_is_shown_however_many_good_ones_stand_before_it(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    chat = case.principal
    await chat.presses("开始自查")
    await chat.presses("有隐患")
    before = [scene(services, number) for number in (1, 8)]
    for photo in before:
        await chat.sends_photo(photo, album="A1")
    await chat.says("二楼窗户焊了防盗网")
    await chat.presses("是一般隐患")
    await chat.presses("限期整改")
    await chat.presses("全部采用")
    good, again = [scene(services, number) for number in (2, 3)], saved_anew(services, 8)
    await sends_evidence(case, *good, again)
    await at_review(case, case.reviewer)
    assert shown(case.reviewer) == [
        [("整改前 2", before[1].sha256), ("整改后 3", again.sha256)],
        [("整改前 1", before[0].sha256), ("整改后 1", good[0].sha256)],
        [("整改前 2", before[1].sha256), ("整改后 2", good[1].sha256)],
    ]
    assert case.reviewer.text.endswith("\n· 整改后第 3 张：和整改前的照片几乎一样（整改前第 2 张）")


@pytest.mark.parametrize(
    ("taken", "forwarded", "words"),
    [
        ("2026:03:02 09:30:00", False, "照片自己写的时间是2026年3月2日，早于发现隐患"),
        ("", True, "转发来的照片，原发于2026年11月19日，早于发现隐患"),
    ],
)
async def test_a_picture_older_than_the_hazard_comes_before_the_good_ones(
    database: ZoneDatabase, services: Services, taken: str, forwarded: bool, words: str
) -> None:
    case = await rectifying_case(database, services)
    good, old = [scene(services, number) for number in (2, 3, 4)], saved_anew(services, 5, taken=taken)
    await case.opens(case.principal)
    await case.principal.presses("交整改")
    for photo in good:
        await case.principal.sends_photo(photo)
    await case.principal.sends_photo(old, forwarded_at=case.principal.now - timedelta(days=4) if forwarded else None)
    await case.principal.presses("提交复查")
    await at_review(case, case.reviewer)
    first, *others = shown(case.reviewer)
    assert first == [("整改前", scene(services, 1).sha256), ("整改后 4", old.sha256)]
    assert [after for _before, after in others] == [("整改后 1", good[0].sha256), ("整改后 2", good[1].sha256)]
    assert f"· 整改后第 4 张：{words}" in case.reviewer.text


async def test_a_picture_of_the_round_before_comes_before_the_good_ones(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case, photo=2)
    await at_review(case, case.officer)
    await case.officer.presses("退回重改")
    await case.officer.presses("照片看不清，请重拍")
    await sends_evidence(case, *(scene(services, number) for number in (3, 4, 2)))
    await at_review(case, case.officer)
    assert [after for _before, after in shown(case.officer)] == [
        ("整改后 3", scene(services, 2).sha256),
        ("整改后 1", scene(services, 3).sha256),
    ]
    assert case.officer.text.endswith("· 整改后第 3 张：上一次交过同一张照片")


async def test_many_pictures_in_doubt_are_counted_and_none_hides_behind_another(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    march = "2026:03:02 09:30:00"
    old = [saved_anew(services, number, taken=march) for number in range(2, 8)]
    # The first one is in doubt three times over; the others still come before its second doubt.
    await sends_evidence(case, saved_anew(services, 1, taken=march), *old)
    await at_review(case, case.reviewer)
    rows = shown(case.reviewer)
    assert [after for _before, (after, _sha256) in rows] == [f"整改后 {n}" for n in range(1, 7)]
    named = [line for line in case.reviewer.text.splitlines() if line.startswith("· 整改后第")]
    assert [line.split("：")[0] for line in named] == [f"· 整改后第 {n} 张" for n in range(1, 6)]
    assert case.reviewer.text.endswith("\n· 另有 2 张照片也要留意，请点“隐患详情”看照片。")
    assert len(case.reviewer.text) <= 1024


async def test_without_a_photo_from_before_the_reviewer_reads_and_sees_that_there_is_none(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    chat = case.principal
    await chat.presses("开始自查")
    await chat.presses("有隐患")
    await chat.presses("没法拍照，先跳过")
    await chat.says("二楼窗户焊了防盗网")
    await chat.presses("是一般隐患")
    await chat.presses("限期整改")
    await chat.presses("全部采用")
    await hands_in(case)
    await at_review(case, case.reviewer)
    assert "\n照片：整改前 0 张，整改后 1 张\n📷 没有整改前的照片，看不到原来的样子。\n" in case.reviewer.text
    assert shown(case.reviewer) == [[("整改前：没有照片", ""), ("整改后 1", scene(services, 2).sha256)]]
    assert case.reviewer.screen.picture is not None
    left = Image.open(io.BytesIO(case.reviewer.screen.picture())).convert("L").crop((0, 60, 636, 690))
    assert max(left.tobytes()) < 64


async def test_three_presses_at_once_have_one_outcome_and_the_others_see_it(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    back = case.principal.button("撤回提交").data
    await at_review(case, case.reviewer)
    approve = case.reviewer.button("✅ 通过").data
    await at_review(case, case.officer)
    await case.officer.presses("退回重改")
    reject = case.officer.button("没有改到位").data
    await asyncio.gather(case.reviewer.taps(approve), case.officer.taps(reject), case.principal.taps(back))
    hazard = await case.hazard()
    history = await database.read(lambda tx: [e.what for e in tx.trail.of("hazard", hazard.id)])
    outcomes = {"hazard_approved", "hazard_returned", "hazard_taken_back"}
    assert len([what for what in history if what in outcomes]) == 1
    said = [chat.text.splitlines()[0] for chat in (case.reviewer, case.officer, case.principal)]
    late = [
        line for line in said if line.startswith("<i>这条隐患刚才有改动，您的操作没有执行。最近一步：11月23日 10:00 ")
    ]
    assert len(late) == 2


async def test_nobody_of_the_firm_judges_even_with_a_role_in_the_office(
    database: ZoneDatabase, services: Services
) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    hazard = await case.hazard()
    both = await member_of(database, services, None, Role.OFFICER, telegram_id=710, name="双职")
    person = await database.read(lambda tx: tx.people.by_telegram(710))
    assert person is not None
    await database.write(
        lambda tx: tx.people.assign(person.id, Role.DEPUTY, enterprise_id=case.shop, at=both.now, by=None)
    )
    await case.opens(both)
    assert [label for label in both.labels if "复查" in label or "通过" in label] == []
    await at_review(case, case.reviewer)
    await both.taps(case.reviewer.button("✅ 通过").data)
    assert both.text.startswith("<i>复查通过不能由本企业的人来办。</i>")
    assert await case.hazard() == hazard


async def test_who_found_it_does_not_pass_it(database: ZoneDatabase, services: Services) -> None:
    case = await new_case(database, services)
    await office_finds(case)
    await case.opens(case.officer)
    assert case.officer.labels == [
        "确认为一般隐患",
        "确认为重大隐患",
        "接着填",
        "经过",
        "更多",
        "文书",
        "返回台账",
        "隐患清单",
        "返回首页",
    ]
    await case.officer.presses("确认为一般隐患")
    [told] = await case.letters(case.principal)
    assert told == "⚠️ <b>新查出一般隐患</b>\n隐患 BH-2026-0001 · 晨光机械厂\n情况：砂轮机没有防护罩"
    await case.takes_letter(case.principal, "看隐患")
    await case.principal.presses("接着填")
    assert case.principal.labels == ["立查立改：现在就改好", "限期整改", "稍后再填"]
    await case.principal.presses("限期整改")
    await case.principal.presses("全部采用")
    await hands_in(case)
    await at_review(case, case.officer)
    assert case.officer.labels == ["↩️ 退回重改", "❗ 虚假整改", "隐患详情"]
    await at_review(case, case.reviewer)
    await case.officer.taps(case.reviewer.button("✅ 通过").data)
    assert case.officer.text.startswith("<i>复查通过要由另一个人来办：不能自己查、自己改、自己审。</i>")
    assert (await case.hazard()).state is State.HANDED_IN
    await case.reviewer.presses("✅ 通过")
    await case.officer.taps(case.reviewer.button("销号").data)
    assert case.officer.text.startswith("<i>销号要由另一个人来办：不能自己查、自己改、自己审。</i>")
    await case.reviewer.presses("销号")
    assert (await case.hazard()).state is State.CLOSED
    assert [t.splitlines()[0] for t in await case.letters(case.officer)] == ["✅ <b>已销号</b>"]


async def test_an_expert_sees_but_does_not_judge(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    expert = await member_of(database, services, None, Role.EXPERT, telegram_id=711, name="高工")
    await case.opens(expert)
    assert expert.labels == ["🖼 看照片（2）", "经过", "文书", "返回台账", "隐患清单", "返回首页"]
    await at_review(case, case.reviewer)
    for label in ("✅ 通过", "退回重改"):
        await expert.taps(case.reviewer.button(label).data)
    assert expert.text.startswith("<i>退回重改不归您办，请联系负责的人。</i>")
    assert (await case.hazard()).state is State.HANDED_IN


async def test_what_the_draw_picked_is_passed_only_after_a_look_on_site(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await database.write(lambda tx: tx.office_settings.set_figure("sampling_percent", 100, by=0, at=case.officer.now))
    chat = case.principal
    await chat.presses("开始自查")
    await chat.presses("有隐患")
    await chat.sends_photo(scene(services, 4))
    await chat.says("灭火器没压力")
    await chat.presses("是一般隐患")
    await chat.presses("立查立改")
    await chat.sends_photo(scene(services, 5))
    assert [t.splitlines()[0] for t in await case.letters(case.reviewer)] == ["🔎 <b>立查立改，请复查</b>"]
    await case.opens(case.reviewer)
    await case.reviewer.presses("复查")
    assert "🎯 抽中现场复查：到现场看过才能通过。" in case.reviewer.text
    assert case.reviewer.labels[0] == "✅ 到现场看过，通过"
    hazard = await case.hazard()
    await case.reviewer.taps(case.reviewer.button("✅ 到现场看过，通过").data[:-1] + "p")
    assert case.reviewer.text.startswith("<i>这条隐患要到现场看过才能通过。</i>")
    assert await case.hazard() == hazard
    await case.reviewer.presses("复查")
    await case.reviewer.presses("✅ 到现场看过，通过")
    assert "林审核（11月23日 10:00）：<b>复查通过（到现场看过）</b>" in case.reviewer.text


async def test_small_fixes_that_were_not_drawn_come_once_a_day_in_one_message(
    database: ZoneDatabase, services: Services
) -> None:
    case = await new_case(database, services)
    await database.write(lambda tx: tx.office_settings.set_figure("sampling_percent", 0, by=0, at=case.officer.now))
    chat = case.principal
    await chat.presses("开始自查")
    for number in (1, 2):
        await chat.presses("有隐患")
        await chat.presses("没法拍照，先跳过")
        await chat.presses("就用题目的话")
        await chat.presses("是一般隐患")
        await chat.presses("立查立改")
        await chat.sends_photo(scene(services, number))
    assert await case.letters(case.officer) == ["🔎 <b>立查立改待复查 2 条</b>"]
    await case.takes_letter(case.officer, "BH-2026-0002 晨光机械厂")
    assert case.officer.text.startswith("🔎 <b>复查　隐患 BH-2026-0002</b>")


async def test_an_old_review_card_shows_what_became_of_it(database: ZoneDatabase, services: Services) -> None:
    case = await rectifying_case(database, services)
    await hands_in(case)
    await at_review(case, case.reviewer)
    await at_review(case, case.officer)
    await case.officer.presses("✅ 通过")
    await case.officer.presses("销号")
    await case.reviewer.says("？")
    assert case.reviewer.text.startswith("<i>现在是“已销号”。最近一步：11月23日 10:00 陈监管：销号</i>")
    assert "✅ 通过" not in case.reviewer.labels
