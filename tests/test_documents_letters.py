"""Letters say what was found and decided, in Word, from our templates or the office's own."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.hazards import Level
from handlers.documents.letter_contents import (
    LETTER_KINDS,
    AnyLetter,
    Letter,
    LetterHazard,
    Outcome,
    ReviewedHazard,
    own_file_name,
)
from handlers.documents.letter_fields import fields
from handlers.documents.letter_samples import (
    GENERAL,
    HEAD,
    LISTING,
    MAJOR,
    NOTICE,
    REFERRAL,
    REPORT,
    REVIEW,
    SAMPLES,
    STATISTICS,
    SUPERVISION,
    UNLISTING,
)
from handlers.documents.letters import (
    TEMPLATES,
    BrokenTemplate,
    check_own_templates,
    letter_docx,
    letter_file_name,
    write_templates,
)
from tests.tools.make_letter_templates import make


def words(data: bytes) -> str:
    """All text of the body in reading order, one line per paragraph."""
    body = Document(io.BytesIO(data)).element.body
    lines = ("".join(part.text or "" for part in line.iter(qn("w:t"))) for line in body.iter(qn("w:p")))
    return "\n".join(line for line in lines if line.strip())


def own_template(folder: Path, *lines: str, letter: Letter = Letter.RECTIFICATION) -> Path:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(folder / own_file_name(letter)))
    return folder


def test_a_rectification_notice_names_each_hazard_its_demand_and_its_day() -> None:
    assert words(letter_docx(NOTICE)).splitlines()[:23] == [
        "示例开发区安全监管办公室",
        "隐患整改通知书",
        "示安整〔2026〕31号",
        "样例食品有限公司：",
        "2026年3月1日，我单位对你单位进行了安全检查（四不两直），发现以下事故隐患。"
        "根据《中华人民共和国安全生产法》第九条、第四十一条，现通知你单位整改：",
        "序号",
        "隐患",
        "级别与判定依据",
        "整改要求",
        "整改期限",
        "1",
        "制冷机房液氨泄漏报警装置没有与事故排风联锁，现场测试不动作（位置：制冷机房）",
        "SL-2026-0031",
        "重大隐患",
        "《工贸企业重大事故隐患判定标准》第十条第（二）项",
        "停用该系统，由有资质单位修复联锁并测试合格后方可使用",
        "2026年4月1日",
        "2",
        "包装车间东侧疏散通道堆放纸箱（位置：包装车间东侧）",
        "SL-2026-0032",
        "一般隐患",
        "《中华人民共和国消防法》第二十八条",
        "立即清空，划线并指定专人每班检查",
    ]


def test_only_a_notice_with_a_major_hazard_asks_for_the_double_report() -> None:
    line = "四、重大事故隐患的排查治理情况，应当及时向负有安全生产监督管理职责的部门和职工大会（职工代表大会）报告。"
    assert line in words(letter_docx(NOTICE))
    assert line not in words(letter_docx(replace(NOTICE, hazards=[GENERAL])))


def test_the_plan_stands_beside_the_law() -> None:
    head = replace(HEAD, plan_basis="《示例行动方案》二（三）12")
    assert "根据《中华人民共和国安全生产法》第九条、第四十一条和《示例行动方案》二（三）12，" in words(
        letter_docx(replace(NOTICE, head=head))
    )


def test_a_letter_without_number_and_contact_leaves_room_for_the_one_and_no_line_for_the_other() -> None:
    said = words(letter_docx(replace(NOTICE, head=replace(HEAD, reference="", contact="", phone=""))))
    assert "〔    〕    号" in said
    assert "联系人" not in said


@pytest.mark.parametrize(
    ("outcomes", "conclusion"),
    [
        ([Outcome.PASSED, Outcome.PASSED], "经复查，上述隐患均已整改到位，由我单位按程序销号。"),
        (
            [Outcome.PARTLY, Outcome.NOT_DONE],
            "经复查，第1、2项尚未整改到位，不予销号，请继续整改；整改期间落实安全防范措施，确保安全。",
        ),
        (
            [Outcome.PASSED, Outcome.PARTLY],
            "经复查，第2项尚未整改到位，不予销号，请继续整改；整改期间落实安全防范措施，确保安全。",
        ),
    ],
)
def test_the_conclusion_of_a_review_follows_from_its_findings(outcomes: list[Outcome], conclusion: str) -> None:
    found = [ReviewedHazard(hazard=MAJOR, outcome=outcome) for outcome in outcomes]
    assert conclusion in words(letter_docx(replace(REVIEW, hazards=found))).splitlines()


def test_a_review_opinion_says_what_was_found_of_each() -> None:
    said = words(letter_docx(REVIEW))
    assert "2026年4月2日我单位对示安整〔2026〕31号通知书所列隐患的整改情况进行了复查" in said
    assert "部分整改\n报警器已更换，联锁仍未接通" in said
    assert "已整改到位\n现场查看通道已清空" in said


def test_a_listing_notice_names_supervisor_and_day_and_decides_no_closure() -> None:
    said = words(letter_docx(LISTING))
    assert "督办单位\n示例开发区安全生产委员会\n督办期限\n2026年4月30日前完成整改" in said
    assert "是否停产停业、停止使用，由有权部门依法决定。" in said
    assert "另行通知" in words(letter_docx(replace(LISTING, until=None)))


def test_an_unlisting_notice_says_closed_only_when_it_is() -> None:
    assert "现予摘牌并销号：" in words(letter_docx(UNLISTING))
    assert "已摘牌，已销号" in words(letter_docx(UNLISTING))
    still_open = words(letter_docx(replace(UNLISTING, closed=False)))
    assert "现予摘牌：" in still_open
    assert "已摘牌，待销号" in still_open
    assert "已销号" not in still_open


def test_a_report_of_a_major_hazard_goes_from_the_firm_to_the_office_and_the_workers_congress() -> None:
    said = words(letter_docx(REPORT)).splitlines()
    assert said[:5] == [
        "样例食品有限公司",
        "重大事故隐患报告",
        "示安整〔2026〕31号",
        "示例开发区安全监管办公室：",
        "根据《中华人民共和国安全生产法》第四十一条、《安全生产事故隐患排查治理暂行规定》第十四条、第十五条，"
        "现将我单位2026年3月1日查出的重大事故隐患报告如下：",
    ]
    at = said.index("一、隐患的现状及其产生原因")
    assert [said[at + 2], said[at + 4]] == ["二、隐患的危害程度和整改难易程度分析", "三、隐患的治理方案"]
    assert said[at + 1].startswith("现状：报警装置没有与事故排风联锁，现场测试不动作。产生原因：")
    assert "本报告同时报职工大会（职工代表大会）。" in said
    assert "样例食品有限公司（盖章）" in said


def test_the_table_of_a_quarter_counts_lists_and_leaves_room_for_what_is_not_known() -> None:
    said = words(letter_docx(STATISTICS)).splitlines()
    assert said[:2] == ["样例食品有限公司", "事故隐患排查治理情况统计分析表"]
    assert said[4] == (
        "根据《安全生产事故隐患排查治理暂行规定》第十四条，现将我单位2026年第一季度（2026年1月1日至2026年3月31日）"
        "事故隐患排查治理情况报告如下（2026年4月15日前报送）："
    )
    at = said.index("本期查出")
    assert said[at : at + 4] == ["本期查出", "1", "1", "2"]
    funds = said.index("整改资金（万元）")
    assert said[funds + 1] == "二、隐患清单"  # three empty cells
    assert "SL-2026-0031　重大隐患" in said
    assert said[said.index("未销号") + 1] == "等配件到货"
    assert "主要负责人王厂长已于2026年4月2日 10:00在手机上确认以上数字。" in said
    assert said[-1] == "主要负责人签字：____________________　日期：____年__月__日"


def test_a_quarter_without_hazards_says_so_and_a_table_nobody_confirmed_names_nobody() -> None:
    said = words(letter_docx(replace(STATISTICS, hazards=[], signer="", signed_at="")))
    assert "本期没有隐患。" in said
    assert "序号" not in said
    assert "在手机上确认" not in said
    assert "主要负责人签字：" in said


def test_a_letter_of_supervision_says_what_was_done_before_and_by_when_it_must_be_done() -> None:
    said = words(letter_docx(SUPERVISION)).splitlines()
    assert said[4] == (
        "根据《中华人民共和国安全生产法》第九条、第四十一条和《示例行动方案》二（三）12，"
        "我单位于2026年4月18日就下列隐患的整改约谈你单位负责人。"
        "该隐患自2026年4月2日起逾期，截至2026年4月20日已逾期19天，没有整改到位。现督促你单位整改："
    )
    assert said[said.index("此前措施") + 1] == "2026年4月3日：函告；2026年4月10日：通报"
    assert said[said.index("要求完成") + 1] == "2026年4月30日前完成整改，提交复查"


def test_a_letter_of_supervision_claims_no_delay_and_leaves_room_where_no_day_is_known() -> None:
    letter = replace(SUPERVISION, rung="上门帮扶", note="", overdue_since=None, until=None, earlier=[])
    said = words(letter_docx(letter)).splitlines()
    assert said[4].endswith("我单位于2026年4月18日就下列隐患的整改对你单位采取“上门帮扶”措施。现督促你单位整改：")
    assert said[said.index("本次措施") + 1 :][:4] == ["上门帮扶（2026年4月18日）", "此前措施", "没有", "整改要求"]
    assert said[said.index("要求完成") + 1] == "____年__月__日前完成整改，提交复查"


def test_a_letter_of_referral_goes_to_the_department_and_decides_nothing() -> None:
    said = words(letter_docx(REFERRAL)).splitlines()
    assert said[3] == "示例区应急管理局："
    at = said.index("三、建议")
    assert said[at + 1 : at + 8] == [
        "2026年5月5日，我单位建议立案处罚。理由：逾期没有改好。",
        "是否采纳、怎样处理，由你单位依法决定。请将处理结果书面告知我单位。",
        "附件：",
        "1．隐患整改通知书",
        "2．隐患整改复查意见书",
        "3．现场照片2张",
        "联系人：李科员　　联系电话：0000-1234567",
    ]
    assert "附件：" not in words(letter_docx(replace(REFERRAL, enclosures=[])))


@pytest.mark.parametrize("letter", SAMPLES, ids=lambda letter: type(letter).__name__)
def test_every_letter_is_set_in_fonts_that_chinese_offices_have(letter: AnyLetter) -> None:
    with zipfile.ZipFile(io.BytesIO(letter_docx(letter))) as packed:
        body = packed.read("word/document.xml").decode()
        foot = "".join(packed.read(name).decode() for name in packed.namelist() if "footer" in name)
    runs = re.findall(r"<w:r>.*?</w:r>|<w:r [^>]*>.*?</w:r>", body, re.DOTALL)
    assert {found[1] for run in runs if (found := re.search(r'w:eastAsia="([^"]+)"', run))} == {"仿宋", "黑体"}
    assert [run for run in runs if "<w:t" in run and "w:eastAsia" not in run] == []
    assert ("PAGE" in foot, "NUMPAGES" in foot) == (True, True)
    assert not re.search(r"\{\{|\{%|%\}|\}\}", body)


def test_the_same_letter_has_the_same_bytes_and_a_name_any_system_keeps() -> None:
    assert letter_docx(NOTICE) == letter_docx(NOTICE)
    strange = replace(NOTICE, head=replace(HEAD, enterprise='甲/乙:丙*"厂"\n'))
    assert letter_file_name(strange) == "隐患整改通知书-甲乙丙厂-2026-03-02.docx"


def test_what_people_wrote_is_neither_markup_nor_template() -> None:
    written = "{{7*7}}<w:t>甲&乙</w:t>{% if 1 %}\x0b\x07丙\n第二行 {{ 发文单位 }}"
    said = letter_docx(replace(NOTICE, hazards=[replace(GENERAL, words=written)]))
    assert "{{7*7}}<w:t>甲&乙</w:t>{% if 1 %}丙第二行 {{ 发文单位 }}（位置：包装车间东侧）" in words(said)
    assert b"<w:br/>" in zipfile.ZipFile(io.BytesIO(said)).read("word/document.xml")


@settings(deadline=None, max_examples=20)
@given(written=st.text(max_size=60))
def test_any_words_make_a_letter_that_opens(written: str) -> None:
    hazard = LetterHazard(number=written, words=written, level=Level.GENERAL, demand=written, deadline=date(2026, 3, 9))
    head = replace(HEAD, enterprise=written, office=written, reference=written, contact=written)
    assert "隐患整改通知书" in words(letter_docx(replace(NOTICE, head=head, hazards=[hazard])))


def test_the_office_may_use_its_own_template(tmp_path: Path) -> None:
    folder = own_template(
        tmp_path, "我区通知：{{ 企业名称 }}", "{% for 隐患 in 隐患清单 %}{{ 隐患.描述 }}；{% endfor %}"
    )
    said = words(letter_docx(NOTICE, own_templates=folder))
    assert said == (
        "我区通知：样例食品有限公司\n"
        "制冷机房液氨泄漏报警装置没有与事故排风联锁，现场测试不动作；包装车间东侧疏散通道堆放纸箱；"
    )
    assert "隐患整改复查意见书" in words(letter_docx(REVIEW, own_templates=folder))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "{{ 企业名 }}",
            "模板 隐患整改通知书.docx 里写了“企业名”，这种文书没有这一项。"
            "可用的有：发文单位、文号、企业名称、统一社会信用代码、主要负责人、依据、联系人、联系电话、发文日期、检查日期、检查方式、检查人员、"
            "隐患清单（序号、编号、描述、位置、级别、判定依据、整改要求、整改期限、责任人）、有重大隐患。",
        ),
        ("{% for 隐患 in 隐患清单 %}{{ 隐患.描叙 }}{% endfor %}", "里写了“描叙”，这种文书没有这一项。"),
        ("第一段 {{ 企业名称 }", "的标记写错了，请检查 {{ }} 和 {% %} 是否成对。"),
        ("{% for 隐患 in 隐患清单 %}没有结尾", "的标记写错了，请检查 {{ }} 和 {% %} 是否成对。"),
        ("{{ ''.__class__.__mro__ }}", "里有不允许的写法，只能写字段名、循环和条件。"),
        ("{{ 企业名称.center(999999999) }}", "里有不允许的写法，只能写字段名、循环和条件。"),
        ("{{ '甲' * 999999999 }}", "里有不允许的写法，只能写字段名、循环和条件。"),
        ("{{ range(9) }}", "里有不允许的写法，只能写字段名、循环和条件。"),
        ("{{ 企业名称|safe }}", "的标记写错了"),
    ],
)
def test_a_template_with_a_mistake_is_explained(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(BrokenTemplate) as refusal:
        letter_docx(NOTICE, own_templates=own_template(tmp_path, "抬头", line))
    assert problem in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"no document", b"PK\x03\x04 broken", b"x" * (5 * 1024 * 1024 + 1)])
def test_a_damaged_template_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "重大事故隐患挂牌督办通知书.docx").write_bytes(content)
    with pytest.raises(BrokenTemplate) as refusal:
        letter_docx(LISTING, own_templates=tmp_path)
    assert str(refusal.value) == (
        "模板 重大事故隐患挂牌督办通知书.docx 打不开：请用 Word 或 WPS 另存为 .docx 再放回去。"
    )


def test_a_template_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    write_templates(tmp_path)
    with zipfile.ZipFile(tmp_path / own_file_name(Letter.LISTING), "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/media/big.bin", bytes(51 * 1024 * 1024))
    with pytest.raises(BrokenTemplate, match="打不开"):
        letter_docx(LISTING, own_templates=tmp_path)


def test_own_templates_are_checked_before_they_are_needed(tmp_path: Path) -> None:
    assert check_own_templates(tmp_path) == []
    assert write_templates(tmp_path) == [
        "隐患整改通知书.docx",
        "隐患整改复查意见书.docx",
        "重大事故隐患挂牌督办通知书.docx",
        "重大事故隐患摘牌（销号）通知书.docx",
        "重大事故隐患报告.docx",
        "事故隐患排查治理情况统计分析表.docx",
        "隐患整改督办函.docx",
        "移送（建议）函.docx",
    ]
    assert check_own_templates(tmp_path) == []
    own_template(tmp_path, "{{ 不存在 }}", letter=Letter.REVIEW)
    [problem] = check_own_templates(tmp_path)
    assert problem.startswith("模板 隐患整改复查意见书.docx 里写了“不存在”")


def test_a_template_somebody_edited_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "隐患整改通知书.docx").write_bytes(b"edited")
    assert len(write_templates(tmp_path)) == 7
    assert (tmp_path / "隐患整改通知书.docx").read_bytes() == b"edited"


def test_the_page_names_exactly_the_fields_of_each_letter() -> None:
    page = (Path(__file__).parents[1] / "docs" / "letters.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (\S+\.docx) \| (.+) \|$", page, re.MULTILINE))
    expected = {}
    for letter in SAMPLES:
        names = []
        for name, value in fields(letter).items():
            inner = value[0] if isinstance(value, list) else value
            names.append(
                f"`{name}`（{'、'.join(f'`{key}`' for key in inner)}）" if isinstance(inner, dict) else f"`{name}`"
            )
        expected[own_file_name(LETTER_KINDS[type(letter)])] = "、".join(names)
    assert told == expected


def test_the_templates_are_what_their_maker_makes(tmp_path: Path) -> None:
    make(tmp_path)
    for letter in Letter:
        assert (tmp_path / letter.value).read_bytes() == (TEMPLATES / letter.value).read_bytes(), letter
