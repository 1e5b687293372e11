"""The README's tables against the code: settings with their defaults, and commands that exist."""

import re
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REQUIRED = {"token", "administrators"}


def settings_rows() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| `ZICHA_(\w+)` \| (.*?) ?\| (.+?) \|$", README, re.MULTILINE)
    return {name.lower(): (default, words) for name, default, words in rows}


def test_the_settings_table_names_every_setting_with_its_default_and_words() -> None:
    expected = {}
    for name, field in Settings.model_fields.items():
        default = "（必填）" if name in REQUIRED else "" if field.default is None else str(field.default)
        expected[name] = (default, field.description)
    assert settings_rows() == expected


def command_names() -> set[str]:
    root = typer.main.get_command(app)
    names = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        names |= {f"{name} {sub}" for sub in command.commands} if hasattr(command, "commands") else {name}
    return names


def test_every_command_stands_in_the_readme_and_every_named_one_exists() -> None:
    named = set()
    for line in re.findall(r"^\| (`zicha [^|]+) \|", README, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", line)
        words = first.removeprefix("zicha ").split()
        named.add(" ".join(words))
        named |= {" ".join([*words[:-1], other]) for other in others}
    assert named == command_names()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/使用说明.md", "docs/decisions/README.md"])
def test_every_link_leads_to_a_file(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_picture_is_shown_and_small() -> None:
    guide = (ROOT / "docs" / "使用说明.md").read_text(encoding="utf-8")
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    assert [p.name for p in pictures if f"](images/{p.name})" not in guide or p.stat().st_size > 200_000] == []
    assert (ROOT / "docs" / "chat-page.png").stat().st_size <= 250_000


def test_the_guide_names_only_buttons_that_exist() -> None:
    guide = (ROOT / "docs" / "使用说明.md").read_text(encoding="utf-8")
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "handlers").rglob("*.py"))
    sources += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "checklists").glob("*.py"))
    named = set(re.findall(r"[按点]“([^”]+)”", guide)) - {"开始"}  # Telegram's own button
    assert len(named) > 20
    assert sorted(words for words in named if words not in sources) == []
