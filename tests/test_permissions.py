"""Every route with every role: who is admitted stands in a table here, everybody else is refused kindly and on record.

A new route fails this test until it is written into the table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Connection, event, select

from checklists.hazards import Level, Source
from checklists.official_inspections import Mode
from checklists.people import Role
from checklists.risk_points import Grade
from handlers.answering import Incoming, Kind, answer
from handlers.buttons import to_home
from handlers.replies import Reply, pack, rows
from handlers.router import Router
from handlers.routes import ROUTER
from handlers.routing import About, Command, Display, Input, Press, Request, Route, Words
from handlers.services import Services
from storage.database import ZoneDatabase
from storage.tables import events
from storage.transaction import Transaction
from tests.conftest import NOW

POLITE = "这个功能您现在不能用。如果需要，请联系辖区安全监管办公室。"
FOR_THE_FIRM = "刚才发的没有收下，这里由企业填写。"

OFFICE = {"officer", "reviewer", "expert", "administrator"}
READERS = OFFICE | {"reader"}
MANAGERS = {"officer", "administrator"}
SUPERVISORS = MANAGERS | {"reviewer"}
INSPECTORS = {"principal", "controller", "safety_manager", "deputy"}
EVERYBODY = {*READERS, *INSPECTORS, "worker", "principal elsewhere", "stranger", "officer of another zone"}

# Who is admitted by a route, and below which routes admit whom. `text @x` is a text while the chat is in dialog x,
# `@x` the screen of dialog x drawn again, `"x"` words that mean the same everywhere.
ADMITTED: dict[str, set[str]] = {
    "everybody": EVERYBODY,
    "everybody with a role": EVERYBODY - {"stranger", "officer of another zone"},
    "who sees the firm": INSPECTORS | READERS,
    "who sees some firm": INSPECTORS | READERS | {"principal elsewhere"},
    "who answers": INSPECTORS | OFFICE,
    "who answers for some firm or the office": INSPECTORS | OFFICE | {"principal elsewhere"},
    "who takes quizzes": INSPECTORS | OFFICE | {"worker", "principal elsewhere"},
    "who may look": INSPECTORS | READERS | {"worker"},
    "who belongs to the firm": INSPECTORS | {"worker"},
    "who inspects": INSPECTORS,
    "who keeps the standard": {"principal", "controller"} | MANAGERS,
    "who signs for the firm": {"principal", "controller"},
    "who reads for the office": READERS,
    "the office": OFFICE,
    "who enters findings": OFFICE,
    "who inspects for the office": SUPERVISORS,
    "managers": MANAGERS,
    "administrators": {"administrator"},
}
ROUTES: dict[str, str] = {
    "everybody": """
        h /start /zicha /help "menu"
    """,
    "everybody with a role": "lg",
    "who takes quizzes": "fa fx fy fz @quiz @quiz_scores",
    "who answers for some firm or the office": "fb",
    "who sees the firm": """
        jq ju rh @official_view k kl @risk_points
        hf ev q p so ie iv id z zh zw zp
        @firm @enterprise @profile_view @profile_done @people @own_items
        @record @enterprise_records @hazard @hazards
        ts tw @statistics
        be @rating
        yy @life_past wv wd @major_report_read @hazard_pictures
    """,
    "who answers": """
        yk zd zc text@hazard_clause @hazard_clause
    """,
    "who sees some firm": """
        /hazard "hazard_number"
        fc @ledger_course
    """,
    "who may look": """
        kc kq @risk_point
    """,
    "who belongs to the firm": """
        fi fl fq @quiz_firm_hub @learn_firm
        jr kh @report text@report photo@report voice@report
    """,
    "who inspects": """
        ka kn ke kt kw ks ki kr kx kg km @risk_new @risk_grade @risk_edit @risk_field @risk_regrade @risk_reason
        @risk_retire text@risk_new text@risk_field text@risk_reason
        jy jz @official_refuse text@official_refuse
        in ii ia ix iu ig ib io it is il ic ip iq iw iz iy ij ik
        zn zs zq zl tl za ze zk kv zb zx zy ou os op oa oz ox oo ob dg
        @inspection @overview @reason @begin @summary @leader @participants @submit @correction @withdraw @sort
        text@inspection text@reason text@leader text@participants text@correction text@hazard text@withdraw text@sort
        photo@inspection photo@overview photo@reason photo@summary photo@leader photo@participants photo@submit
        photo@sort photo@hazard photo@withdraw photo@firm
        voice@inspection voice@overview voice@reason voice@summary voice@leader voice@participants voice@submit
        voice@sort voice@hazard voice@withdraw voice@firm
        wr ww wa wo wp wt ws @major_report @major_report_more
        text@major_report voice@major_report text@major_report_more voice@major_report_more
        tq
        yh yi yx yb yd ydd ydr @life_evidence @life_deferral text@life_evidence photo@life_evidence
        voice@life_evidence text@life_deferral
    """,
    "who keeps the standard": """
        qs qa qb qn qd qg qt sn si sm sk sr sx @profile @trades
        @own_new @own_look @own_item @own_words @own_retire text@own_new text@own_look text@own_words
        v vn vx vr pw px pc pd @invitations @invite_name @people_end @principal_ask @principal_name
        text@invite_name text@principal_name
    """,
    "who signs for the firm": "tg fw @quiz_firm_scores bo @rating_object text@rating_object",
    "the office": """
        yt yc yq yj tj ym ye yl @life_reason @life_more text@life_reason
        fr dx
        na nb nc nd @referral @referral_which text@referral @proposals_waiting text@proposals_waiting
        bl bu bk bt bs bc bm bg bq bx bp @ratings @rating_rules @rating_objections
        gw gy jh @letters
        ca cc cd cl cm cn co @analysis @analysis_meetings @analysis_meeting @analysis_topics @analysis_topic
        @analysis_decisions @analysis_decision
    """,
    "who reads for the office": """
        fo fm ft @quiz_office_hub @learn_list @learn_choice
        e el ec eh ew ek ir d dm dt dl /late tu @statistics_standing ku @risk_coverage
        gi gq gx gl gp gd gf gc gs go gr gz ls @ledger_reports /ledger @ledger text@ledger
        @office @enterprises @enterprise_choices @records @late text@enterprises
    """,
    "who enters findings": """
        xi xo @expert_inspections @expert_inspection text@expert_inspection photo@expert_inspection
        voice@expert_inspection
        je jg jp ji jk jf jc rx @expert_pick text@expert_pick photo@expert_pick @entering_source @entering @finding
        text@entering photo@entering voice@entering text@finding photo@finding voice@finding
    """,
    "who inspects for the office": """
        jn jb jm jo jt ja jv js jw jx jl jd rg @official_pick @official_mode @official_random @official @official_text
        @official_abandon @official_sign @official_unsigned @official_paper
        text@official_pick photo@official_pick text@official photo@official voice@official text@official_text
        text@official_unsigned text@official_paper
        rd rs rb rc rf @draws @draw yv @life_review
        cr cs ct cw @analysis_put text@analysis_put
        fv fu fd @quiz_coverage @quiz_missing
        xe xp xj @inspection_experts xa xb @expert_roster @expert
    """,
    "managers": """
        bn ba bb bw bh bj @rating_all @rating_answer @rating_lines @rating_points text@rating_answer text@rating_points
        rn rl rp ru ri rw rk rv @draw_pool @draw_choices @draw_plan @draw_inspectors text@draw_plan
        cb ce cf cg ch ci cj ck cma cp cq cu cv cx cy cz @analysis_deciding @analysis_follow @analysis_closing
        @analysis_mistake text@analysis_deciding text@analysis_follow text@analysis_closing text@analysis_mistake
        fg @figures kd @risk_cycle tp fh fj
        xk xt xz xw @expert_trades @expert_words text@expert_words
        ya yg @life_department yo yon yod yop yot yoz yox yoy text@department_name
        @departments @department_name @department @department_trades @department_end
        ea eb @enterprise_active m mc mx @import @import_preview @imported
        file@import file@import_preview file@imported file@office file@enterprises file@late file@records
        vb vc @invitation_batch s sl sd sa sb su @standards @standard @standards_all @standards_done
    """,
    "administrators": """
        bi bd bf @rating_rule @rating_reset text@rating_rule
        fs @figure text@figure kf kj @risk_figure text@risk_figure us uc @trail ux @trail_reason text@trail_reason
        po pow pox vo von vox vor @office_people @office_end @office_invitations @invite_officer text@invite_officer
    """,
}
EXPECTED = {route: ADMITTED[who] for who, routes in ROUTES.items() for route in routes.split()}
_REFUSALS = select(events.c.body).where(events.c.what == "refused")
SAID = {"hazard number": "隐患 2026-0001", "menu": "首页"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """The ids of what the routes are about, in one zone."""

    enterprise: int
    inspection: int
    hazard: int
    official: int
    risk_point: int

    def id_for(self, about: About) -> int:
        ids = {
            About.ENTERPRISE: self.enterprise,
            About.INSPECTION: self.inspection,
            About.HAZARD: self.hazard,
            About.OFFICIAL_INSPECTION: self.official,
            About.RISK_POINT: self.risk_point,
        }
        return ids.get(about, 0)


TELEGRAM_IDS = {who: 7000 + number for number, who in enumerate(sorted(EVERYBODY))}


def settle(tx: Transaction, name: str) -> Place:
    """A firm with a running inspection and a hazard found in it, inspected by the office too, with a risk point."""
    firm = tx.enterprises.add(name=name, uscc=f"{len(name):018}", at=NOW)
    tx.standards.add_item(firm.id, ask=f"{name}的秘密条目？", by=0, at=NOW)
    finder = tx.people.add(name="某人", telegram_id=None, at=NOW)
    run = tx.inspections.start(enterprise_id=firm.id, period="2026Q4", checklist="[]", items=2, by=finder.id, at=NOW)
    hazard = tx.hazards.open(
        enterprise_id=firm.id,
        source=Source.SELF_INSPECTION,
        inspection_id=run.id,
        item=0,
        criterion_id=None,
        clause="",
        level=Level.GENERAL,
        year=2026,
        by=finder.id,
        at=NOW,
    )
    official = tx.official_inspections.start(
        enterprise_id=firm.id, mode=Mode.NIGHT, inspectors="某人", present="", by=finder.id, at=NOW
    )
    point = tx.risk_points.add(enterprise_id=firm.id, name=f"{name}的锅炉", grade=Grade.RED, by=finder.id, at=NOW)
    return Place(enterprise=firm.id, inspection=run.id, hazard=hazard.id, official=official.id, risk_point=point.id)


def cast(tx: Transaction, here: Place, elsewhere: Place) -> None:
    """Give everybody of the table their role, but the stranger and who belongs to another zone."""
    roles = {role.value: role for role in Role}
    for who, telegram_id in TELEGRAM_IDS.items():
        role = Role.PRINCIPAL if who == "principal elsewhere" else roles.get(who)
        if role is None:
            continue
        person = tx.people.add(name=who, telegram_id=telegram_id, at=NOW)
        firm = elsewhere if who == "principal elsewhere" else here
        in_office = who in READERS
        tx.people.assign(person.id, role, enterprise_id=None if in_office else firm.enterprise, at=NOW, by=None)


@pytest.fixture
async def places(database: ZoneDatabase) -> tuple[Place, Place, Place]:
    """A firm here, a firm elsewhere in the zone, and a firm of another zone with its officer."""

    def unit(tx: Transaction) -> tuple[Place, Place]:
        here, elsewhere = settle(tx, "本企业"), settle(tx, "别的企业")
        cast(tx, here, elsewhere)
        return here, elsewhere

    def abroad(tx: Transaction) -> Place:
        tx.zones.found(code="NH", name="南湖街道", plan_id="heelun-2024", at=NOW)
        officer = tx.people.add(name="外区监管", telegram_id=TELEGRAM_IDS["officer of another zone"], at=NOW)
        tx.people.assign(officer.id, Role.OFFICER, enterprise_id=None, at=NOW, by=None)
        return settle(tx, "外区企业")

    return *await database.write(unit), await database.database.zone(2).write(abroad)


def incomings(route: Route, place: Place, *rest: str) -> Iterator[tuple[str, Incoming]]:
    """What a person can do to reach this route about this place, with its name in the table."""

    def did(kind: Kind, *, text: str = "", command: str = "") -> Incoming:
        return Incoming(update_id=1, kind=kind, chat_id=1, telegram_id=1, name="某人", text=text, command=command)

    match route:
        case Press():
            subject = pack(place.id_for(route.about))
            yield route.name, did(Kind.PRESS, text=":".join([route.name, subject, *rest]))
        case Command():
            yield f"/{route.name}", did(Kind.COMMAND, command=route.name, text="2026-0001")
        case Display():
            yield f"@{route.dialog}", did(Kind.OTHER)
        case Words():
            yield f'"{route.name.replace(" ", "_")}"', did(Kind.TEXT, text=SAID[route.name])
        case Input():
            for content in sorted(route.takes):
                yield f"{content}@{route.dialog}", did(Kind(content), text="words")


def reached(request: Request) -> Reply:
    """Stands in for every handler: this test is about the door, not the room behind it."""
    return Reply(toast="reached")


DOORS = Router.of(reached, [replace(route, handler=reached) for route in ROUTER.routes])


def attempt(
    tx: Transaction, who: str, route: Route, did: Incoming, place: Place, services: Services, router: Router
) -> tuple[Reply, list[str], list[str]]:
    """One attempt on a savepoint that is taken back: the reply, the tables written to, and the refusals on record."""
    mine = replace(did, chat_id=TELEGRAM_IDS[who], telegram_id=TELEGRAM_IDS[who])
    with tx.connection.begin_nested() as savepoint:
        fresh = Transaction(tx.connection, tx.zone_id)
        if isinstance(route, Input | Display):
            fresh.dialogs.enter(mine.chat_id, route.dialog, id=place.id_for(route.about))
        with written(tx.connection) as tables:
            reply = answer(fresh, mine, router=router, services=services, now=NOW)
        refusals = [body for (body,) in tx.connection.execute(_REFUSALS)]
        savepoint.rollback()
    return reply, tables, refusals


class written:
    """The tables that statements on this connection write to while the block runs."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self.connection, "before_cursor_execute", self._note)
        return self.tables

    def __exit__(self, *_: object) -> None:
        event.remove(self.connection, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        words = statement.split()
        if words[0] in ("INSERT", "DELETE"):
            self.tables.append(words[2])
        elif words[0] == "UPDATE":
            self.tables.append(words[1])


def test_the_table_knows_every_route_and_no_other() -> None:
    here = Place(enterprise=1, inspection=2, hazard=3, official=4, risk_point=5)
    routes = sorted(name for route in ROUTER.routes for name, _ in incomings(route, here))
    listed = sorted(name for names in ROUTES.values() for name in names.split())
    assert routes == listed


async def test_each_route_admits_whom_the_table_says_and_refuses_all_others(
    database: ZoneDatabase, services: Services, places: tuple[Place, Place, Place]
) -> None:
    here = places[0]

    def unit(tx: Transaction) -> list[str]:
        wrong = []
        for route in DOORS.routes:
            for name, did in incomings(route, here):
                for who in sorted(EVERYBODY):
                    reply, tables, refusals = attempt(tx, who, route, did, here, services, DOORS)
                    expected = who in EXPECTED.get(name, set())
                    if expected and (reply.toast != "reached" or refusals):
                        wrong.append(f"{name} refuses {who}")
                    # Who of the office writes where only firms may write is not told that it is about himself.
                    for_the_firm = (
                        isinstance(route, Input) and who in OFFICE and not OFFICE & EXPECTED.get(name, OFFICE)
                    )
                    words = FOR_THE_FIRM if for_the_firm else POLITE
                    if not expected and not refused_kindly(reply, tables, refusals, words):
                        wrong.append(f"{name} does not refuse {who}: {reply} {tables} {refusals}")
        return wrong

    assert await database.write(unit) == []


def refused_kindly(reply: Reply, tables: list[str], refusals: list[str], wanted: str = POLITE) -> bool:
    """Polite words and the way home, one line in the trail, nothing else written but where the chat stands."""
    words = [*([reply.screen.text] if reply.screen else []), *([reply.toast] if reply.toast else [])]
    home = reply.screen is None or reply.screen.buttons == rows([to_home()])
    shown = words == [wanted] and home and not reply.documents and not reply.before
    # The heads of chained trails are kept beside the events.
    return shown and len(refusals) == 1 and set(tables) <= {"updates", "events", "dialogs", "trail_heads"}


async def test_ids_of_another_firm_or_zone_in_buttons_reach_nothing(
    database: ZoneDatabase, services: Services, places: tuple[Place, Place, Place]
) -> None:
    here, elsewhere, abroad = places

    def unit(tx: Transaction) -> list[str]:
        wrong = []
        for route in (r for r in DOORS.presses.values() if r.about is not About.NOTHING):
            for name, did in incomings(route, abroad):
                for who in sorted(EVERYBODY):
                    reply, tables, refusals = attempt(tx, who, route, did, abroad, services, DOORS)
                    if (
                        reply.toast != "要找的内容已经不在了，先回到首页。"
                        or refusals
                        or set(tables) - {"updates", "dialogs"}
                    ):
                        wrong.append(f"{name} about another zone answers {who} {reply}")
            for name, did in incomings(route, elsewhere):
                for who in sorted(INSPECTORS | {"worker"}):
                    reply, tables, refusals = attempt(tx, who, route, did, elsewhere, services, DOORS)
                    if not refused_kindly(reply, tables, refusals):
                        wrong.append(f"{name} about another firm answers {who} {reply}")
        return wrong

    assert here != elsewhere
    assert await database.write(unit) == []


async def test_forged_arguments_fail_no_handler_and_show_no_other_firm(
    database: ZoneDatabase, services: Services, places: tuple[Place, Place, Place]
) -> None:
    here, elsewhere, abroad = places
    forgeries = [
        (),
        ("0",),
        ("zz", "zz", "zz"),
        ("0", "0", "0"),
        ("1", "y", "1", "y"),
        (pack(elsewhere.inspection), pack(elsewhere.hazard), "0"),
        (pack(elsewhere.enterprise), "principal", "0"),
        (pack(abroad.hazard), pack(abroad.inspection)),
        ("-1", "不是数", ""),
    ]

    def unit(tx: Transaction) -> list[str]:
        wrong = []
        for route in ROUTER.presses.values():
            for rest in forgeries:
                for _, did in incomings(route, here, *rest):
                    for who in ("principal", "officer", "administrator"):
                        wrong += faults(tx, who, route, did, f"{route.name} {rest} of {who}")
        return wrong

    def faults(tx: Transaction, who: str, route: Press, did: Incoming, what: str) -> list[str]:
        try:
            reply, _tables, _refusals = attempt(tx, who, route, did, here, services, ROUTER)
        except Exception as error:
            return [f"{what}: {error!r}"]
        texts = [s.text for s in (*reply.before, *([reply.screen] if reply.screen else []))]
        if who == "principal" and any("别的企业" in text or "外区" in text for text in texts):
            return [f"{what} shows another firm"]
        return [f"{what} shows another zone"] if any("外区" in text for text in texts) else []

    assert await database.write(unit) == []


async def test_the_number_of_another_firms_hazard_shows_nothing(
    database: ZoneDatabase, services: Services, places: tuple[Place, Place, Place]
) -> None:
    here = places[0]

    def unit(tx: Transaction) -> list[str]:
        shown = []
        for route in (ROUTER.commands["hazard"], ROUTER.words["hazard number"]):
            for _, did in incomings(route, here):
                reply, _tables, _refusals = attempt(tx, "principal elsewhere", route, did, here, services, ROUTER)
                shown.append(reply.screen.text if reply.screen else "")
        return shown

    assert await database.write(unit) == ["没有找到隐患 2026-0001，请核对编号。"] * 2


async def test_a_refused_screen_is_left_so_that_the_next_word_leads_home(
    database: ZoneDatabase, services: Services, places: tuple[Place, Place, Place]
) -> None:
    here = places[0]

    def unit(tx: Transaction) -> list[str]:
        chat = TELEGRAM_IDS["worker"]
        tx.dialogs.enter(chat, "people", id=here.enterprise)
        texts = []
        for update_id in (1, 2):
            did = Incoming(
                update_id=update_id, kind=Kind.TEXT, chat_id=chat, telegram_id=chat, name="小张", text="还在吗"
            )
            reply = answer(tx, did, router=ROUTER, services=services, now=NOW)
            texts.append(reply.screen.text if reply.screen else "")
        return texts

    first, second = await database.write(unit)
    assert first == POLITE
    assert second.startswith("worker，您好，这里是滨河开发区的安全自查。")
