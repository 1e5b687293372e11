"""The one font draws every text of the product, and typesetting shows people's words as they wrote them."""

import io
import unicodedata
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from handlers.documents import typesetting
from handlers.documents.typesetting import FONT_FILE, TEMPLATES, drawable, page_pictures, printable, typeset
from tests.tools.make_font import standard_characters

ROOT = Path(__file__).parents[1]
SPACES = " \u00a0\u3000"
NOW = datetime(2026, 3, 2, 1, 5, tzinfo=UTC)


def own_texts() -> set[str]:
    found: set[str] = set()
    for package in ("bot", "handlers", "checklists"):
        for suffix in ("*.py", "*.yaml", "*.typ"):
            for file in (ROOT / package).rglob(suffix):
                found |= set(file.read_text(encoding="utf-8"))
    return found


def is_picture(character: str) -> bool:
    """Emoji and their kin are for the chat only; documents show a stand-in."""
    return unicodedata.category(character) in ("So", "Sk", "Mn", "Cf", "Me") and ord(character) > 0xFF


def test_the_font_draws_exactly_the_characters_in_its_list() -> None:
    with TTFont(FONT_FILE) as font:
        glyphs, drawn = font.getGlyphSet(), set()
        for point, name in font.getBestCmap().items():
            pen = BoundsPen(glyphs)
            glyphs[name].draw(pen)
            if pen.bounds is not None or chr(point) in SPACES:
                drawn.add(chr(point))
    assert drawn == drawable()


def test_the_font_draws_the_whole_standard_and_what_offices_add_to_it() -> None:
    standard = standard_characters()
    assert len(standard) == 8105
    assert standard <= drawable()
    gb2312 = {bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)}
    assert gb2312 <= drawable()
    assert set("囧㎡㎥℃≤≥×Ⅴ①✓ǎ臺灣國") <= drawable()


def test_the_font_draws_every_character_of_the_products_texts() -> None:
    texts = own_texts()
    assert len(texts) > 1000
    shown = {character for character in texts if character.isprintable() and not is_picture(character)}
    assert sorted(shown - drawable()) == []


def test_the_font_comes_with_its_licence() -> None:
    licence = FONT_FILE.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Copyright 2014-2021 Adobe" in licence
    assert FONT_FILE.stat().st_size < 2_600_000


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("温度≤40℃，面积120㎡", "温度≤40℃，面积120㎡"),
        ("✅ 已清理", "✓ 已清理"),
        ("❌不合格⚠️", "×不合格▲"),
        ("好👍🏻", "好□□"),
        ("𠮷师傅", "〔U+20BB7〕师傅"),
        ("一\u202e二\u200b三\x07四", "一二三四"),
        ("第一行\n第二行\t完", "第一行\n第二行 完"),
        ("cafe\u0301", "café"),
        ("\ud83d", ""),
    ],
)
def test_what_the_font_cannot_draw_is_stood_in_for(written: str, shown: str) -> None:
    assert printable(written) == shown


@given(st.text())
def test_printable_text_can_be_drawn(text: str) -> None:
    shown = printable(text)
    assert set(shown) <= drawable() | {"\n"}
    assert printable(shown) == shown


@pytest.fixture
def own_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A template folder of the test's own, with the house style in it."""
    (tmp_path / "house.typ").write_bytes((TEMPLATES / "house.typ").read_bytes())
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    return tmp_path / "words.typ"


WORDS = '#import "house.typ": *\n#show: house.with(title: "试", foot: [脚])\n#let data = json(bytes(sys.inputs.data))\n'


def words_of(document: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def test_peoples_words_are_never_markup(own_template: Path) -> None:
    own_template.write_text(WORDS + "#data.words", encoding="utf-8")
    document = typeset("words", {"words": '#read("/etc/passwd") *粗* $x^2$ <标签> @引'}, dated=NOW)
    assert '#read("/etc/passwd") *粗* $x^2$ <标签> @引' in words_of(document).replace("\u00a0", " ")


def test_a_template_opens_nothing_outside_its_folder(own_template: Path) -> None:
    own_template.write_text(WORDS + '#read("/../../../../../../etc/passwd")', encoding="utf-8")
    with pytest.raises(typst.TypstError):
        typeset("words", {}, dated=NOW)


def test_a_template_with_an_unknown_font_is_told_of(own_template: Path) -> None:
    own_template.write_text('#set text(font: "Nowhere Sans")\n字', encoding="utf-8")
    with pytest.warns(RuntimeWarning, match="unknown font family"):
        typeset("words", {}, dated=NOW)


def test_a_run_of_letters_without_a_space_stays_on_the_page(own_template: Path) -> None:
    own_template.write_text(WORDS + "#show: breaking-runs\n#data.words", encoding="utf-8")
    [page] = page_pictures("words", {"words": "A" * 400}, dated=NOW)
    with Image.open(io.BytesIO(page)) as picture:
        margin = picture.convert("L").crop((picture.width - 40, 0, picture.width, picture.height))
        assert margin.getextrema() == (255, 255)


def test_the_templates_fetch_no_packages() -> None:
    assert [source.name for source in TEMPLATES.glob("*.typ") if "@" in source.read_text(encoding="utf-8")] == []


@settings(deadline=None, max_examples=25)
@given(words=st.text(max_size=200))
def test_any_words_make_a_document(words: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = {"zone": words, "enterprise": words, "role": words, "link": words, "expires": words, "contact": words}
        files = {"qr-0.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'}
        assert typeset("invitation_sheet", {"sheets": [sheet]}, files, dated=NOW).startswith(b"%PDF-")
