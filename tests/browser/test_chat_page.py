"""The chat page in a real browser: what people see and do, against the stand-in and a bot that polls it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from bot.sandbox.groups import found_group, migrate
from bot.sandbox.world import World
from tests.browser.sandbox_bot import RECORD, ScriptedBot, bot_at
from tests.sandbox import picture, running_sandbox

pytestmark = pytest.mark.browser

MONDAY_TEN = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@dataclass(frozen=True, kw_only=True)
class Town:
    """A sandbox with 王厂长 and 李主任, their bot, and the open page."""

    world: World
    base_url: str
    bot: ScriptedBot
    page: Page
    wang: int
    li: int

    async def open(self, name: str) -> Locator:
        """Open the conversation of this person or group; returns its pane."""
        await self.page.locator(".row-main", has_text=name).click()
        pane = self.page.locator(".pane", has_text=name).first
        await expect(pane).to_be_visible()
        return pane

    async def begin(self) -> Locator:
        """王厂长 presses start; returns the pane once the bot has welcomed him."""
        pane = await self.open("王厂长")
        await pane.get_by_role("button", name="开始", exact=True).click()
        await expect(bubbles(pane).last).to_contain_text("您好！")
        return pane

    async def say(self, pane: Locator, text: str) -> None:
        await pane.get_by_role("textbox", name="消息").fill(text)
        await pane.get_by_role("button", name="发送").click()


def bubbles(pane: Locator) -> Locator:
    return pane.locator(".bubble")


def photo(colour: str) -> FilePayload:
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": picture(colour, (900, 600))}


@pytest.fixture
async def town(page: Page) -> AsyncIterator[Town]:
    world = World(recording=True)
    world.clock.put(MONDAY_TEN)
    world.hints = ["先点王厂长，替他做自查。"]
    wang, li = world.add_person("王厂长").id, world.add_person("李主任").id
    async with running_sandbox(world) as sandbox:
        async with bot_at(sandbox.base_url) as bot:
            await page.goto(sandbox.base_url)
            await expect(page.locator("#rows li")).to_have_count(2)
            yield Town(world=world, base_url=sandbox.base_url, bot=bot, page=page, wang=wang, li=li)
        sandbox.assert_no_violations()


async def test_a_newcomer_presses_start_and_talks_with_the_bot(town: Town) -> None:
    await town.page.locator(".welcome").get_by_role("button", name="王厂长").click()
    pane = town.page.locator(".pane")
    await pane.get_by_role("button", name="开始", exact=True).click()
    await expect(bubbles(pane)).to_have_text([re.compile(r"^/start"), re.compile("^您好！")])
    await pane.get_by_role("textbox", name="消息").fill("车间没有问题")
    await pane.get_by_role("textbox", name="消息").press("Enter")
    await expect(bubbles(pane).last).to_contain_text("您说：车间没有问题")
    await expect(pane.get_by_role("textbox", name="消息")).to_have_value("")
    await expect(pane.locator(".day")).to_have_text("今天 · 11月23日 周一")
    await expect(bubbles(pane).last.locator("time")).to_have_text("10:00")


async def test_a_pressed_button_shows_progress_until_it_is_answered(town: Town) -> None:
    pane = await town.begin()
    slow = pane.get_by_role("button", name="慢")
    await slow.click()
    await expect(slow).to_have_attribute("aria-busy", "true")
    await town.page.reload()
    await expect(slow).to_have_attribute("aria-busy", "true")
    town.bot.hold.set()
    await expect(slow).not_to_have_attribute("aria-busy", "true")


async def test_answers_to_presses_appear_as_toast_or_as_alert(town: Town) -> None:
    pane = await town.begin()
    await pane.get_by_role("button", name="合格").click()
    await expect(pane.locator(".toast")).to_have_text("已记下：合格")
    await pane.get_by_role("button", name="依据").click()
    alert = town.page.get_by_role("dialog")
    await expect(alert).to_contain_text("判定标准第十一条")
    await alert.get_by_role("button", name="好的").click()
    await expect(alert).to_have_count(0)


async def test_an_edited_card_stays_in_its_place_and_a_deleted_one_vanishes(town: Town) -> None:
    pane = await town.begin()
    await pane.get_by_role("button", name="下一题").click()
    await expect(bubbles(pane)).to_have_text([re.compile("^/start"), re.compile("^第 2 题已编辑")])
    await town.say(pane, "/start")
    await pane.get_by_role("button", name="收起").click()
    await expect(bubbles(pane).last).to_have_text(re.compile("^/start"))
    await expect(bubbles(pane)).to_have_count(3)


async def test_a_reply_keyboard_says_its_words(town: Town) -> None:
    pane = await town.begin()
    await town.say(pane, "键盘")
    await pane.get_by_role("button", name="本月隐患").click()
    await expect(bubbles(pane).last).to_contain_text("您说：本月隐患")
    await pane.get_by_role("button", name="键盘").click()
    await expect(pane.get_by_role("button", name="本月隐患")).to_be_hidden()


async def test_the_command_menu_is_the_bots(town: Town) -> None:
    pane = await town.begin()
    await pane.get_by_role("button", name="命令").click()
    await expect(pane.get_by_role("option")).to_have_text(["/start回到首页", "/zicha开始自查"])
    await pane.get_by_role("option", name="/zicha").click()
    await expect(bubbles(pane).last).to_contain_text("您说：/zicha")


async def test_a_photo_from_the_picker_goes_out_with_its_caption_and_opens_large(town: Town) -> None:
    pane = await town.begin()
    await pane.locator("input[type=file]").set_input_files([photo("green")])
    await town.say(pane, "除尘器入口")
    await expect(bubbles(pane).last).to_contain_text("收到照片 除尘器入口")
    image = pane.locator(".photo img")
    await expect(image).to_have_js_property("complete", value=True)
    assert await image.evaluate("image => image.naturalWidth") == 800
    await pane.get_by_role("button", name="看大图").click()
    viewer = town.page.get_by_role("dialog", name="照片")
    await expect(viewer.locator("figcaption")).to_contain_text("除尘器入口")
    await town.page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)


async def test_several_photos_become_one_album(town: Town) -> None:
    pane = await town.begin()
    await pane.locator("input[type=file]").set_input_files([photo("red"), photo("blue"), photo("navy")])
    await expect(pane.locator(".tray-card")).to_have_count(3)
    await pane.get_by_role("button", name="去掉 navy.jpg").click()
    await town.say(pane, "两张")
    await expect(pane.locator(".album .photo")).to_have_count(2)
    await expect(bubbles(pane).filter(has=town.page.locator(".album"))).to_contain_text("两张")
    await expect(pane.locator(".tray-card")).to_have_count(0)
    photos = [message for message in town.world.chats[town.wang].messages.values() if "photo" in message]
    assert len({message["media_group_id"] for message in photos}) == 1


async def test_documents_go_both_ways_unchanged(town: Town) -> None:
    pane = await town.begin()
    await town.say(pane, "记录")
    async with town.page.expect_download() as waiting:
        await pane.locator("a.file", has_text="自查记录.pdf").click()
    download = await waiting.value
    assert download.suggested_filename == "自查记录.pdf"
    assert Path(await download.path()).read_bytes() == RECORD
    names: FilePayload = {"name": "企业名单.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": b"PK00"}
    await pane.locator("input[type=file]").set_input_files([names])
    await pane.get_by_role("button", name="发送").click()
    await expect(bubbles(pane).last).to_contain_text("收到文件 企业名单.xlsx")


async def test_a_voice_note_is_picked_as_a_file_and_arrives_as_voice(town: Town) -> None:
    pane = await town.begin()
    note: FilePayload = {"name": "留言.ogg", "mimeType": "audio/ogg", "buffer": b"OggS"}
    await pane.locator("input[type=file]").set_input_files([note])
    await expect(pane.locator(".tray-card")).to_contain_text("语音")
    await pane.get_by_role("button", name="发送").click()
    await expect(bubbles(pane).last.locator("audio")).to_be_visible()
    assert list(town.world.chats[town.wang].messages.values())[-1]["voice"]["file_size"] == 4


async def test_a_photo_can_go_out_as_an_unchanged_file(town: Town) -> None:
    pane = await town.begin()
    await pane.locator("input[type=file]").set_input_files([photo("green")])
    await pane.get_by_label("发原图文件").check()
    await pane.get_by_role("button", name="发送").click()
    await expect(bubbles(pane).last).to_contain_text("收到文件 green.jpg")


async def test_everything_can_be_reached_with_the_keyboard(town: Town) -> None:
    await town.begin()
    await town.page.get_by_label("找人、找群").focus()
    for _ in range(3):
        await town.page.keyboard.press("Tab")
    await expect(town.page.locator(".row-main").first).to_be_focused()
    await town.page.keyboard.press("ArrowDown")
    await expect(town.page.locator(".row-main", has_text="李主任")).to_be_focused()
    await town.page.keyboard.press("Tab")
    await expect(town.page.get_by_role("button", name="并排打开李主任")).to_be_focused()
    await town.page.keyboard.press("Enter")
    await expect(town.page.locator(".pane-title h2")).to_have_text(["王厂长", "李主任"])
    await town.page.locator(".key", has_text="下一题").focus()
    await town.page.keyboard.press("Enter")
    await expect(town.page.locator(".key", has_text="合格")).to_be_focused()


async def test_a_file_dropped_on_the_conversation_waits_for_its_caption(town: Town) -> None:
    pane = await town.begin()
    await pane.evaluate("""pane => {
        const dropped = new DataTransfer();
        dropped.items.add(new File(["PK"], "台账.csv", { type: "text/csv" }));
        pane.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
    }""")
    await expect(pane.locator(".tray-card")).to_contain_text("台账.csv")


async def test_a_deep_link_starts_the_bot_as_this_person(town: Town) -> None:
    pane = await town.begin()
    await pane.get_by_role("button", name="接受邀请").click()
    await expect(bubbles(pane).last).to_contain_text("您好！inv_123")
    await town.page.goto(f"{town.base_url}/?as={town.li}&start=inv_777")
    other = town.page.locator(".pane", has_text="李主任")
    await expect(bubbles(other).last).to_contain_text("您好！inv_777")
    await town.page.reload()
    await expect(bubbles(other)).to_have_count(2)


async def test_the_clock_moves_the_time_the_bot_lives_at(town: Town) -> None:
    pane = await town.begin()
    clock = town.page.locator("#clock")
    await expect(clock).to_contain_text("11月23日 周一 10:0")
    await clock.click()
    sheet = town.page.get_by_role("dialog", name="机器人的时间")
    await sheet.get_by_role("button", name="下个月1日").click()
    await expect(clock).to_contain_text("12月1日 周二 09:00")
    await sheet.get_by_role("button", name="+1小时").click()
    await expect(clock).to_contain_text("12月1日 周二 10:00")
    await sheet.get_by_label("拨到（北京时间）").fill("2027-01-05T08:30")
    await sheet.get_by_role("button", name="拨动").click()
    await expect(clock).to_contain_text("1月5日 周二 08:30")
    await town.page.keyboard.press("Escape")
    await town.say(pane, "新年好")
    await expect(pane.locator(".day")).to_have_text(["2026年11月23日 周一", "今天 · 1月5日 周二"])
    assert town.world.clock.now().isoformat().startswith("2027-01-05T00:30")


async def test_words_never_become_markup(town: Town) -> None:
    pane = await town.begin()
    await town.say(pane, "<img src=x onerror=alert(1)>")
    await expect(bubbles(pane).last).to_contain_text("您说：<img src=x onerror=alert(1)>")
    await town.say(pane, "排版")
    rich = bubbles(pane).last
    await expect(rich.locator("strong")).to_have_text("粗体")
    await expect(rich.locator("blockquote")).to_have_text("依据原文")
    await expect(rich.locator("a")).to_have_attribute("rel", "noopener noreferrer")
    assert await rich.locator("img").count() == 0
    await expect(rich.locator(".spoiler")).not_to_have_class(re.compile("shown"))
    await rich.locator(".spoiler").click()
    await expect(rich.locator(".spoiler")).to_have_class(re.compile("shown"))


async def test_unread_messages_are_counted_until_somebody_looks(town: Town) -> None:
    pane = await town.begin()
    await town.open("李主任")
    for text in ("一", "二", "三"):
        await town.bot.call("sendMessage", chat_id=town.wang, text=text)
    row = town.page.locator("#rows li", has_text="王厂长")
    await expect(row.locator(".count")).to_have_text("3")
    await expect(row).to_contain_text("三")
    await town.open("王厂长")
    await expect(pane.locator(".unread-line")).to_be_visible()
    await expect(row.locator(".count")).to_have_text("")


async def test_reading_further_up_is_not_interrupted(town: Town) -> None:
    pane = await town.begin()
    for number in range(30):
        await town.bot.call("sendMessage", chat_id=town.wang, text=f"第 {number} 条\n\n请看")
    await expect(bubbles(pane).last).to_contain_text("第 29 条")
    await expect(bubbles(pane).last).to_be_in_viewport()
    await pane.locator(".scroll").evaluate("scroll => { scroll.scrollTop = 0 }")
    await expect(pane.get_by_role("button", name="回到最新")).to_be_visible()
    await town.bot.call("sendMessage", chat_id=town.wang, text="新的一条")
    await expect(pane.locator(".jump .count")).to_have_text("1")
    assert await pane.locator(".scroll").evaluate("scroll => scroll.scrollTop") == 0
    await pane.get_by_role("button", name="回到最新").click()
    await expect(bubbles(pane).last).to_be_in_viewport()
    await expect(pane.get_by_role("button", name="回到最新")).to_be_hidden()


async def test_the_bot_is_seen_typing_until_it_answers(town: Town) -> None:
    pane = await town.begin()
    await town.say(pane, "忙")
    await expect(pane.locator(".typing")).to_contain_text("自查正在输入")
    await town.bot.call("sendMessage", chat_id=town.wang, text="好了")
    await expect(pane.locator(".typing")).to_be_hidden()


async def test_in_a_group_one_chooses_who_speaks(town: Town) -> None:
    group = found_group(town.world, "一车间安全群", [town.wang, town.li])
    pane = await town.open("一车间安全群")
    await pane.get_by_label("以谁的身份发言").select_option(label="李主任")
    await town.say(pane, "/zicha")
    await expect(bubbles(pane).last).to_contain_text("您说：/zicha")
    [said] = [message for message in town.world.chats[group.id].messages.values() if message.get("text") == "/zicha"]
    assert said["from"]["id"] == town.li


async def test_in_a_group_the_bot_hears_an_answer_to_its_own_message(town: Town) -> None:
    group = found_group(town.world, "一车间安全群", [town.wang, town.li])
    await town.bot.call("sendMessage", chat_id=group.id, text="除尘器修好了吗？")
    pane = await town.open("一车间安全群")
    await bubbles(pane).last.hover()
    await pane.get_by_role("button", name="回复这条消息").last.click()
    await expect(pane.locator(".quoting")).to_contain_text("回复 自查：除尘器修好了吗？")
    await town.say(pane, "修好了")
    await expect(bubbles(pane).last).to_contain_text("您说：修好了")
    await expect(pane.locator(".quoting")).to_be_hidden()


async def test_a_group_that_becomes_a_supergroup_stays_open(town: Town) -> None:
    group = found_group(town.world, "一车间安全群", [town.wang, town.li])
    pane = await town.open("一车间安全群")
    new = migrate(town.world, group.id)
    await expect(town.page.locator("#rows li")).to_have_count(3)
    await expect(town.page).to_have_url(re.compile(f"#/{new.id}$"))
    await town.say(pane, "/zicha")
    await expect(bubbles(pane).last).to_contain_text("您说：/zicha")


async def test_who_somebody_is_stands_beside_the_name(town: Town) -> None:
    town.world.add_person("钱师傅", note="示例铝业 · 安全管理员")
    await expect(town.page.locator("#rows li", has_text="钱师傅")).to_contain_text("示例铝业 · 安全管理员")
    pane = await town.open("钱师傅")
    await expect(pane.locator(".pane-title")).to_contain_text("示例铝业 · 安全管理员")


async def test_a_person_who_blocks_the_bot_is_marked(town: Town) -> None:
    pane = await town.begin()
    await pane.get_by_role("button", name="更多").click()
    await town.page.get_by_role("button", name="停用机器人").click()
    await expect(pane.locator(".pane-title")).to_contain_text("已停用机器人")
    assert town.world.people[town.wang].blocked
    await town.say(pane, "还在吗")
    await expect(pane.locator(".toast")).to_have_text("王厂长屏蔽了机器人，先解除屏蔽")
    await expect(pane.get_by_role("textbox", name="消息")).to_have_value("还在吗")


async def test_people_and_groups_are_added_on_the_page(town: Town) -> None:
    await town.page.get_by_role("button", name="添加人员").click()
    await town.page.get_by_label("姓名").fill("钱师傅")
    await town.page.get_by_role("button", name="添加", exact=True).click()
    await expect(town.page.locator(".pane-title")).to_contain_text("钱师傅")
    await town.page.get_by_role("button", name="新建群").click()
    await town.page.get_by_label("群名").fill("二车间")
    await town.page.get_by_role("dialog").get_by_text("钱师傅").click()
    await town.page.get_by_role("button", name="建群", exact=True).click()
    await expect(town.page.locator(".pane-title")).to_contain_text(["二车间"])


async def test_officer_and_principal_are_seen_side_by_side(town: Town) -> None:
    await town.begin()
    await town.page.locator("#rows li", has_text="李主任").hover()
    await town.page.get_by_role("button", name="并排打开李主任").click()
    await expect(town.page.locator(".pane-title h2")).to_have_text(["王厂长", "李主任"])
    await town.page.reload()
    await expect(town.page.locator(".pane-title h2")).to_have_text(["王厂长", "李主任"])


async def test_on_a_phone_the_list_and_the_conversation_take_turns(town: Town) -> None:
    await town.page.set_viewport_size({"width": 360, "height": 740})
    pane = await town.begin()
    await expect(town.page.locator(".list")).to_be_hidden()
    assert await town.page.evaluate("document.documentElement.scrollWidth") == 360
    await pane.get_by_role("button", name="返回列表").click()
    await expect(town.page.locator(".list")).to_be_visible()
    await expect(pane).to_be_hidden()


async def test_after_a_restart_of_the_sandbox_the_page_shows_the_new_world(page: Page) -> None:
    first, second = World(), World()
    first.add_person("王厂长", started=True)
    second.add_person("王厂长", started=True)
    second.add_person("新来的人")
    async with running_sandbox(first) as sandbox:
        await page.goto(sandbox.base_url)
        await page.locator(".row-main", has_text="王厂长").click()
        await expect(page.locator(".pane")).to_be_visible()
    await expect(page.locator("#offline")).to_be_visible()
    await page.get_by_role("textbox", name="消息").fill("不能丢的话")
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator(".toast")).to_have_text("连不上沙盒，没有发出去")
    async with running_sandbox(second, port=int(sandbox.base_url.rpartition(":")[2])):
        await expect(page.locator("#offline")).to_be_hidden()
        await expect(page.locator("#rows li")).to_have_count(2)
        await expect(page.get_by_role("textbox", name="消息")).to_have_value("不能丢的话")
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".bubble")).to_contain_text(["不能丢的话"])


async def test_the_page_stays_usable_with_300_people_and_2000_messages(page: Page) -> None:
    world = World()
    for number in range(300):
        world.add_person(f"企业负责人{number}", started=True)
    chat = world.chats[next(iter(world.people))]
    for number in range(2000):
        world.post(chat, world.bot.user(), {"text": f"第 {number} 条"})
    async with running_sandbox(world) as sandbox:
        await page.goto(sandbox.base_url)
        await expect(page.locator("#rows li")).to_have_count(300)
        await page.get_by_label("找人、找群").fill("负责人0")
        await page.locator(".row-main").click()
        await expect(page.locator(".bubble").last).to_contain_text("第 1999 条")
        for _ in range(30):
            if await page.locator(".older").count() == 0:
                break
            await page.locator(".scroll").evaluate("scroll => { scroll.scrollTop = 0 }")
            await page.wait_for_timeout(100)
        await expect(page.locator(".bubble")).to_have_count(2000)
        world.post(chat, world.bot.user(), {"text": "最后一条"})
        await expect(page.locator(".bubble").last).to_contain_text("最后一条", timeout=3000)


async def test_the_page_is_served_under_a_strict_policy() -> None:
    async with running_sandbox(World()) as sandbox:
        base_url, session = sandbox.base_url, sandbox.session
        for path in ("/", "/page/page.js", "/page/page.css", "/page/chats/1"):
            async with session.get(base_url + path) as answer:
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';"), path
                assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        async with session.get(f"{base_url}/page/..%2fpage.py") as answer:
            assert answer.status == 404
        async with session.get(f"{base_url}/page/files/unknown") as answer:
            assert await answer.json() == {"error": "没有这个文件"}
