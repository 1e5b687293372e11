"""Rows of an enterprise list: what is read, and what each row is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.enterprise_rows import (
    EnterpriseRow,
    NamedPerson,
    check_phone,
    check_rows,
    check_uscc,
    split_names,
)
from checklists.people import Role
from checklists.sector_sets import load_sector_sets
from checklists.traits import load_traits

GOOD = {"企业名称": "启明木业（示例）", "统一社会信用代码": "91150699MA0DEH001A"}


def problems(**cells: str) -> tuple[str, ...]:
    return check_rows([{**GOOD, **cells}])[0].problems


def test_a_full_row_is_read_to_the_last_cell() -> None:
    cells = {
        "行号": "7",
        "企业名称": " 启明木业（示例） ",
        "统一社会信用代码": "9115 0699 MA0DEH001a",
        "行业": "轻工、粉尘爆炸",
        "特征": "有液氨制冷，没有锅炉",
        "地址": "滨河大道18号",
        "社区/网格": "石桥社区",
        "主要负责人": "王厂长",
        "主要负责人电话": "+86 139-0000-0000",
        "安全管理员": "李安全员",
        "安全管理员电话": "(0477)1234567",
        "备注": "不认识的列",
    }
    (checked,) = check_rows([cells])
    assert (checked.problems, checked.hints) == ((), ())
    assert checked.row == EnterpriseRow(
        number=7,
        name="启明木业（示例）",
        uscc="91150699MA0DEH001A",
        trades=("light-industry", "dust-explosion"),
        traits={"ammonia-refrigeration": True, "boiler": False},
        address="滨河大道18号",
        community="石桥社区",
        people=(
            NamedPerson(role=Role.PRINCIPAL, name="王厂长", phone="13900000000"),
            NamedPerson(role=Role.SAFETY_MANAGER, name="李安全员", phone="0477-1234567"),
        ),
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "没有填写统一社会信用代码"),
        ("91150699MA0DEH001", "统一社会信用代码应是18位，现在是17位，请照营业执照核对"),
        ("91150699MAODEH001A", "统一社会信用代码里不会有字母O，请核对是不是0"),
        (
            "91150699MA0DEH001B",
            "统一社会信用代码的校验码不对：前17位都对的话，最后一位应是A，现在是B；请照营业执照逐位核对",
        ),
        (
            "9115A699MA0DEH001A",
            "统一社会信用代码的样子不对：第3到8位是地区数字，其余是数字和大写字母，请照营业执照核对",
        ),
        (
            "企业代码91150699MA0DEH",
            "统一社会信用代码的样子不对：第3到8位是地区数字，其余是数字和大写字母，请照营业执照核对",
        ),
    ],
)
def test_a_wrong_code_is_explained_and_the_right_check_character_named(code: str, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message + "$"):
        check_uscc(code)
    assert problems(统一社会信用代码=code) == (message,)


def test_a_rural_collective_has_a_code_that_begins_with_a_letter() -> None:
    assert check_uscc("N2150699MF0000001B") == "N2150699MF0000001B"


def test_codes_are_read_full_width_and_with_blanks() -> None:
    assert check_uscc("９１１５０６９９ＭＡ０ＤＥＨ００１Ａ") == "91150699MA0DEH001A"
    assert check_uscc("\u200b91150699 MA0DEH001A\u00a0") == "91150699MA0DEH001A"


@given(body=st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), place=st.integers(0, 16))
def test_one_wrong_character_never_passes(body: str, place: int) -> None:
    start = "91150699" + body
    code = next(start + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if _passes(start + last))
    wrong = "2" if code[place] != "2" else "3"
    assert not _passes(code[:place] + wrong + code[place + 1 :])


def _passes(code: str) -> bool:
    try:
        return check_uscc(code) == code
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("", ""),
        ("13900000000", "13900000000"),
        ("0086 139 0000 0000", "13900000000"),
        ("010-12345678", "010-12345678"),
        ("04771234567", "0477-1234567"),
        ("（0477）1234567-801", "0477-1234567"),
    ],
)
def test_phones_are_brought_into_one_form(text: str, phone: str) -> None:
    assert check_phone(text) == phone


@pytest.mark.parametrize("text", ["1390000000", "139000000000", "12345678", "没有", "139××××0000"])
def test_a_number_that_cannot_be_called_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="电话不对"):
        check_phone(text)
    assert problems(主要负责人="王厂长", 主要负责人电话=text)[0].startswith("主要负责人电话不对")


def test_every_trade_and_trait_is_read_by_its_name_from_the_list_of_choices() -> None:
    trades, traits = load_sector_sets().trades, load_traits()
    row = {
        **GOOD,
        "行业": "、".join(t.name for t in trades.values()),
        "特征": "、".join(t.name for t in traits.values()),
    }
    (checked,) = check_rows([row])
    assert checked.problems == ()
    assert checked.row is not None
    assert checked.row.trades == tuple(trades)
    assert checked.row.traits == dict.fromkeys(traits, True)


def test_names_in_brackets_are_not_cut() -> None:
    assert split_names("学校（中小学、幼儿园、高校）、轻工;机械") == ["学校（中小学、幼儿园、高校）", "轻工", "机械"]
    assert split_names("学校(中小学、幼儿园、高校)\n轻工") == ["学校(中小学、幼儿园、高校)", "轻工"]
    assert split_names(" 、 ") == []


def test_unknown_and_contradicting_words_are_named() -> None:
    assert problems(行业="轻工、航天") == ("没有这个行业：航天，请按“可选值”表填写",)
    assert problems(特征="有飞碟") == ("没有这个特征：有飞碟，请按“可选值”表填写",)
    assert problems(特征="锅炉、无锅炉") == ("特征“有锅炉”又写有又写无，请核对",)
    assert problems(行业="轻工、消防") == ()


def test_missing_and_overlong_cells_are_problems_of_their_row() -> None:
    assert problems(企业名称="") == ("没有填写企业名称",)
    assert problems(企业名称="长" * 201) == ("企业名称太长，最多200个字",)
    assert problems(主要负责人="张" * 31) == ("主要负责人的姓名太长，一格只填一个人",)


def test_a_phone_without_a_name_and_an_empty_trade_are_hints_that_stop_nothing() -> None:
    (checked,) = check_rows([{**GOOD, "主要负责人电话": "13900000000"}])
    assert checked.row is not None
    assert checked.hints == ("主要负责人只有电话没有姓名，没有收入", "没有填写行业，本人第一次自查时会问")


def test_the_same_code_twice_is_a_problem_and_the_same_name_a_hint() -> None:
    other = {**GOOD, "统一社会信用代码": "91150699MA0DEH002D", "行业": "机械"}
    first, again, named = check_rows([{**GOOD, "行业": "轻工"}, {**GOOD, "企业名称": "别的名称"}, other])
    assert first.row is not None
    assert (again.number, again.row) == (3, None)
    assert again.problems == ("统一社会信用代码和第2行相同，请删去一行",)
    assert named.row is not None
    assert named.hints == ("名称和第2行相同，信用代码不同，请核对",)


@given(
    st.lists(st.dictionaries(st.sampled_from([*GOOD, "行业", "特征", "主要负责人电话", "行号"]), st.text()), max_size=5)
)
def test_whatever_stands_in_the_cells_every_row_gets_an_answer(rows: list[dict[str, str]]) -> None:
    checked = check_rows(rows)
    assert len(checked) == len(rows)
    assert all((result.row is None) == bool(result.problems) for result in checked)
