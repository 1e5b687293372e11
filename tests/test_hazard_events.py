"""Every event kept about a hazard, in storage or handlers, has a name that people read in its history."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from handlers.life_words import HAPPENED

_EVENT = re.compile(r"[a-z]+(_[a-z]+)+")
_ROOT = Path(__file__).parent.parent


def _written(module: ast.Module) -> Iterator[str]:
    """The names of events that this module gives to hazards."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    about = [c for c in calls if any(k.arg == "subject" and _text(k.value) == "hazard" for k in c.keywords)]
    yield from (_text(c.args[0]) for c in about)
    if any(not _text(c.args[0]) for c in about):
        # The module has a function that writes them: its callers say what happened.
        given = (_text(a) for c in calls if _called(c).startswith("_") for a in c.args)
        yield from (text for text in given if _EVENT.fullmatch(text))
    changes = [c.args[1] for c in calls if _called(c) == "change" and len(c.args) > 1]
    yield from (_text(what) for what in changes)
    for table in {w.value.id for w in changes if isinstance(w, ast.Subscript) and isinstance(w.value, ast.Name)}:
        [values] = [n.value for n in module.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == table]
        assert isinstance(values, ast.Dict)
        yield from (_text(value) for value in values.values)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def test_every_event_of_a_hazard_has_a_name() -> None:
    files = [*(_ROOT / "storage").glob("*.py"), *(_ROOT / "handlers").glob("*.py")]
    written = {name for file in files for name in _written(ast.parse(file.read_text())) if name}
    assert {"hazard_found", "hazard_closed", "hazard_rectified", "hazard_classified", "hazard_imported"} <= written
    assert written <= set(HAPPENED), f"no name in life_words.HAPPENED: {sorted(written - set(HAPPENED))}"
    assert set(HAPPENED) <= written, f"never written: {sorted(set(HAPPENED) - written)}"
