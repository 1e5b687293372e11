"""`zicha trail …` as an investigator meets it in a terminal."""

import json
from pathlib import Path

from sqlalchemy import create_engine, text

from storage.database import Database
from tests.commands.test_database import environment, zicha
from tests.conftest import NOW, ZONE_ID


async def test_an_altered_row_is_named_and_the_status_says_so(address: str, tmp_path: Path) -> None:
    env = environment(address, tmp_path)
    database = Database(address)
    person = await database.write(lambda tx: tx.people.add(name="王厂长", telegram_id=1, at=NOW), zone_id=ZONE_ID)
    await database.close()
    good = zicha("trail", "verify", env=env, cwd=tmp_path)
    assert (good.returncode, good.stdout, good.stderr) == (0, "核对完成，操作记录 1 条，没有发现改动。\n", "")
    head = zicha("trail", "head", env=env, cwd=tmp_path).stdout.strip()
    assert head.startswith("1:")
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE people SET name = '冒名者'"))
    engine.dispose()
    bad = zicha("trail", "verify", "--head", head, env=env, cwd=tmp_path)
    assert (bad.returncode, bad.stderr) == (1, f"people {person.id}：内容被改动过\n")
    told = json.loads(zicha("trail", "verify", "--json", env=env, cwd=tmp_path).stdout)
    assert told["head"] == head
    assert [(f["wrong"], f["table"], f["key"]) for f in told["faults"]] == [("altered", "people", str(person.id))]
    lost = zicha("trail", "verify", "--head", "9:00", env=env, cwd=tmp_path)
    assert lost.stderr.splitlines()[0] == "操作记录里没有当时抄下的那一条，末尾可能被删过"


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)
    done = zicha("trail", "verify", env=env, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "数据库打不开：没有这个数据库文件\n")
