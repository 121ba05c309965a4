"""Leads by the list: cleaned, matched, scored and routed as those that forms bring, and nothing is lost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson
import pytest

from bot.intake import submit
from bot.intake.clean.form import read
from bot.intake.imports import job, report
from bot.intake.imports.engine import Tools
from bot.store import leads
from tests.intake.imports.conftest import bring, fingerprint, mapped, rows, take_back, trial

LIST = """姓名,手机号,公司,职位,城市,来源,员工数,会员卡,创建时间
王小明,13800138001/13900139001,云帆科技有限公司,总监,上海,官网,200,金卡,2025-03-01
李四,138 0013 8002,星海制造,采购,杭州,展会,,,
王小明,+8613800138001,云帆科技,,,,,银卡,
赵六,13900139001,,,北京,,,,
空号,12345,,,,,,,
没有联系方式,,某公司,,,,,,
""".encode()


async def enquire(tools: Tools, **sent: object) -> str:
    """Somebody fills in the form himself."""
    form = tools.company.forms.forms[0]
    enquiry = read(tools.company, form, sent, insist=False)
    assert not isinstance(enquiry, tuple), enquiry
    done = await tools.store.write(lambda tx: submit.submit(tools.desk(tx), enquiry, None), within=10)
    assert isinstance(done, submit.Submitted)
    return done.lead_id


async def test_rows_become_leads_with_all_that_belongs_to_them(both: Tools) -> None:
    """Points for what they are, their region's pool, history from their own day, the rest kept sealed."""
    batch = await bring(both, "leads", LIST)

    counts = batch.counts
    assert (counts.created, counts.merged, counts.rejected, counts.rows) == (2, 2, 2, 6)
    wang, li = sorted(await rows(both.store, "leads"), key=lambda one: int(one["id"][1:]))
    assert (wang["name"], wang["company_key"], wang["phone_masked"]) == ("王小明", "云帆科技", "138****8001")
    assert (wang["region"], wang["pool_id"], wang["lifecycle"]) == ("华东大区", li["pool_id"], "认知")
    assert (wang["score"], wang["custom"]) == (20, {"employees": "200"})
    born = datetime(2025, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert wang["created_at"] == born
    assert wang["waiting_since"] is None
    assert li["waiting_since"] == li["created_at"] == both.clock()
    (came,) = [one for one in await rows(both.store, "status_changes") if one["lead_id"] == wang["id"]]
    assert (came["after"], came["at"], came["by"]) == ("new", born, f"import:{batch.id}")
    assert len(await rows(both.store, "lead_keys")) == 3

    kept = {one["row"]: one for one in await rows(both.store, "import_rows")}
    assert [kept[n]["outcome"] for n in sorted(kept)] == [
        "created", "created", "merged", "merged", "rejected", "rejected",
    ]  # fmt: skip
    raw = both.vault.open(kept[2]["raw"], f"import_rows.raw:{batch.id}:2")
    assert orjson.loads(raw)["会员卡"] == "金卡"
    assert kept[3]["raw"] is None
    assert kept[6]["reason"].startswith("手机：号码不对")
    assert "缺少" in kept[7]["reason"]


async def test_known_people_are_completed_and_given_back_as_they_were(both: Tools) -> None:
    """What was known stays, what was not is added with its points; undone, all is as before."""
    lead_id = await enquire(both, phone="13800138001", name="王先生", source="官网")
    before = await fingerprint(both.store)

    batch = await bring(both, "leads", LIST)

    async with both.store.read() as tx:
        lead = await leads.get(tx, lead_id)
        assert (lead.name, lead.company, lead.title) == ("王先生", "云帆科技有限公司", "总监")
        assert lead.score == 40
    assert (batch.counts.created, batch.counts.merged) == (1, 3)

    undone = await take_back(both, batch)
    assert (undone.state, undone.kept) == ("undone", 0)
    assert await fingerprint(both.store) == before


async def test_the_same_file_is_recognised_and_changes_nothing(tools: Tools) -> None:
    """Asked for once more it is told; forced, everybody is found again and nothing is new."""
    first = await bring(tools, "leads", LIST)
    opened, columns = mapped(tools, "leads", LIST)
    told = await job.begin(tools, opened, columns, by="boss")
    assert isinstance(told, job.Already)
    assert told.batch.id == first.id
    people = await rows(tools.store, "leads")

    again = await bring(tools, "leads", LIST, again=True)

    assert (again.counts.created, again.counts.merged) == (0, first.counts.created + first.counts.merged)
    assert await rows(tools.store, "leads") == people


async def test_what_people_worked_on_since_stays(tools: Tools) -> None:
    """The rest is undone, and it is said which stayed and why."""
    from bot.crm.user import Role, User
    from bot.store import ownership
    from tests.intake.imports.conftest import enter

    await enter(tools, ("李娜", "华东大区", "上海组"))
    batch = await bring(tools, "leads", LIST)
    lina = User(id="李娜", name="李娜", role=Role.REP, region="华东大区", team="上海组")
    (_, li) = sorted(await rows(tools.store, "leads"), key=lambda one: int(one["id"][1:]))

    async def take(tx):
        desk = tools.desk(tx)
        return await ownership.take(desk, await leads.get(tx, li["id"]), to=lina, how="claimed", by=lina)

    assert await tools.store.write(take, within=10)
    undone = await take_back(tools, batch)

    assert (undone.state, undone.kept) == ("partly_undone", 1)
    assert [one["id"] for one in await rows(tools.store, "leads")] == [li["id"]]
    (left,) = await rows(tools.store, "import_rows")
    assert (left["outcome"], left["entity_id"], left["reason"]) == ("kept", li["id"], "之后有人跟进或改动过")


async def test_many_warm_leads_make_one_line_for_each_colleague(tools: Tools, company) -> None:
    """Not ten cards in each chat."""
    from dataclasses import replace

    from bot.intake.imports.engine import Tools as Bag
    from tests.intake.imports.conftest import enter

    rings = company.forms.model_copy(update={"ring_without_form": "at_once"})
    eager = Bag(tools.store, replace(company, forms=rings), tools.vault, tools.clock, tools.random_bytes)
    await enter(eager, ("李娜", "华东大区", "上海组"), ("高峰", "华东大区", "南京组"))
    data = "姓名,手机号,城市\n" + "".join(f"客户{n},138001380{n:02d},上海\n" for n in range(40))

    await bring(eager, "leads", data.encode())

    said = [one for one in await rows(tools.store, "outbox") if one["key"].startswith("import:")]
    assert len(said) == len({one["key"] for one in said}) <= 2
    assert {one["status"] for one in await rows(tools.store, "leads")} == {"new"}


async def test_a_trial_writes_nothing_and_says_what_will_be(both: Tools) -> None:
    """Row by row the same outcome, and for what is refused the same reason."""
    await enquire(both, phone="13900139001", name="赵先生")
    before = await fingerprint(both.store)

    said = [(one.row, str(one.outcome)) for one in await trial(both, "leads", LIST)]

    assert await fingerprint(both.store) == before
    await bring(both, "leads", LIST)
    assert said == [(one["row"], one["outcome"]) for one in await rows(both.store, "import_rows")]


async def test_counts_are_held_against_what_is_there(tools: Tools) -> None:
    """An import whose numbers do not agree ends as one that failed to, and says so."""
    batch = await bring(tools, "leads", LIST)
    assert await job._disagreement(tools, batch) == ""
    from bot.store.tables.leads import leads as table

    await tools.store.write(lambda tx: tx.run(table.delete().where(table.c.name == "李四")), within=10)

    assert "核对不上" in await job._disagreement(tools, batch)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "-2", "@SUM(A1)", "\tx", "%x", "＝1+1", "＠x"])
def test_reports_run_nothing(cell: str) -> None:
    """What would be a formula stays text."""
    said = report.as_csv([report.Line(2, "rejected", "", cell, cell)]).decode("utf-8-sig")
    assert f"'{cell}" in said
    assert Decimal(said.splitlines()[1].split(",")[0]) == 2
