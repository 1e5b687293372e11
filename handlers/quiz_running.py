"""Taking a quiz: one question a screen, what was right at once, what was wrong once more, and the score."""

from checklists.people import Permission
from checklists.quizzes import KIND_NAMES, AnsweredAlready, Asks, Question, Quiz
from handlers.buttons import to_home
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import N_, _, aside, day, html, labelled

_LETTERS = "ABCD"
# The options of these are words of ours; all others are the words of criteria.
_SAID = frozenset({Asks.LEVEL, Asks.ANSWER, Asks.LEDGER})
_ASKED = {
    Asks.LEVEL: N_("现场看了，下面这一条没有做到。<b>按这一条，建议定为哪一级？</b>"),
    Asks.MAJOR: N_("<b>下面哪一条没做到，按标准建议定为重大事故隐患？</b>"),
    Asks.STANDARD: N_("“{where}”检查表里的这一条，<b>依据的是哪个标准？</b>"),
    Asks.NUMBER: N_("<b>括号里应填多少？</b>"),
    Asks.LISTED: N_("<b>下面哪一条，是“{where}”检查表里要查的？</b>"),
    Asks.ANSWER: N_("自查到这一条，<b>哪一种情况要点“有隐患”？</b>"),
    Asks.LEDGER: N_("<b>选一个。</b>"),
}
_JUDGED = frozenset({Asks.LEVEL, Asks.MAJOR})


def show(request: Request, quiz: Quiz, *, notice: str = "", toast: str = "", again: bool = False) -> Reply:
    """Where the quiz stands: the open question, or the score once all that counts is answered.

    With `again` what was wrong is asked once more behind the score.
    """
    request.enter("quiz", quiz=quiz.id, again=again)
    sheet = quiz.sheet
    if sheet.is_over or (sheet.is_finished and not again):
        return Reply(screen=score_screen(quiz), toast=toast)
    return Reply(screen=question_screen(quiz, len(sheet.answers), notice=notice), toast=toast)


def question_screen(quiz: Quiz, step: int, *, notice: str = "") -> Screen:
    """One question; nothing in it or in its buttons says which option is right."""
    question = quiz.sheet.at(step)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _head(quiz, step),
        "",
        *_asked(question),
        "",
        *(f"{_LETTERS[n]}. {html(option)}" for n, option in enumerate(_options(question))),
    ]
    letters = [Button(_LETTERS[n], data("fa", quiz.id, step, n)) for n in range(len(question.options))]
    return Screen(text="\n".join(lines), buttons=rows(letters, [to_home()]))


def _head(quiz: Quiz, step: int) -> str:
    sheet, kind = quiz.sheet, _(KIND_NAMES[quiz.kind])
    if step < sheet.asked:
        return _("<b>测一测 · {kind}</b>　第 {at}/{all} 题").format(kind=kind, at=step + 1, all=sheet.asked)
    return _("<b>错题再做一遍 · {kind}</b>　{at}/{all}（不计分）").format(
        kind=kind, at=step - sheet.asked + 1, all=len(sheet.wrong)
    )


def _asked(question: Question) -> list[str]:
    lines = [_(_ASKED[question.asks]).format(where=html(_(question.where)))]
    if question.asks is Asks.LEDGER:
        return [f"<b>{html(_(question.ask))}</b>"]
    if question.ask:
        applies = aside(_("适用：{words}").format(words=html(question.applies))) if question.applies else ""
        lines.append(html(question.ask) + applies)
    return lines


def _options(question: Question) -> list[str]:
    return [_(option) if question.asks in _SAID else option for option in question.options]


def answer(request: Request) -> Reply:
    """One option was pressed: it is kept once and for all, and what was right is said at once."""
    quiz, step, option = _own(request, held=True), request.number(1), request.number(2)
    try:
        quiz = request.tx.quizzes.answer(quiz, step, option, at=request.now)
    except AnsweredAlready:
        return _answered_before(request, quiz, step, option)
    except IndexError as unknown:
        raise Gone from unknown
    request.enter("quiz", quiz=quiz.id, again=step >= quiz.sheet.asked)
    return Reply(screen=told_screen(quiz, step))


def _answered_before(request: Request, quiz: Quiz, step: int, option: int) -> Reply:
    """An old button or a second tap: the answer stands, and the present screen is shown."""
    answers = quiz.sheet.answers
    again = len(answers) > quiz.sheet.asked
    if step == len(answers) - 1:
        request.enter("quiz", quiz=quiz.id, again=step >= quiz.sheet.asked)
        toast = "" if answers[step] == option else _("这一题已经答过了，不能改。")
        return Reply(screen=told_screen(quiz, step), toast=toast)
    return show(request, quiz, toast=_("这一题已经答过了，不能改。这是现在的画面。"), again=again)


def told_screen(quiz: Quiz, step: int) -> Screen:
    """Whether the answer was right, which one is, and on what that rests."""
    sheet, question = quiz.sheet, quiz.sheet.at(step)
    chosen, options = sheet.answers[step], _options(question)
    is_right = chosen == question.right
    verdict = _("✅ <b>答对了。</b>") if is_right else _("❌ <b>答错了。</b>您选了 {letter}。")
    lines = [
        _head(quiz, step),
        "",
        *_asked(question),
        "",
        verdict.format(letter=_LETTERS[chosen]),
        labelled(_("正确答案"), f"{_LETTERS[question.right]}. {html(options[question.right])}"),
        *_reasons(question),
    ]
    return Screen(text="\n".join(lines), buttons=rows(*_onward(quiz, step), [to_home()]))


def _reasons(question: Question) -> list[str]:
    if question.asks is Asks.LEDGER:
        return [html(_(question.why))]
    lines = [
        _("依据：{clause}").format(clause=html(question.clause)),
        _("怎么看：{look}").format(look=html(question.why)),
    ]
    if question.asks in _JUDGED:
        lines.append(_("这是按这一条的建议，级别由人确认。"))
    if question.asks is Asks.ANSWER:
        lines.append(_("看到没做到就点“有隐患”，当场改好的再点“立查立改”。没看的不要答。"))
    return lines


def _onward(quiz: Quiz, step: int) -> list[list[Button]]:
    sheet = quiz.sheet
    score = [Button(_("看成绩"), data("fx", quiz.id))]
    if not sheet.is_finished:
        return [[Button(_("下一题 ›"), data("fx", quiz.id))]]
    if sheet.is_over:
        return [score]
    if step >= sheet.asked:
        return [[Button(_("下一题 ›"), data("fy", quiz.id))], score]
    return [_again_button(quiz), score]


def _again_button(quiz: Quiz) -> list[Button]:
    left = quiz.sheet.asked + len(quiz.sheet.wrong) - len(quiz.sheet.answers)
    return [Button(_("错的 {count} 题再做一遍").format(count=left), data("fy", quiz.id))] if left else []


def score_screen(quiz: Quiz) -> Screen:
    """How many were right, and whether that passes."""
    sheet = quiz.sheet
    assert quiz.finished_at is not None
    words = _("✅ <b>通过。</b>") if sheet.passed else _("<b>还没通过。</b>学一学再测，可以测很多次。")
    lines = [
        _("<b>测一测 · {kind}</b>").format(kind=_(KIND_NAMES[quiz.kind])),
        _("{day}，答对 {correct}/{asked}").format(day=day(quiz.finished_at), correct=sheet.correct, asked=sheet.asked),
        words,
    ]
    if not sheet.is_over:
        lines.append(_("错的可以再做一遍，不计分。"))
    hub = _hub_button(quiz)
    return Screen(text="\n".join(lines), buttons=rows(_again_button(quiz), [hub, to_home()]))


def _hub_button(quiz: Quiz) -> Button:
    if quiz.enterprise_id is not None:
        return Button(_("学一学、测一测"), data("fi", quiz.enterprise_id))
    return Button(_("我的成绩"), data("fz", 0))


def _own(request: Request, *, held: bool = False) -> Quiz:
    """The quiz that the first argument names; another person's is as good as gone."""
    find = request.tx.quizzes.hold if held else request.tx.quizzes.get
    quiz = find(request.number(0))
    if quiz is None or quiz.person_id != request.who.id:
        raise Gone
    return quiz


def go_on(request: Request) -> Reply:
    """The open question, or the score."""
    return show(request, _own(request))


def once_more(request: Request) -> Reply:
    """What was wrong, as long as something of it is left."""
    return show(request, _own(request), again=True)


def redraw(request: Request) -> Reply:
    """The quiz of the dialog as it stands."""
    assert request.dialog is not None
    quiz = request.tx.quizzes.get(int(request.dialog.data.get("quiz", 0)))
    if quiz is None or quiz.person_id != request.who.id:
        raise Gone
    return show(request, quiz, again=bool(request.dialog.data.get("again")))


_TRY = Permission.TRY
ROUTES: tuple[Route, ...] = (
    Press(name="fa", needs=_TRY, handler=answer),
    Press(name="fx", needs=_TRY, handler=go_on),
    Press(name="fy", needs=_TRY, handler=once_more),
    Display(dialog="quiz", needs=_TRY, handler=redraw),
)
