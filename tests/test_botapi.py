"""The checker of Bot API traffic judges its own samples rightly."""

from importlib import import_module

import pytest

from tests.checking import specification, violations

validate = import_module("tests.botapi.validate")


def test_the_checker_passes_its_self_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate.self_test(specification()) == 0
    assert capsys.readouterr().out.endswith(" samples, 0 failures\n")


def test_a_wrong_record_is_reported_with_its_place() -> None:
    (found,) = violations([b'{"method": "getMe", "params": {"x": 1}, "ok": false, "error_code": 500, '
                           b'"description": "Internal Server Error"}'])  # fmt: skip
    assert found.startswith("1: getMe params.x: unknown parameter of getMe [unknown-param]")
