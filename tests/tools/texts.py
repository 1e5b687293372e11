"""`make texts`: every text that people read goes from the source into the English catalogue, which is then compiled.

Marked are `_("…")` and `N_("…")` in `handlers/` and `bot/`; below these floors it is what is named `…_NAMES` or
`…_WORDS`, the labels of moves, and the words of those who refuse. A text that is gone leaves the catalogue; a new
one waits in it for its English.
"""

import ast
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from checklists.criteria import load_criteria
from checklists.plans import load_plan, plan_ids
from checklists.quiz_questions import load_lessons
from checklists.sector_sets import load_sector_sets
from checklists.trade_groups import load_trade_groups
from checklists.traits import load_traits

ROOT = Path(__file__).parents[2]
PO = ROOT / "handlers" / "locale" / "en" / "LC_MESSAGES" / "zicha.po"
MARKS = {"_", "N_"}
HEADER = "# The English of every text that people read. `make texts` adds what is new and drops what is gone."
_SINCE = datetime(2026, 11, 22, tzinfo=UTC)


def sources(*floors: str) -> Iterator[tuple[str, ast.Module]]:
    """Each module of these packages, by its path from the root."""
    for floor in floors:
        for path in sorted((ROOT / floor).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def marked() -> Mapping[str, list[str]]:
    """Every text of the program with the files it stands in, in the order of the source."""
    return _by_text(
        *((text, name) for name, tree in sources("handlers", "bot") for text in _in_calls(tree, MARKS)),
        *((text, name) for name, tree in sources("checklists") for text in _in_tables(tree)),
        *((text, name) for name, tree in sources("checklists", "storage") for text in _refusals(tree)),
        *((text, name) for name, tree in sources("checklists") for text in _labels(tree)),
    )


def _by_text(*places: tuple[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text, name in places:
        files = found.setdefault(text, [])
        files += [name] if name not in files else []
    return found


def named_in_data() -> Iterator[tuple[str, str]]:
    """The names of lists, trades and traits, the questions of the profile, and on what a plan's rules rest, by file.

    Who adds one need not know English: without it the Chinese is shown.
    """
    for sector in load_criteria().sectors.values():
        yield sector.name, f"checklists/criteria/{sector.id}.yaml"
    for trade in load_sector_sets().trades.values():
        yield from ((name, "checklists/sector_sets.yaml") for name in (trade.name, trade.name.partition("（")[0]))
    yield from ((group.name, "checklists/trade_groups.yaml") for group in load_trade_groups())
    for trait in load_traits().values():
        yield from ((words, "checklists/traits.yaml") for words in (trait.name, trait.ask))
    lessons = load_lessons()
    for said in (*(c.words for c in lessons.cards), *(q.words for q in lessons.questions)):
        yield from ((words, "checklists/quiz_questions.yaml") for words in said)
    for plan_id in plan_ids():
        for rule in filter(None, load_plan(plan_id).profile.hazard_rules.values()):
            shown = (rule.zh, *rule.cases) if rule.level else ()
            yield from ((words, f"checklists/plans/{plan_id}.yaml") for words in shown)


def called(node: ast.AST) -> str:
    """The name of the function that is called here; empty for everything else."""
    return _named(node.func) if isinstance(node, ast.Call) else ""


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _in_calls(tree: ast.Module, names: Container[str]) -> Iterator[str]:
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and called(n) in names and n.args]
    for call in sorted(calls, key=lambda n: (n.lineno, n.col_offset)):
        yield from _strings(call.args[0])


@cache
def refusing() -> frozenset[str]:
    """The names of the classes that say no to a person, with those made from them."""
    names = {"UnreadablePhoto", "MoveRefused", "NotRunning"}
    classes = [n for _, tree in sources("checklists", "storage") for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    while more := {c.name for c in classes if c.name not in names and any(_named(b) in names for b in c.bases)}:
        names |= more
    return frozenset(names)


def _refusals(tree: ast.Module) -> Iterator[str]:
    yield from _in_calls(tree, refusing())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in refusing():
            calls = (n for n in ast.walk(node) if isinstance(n, ast.Call) and n.args)
            yield from (text for call in calls for text in _strings(call.args[0]))


def _labels(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) == "Move":
            yield from (text for k in node.keywords if k.arg == "label" for text in _strings(k.value))


def _in_tables(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(t, ast.Name) and t.id.endswith(("_NAMES", "_WORDS")) for t in targets):
            value = getattr(node, "value", None)
            for said in value.values if isinstance(value, ast.Dict) else [value]:
                yield from _strings(said)


def _strings(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def read_catalogue() -> Catalog:
    """The catalogue as it is kept; an empty one before the first run."""
    return read_po(BytesIO(PO.read_bytes()), locale="en") if PO.exists() else _empty()


def _empty() -> Catalog:
    # Fixed days and names: a run that changes no text leaves both files as they are.
    return Catalog(
        locale="en",
        header_comment=HEADER,
        project="zicha",
        version="en",
        msgid_bugs_address="zicha",
        creation_date=_SINCE,
        revision_date=_SINCE,
        last_translator="zicha",
        language_team="en",
        fuzzy=False,
    )


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as the program reads it."""
    binary = BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()


def merged(known: Catalog) -> Catalog:
    """The marked texts with the English that is known of them."""
    catalogue = _empty()
    program, data = marked(), _by_text(*named_in_data())
    for text, files in {**program, **data, **program}.items():
        old = known.get(text)
        catalogue.add(text, old.string if old else "", locations=[(name, 0) for name in files])
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as people edit it."""
    text = BytesIO()
    write_po(text, catalogue, width=120, include_lineno=False)
    return text.getvalue()


def main() -> None:
    """Rewrite the catalogue and compile it; says what still needs its English."""
    catalogue = merged(read_catalogue())
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(written(catalogue))
    PO.with_suffix(".mo").write_bytes(compiled(catalogue))
    missing = [str(message.id) for message in catalogue if message.id and not message.string]
    print(f"{len(catalogue)} texts, {len(missing)} without English", *missing, sep="\n")


if __name__ == "__main__":
    main()
