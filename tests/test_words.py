"""The two languages: a complete catalogue, no text outside it, and people who read English from the first word on."""

import ast
import gettext
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from bot.sandbox.faults import Fault
from checklists.hazard_guards import ArrangementsIncomplete
from checklists.people import Role
from handlers.documents.spreadsheet_reading import UnreadableFile, read_rows
from handlers.services import Services
from handlers.words import _, day, full_day, labelled, language_of, listed, month, speaking
from storage.database import ZoneDatabase
from tests.chat import Chat
from tests.conftest import NOW
from tests.firms import found_firm, somebody
from tests.living import running_town
from tests.post import Post, a_firm, a_person
from tests.sandbox import picture
from tests.test_invitations import an_officer, invite
from tests.tools import texts
from tests.walks import SHOP, principal_of, sample_photo, small_shop

CHINESE = re.compile(r"[\u4e00-\u9fff、。，：；？！（）]")
TAG = re.compile(r"</?[a-z]+>")
MOST_IN_MESSAGE = 4096
MOST_IN_TOAST = 200
MOST_ON_BUTTON = 40  # two of them still fit side by side on a small phone, or one in a row

# Chinese in handlers that is not said through `_()`, and why.
NOT_SAID = {
    "handlers/analysis_closing.py": {"、": "stands in the record", r"[、，,；;\s]+": "what people type"},
    "handlers/risk_cycle_setting.py": {
        r"(\d{1,4})\s*(?:天|日|days?)?": "what people type",
        r"(\d{1,4})\s*(?:个?月|months?)?": "what people type",
    },
    "handlers/arrangements.py": {
        "今天": "a day as people type it",
        "明天": "a day as people type it",
        "后天": "a day as people type it",
        r"(\d{1,3})\s*(?:[天日]|days?)?内?": "what people type",
        r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*[日号]?(?:前|之前)?": "what people type",
    },
    "handlers/draw_pools.py": {"（": "where the names of trades are cut", "：": "stands in the record"},
    "handlers/drawing.py": {"家": "what people type"},
    "handlers/draws.py": {"、": "stands in the record"},
    "handlers/hazard_lists.py": {
        r"(?:隐患|[Hh]azard)?\s*((?:[A-Za-z0-9]{1,12}-)?20\d{2}\s*[-—－]\s*\d{4,9})": "what people type"
    },
    "handlers/home.py": {"菜单|首页|主菜单|回首页|返回首页|[Mm]enu|[Hh]ome": "what people type"},
    "handlers/invitations.py": {"安全监管办公室": "stands on the printed sheet"},
    "handlers/official_signing.py": {"：": "stands in the record"},
    "handlers/past_days.py": {
        "今天": "a day as people type it",
        "昨天": "a day as people type it",
        "前天": "a day as people type it",
        r"(?:(\d{4})\s*[-年./])?\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*[日号]?": "what people type",
    },
    "handlers/people.py": {"管理员": "a name until Telegram gives one"},
    "handlers/profile.py": {
        "有": "how the names of traits begin",
        "用": "how the names of traits begin",
        "是用": "how a question asks what something is made with",
    },
    "handlers/recording.py": {" 第 ": "stands in the record", " 版": "stands in the record"},
    "handlers/rectification.py": {"；": "stands in the record"},
    "handlers/sorting.py": {"第题 ": "what people type"},
    "handlers/summaries.py": {
        "，": "what people type",
        "；": "what people type",
        "、": "how the names stand in the record",
    },
    "handlers/trades.py": {"（": "where the names of trades are cut"},
    "handlers/words.py": {"中文": "a language by its own name"},
}


def messages() -> list[tuple[str, str]]:
    """Every text of the catalogue with its English, "" while it waits for it."""
    return [(str(m.id), str(m.string)) for m in texts.read_catalogue() if m.id]


def of_program() -> list[tuple[str, str]]:
    """The same without what only stands in data."""
    program = texts.marked()
    return [(text, english) for text, english in messages() if text in program]


def fields(text: str) -> list[str]:
    return sorted(field for __, field, _spec, _conversion in Formatter().parse(text) if field is not None)


def test_the_catalogue_has_every_text_and_no_other() -> None:
    kept = {text for text, _english in messages()}
    wanted = {*texts.marked(), *(text for text, _file in texts.named_in_data())}
    assert (wanted - kept, kept - wanted) == (set(), set()), "run `make texts`"


def test_every_text_of_the_program_has_its_english() -> None:
    assert [text for text, english in of_program() if not english] == []


def test_no_chinese_is_left_in_the_english() -> None:
    examples = ("李四", "中文")
    assert [
        (text, english) for text, english in of_program() if CHINESE.search(re.sub("|".join(examples), "", english))
    ] == []


def test_both_languages_have_the_same_placeholders_and_marks() -> None:
    unequal = [
        text
        for text, english in messages()
        if english and (fields(text), sorted(TAG.findall(text))) != (fields(english), sorted(TAG.findall(english)))
    ]
    assert unequal == []


def test_lines_stay_lines() -> None:
    """A text that is put behind another begins with a new line in both languages."""
    assert [t for t, english in of_program() if t.startswith("\n") != english.startswith("\n")] == []


def test_the_compiled_catalogue_says_what_the_edited_one_says() -> None:
    with texts.PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    differing = [text for text, english in messages() if compiled.gettext(text) != (english or text)]
    assert differing == [], "run `make texts`"


def test_only_whole_texts_are_looked_up() -> None:
    built = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in texts.sources("handlers", "bot")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and texts.called(node) in texts.MARKS and _is_built(node.args[0])
    ]
    assert built == []


def _is_built(argument: ast.expr) -> bool:
    """Put together on the spot, so that no catalogue can hold it."""
    called = argument.func if isinstance(argument, ast.Call) else None
    return isinstance(argument, ast.JoinedStr | ast.BinOp) or (
        isinstance(called, ast.Attribute) and called.attr in ("format", "join")
    )


def unmarked(tree: ast.Module) -> Iterator[str]:
    """Chinese that is neither marked as a text nor a docstring."""
    left_out = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and texts.called(node) in texts.MARKS) or isinstance(node, ast.Expr)
        for inner in ([node.value] if isinstance(node, ast.Expr) else ast.walk(node.args[0]))
        if isinstance(inner, ast.Constant)
    }
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in left_out else None
        if isinstance(said, str) and CHINESE.search(said):
            yield said


def test_people_are_told_nothing_outside_the_catalogue() -> None:
    """Documents are in Chinese by decision: they are handed on, signed and filed."""
    found = {
        name: set(unmarked(tree))
        for name, tree in texts.sources("handlers")
        if not name.startswith("handlers/documents/")
    }
    assert {name: said for name, said in found.items() if said} == {n: set(said) for n, said in NOT_SAID.items()}


def test_the_texts_fit_into_what_telegram_takes() -> None:
    long = [t for pair in of_program() for t in pair if len(t) > MOST_IN_MESSAGE // 2]
    assert long == []
    toasts = set(_toasts())
    assert len(toasts) > 30
    assert [e for t, e in of_program() if t in toasts and max(len(t), len(e)) > MOST_IN_TOAST] == []


def _toasts() -> Iterator[str]:
    """Texts given as `toast=…` or to Stale."""
    for _name, tree in texts.sources("handlers", "bot"):
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "toast":
                yield from _said_in(node.value)
            if texts.called(node) == "Stale":
                yield from _said_in(node)


def _said_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and texts.called(inner) == "_" and isinstance(inner.args[0], ast.Constant):
            yield str(inner.args[0].value)


def test_labels_of_buttons_are_short() -> None:
    labels = {
        text
        for _name, tree in texts.sources("handlers")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and texts.called(node) == "Button"
        for text in _said_in(node.args[0])
    }
    assert len(labels) > 100
    assert [e for t, e in of_program() if t in labels and max(len(t), len(e)) > MOST_ON_BUTTON] == []


def test_whoever_refuses_below_says_it_in_both_languages() -> None:
    """A refusal is looked up by its Chinese text, so `make texts` must know its class."""
    shown = {
        refused.id
        for _name, tree in texts.sources("handlers", "bot")
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and f"_(str({node.name}))" in ast.unparse(node)
        for refused in ast.walk(node.type or node)
        if isinstance(refused, ast.Name)
    }
    assert shown - texts.refusing() == set()


def test_days_months_and_lists_are_said_as_people_say_them() -> None:
    said = (day(NOW), full_day(NOW), month(5), listed(["甲", "乙"]), labelled("责任人", "王厂长"))
    assert said == ("11月23日", "2026年11月23日", "5月", "甲、乙", "责任人：王厂长")
    with speaking("en"):
        said = (day(NOW), full_day(NOW), month(5), listed(["A", "B"]), labelled("Leader", "Wang"))
    assert said == ("23 Nov", "23 Nov 2026", "May", "A, B", "Leader: Wang")


@pytest.mark.parametrize(
    ("code", "language"), [("en", "en"), ("en-GB", "en"), ("EN-us", "en"), ("zh-hans", "zh"), ("ru", "zh"), ("", "zh")]
)
def test_telegrams_language_decides_for_a_stranger(code: str, language: str) -> None:
    assert language_of(code) == language


def test_a_file_that_cannot_be_read_is_explained_in_english() -> None:
    with speaking("en"), pytest.raises(UnreadableFile, match=r"^No enterprise is filled in yet\.$"):
        read_rows("企业名称\n".encode(), "list.csv")


def test_a_refusal_is_filled_in_by_the_language_that_says_it() -> None:
    refused = ArrangementsIncomplete("五落实还缺：{missing}", missing=("资金", "期限"))
    assert refused.said(_) == str(refused) == "五落实还缺：资金、期限"
    with speaking("en"):
        assert refused.said(_) == "Arrangements still missing: Funds, Deadline"


def test_the_words_of_people_are_left_alone() -> None:
    with speaking("en"):
        assert (_(""), _("二楼的栅栏是昨天拆的 {x}")) == ("", "二楼的栅栏是昨天拆的 {x}")


async def test_a_stranger_with_an_english_telegram_is_greeted_in_english(
    database: ZoneDatabase, services: Services
) -> None:
    guest = Chat(database, services, 3001, "Guest", language="en-GB")
    await guest.says("/start")
    assert guest.text.startswith("Hello, this is the safety self-inspection of 滨河开发区.\nYou have not joined yet.")
    chinese = Chat(database, services, 3002, "Guest", language="zh-hans")
    await chinese.says("/start")
    assert chinese.text.startswith("您好，这里是滨河开发区的安全自查。\n您还没有加入。")


async def test_who_joins_keeps_the_language_in_which_the_bot_spoke(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await an_officer(database, services)
    guest = Chat(database, services, 3001, "Guest", language="en-GB")
    await guest.says(f"/start {await invite(officer, firm)}")
    assert guest.seen[0].text == "Hello 王厂长! You are now linked: Principal of 样例木业有限公司."
    guest.language = "zh-hans"
    await guest.says("/start")
    assert guest.text.startswith("<b>样例木业有限公司</b>\nHello 王厂长. Your role: Principal.")


async def test_the_menu_switches_the_language_and_back(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    principal = await somebody(database, services, 2001, "王厂长", Role.PRINCIPAL, firm=firm)
    await principal.says("/start")
    await principal.presses("🌐 English")
    assert principal.text.startswith("<b>样例木业有限公司</b>\nHello 王厂长. Your role: Principal.")
    assert principal.labels[0] == "▶️ Start self-inspection"
    await principal.says("home")
    assert principal.labels[-1] == "🌐 中文"
    await principal.presses("🌐 中文")
    assert principal.text.startswith("<b>样例木业有限公司</b>\n王厂长，您好。您是主要负责人。")


async def test_a_language_that_is_not_offered_changes_nothing(database: ZoneDatabase, services: Services) -> None:
    worker = await somebody(database, services, 2009, "小张", Role.WORKER, firm=await found_firm(database))
    await worker.taps("lg:tlh")
    assert worker.toasts == ["要找的内容已经不在了，先回到首页。"]
    assert worker.text.startswith("小张，您好，这里是滨河开发区的安全自查。")


async def in_english(database: ZoneDatabase, chat: Chat) -> Chat:
    """The same person at the menu, reading English."""
    await chat.says("/start")
    await chat.presses("🌐 English")
    return chat


async def test_an_inspection_from_the_first_question_to_the_record_in_english(
    database: ZoneDatabase, services: Services
) -> None:
    shop = await small_shop(database)
    chat = await in_english(database, await principal_of(database, services, shop))
    await chat.presses("Start self-inspection")
    assert chat.text.startswith(
        f"<i>{SHOP} 2026 Q4 self-inspection, 6 questions. You can stop at any time; every answer is kept.</i>\n"
        "Question 1/6 · Fire safety (all enterprises)\n░░░░░░░░░░ 0 answered\n"
    )
    assert chat.labels == ["✅ Pass", "⚠️ Hazard", "➖ Not applicable", "Later ›", "Basis", "Overview"]
    await chat.presses("Not applicable")
    await chat.presses("Out of use")
    await chat.presses("Previous")
    assert "Your answer: ➖ Not applicable (Out of use)" in chat.text
    await chat.presses("Next")
    for __ in range(4):
        await chat.presses("Pass")
    await chat.presses("Hazard")
    assert chat.text.startswith("⚠️ <b>Hazard BH-2026-0001</b>\nSuggested: General hazard · to be confirmed\n")
    await chat.sends_photo(sample_photo())
    await chat.says("The extinguisher has expired")
    await chat.presses("General hazard")
    await chat.presses("Rectify by a deadline")
    assert "▫️ Measures: Rectify to the standard and keep photos (proposal)\n" in chat.text
    assert "▫️ Deadline: 8 Dec 2026 (proposal)\n" in chat.text
    await chat.presses("Deadline")
    await chat.says("10 days")
    assert "✅ Deadline: 3 Dec 2026\n" in chat.text
    await chat.presses("Accept all")
    assert "✅ Pass 4 · ⚠️ Hazard 1 · ➖ Not applicable 1" in chat.text
    assert "· Hazard BH-2026-0001 · General hazard, rectification under way, by 3 Dec 2026" in chat.text
    await chat.presses("Leader")
    await chat.presses("王厂长 (Principal)")
    await chat.presses("Submit")
    assert "I declare that this self-inspection was carried out on site" in chat.text
    await chat.presses("Confirm and submit")
    assert chat.text.startswith("<b>Self-inspection record BH-ZC-2026-0001</b> · version 1\n")
    assert chat.toasts[-1] == "Submitted, record BH-ZC-2026-0001."


async def test_what_is_kept_for_the_record_is_chinese_whoever_tapped_it(
    database: ZoneDatabase, services: Services
) -> None:
    shop = await small_shop(database)
    chat = await in_english(database, await principal_of(database, services, shop))
    await chat.presses("Start self-inspection")
    await chat.presses("Not applicable")
    await chat.presses("No such equipment or process here")
    await chat.presses("Hazard")
    await chat.presses("No photo possible, skip")
    await chat.presses("Use the words of the question")
    await chat.presses("General hazard")
    await chat.presses("Rectify by a deadline")
    await chat.presses("Funds")
    await chat.presses("Own funds")
    assert "✅ Funds: Own funds\n" in chat.text
    await chat.presses("Not a hazard, withdraw")
    await chat.presses("Tapped by mistake")

    run = await database.read(lambda tx: tx.inspections.running(shop))
    assert run is not None
    answers = await database.read(lambda tx: tx.inspections.answers_of(run.id))
    [hazard] = await database.read(lambda tx: tx.hazards.of_enterprise(shop, withdrawn=True))
    assert answers[0].reason == "没有这种设备或工艺"
    assert hazard.words.startswith("检查发现不符合：")
    assert (hazard.arrangements.funds, hazard.withdrawn_reason) == ("自筹", "点错了")


DATA = re.compile("|".join(["滨河开发区", "样例木业有限公司", "样例路1号", "东社区", "中文", "某人"]))


async def test_no_chinese_stands_on_the_screens_behind_any_menu_but_names(
    database: ZoneDatabase, services: Services
) -> None:
    firm = await found_firm(database)
    for number, role in enumerate(Role):
        in_firm = role in (Role.PRINCIPAL, Role.CONTROLLER, Role.SAFETY_MANAGER, Role.DEPUTY, Role.WORKER)
        chat = await somebody(database, services, 4000 + number, "某人", role, firm=firm if in_firm else None)
        await in_english(database, chat)
        for button in [b for b in chat.buttons if not b.data.startswith("lg")]:
            await chat.taps(button.data)
            if "Question 1/" in chat.text:  # the words of the law follow
                continue
            shown = [chat.text, *chat.labels, *chat.toasts, *(d.name + d.caption for d in chat.documents)]
            assert [words for words in shown if CHINESE.search(DATA.sub("", words))] == [], f"{role} {button.label}"


async def test_a_letter_to_forward_comes_in_both_languages(database: ZoneDatabase, services: Services) -> None:
    firm = await found_firm(database)
    officer = await in_english(database, await an_officer(database, services))
    for label in ("Enterprises (", firm.name, "People", "Invite", "Invite: Principal"):
        await officer.presses(label)
    await officer.says("王厂长 13800000000")
    letter = next(s.text for s in officer.seen if "https://t.me/zicha_bot?start=" in s.text)
    assert letter.startswith("王厂长您好！滨河开发区请您作为样例木业有限公司的主要负责人使用“安全自查”。")
    own = letter.partition("\n\n")[2]
    assert own.startswith("Hello 王厂长! 滨河开发区 invites you to use “Safety self-inspection” for 样例木业有限公司")
    assert officer.documents[-1].caption == "Invitation sheet, ready to print"


async def test_a_reminder_comes_in_the_language_of_who_gets_it(database: ZoneDatabase, services: Services) -> None:
    firm = await a_firm(database, "滨河木业")
    boss = await a_person(database, 700, Role.PRINCIPAL, firm)
    await database.write(lambda tx: tx.people.speak(boss.id, "en"))
    post = Post(database, services)
    await post.passes(date(2026, 12, 24), date(2026, 12, 24))
    assert post.texts(700) == [
        "<b>Self-inspection reminder</b> (24 Dec)\n\n"
        "• <b>滨河木业</b>: 2026 Q4 self-inspection: 7 day(s) left, due 31 Dec"
    ]


async def test_an_apology_comes_in_the_persons_language_too(address: str, tmp_path: Path) -> None:
    async with running_town(address, tmp_path / "data") as town:
        firm = await town.enterprise()
        principal = await town.meets("王厂长", Role.PRINCIPAL, firm)
        await principal.sends("/start")
        await town.quiet()
        await principal.taps("🌐 English")
        await town.quiet()
        town.sandbox.world.faults.add(Fault(method="getFile", error_code=400, times=3))
        await principal.photo(picture())
        await town.quiet()
        [apology] = [text for text in await principal.screen() if "network" in text]
        assert apology == "The network is poor and the photo or file did not arrive. Please send it again."
