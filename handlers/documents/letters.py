"""Letters about hazards (整改通知书、复查意见书、挂牌、摘牌) as Word files from templates an office may edit."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from handlers.documents.letter_contents import (
    LETTER_KINDS,
    LETTER_NAMES,
    AnyLetter,
    Letter,
    own_file_name,
)
from handlers.documents.letter_fields import fields
from handlers.documents.letter_samples import SAMPLES

TEMPLATES = Path(__file__).parent / "templates" / "letters"
MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
FILTERS = frozenset({"default", "first", "join", "last", "length", "replace", "trim"})


class BrokenTemplate(ValueError):
    """The office's own template cannot be used; the text says in Chinese which one, why, and what to do."""


def letter_docx(letter: AnyLetter, *, own_templates: Path | None = None) -> bytes:
    """The letter as .docx; the same letter and template give the same bytes. Takes tenths of a second: use a thread.

    A file such as 隐患整改通知书.docx in the folder `own_templates` takes the place of ours. Raises BrokenTemplate for
    one that is damaged or asks for what a letter of this kind does not have.
    """
    kind = LETTER_KINDS[type(letter)]
    own = own_templates / own_file_name(kind) if own_templates is not None else None
    if own is not None and own.is_file():
        return _own_letter(letter, kind, own)
    return _render((TEMPLATES / kind.value).read_bytes(), letter, kind)


def letter_file_name(letter: AnyLetter) -> str:
    """The name people see, such as 隐患整改通知书-样例食品有限公司-2026-03-02.docx."""
    bare = re.sub(r'[\s\\/:*?"<>|\x00-\x1f]', "", letter.head.enterprise)[:40]
    return f"{LETTER_NAMES[LETTER_KINDS[type(letter)]]}-{bare}-{letter.head.issued_on.isoformat()}.docx"


def write_templates(folder: Path) -> list[str]:
    """Copies of our templates to edit, under their Chinese names; what is there already stays. The names written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind in Letter:
        own = folder / own_file_name(kind)
        if not own.exists():
            own.write_bytes((TEMPLATES / kind.value).read_bytes())
            written.append(own.name)
    return written


def check_own_templates(folder: Path) -> list[str]:
    """What is wrong with the templates in the office's folder, one Chinese sentence each; for a check at start."""
    problems = []
    for sample in SAMPLES:
        try:
            letter_docx(sample, own_templates=folder)
        except BrokenTemplate as problem:
            problems.append(str(problem))
    return problems


class _Sandbox(ImmutableSandboxedEnvironment):
    """Templates name values, repeat rows and ask conditions: nothing is called, nothing multiplied."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_callable(self, obj: object) -> bool:
        return False

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        raise SecurityError(operator)


def _environment() -> _Sandbox:
    environment = _Sandbox(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    environment.filters = {name: made for name, made in environment.filters.items() if name in FILTERS}
    return environment


def _own_letter(letter: AnyLetter, kind: Letter, file: Path) -> bytes:
    title = f"模板 {file.name} "
    try:
        return _render(_checked(file), letter, kind)
    except UndefinedError as error:
        raise BrokenTemplate(
            f"{title}里写了“{_last_name(error)}”，这种文书没有这一项。可用的有：{_names(letter)}。"
        ) from error
    except SecurityError as error:
        raise BrokenTemplate(f"{title}里有不允许的写法，只能写字段名、循环和条件。") from error
    except TemplateSyntaxError as error:
        near = "".join(getattr(error, "docx_context", ())).strip()[:60]
        raise BrokenTemplate(
            f"{title}的标记写错了，请检查 {{{{ }}}} 和 {{% %}} 是否成对。附近的文字：{near}"
        ) from error
    except TemplateError as error:
        raise BrokenTemplate(f"{title}的标记写错了，请检查 {{{{ }}}} 和 {{% %}}。") from error
    except Exception as error:  # whatever a damaged file makes the readers of its format stumble over
        raise BrokenTemplate(f"{title}打不开：请用 Word 或 WPS 另存为 .docx 再放回去。") from error


def _checked(file: Path) -> bytes:
    if file.stat().st_size > MAX_BYTES:
        raise ValueError("too big")
    data = file.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
            raise ValueError("too big when unpacked")
    return data


def _last_name(error: UndefinedError) -> str:
    return str((re.findall(r"'([^']+)'", str(error)) or [error])[-1])


def _names(letter: AnyLetter) -> str:
    told = []
    for name, value in fields(letter).items():
        inner = value[0] if isinstance(value, list) and value else value
        told.append(f"{name}（{'、'.join(inner)}）" if isinstance(inner, dict) else name)
    return "、".join(told)


def _render(template: bytes, letter: AnyLetter, kind: Letter) -> bytes:
    return filled(template, fields(letter), title=LETTER_NAMES[kind], on=letter.head.issued_on)


def filled(template: bytes, values: Mapping[str, object], *, title: str, on: date) -> bytes:
    """A template with these values in the place of their Chinese names, as if made on that day."""
    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(values), _environment(), autoescape=True)
    about = document.docx.core_properties
    made = datetime.combine(on, time(), UTC)
    about.title, about.author, about.last_modified_by = title, "自查", "自查"
    about.created = about.modified = made.replace(tzinfo=None)
    drawn = io.BytesIO()
    document.save(drawn)
    return without_clock(drawn.getvalue())


def without_clock(data: bytes) -> bytes:
    """The same package without the times of packing, so that equal letters are equal files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
