"""One sample of each letter, to try an office's own templates before they are needed."""

from dataclasses import replace
from datetime import date

from checklists.hazards import Level
from handlers.documents.letter_contents import (
    AnyLetter,
    LetterFact,
    LetterHazard,
    LetterHead,
    ListingNotice,
    MajorHazardReport,
    Outcome,
    RectificationNotice,
    ReferralLetter,
    ReviewedHazard,
    ReviewOpinion,
    StatisticsHazard,
    StatisticsRow,
    StatisticsTable,
    SupervisionLetter,
    UnlistingNotice,
)

HEAD = LetterHead(
    office="示例开发区安全监管办公室",
    reference="示安整〔2026〕31号",
    enterprise="样例食品有限公司",
    issued_on=date(2026, 3, 2),
    uscc="91350211M000100Y46",
    principal="王厂长",
    contact="李科员",
    phone="0000-1234567",
)
PLAN = "《示例行动方案》二（三）12"
MAJOR = LetterHazard(
    number="SL-2026-0031",
    words="制冷机房液氨泄漏报警装置没有与事故排风联锁，现场测试不动作",
    level=Level.MAJOR,
    basis="《工贸企业重大事故隐患判定标准》第十条第（二）项",
    place="制冷机房",
    demand="停用该系统，由有资质单位修复联锁并测试合格后方可使用",
    deadline=date(2026, 4, 1),
    responsible="王厂长",
)
GENERAL = LetterHazard(
    number="SL-2026-0032",
    words="包装车间东侧疏散通道堆放纸箱",
    level=Level.GENERAL,
    basis="《中华人民共和国消防法》第二十八条",
    place="包装车间东侧",
    demand="立即清空，划线并指定专人每班检查",
    deadline=date(2026, 3, 9),
    responsible="赵班长",
)
NOTICE = RectificationNotice(
    head=HEAD,
    inspected_on=date(2026, 3, 1),
    mode="四不两直",
    inspectors="李科员、周科员",
    hazards=[MAJOR, GENERAL],
)
REVIEW = ReviewOpinion(
    head=HEAD,
    notice="示安整〔2026〕31号",
    reviewed_on=date(2026, 4, 2),
    reviewers="周科员",
    hazards=[
        ReviewedHazard(hazard=MAJOR, outcome=Outcome.PARTLY, words="报警器已更换，联锁仍未接通"),
        ReviewedHazard(hazard=GENERAL, outcome=Outcome.PASSED, words="现场查看通道已清空"),
    ],
)
LISTING = ListingNotice(
    head=HEAD,
    hazard=MAJOR,
    reason="重大事故隐患，两次复查未整改到位",
    supervisor="示例开发区安全生产委员会",
    until=date(2026, 4, 30),
)
UNLISTING = UnlistingNotice(
    head=HEAD,
    hazard=MAJOR,
    notice="示安督〔2026〕3号",
    listed_on=date(2026, 4, 3),
    reviewed_on=date(2026, 4, 28),
    reviewers="周科员、吴科员",
    reason="联锁已修复，现场测试三次均动作，检测报告合格",
    closed=True,
)
REPORT = MajorHazardReport(
    head=HEAD,
    hazard=MAJOR,
    found_on=date(2026, 3, 1),
    cause="现状：报警装置没有与事故排风联锁，现场测试不动作。\n产生原因：改造时没有接通，日常检查没有发现。",
    harm="危害程度：属于判定标准列明的重大事故隐患。\n整改难易程度：要停用有关设备或场所才能改。",
    treatment="1．目标和任务：2026年4月1日前消除隐患。\n2．方法和措施：由有资质单位修复联锁并测试合格。",
)
STATISTICS = StatisticsTable(
    head=replace(HEAD, reference="", issued_on=date(2026, 4, 2), contact="", phone=""),
    period="2026年第一季度",
    since=date(2026, 1, 1),
    until=date(2026, 3, 31),
    due=date(2026, 4, 15),
    basis="《安全生产事故隐患排查治理暂行规定》第十四条",
    rows=[
        StatisticsRow(name="期初没有销号", general=1, major=0),
        StatisticsRow(name="本期查出", general=1, major=1),
        StatisticsRow(name="本期销号", general=2, major=0),
        StatisticsRow(name="期末没有销号", general=0, major=1),
        StatisticsRow(name="整改资金（万元）"),
    ],
    hazards=[
        StatisticsHazard(hazard=MAJOR, found_on=date(2026, 3, 1), funds="安全生产费用", reason="等配件到货"),
        StatisticsHazard(hazard=GENERAL, found_on=date(2026, 3, 1), closed_on=date(2026, 3, 9)),
    ],
    signer="主要负责人王厂长",
    signed_at="2026年4月2日 10:00",
)
SUPERVISION = SupervisionLetter(
    head=replace(HEAD, reference="示安督〔2026〕9号", issued_on=date(2026, 4, 20), plan_basis=PLAN),
    hazard=MAJOR,
    rung="约谈",
    taken_on=date(2026, 4, 18),
    note="当面约谈王厂长，要求月底前修复联锁",
    overdue_since=date(2026, 4, 2),
    until=date(2026, 4, 30),
    earlier=[LetterFact(on=date(2026, 4, 3), words="函告"), LetterFact(on=date(2026, 4, 10), words="通报")],
)
REFERRAL = ReferralLetter(
    head=replace(HEAD, reference="示安移〔2026〕2号", issued_on=date(2026, 5, 6), plan_basis=PLAN),
    addressee="示例区应急管理局",
    hazard=MAJOR,
    state="整改中",
    proposal="建议立案处罚",
    proposed_on=date(2026, 5, 5),
    reason="逾期没有改好",
    facts=[
        LetterFact(on=date(2026, 3, 1), words="监督检查（四不两直）发现该隐患。"),
        LetterFact(on=date(2026, 3, 2), words="确认为重大隐患。"),
        LetterFact(on=date(2026, 4, 2), words="复查未通过，退回整改：联锁仍未接通。"),
        LetterFact(on=date(2026, 5, 6), words="已超过整改期限35天，没有整改到位。"),
    ],
    enclosures=["隐患整改通知书", "隐患整改复查意见书", "现场照片2张"],
)
SAMPLES: tuple[AnyLetter, ...] = (
    *(NOTICE, REVIEW, LISTING, UNLISTING, REPORT, STATISTICS),
    *(SUPERVISION, REFERRAL),
)
