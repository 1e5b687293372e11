"""docs/mechanisms.md against the plans and the tests: every mechanism once, every claim with a test that exists."""

import ast
import re
from functools import cache
from pathlib import Path

from checklists.plans import load_mechanisms

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| `(\w+)` \| (.+?) \| (已做|部分|未做) \| (.*?) \| (?:`(tests/[\w/]+\.py)::(\w+)`)? *\|$", re.MULTILINE
)


def rows() -> list[tuple[str, str, str, str, str, str]]:
    return ROW.findall(PAGE)


@cache
def names_in(name: str) -> frozenset[str]:
    path = ROOT / name
    if not path.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_mechanism_of_the_plans_stands_there_once_under_its_name() -> None:
    assert [(m, name) for m, name, *_ in rows()] == [(r.m, r.zh) for r in load_mechanisms().mechanisms]
    assert len(rows()) == 177


def test_what_is_done_names_a_test_and_every_named_test_exists() -> None:
    assert [m for m, _, state, _, path, _ in rows() if state == "已做" and not path] == []
    assert [f"{p}::{t}" for *_, p, t in rows() if p and t not in names_in(p)] == []


def test_what_is_partly_done_says_what_is_missing() -> None:
    assert [m for m, _, state, words, *_ in rows() if state == "部分" and not words] == []


def test_the_sums_are_right() -> None:
    states = [state for _, _, state, *_ in rows()]
    done, partly, not_yet = (states.count(s) for s in ("已做", "部分", "未做"))
    assert f"合计：已做 {done}，部分 {partly}，未做 {not_yet}。" in PAGE
