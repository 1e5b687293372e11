"""Learning and quizzes on the phone: cards, questions, answers that stand, what comes again, and who sees what."""

from dataclasses import replace

import pytest

from checklists.enterprises import Enterprise
from checklists.people import Role
from checklists.quizzes import Kind, Quiz, Sheet
from handlers.quiz_running import question_screen
from handlers.replies import Screen, pack
from handlers.services import Services
from handlers.words import speaking
from storage.database import Database, ZoneDatabase
from storage.transaction import Transaction
from tests.chat import Chat
from tests.conftest import ZONE_ID
from tests.firms import found_firm, somebody


@pytest.fixture
async def firm(database: ZoneDatabase) -> Enterprise:
    return await found_firm(database, trades=("courier",))


@pytest.fixture
async def principal(database: ZoneDatabase, services: Services, firm: Enterprise) -> Chat:
    return await somebody(database, services, 1, "王厂长", Role.PRINCIPAL, firm=firm)


@pytest.fixture
async def worker(database: ZoneDatabase, services: Services, firm: Enterprise) -> Chat:
    return await somebody(database, services, 2, "刘工人", Role.WORKER, firm=firm)


@pytest.fixture
async def officer(database: ZoneDatabase, services: Services) -> Chat:
    return await somebody(database, services, 3, "赵监管", Role.OFFICER)


async def quiz_of(chat: Chat, kind: Kind = Kind.CRITERIA) -> Quiz:
    """The newest quiz of this person as it is kept."""

    def unit(tx: Transaction) -> Quiz | None:
        person = tx.people.by_telegram(chat.telegram_id)
        return tx.quizzes.newest(person.id, kind) if person else None

    found = await chat.database.read(unit)
    assert found is not None
    return found


def right_letter(sheet: Sheet, step: int) -> str:
    return "ABCD"[sheet.at(step).right]


def wrong_letter(sheet: Sheet, step: int) -> str:
    return "ABCD"[(sheet.at(step).right + 1) % len(sheet.at(step).options)]


async def answers(chat: Chat, *, wrong: int = 0, kind: Kind = Kind.CRITERIA) -> Quiz:
    """Answer all that counts, the first ones wrongly; the chat then stands at the last verdict."""
    quiz = await quiz_of(chat, kind)
    for step in range(quiz.sheet.asked):
        letter = wrong_letter if step < wrong else right_letter
        await chat.presses(letter(quiz.sheet, step))
        if step + 1 < quiz.sheet.asked:
            await chat.presses("下一题 ›")
    return await quiz_of(chat, kind)


async def begin(chat: Chat) -> Quiz:
    await chat.says("/start")
    await chat.presses("学一学、测一测")
    await chat.presses("✏️ 测判定标准")
    return await quiz_of(chat)


async def test_a_card_says_what_is_asked_where_to_look_and_on_what_it_rests(principal: Chat, firm: Enterprise) -> None:
    await principal.says("/start")
    await principal.presses("学一学、测一测")
    assert principal.text == (
        "<b>样例木业有限公司 · 学一学、测一测</b>\n判定标准最多 10 题，台账使用 12 题，对 80% 就通过。\n"
        "判定标准：还没通过\n台账使用：还没通过"
    )
    await principal.presses("📖 学判定标准")
    assert principal.text == (
        "<b>学一学 · 邮政与快递</b>　1/18\n\n<b>消防安全责任制已建立，各层级各岗位的消防职责都落实了吗？</b>\n"
        "怎么看：看责任书，现场问分拣员、保安、网点负责人各自管什么\n"
        "依据：邮政企业、快递企业生产安全重大事故隐患判定标准"
        "（国家邮政局2024年11月18日印发（文号待核）） 第三条（一）\n"
        "没做到，建议定为：<b>重大隐患</b>"
    )
    await principal.presses("下一页 ›")
    await principal.presses("下一页 ›")
    assert "　3/18\n" in principal.text
    # Another day the reading goes on where it stopped, also after a word in between.
    await principal.says("你好")
    assert "　3/18\n" in principal.text
    await principal.says("/start")
    await principal.presses("学一学、测一测")
    await principal.presses("📖 学判定标准")
    assert "　3/18\n" in principal.text
    await principal.taps(f"fl:{pack(firm.id)}:zz")
    assert "　18/18\n" in principal.text, "a card beyond the end is the last one"


async def test_a_quiz_is_answered_question_by_question_and_passed(principal: Chat) -> None:
    quiz = await begin(principal)
    assert quiz.sheet.asked == 10
    assert "共 10 题，对 80% 就通过。答了就不能改，中途放下没关系，回来接着做。" in principal.text
    first = quiz.sheet.at(0)
    await principal.presses(right_letter(quiz.sheet, 0))
    assert "✅ <b>答对了。</b>" in principal.text
    assert f"依据：{first.clause}" in principal.text
    assert f"怎么看：{first.why}" in principal.text
    await principal.presses("下一题 ›")
    assert "第 2/10 题" in principal.text
    await principal.presses(wrong_letter(quiz.sheet, 1))
    assert f"❌ <b>答错了。</b>您选了 {wrong_letter(quiz.sheet, 1)}。" in principal.text
    assert f"正确答案：{right_letter(quiz.sheet, 1)}. " in principal.text
    for step in range(2, 10):
        await principal.presses("下一题 ›")
        await principal.presses(right_letter(quiz.sheet, step))
    kept = await quiz_of(principal)
    assert (kept.sheet.correct, kept.sheet.passed, kept.finished_at) == (9, True, principal.now)
    await principal.presses("看成绩")
    assert principal.text == (
        "<b>测一测 · 判定标准</b>\n11月23日，答对 9/10\n✅ <b>通过。</b>\n错的可以再做一遍，不计分。"
    )
    await principal.presses("学一学、测一测")
    assert "判定标准：✅ 11月23日通过，9/10" in principal.text
    await principal.presses("我的成绩")
    assert principal.text == "<b>我的成绩</b>\n✅ 判定标准：您 2026年11月23日 通过，9/10　样例木业有限公司"


async def test_what_was_wrong_comes_once_more_and_changes_no_score(principal: Chat) -> None:
    await begin(principal)
    quiz = await answers(principal, wrong=3)
    assert (quiz.sheet.correct, quiz.sheet.passed) == (7, False)
    await principal.presses("错的 3 题再做一遍")
    for step in range(10, 13):
        assert f"<b>错题再做一遍 · 判定标准</b>　{step - 9}/3（不计分）" in principal.text
        # A word in between shows the same question again.
        await principal.says("?")
        await principal.presses(right_letter(quiz.sheet, step))
        assert "✅ <b>答对了。</b>" in principal.text
        await principal.presses("看成绩" if step == 12 else "下一题 ›")
    assert principal.text == (
        "<b>测一测 · 判定标准</b>\n11月23日，答对 7/10\n<b>还没通过。</b>学一学再测，可以测很多次。"
    )
    after = await quiz_of(principal)
    assert (after.sheet.correct, after.sheet.passed, after.finished_at) == (7, False, quiz.finished_at)
    assert after.sheet.is_over


async def test_an_answer_stands_whatever_is_tapped_afterwards(principal: Chat) -> None:
    quiz = await begin(principal)
    taps = [b.data for b in principal.buttons if b.label in "ABCD"]
    await principal.taps(taps[0])
    verdict = principal.text
    await principal.taps(taps[0])
    assert principal.text == verdict, "a double tap shows the verdict once more"
    await principal.taps(taps[1])
    assert principal.text == verdict
    assert principal.toasts[-1] == "这一题已经答过了，不能改。"
    await principal.presses("下一题 ›")
    await principal.presses("A")
    await principal.presses("下一题 ›")
    # An old button of the first question, three questions later, or one of a question not asked yet.
    await principal.taps(taps[1])
    assert "第 3/10 题" in principal.text
    assert principal.toasts[-1] == "这一题已经答过了，不能改。这是现在的画面。"
    await principal.taps(f"fa:{pack(quiz.id)}:9:0")
    assert "第 3/10 题" in principal.text
    await principal.taps(f"fa:{pack(quiz.id)}:2:4")
    kept = await quiz_of(principal)
    assert kept.sheet.answers == (0, 0)


async def test_a_quiz_goes_on_after_a_restart(
    address: str, principal: Chat, database: ZoneDatabase, services: Services
) -> None:
    quiz = await begin(principal)
    await principal.presses(right_letter(quiz.sheet, 0))
    anew = Database(address)
    restarted = replace(principal, database=anew.zone(ZONE_ID), screen=Screen(text=""), seen=[])
    await restarted.says("?")
    assert "第 2/10 题" in restarted.text
    await restarted.says("/start")
    await restarted.presses("学一学、测一测")
    assert "判定标准：做到一半，已答 1/10" in restarted.text
    await restarted.presses("✏️ 测判定标准")
    assert restarted.text == "上次的测验还没做完（样例木业有限公司，已答 1/10）。"
    await restarted.presses("接着做")
    assert "第 2/10 题" in restarted.text
    await anew.close()


async def test_a_new_quiz_replaces_an_unfinished_one_only_when_asked(principal: Chat) -> None:
    first = await begin(principal)
    await principal.presses("A")
    again = await begin(principal)
    assert again.id == first.id
    anew = principal.button("重新开始，上次的不算").data
    await principal.taps(anew)
    second = await quiz_of(principal)
    assert (second.id != first.id, second.sheet.answers) == (True, ())
    await principal.presses("A")
    # The same press once more leaves the new one alone.
    await principal.taps(anew)
    kept = await quiz_of(principal)
    assert (kept.id, kept.sheet.answers) == (second.id, (0,))
    await principal.taps(f"fa:{pack(first.id)}:1:0")
    assert principal.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_the_menu_tapped_twice_begins_one_quiz(principal: Chat, firm: Enterprise) -> None:
    first = await begin(principal)
    await principal.taps(f"fq:{pack(firm.id)}")
    assert "第 1/10 题" in principal.text
    assert (await quiz_of(principal)).id == first.id


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_no_screen_before_the_answer_tells_which_option_is_right(
    database: ZoneDatabase, services: Services, firm: Enterprise, language: str
) -> None:
    """The screen of every question is the same to the last byte if another option were the right one."""
    chat = await somebody(database, services, 9, "陈安全", Role.SAFETY_MANAGER, firm=firm)

    def speak(tx: Transaction) -> None:
        person = tx.people.by_telegram(9)
        assert person is not None
        tx.people.speak(person.id, language)

    await database.write(speak)
    for start, kind in ((f"fq:{pack(firm.id)}", Kind.CRITERIA), ("fb", Kind.LEDGER)):
        await chat.taps(start)
        quiz = await quiz_of(chat, kind)
        await chat.taps(f"fx:{pack(quiz.id)}")
        other = [replace(q, right=(q.right + 1) % len(q.options)) for q in quiz.sheet.questions]
        turned = replace(quiz, sheet=replace(quiz.sheet, questions=tuple(other)))
        with speaking(language):
            assert chat.screen == question_screen(quiz, 0)
            for step, question in enumerate(quiz.sheet.questions):
                screen = question_screen(quiz, step)
                assert screen == question_screen(turned, step)
                assert question.why not in screen.text


async def test_somebody_elses_quiz_is_as_good_as_gone(principal: Chat, worker: Chat) -> None:
    quiz = await begin(principal)
    for press in (f"fx:{pack(quiz.id)}", f"fy:{pack(quiz.id)}", f"fa:{pack(quiz.id)}:0:0"):
        await worker.taps(press)
        assert worker.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    assert (await quiz_of(principal)).sheet.answers == ()


async def test_a_worker_learns_and_tries_and_the_principal_sees_only_whether_he_passed(
    worker: Chat, principal: Chat
) -> None:
    await worker.says("/start")
    await worker.presses("学一学、测一测")
    assert "✏️ 测台账使用" not in worker.labels
    assert "本单位谁通过了" not in worker.labels
    await worker.presses("✏️ 测判定标准")
    await answers(worker, wrong=1)
    await begin(principal)
    await answers(principal, wrong=5)
    await principal.says("/start")
    await principal.presses("学一学、测一测")
    await principal.presses("本单位谁通过了")
    assert principal.text == (
        "<b>本单位谁通过了</b>　样例木业有限公司\n"
        "<b>王厂长</b>：主要负责人\n　判定标准：还没通过\n　台账使用：还没测\n"
        "<b>刘工人</b>：从业人员\n　判定标准：✅ 2026年11月23日 通过"
    )


async def test_the_ledger_is_learnt_on_a_few_cards_and_tried_with_twelve_questions(principal: Chat) -> None:
    await principal.says("/start")
    await principal.presses("学一学、测一测")
    await principal.presses("📖 学台账使用")
    assert principal.text.startswith("<b>台账怎么用</b>　1/7\n\n<b>每条隐患都有编号</b>\n")
    for _ in range(6):
        await principal.presses("下一页 ›")
    await principal.says("?")
    assert principal.text.startswith("<b>台账怎么用</b>　7/7")
    await principal.presses("✏️ 测一测")
    assert "第 1/12 题" in principal.text
    quiz = await answers(principal, wrong=2, kind=Kind.LEDGER)
    assert (quiz.sheet.correct, quiz.sheet.passed, quiz.enterprise_id) == (10, True, None)
    await principal.presses("看成绩")
    assert "答对 10/12" in principal.text


async def test_an_officer_chooses_a_list_or_all(officer: Chat) -> None:
    await officer.says("/start")
    await officer.presses("学一学、测一测")
    await officer.presses("📖 学判定标准")
    await officer.presses("下一页 ›")
    await officer.presses("机械")
    assert officer.text.startswith("<b>学一学 · 机械</b>　1/9")
    await officer.presses("下一页 ›")
    await officer.says("?")
    assert officer.text.startswith("<b>学一学 · 机械</b>　2/9")
    await officer.presses("✏️ 测一测")
    first = await quiz_of(officer)
    assert (first.sheet.scope, first.enterprise_id) == ("machinery", None)
    assert {q.about.rpartition("-")[0] for q in first.sheet.questions} == {"machinery"}
    # Another list is another quiz, and is asked for first.
    await officer.taps("fr:-")
    assert officer.text == "上次的测验还没做完（机械，已答 0/10）。"
    await officer.presses("重新开始，上次的不算")
    second = await quiz_of(officer)
    assert second.sheet.scope == ""
    await officer.taps("fr:no-such-list")
    assert officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"


async def test_a_finished_quiz_stands_in_the_trail_and_an_unfinished_one_counts_for_nothing(
    principal: Chat, database: ZoneDatabase
) -> None:
    await begin(principal)
    await principal.presses("A")
    quiz = await quiz_of(principal)

    def scores(tx: Transaction) -> int:
        return len(tx.quizzes.everything())

    assert await database.read(scores) == 0
    await begin(principal)
    await principal.presses("重新开始，上次的不算")
    quiz = await answers(principal)
    [event] = await database.read(lambda tx: [e.body["after"] for e in tx.trail.of("quiz", quiz.id)])
    assert event == {"kind": "criteria", "asked": 10, "correct": 10, "passed": True}
    assert await database.read(scores) == 1
