"""The checker of recorded traffic as a function of lines."""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

SPECIFICATION = Path(__file__).parent / "botapi" / "api.json"
# looked up by name: the checker is data from elsewhere, outside our own rules of style and types
validate = import_module("tests.botapi.validate")


@cache
def specification() -> Any:
    return validate.Spec(SPECIFICATION)


def violations(lines: list[bytes]) -> list[str]:
    """One text per violation: number of the line, method or update, place, what is wrong."""
    found = []
    for number, line in enumerate(lines, 1):
        _, subject, problems = validate.check_line(specification(), line.decode())
        for problem in problems:
            shown = line.decode()[:400]
            found.append(f"{number}: {subject} {problem.where}: {problem.message} [{problem.code}] in {shown}")
    return found
