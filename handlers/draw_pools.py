"""What a random draw (双随机) can be made from: all firms, a trade, a community, high risk, not inspected this year."""

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

from checklists.duties import is_high_risk
from checklists.people import GRANTS, Permission, Person, Role
from checklists.plans import load_plan
from checklists.sector_sets import load_sector_sets
from handlers.replies import Button, data
from handlers.routing import Gone, Request
from handlers.standards import profile_of
from handlers.words import N_, SHANGHAI, _, aside, labelled, shorten
from storage.transaction import Transaction

EVERY, HIGH_RISK, NOT_YET, TRADE, COMMUNITY = "all", "high", "new", "t", "c"
_WORDS = {EVERY: N_("全部企业"), HIGH_RISK: N_("高危行业企业"), NOT_YET: N_("今年还没有检查过的企业")}
_TRADE_WORDS, _COMMUNITY_WORDS = N_("行业"), N_("社区/网格")
_BY_DEFAULT = (Role.OFFICER, Role.REVIEWER)


def pool_of(request: Request, key: Sequence[str]) -> tuple[str, list[int]]:
    """The words of a pool as they are kept, and the ids of its firms in use; raises Gone for a pool there is not."""
    kind, of = key[0], key[1] if len(key) > 1 else ""
    enterprises = request.tx.enterprises
    match kind:
        case "all":
            return _WORDS[kind], enterprises.ids()
        case "high":
            return _WORDS[kind], _high_risk(request)
        case "new":
            inspected = request.tx.official_inspections.inspected_since(_new_year(request.now))
            return _WORDS[kind], [i for i in enterprises.ids() if i not in inspected]
        case "t":
            trade = load_sector_sets().trades.get(of)
            if trade is None:
                raise Gone
            name = trade.name.partition("（")[0]
            return f"{_TRADE_WORDS}：{name}", enterprises.ids(sector=trade.id)
        case "c":
            named = next((c for c, _number in enterprises.communities() if c and str(crc32(c.encode())) == of), None)
            if named is None:
                raise Gone
            return f"{_COMMUNITY_WORDS}：{named}", enterprises.ids(community=named)
    raise Gone


def _high_risk(request: Request) -> list[int]:
    plan = load_plan(request.zone.plan_id)
    return [e.id for e in request.tx.enterprises.all() if is_high_risk(plan, profile_of(request.tx, e))]


def _new_year(now: datetime) -> datetime:
    """The first moment of the present year in Shanghai."""
    return now.astimezone(SHANGHAI).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def said(pool_words: str) -> str:
    """The kept words of a pool in the language of the reader."""
    name, colon, value = pool_words.partition("：")
    return labelled(_(name), _(value)) if colon else _(pool_words)


def whole_pools(request: Request) -> list[Button]:
    """The pools that need no further choice, with their sizes."""
    return [Button(_(words) + aside(len(pool_of(request, [key])[1])), data("rp", key)) for key, words in _WORDS.items()]


def trades(request: Request) -> list[Button]:
    """A button for each trade of the zone."""
    known = load_sector_sets().trades
    counted = [(t, n) for t, n in request.tx.enterprises.sectors() if t in known]
    return [Button(_(known[t].name.partition("（")[0]) + aside(n), data("rp", TRADE, t)) for t, n in counted]


def communities(request: Request) -> list[Button]:
    """A button for each community of the zone; it stands there by the checksum of its name."""
    named = [(c, n) for c, n in request.tx.enterprises.communities() if c]
    return [Button(shorten(c, 20) + aside(n), data("rp", COMMUNITY, str(crc32(c.encode())))) for c, n in named]


def may_inspect(tx: Transaction) -> list[Person]:
    """Everybody of the office who may run an inspection."""
    return tx.people.with_role(*GRANTS[Permission.SUPERVISE].office)


def usual_inspectors(tx: Transaction) -> list[int]:
    """Who is ticked to begin with: officers and reviewers."""
    return [p.id for p in may_inspect(tx) if p.holds(*_BY_DEFAULT)]
