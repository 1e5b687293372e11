"""Makes the one font of the documents: Noto Sans CJK SC cut down to what a Chinese safety office writes.

apt-get download fonts-noto-cjk && dpkg -x fonts-noto-cjk_*.deb noto
python -m tests.tools.make_font noto/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
FONTS = HERE.parents[1] / "handlers" / "documents" / "fonts"
TARGET = FONTS / "NotoSansCJKsc-subset.otf"
SIMPLIFIED_CHINESE = 2  # place of the SC face in Debian's collection

# Neither in GB2312 nor among the 8,105, yet written in names, remarks and measures.
EXTRA = (
    "囧㎡㎥㎜㎝㎞㎏㎎℃℉‰Ωμ·–—‘’“”…‹›•†‡€£¥²³¹⁴₂≈≠≤≥±×÷√∞←↑→↓↔⇒✓✗■□▲△▼▽◆◇○◎●★☆"
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸〇〔〕【】《》「」『』、。～"
)


def gb2312() -> set[str]:
    """Every character of GB2312: 6,763 Han, kana, Greek, Cyrillic, pinyin letters, symbols."""
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {character for pair in pairs if (character := pair.decode("gb2312", errors="ignore"))}


def standard_characters() -> set[str]:
    """The 8,105 of the 通用规范汉字表 (2013), which names in identity papers must use."""
    lines = (HERE / "standard_characters.txt").read_text(encoding="utf-8").splitlines()
    return {character for line in lines if not line.startswith("#") for character in line}


def common_traditional() -> set[str]:
    """The first level of Big5: names of investors and firms are written so in contracts."""
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    pairs = (bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in trails)
    return {character for pair in pairs if (character := pair.decode("big5", errors="ignore"))}


def wanted() -> set[str]:
    latin = {chr(point) for point in (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x1CD, 0x1DD))}
    fullwidth = {chr(point) for point in range(0xFF01, 0xFF5F)} | {"￥"}
    return gb2312() | standard_characters() | common_traditional() | latin | fullwidth | set(EXTRA)


def drawn(font: TTFont) -> str:
    """The characters the font maps to a glyph with an outline, in order, and the spaces."""
    glyphs = font.getGlyphSet()
    inked = []
    for point, name in sorted(font.getBestCmap().items()):
        pen = RecordingPen()
        glyphs[name].draw(pen)
        if pen.value or chr(point) in " \u00a0\u3000":
            inked.append(chr(point))
    return "".join(inked)


def make(collection: Path) -> None:
    """Writes the subset; and beside it the list of what it can draw."""
    font = TTFont(collection, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
    options = subset.Options(
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
        name_languages=[0x409],
        drop_tables=["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "GDEF", "DSIG"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(wanted())))
    cutter.subset(font)
    font.save(TARGET)
    (FONTS / "characters.txt").write_text(drawn(TTFont(TARGET)), encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
