"""The house: which floor may import which, where libraries stay, and that no line names this or any machine."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {"checklists": 0, "storage": 1, "handlers": 2, "bot": 3}
KEPT_ABOVE = {"sqlalchemy": {"storage"}, "alembic": {"storage"}, "telegram": {"handlers", "bot"}}


def modules() -> Iterator[Path]:
    for floor in FLOORS:
        yield from sorted((ROOT / floor).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def test_imports_point_only_downward() -> None:
    upward = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        for name in imports(path)
        if FLOORS.get(name.split(".")[0], -1) > FLOORS[path.relative_to(ROOT).parts[0]]
    ]
    assert upward == []


def test_sql_stays_in_storage_and_telegram_above_it() -> None:
    strayed = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        for name in imports(path)
        if (allowed := KEPT_ABOVE.get(name.split(".")[0])) and path.relative_to(ROOT).parts[0] not in allowed
    ]
    assert strayed == []


def test_rules_know_neither_the_clock_nor_the_environment() -> None:
    forbidden = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(|os\.environ|open_connection")
    found = [str(p.relative_to(ROOT)) for p in (ROOT / "checklists").rglob("*.py") if forbidden.search(p.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "path", [p for p in modules() if p.read_text().strip()], ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_module_opens_with_one_sentence(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "no docstring"


def test_no_file_names_a_download_address_or_a_path_of_one_machine() -> None:
    tracked = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    address = re.compile(r"--(?:extra-)?index-url|https?://[^ \"']*(?:/simple|\.whl|\.tgz)|registry = \"http")
    local = re.compile(r"(?:^|[\s\"'(=])/(?:home|root|work|Users)/[a-z]")
    found = []
    for name in tracked:
        path = ROOT / name
        if not name or path.suffix in {".otf", ".png", ".jpg", ".jsonl", ".woff2", ".ico"} or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if address.search(line) or local.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []
