"""On what a step rests: the screen names the plan's clause where it has one, and offers the plan's own cases."""

import pytest

from checklists.hazard_records import Proposal, ProposalMade
from checklists.hazards import Level
from checklists.plans import plan_ids
from handlers.services import Services
from storage.database import ZoneDatabase
from tests.conftest import NOW
from tests.rectifying import Case, hands_in
from tests.test_life import case_under

DUAL_REPORT = "依据：《安全生产法》第四十一条"
PAPER, CONGRESS = "记书面回执：实际控制人", "记书面回执：职工代表大会"
ASKED = ("挂牌督办", "建议停止使用", "建议停产整顿", "建议关闭取缔", "建议立案处罚", "建议追究责任", PAPER, CONGRESS)
# What stands above the answers for a major hazard; where a label is missing, nothing does.
BASES: dict[str, dict[str, list[str]]] = {
    "district-briefing-2024": {CONGRESS: [DUAL_REPORT]},
    "dongli-2024": {
        "挂牌督办": ["依据：本方案四(三)（难点挂牌督办、现场推动）"],
        "建议追究责任": ["依据：本方案三(五)8（未查、查不出、拒不改 → 报区级部门，参照事故查处追责）"],
        PAPER: ["依据：本方案三(五)9（及时通知主要负责人、实际控制人）"],
        CONGRESS: [DUAL_REPORT],
    },
    "dongzhao-2020": {
        "挂牌督办": ["依据：本方案四(三)；五(四)二是（挂牌督办）"],
        "建议停产整顿": ["依据：本方案五(四)二是（有重大隐患又不能保证安全 → 停产并挂牌督办）"],
        "建议立案处罚": ["依据：本方案五(四)二是（屡查屡犯从重、上限处罚）"],
        "建议追究责任": [
            "依据：本方案五(四)三是；三(一)四是（隐患整改不力、推诿致事故的追究法律责任）",
            "依据：本方案五(四)三是（通报、约谈、警示、曝光、问责）",
        ],
        CONGRESS: [DUAL_REPORT, "依据：本方案三(二)六是（双报告：监管部门＋企业职代会）"],
    },
    "fengtai-2024": {
        "挂牌督办": ["依据：本方案二(三)12；二(七)22（督办制度；集中挂牌、公布、曝光、整治）"],
        "建议停产整顿": ["依据：本方案二(七)22（严重违法：停产整顿、关闭取缔、上限处罚、联合惩戒、一案双罚）"],
        "建议关闭取缔": ["依据：本方案二(七)22（严重违法：停产整顿、关闭取缔、上限处罚、联合惩戒、一案双罚）"],
        "建议立案处罚": [
            "依据：本方案四(四)（企业整改不力：通报、警示、曝光，报部门经济处罚）",
            "依据：本方案二(七)22（严重违法：停产整顿、关闭取缔、上限处罚、联合惩戒、一案双罚）",
        ],
        "建议追究责任": ["依据：本方案二(三)11（未查、查不出、拒不改 → 参照事故查处追责）"],
        PAPER: ["依据：本方案二(三)13（及时通知主要负责人、实际控制人）"],
        CONGRESS: [DUAL_REPORT],
    },
    "heelun-2024": {
        "挂牌督办": ["依据：本方案三(一)2(6)（重大火灾隐患挂牌督办、整改销案）"],
        "建议追究责任": ["依据：本方案三(一)3(10)（未查、查不出、拒不改 → 参照事故查处追责）"],
        PAPER: ["依据：本方案三(一)3(12)（及时通知主要负责人、实际控制人）"],
        CONGRESS: [DUAL_REPORT],
    },
}


async def asks(case: Case, label: str) -> list[str]:
    """The lines of the question behind this button of 更多 that name a basis; the officer stays there."""
    await case.opens(case.officer)
    await case.officer.presses("更多")
    await case.officer.presses(label)
    return [line for line in case.officer.text.splitlines() if line.startswith("依据：")]


async def proposals(case: Case) -> list[ProposalMade]:
    hazard = await case.hazard()
    return await case.database.read(lambda tx: tx.hazard_records.proposals(hazard.id))


@pytest.mark.parametrize("plan_id", plan_ids())
async def test_every_question_names_the_clause_of_the_plan(
    database: ZoneDatabase, services: Services, plan_id: str
) -> None:
    case = await case_under(database, services, plan_id, level=Level.MAJOR)
    found = {label: lines for label in ASKED if (lines := await asks(case, label))}
    assert found == BASES[plan_id]


@pytest.mark.parametrize("plan_id", ["dongli-2024", "fengtai-2024"])
async def test_a_clause_about_major_hazards_is_no_basis_for_a_general_one(
    database: ZoneDatabase, services: Services, plan_id: str
) -> None:
    case = await case_under(database, services, plan_id)
    assert await asks(case, "建议追究责任") == []
    assert case.officer.labels == ["整改不力，久拖不改", "虚假整改", "返回"]
    assert await asks(case, "建议立案处罚") == BASES[plan_id].get("建议立案处罚", [])


@pytest.mark.parametrize("level", Level)
async def test_under_heelun_fake_rectification_of_a_major_hazard_names_its_clause(
    database: ZoneDatabase, services: Services, level: Level
) -> None:
    case = await case_under(database, services, "heelun-2024", level=level)
    await hands_in(case)
    line = "依据：本方案三(一)3(10)（整改不到位、虚假整改、纸面整改 → 参照事故查处追责）"
    assert await asks(case, "认定虚假整改") == ([line] if level is Level.MAJOR else [])
    await case.officer.presses("现场看，没有改")
    assert (await case.hazard()).fakes == 1


@pytest.mark.parametrize(
    ("plan_id", "label", "basis", "kind"),
    [
        ("dongli-2024", "建议追究责任", "明明有问题却查不出", Proposal.ACCOUNTABILITY),
        ("dongzhao-2020", "建议追究责任", "重大隐患悬而不决", Proposal.ACCOUNTABILITY),
        ("dongzhao-2020", "建议停产整顿", "存在重大隐患，不能保证安全生产", Proposal.SUSPEND),
        ("dongzhao-2020", "建议立案处罚", "同一条隐患屡查屡犯", Proposal.PENALTY),
        ("fengtai-2024", "建议追究责任", "拒不整改", Proposal.ACCOUNTABILITY),
        ("fengtai-2024", "建议停产整顿", "严重违法行为", Proposal.SUSPEND),
        ("fengtai-2024", "建议立案处罚", "安全隐患整改不力", Proposal.PENALTY),
        ("heelun-2024", "建议追究责任", "纸面整改", Proposal.ACCOUNTABILITY),
    ],
)
async def test_the_cases_of_the_plan_are_tapped_as_a_basis(
    database: ZoneDatabase, services: Services, plan_id: str, label: str, basis: str, kind: Proposal
) -> None:
    case = await case_under(database, services, plan_id, level=Level.MAJOR)
    await asks(case, label)
    assert case.officer.labels.count(basis) == 1
    await case.officer.presses(basis)
    await case.officer.presses("应急管理局")
    [made] = await proposals(case)
    assert (made.kind, made.basis, made.to_whom) == (kind, basis, "应急管理局")


async def test_a_case_is_never_taken_for_that_of_another_plan(database: ZoneDatabase, services: Services) -> None:
    case = await case_under(database, services, "dongli-2024", level=Level.MAJOR)
    await asks(case, "建议追究责任")
    old = case.officer.button("查出后拒不整改").data
    await case.database.write(lambda tx: tx.zones.found(code="DL", name="东丽区", plan_id="heelun-2024", at=NOW))
    await case.officer.taps(old)
    assert case.officer.toasts[-1] == "要找的内容已经不在了，先回到首页。"
    assert await proposals(case) == []


async def test_what_is_tapped_in_english_is_kept_in_chinese(database: ZoneDatabase, services: Services) -> None:
    case = await case_under(database, services, "dongli-2024", level=Level.MAJOR)
    await asks(case, "建议追究责任")
    button = next(b for b in case.officer.buttons if b.label == "未开展排查")
    officer = await case.database.read(lambda tx: tx.people.by_telegram(case.officer.telegram_id))
    assert officer is not None
    await case.database.write(lambda tx: tx.people.speak(officer.id, "en"))
    await case.opens(case.officer)
    await case.officer.presses("More")
    await case.officer.presses("proposed: hold to account")
    assert "\nBasis: this plan, 三(五)8 (" in case.officer.text
    assert next(b.label for b in case.officer.buttons if b.data == button.data) == "No inspection was carried out"
    await case.officer.presses("No inspection was carried out")
    await case.officer.presses("Emergency Management Bureau")
    assert [made.basis for made in await proposals(case)] == ["未开展排查"]
