"""A zone with a firm, its people, an office with a department, and hazards to take through their life."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from checklists.attachments import Phase
from checklists.hazard_records import Receipt
from checklists.hazards import Hazard, Level, Source
from checklists.major_reports import MajorReport, Part
from checklists.people import Role
from storage.photos import Photo
from storage.transaction import Transaction
from tests.conftest import NOW

FIVE: dict[str, Any] = {
    "responsible": "王厂长",
    "measure": "清理除尘管道",
    "funds": "自筹",
    "deadline": date(2026, 12, 7),
    "contingency": "停机看守",
}
OFFICE = {
    "赵监管": Role.OFFICER,
    "钱审核": Role.REVIEWER,
    "孙科长": Role.OFFICER,
    "周专家": Role.EXPERT,
    "李联络": Role.READER,
}
FIRM = {
    "王厂长": Role.PRINCIPAL,
    "李老板": Role.CONTROLLER,
    "陈安全": Role.SAFETY_MANAGER,
    "刘工人": Role.WORKER,
}


def picture(seed: str, *, dhash: str = "00ff00ff00ff00ff") -> Photo:
    """A photo as it is kept, of which only the hashes matter here."""
    sha256 = hashlib.sha256(seed.encode()).hexdigest()
    return Photo(sha256=sha256, kind="JPEG", data=b"jpeg", preview=b"", width=40, height=30, dhash=dhash)


@dataclass(kw_only=True)
class HazardZone:
    """People by name; 赵监管 and 钱审核 work for the department in charge, 孙科长 does not, 李联络 only hears of it."""

    enterprise_id: int = 0
    department_id: int = 0
    people: dict[str, int] = field(default_factory=dict)

    def found(self, tx: Transaction, *, at: datetime = NOW, plan_id: str = "heelun-2024") -> None:
        """Make everybody in one transaction."""
        tx.zones.found(code=f"Z{tx.zone_id}", name="滨河开发区", plan_id=plan_id, at=at)
        firm = tx.enterprises.add(name="样例木业有限公司", uscc="91350211M000100Y43", community="东社区", at=at)
        tx.enterprises.set_trades(firm.id, ("light-industry",), at=at)
        self.enterprise_id = firm.id
        for number, (name, role) in enumerate({**OFFICE, **FIRM}.items(), 1):
            person = tx.people.add(name=name, telegram_id=number, at=at)
            enterprise_id = firm.id if name in FIRM else None
            tx.people.assign(person.id, role, enterprise_id=enterprise_id, at=at, by=None)
            self.people[name] = person.id
        self.department_id = tx.departments.found("应急科", trades=("light-industry",), by=None, at=at).id
        for name in ("赵监管", "钱审核", "李联络"):
            tx.departments.join(self.department_id, self.people[name], by=None, at=at)

    def find(
        self,
        tx: Transaction,
        *,
        by: str = "陈安全",
        source: Source = Source.SELF_INSPECTION,
        criterion_id: str | None = "dust-explosion.1",
        level: Level = Level.MAJOR,
        at: datetime = NOW,
        inspection_id: int | None = None,
        item: int | None = None,
        **more: Any,
    ) -> Hazard:
        """A hazard that `by` has just found."""
        return tx.hazards.open(
            enterprise_id=self.enterprise_id,
            source=source,
            inspection_id=inspection_id,
            item=item,
            criterion_id=criterion_id,
            clause="GB 15577 6.1",
            level=level,
            year=2026,
            by=self.people[by],
            at=at,
            **more,
        )

    def rectifying(self, tx: Transaction, *, level: Level = Level.GENERAL, **more: Any) -> Hazard:
        """A hazard found, confirmed and arranged."""
        hazard = self.find(tx, level=level, **more)
        confirms = "王厂长" if hazard.is_found_inside else "赵监管"
        hazard = tx.hazard_life.confirm(hazard, level, by=self.people[confirms], at=NOW)
        return tx.hazard_life.arrange(hazard, FIVE, by=self.people["王厂长"], at=NOW)

    def handed_in(self, tx: Transaction, **more: Any) -> Hazard:
        """A hazard with evidence handed in by the safety manager."""
        hazard = self.rectifying(tx, **more)
        self.show_fixed(tx, hazard)
        return tx.hazard_life.hand_in(hazard, by=self.people["陈安全"], at=NOW)

    def report(self, tx: Transaction, hazard: Hazard, *, by: str = "王厂长", at: datetime = NOW) -> MajorReport:
        """The firm writes what is missing of its report of a major hazard and hands it in, if that is still owed."""
        known = tx.major_reports.get(hazard)
        if known is not None and known.is_handed_in:
            return known
        who: dict[str, Any] = {"by": self.people[by], "at": at}
        version = known.version if known else 0
        for part in known.missing() if known else tuple(Part):
            version = tx.major_reports.write(hazard, part, f"{part.value}：已查明", version=version, **who).version
        return tx.major_reports.hand_in(hazard, version=version, **who)

    def show_fixed(self, tx: Transaction, hazard: Hazard, *, by: str = "陈安全", at: datetime = NOW) -> None:
        """A photo of the place after it was put right, another one each time."""
        seed = f"{hazard.id}:{hazard.version}:{len(tx.attachments.of_hazard(hazard.id))}"
        photo = picture(seed, dhash=hashlib.sha256(seed.encode()).hexdigest()[:16])
        tx.attachments.add_photo(photo, by=self.people[by], at=at, hazard_id=hazard.id, phase=Phase.AFTER)

    def confirm_receipts(self, tx: Transaction, hazard: Hazard, *, at: datetime = NOW) -> None:
        """Everybody who must know of the hazard confirms."""
        for notice in tx.hazard_records.notices(hazard):
            tx.hazard_records.receive(notice, by=notice.person_id or self.people["赵监管"], at=at, how=Receipt.BOT)

    def closed(self, tx: Transaction, *, at: datetime = NOW, **more: Any) -> Hazard:
        """A general hazard that 钱审核 passed and closed."""
        hazard, by = self.handed_in(tx, at=at, **more), self.people["钱审核"]
        hazard = tx.hazard_life.approve(hazard, by=by, at=at)
        return tx.hazard_life.close(hazard, by=by, at=at)
