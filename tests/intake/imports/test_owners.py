"""Leads that come with an owner: his at once, within rights, and taken back whole."""

from __future__ import annotations

from typing import Any

from bot.crm.user import Role, User
from bot.intake.imports import job
from bot.intake.imports.engine import Tools
from bot.store import leads, ownership
from bot.store.import_batches import Batch
from bot.store.tables.people import logins, users
from tests.intake.imports.conftest import bring, enter, fingerprint, mapped, rows, take_back, trial

LIST = """姓名,手机,城市,负责人,创建时间
王小明,13800138001,上海,李娜,2025-03-01
赵敏,13800138002,上海,李娜,
钱多,13800138003,上海,没这个人,
孙莉,13800138004,上海,张伟,
周杰,13800138005,上海,,
""".encode()


async def staff(tools: Tools) -> None:
    await enter(tools, ("李娜", "华东大区", "上海组"), ("王芳", "华东大区", "上海组"))
    login = {"platform": "wecom", "account": "lina", "user_id": "李娜"}
    await tools.store.write(lambda tx: tx.insert(logins, login), within=10)
    for user_id, region in (("u1", "华南大区"), ("u2", "华东大区")):
        await colleague(tools, id=user_id, name="张伟", region=region)


async def colleague(tools: Tools, **said: Any) -> None:
    usual = {
        "role": "rep", "region": "华东大区", "team": "", "position": "", "active": True, "on_duty": True,
        "platform": "", "joined_at": tools.clock(),
    }  # fmt: skip
    await tools.store.write(lambda tx: tx.insert(users, {**usual, **said}), within=10)


async def held(tools: Tools) -> dict[str, int]:
    return {one["key"]: one["n"] for one in await rows(tools.store, "counters") if one["n"]}


async def test_owners_have_their_leads_at_once(both: Tools) -> None:
    """With a term of their own, counted in his hands, told in one line; who is not clear is said."""
    await staff(both)
    before = await fingerprint(both.store)
    tried = await trial(both, "leads", LIST)

    batch = await bring(both, "leads", LIST)

    assert (batch.counts.created, batch.counts.rejected) == (3, 2)
    kept = {one["row"]: one for one in await rows(both.store, "import_rows")}
    assert [(one.row, str(one.outcome), one.reason) for one in tried] == [
        (n, kept[n]["outcome"], kept[n]["reason"]) for n in sorted(kept)
    ]
    assert kept[4]["reason"] == "找不到成员“没这个人”"
    assert kept[5]["reason"] == "有几位成员叫“张伟”，请填成员 id"
    found = {one["name"]: one for one in await rows(both.store, "leads")}
    wang, zhou = found["王小明"], found["周杰"]
    assert (wang["owner_id"], wang["status"], wang["epoch"]) == ("李娜", "assigned", 1)
    assert (wang["owned_at"], wang["waiting_since"]) == (both.clock(), None)
    assert (zhou["owner_id"], zhou["status"], zhou["epoch"]) == (None, "new", 0)
    terms = [(one["lead_id"], one["owner_id"], one["how"]) for one in await rows(both.store, "tenures")]
    assert sorted(terms) == sorted((found[name]["id"], "李娜", "assigned") for name in ("王小明", "赵敏"))
    assert list((await held(both)).values()) == [2]
    (told,) = [one for one in await rows(both.store, "outbox") if one["key"].startswith("import.given")]
    assert told["recipient"] == "lina"

    undone = await take_back(both, batch)

    assert (undone.state, undone.kept) == ("undone", 0)
    assert await held(both) == {}
    after = await fingerprint(both.store)
    apart = {"counters", *(name for name in after if name.startswith(("outbox", "lanes")))}
    assert {name: after[name] for name in after if name not in apart} == {
        name: before[name] for name in before if name not in apart
    }


async def test_what_an_owner_passed_on_stays(tools: Tools) -> None:
    """The list gave it to one; whoever has it now keeps it."""
    await staff(tools)
    batch = await bring(tools, "leads", LIST)
    lina = User(id="李娜", name="李娜", role=Role.REP, region="华东大区", team="上海组")
    wang = User(id="王芳", name="王芳", role=Role.REP, region="华东大区", team="上海组")

    async def pass_on(tx: Any) -> bool:
        lead = await leads.get(tx, "L1")
        return await ownership.pass_on(
            tools.desk(tx), lead, to=wang, how="transferred", by=lina, reason="休假"
        )

    assert await tools.store.write(pass_on, within=10)
    undone = await take_back(tools, batch)

    assert (undone.state, undone.kept) == ("partly_undone", 1)
    (left,) = await rows(tools.store, "leads")
    assert (left["id"], left["owner_id"]) == ("L1", "王芳")
    assert sorted((await held(tools)).values()) == [1]


async def test_known_leads_keep_whom_they_have(tools: Tools) -> None:
    """A list never takes a lead from anybody, nor out of a pool; it is said."""
    await staff(tools)
    await bring(tools, "leads", "姓名,手机\n王小明,13800138001\n".encode())

    batch = await bring(tools, "leads", LIST)

    (lead,) = [one for one in await rows(tools.store, "leads") if one["name"] == "王小明"]
    assert (lead["owner_id"], lead["epoch"]) == (None, 0)
    found = [one for one in await rows(tools.store, "import_rows") if one["batch_id"] == batch.id]
    assert found[0]["reason"] == "与已有线索是同一人，已合并；负责人没有改"


async def test_a_manager_gives_to_his_own_people_alone(tools: Tools) -> None:
    """Nor does anybody give a lead to someone who left, or who sells nothing."""
    await staff(tools)
    await colleague(tools, id="boss", name="老王", role="manager")
    await colleague(tools, id="gone", name="离职的", active=False)
    await colleague(tools, id="ads", name="市场的", role="marketer")
    owners = ("u2", "u1", "gone", "ads", "李娜")
    data = "手机,负责人\n" + "".join(f"1380013800{n},{one}\n" for n, one in enumerate(owners))

    opened, columns = mapped(tools, "leads", data.encode())
    batch = await job.begin(tools, opened, columns, by="boss")
    assert isinstance(batch, Batch)
    await job.carry_out(tools, opened, columns, batch)

    assert [(one["outcome"], one["reason"]) for one in await rows(tools.store, "import_rows")] == [
        ("created", ""),
        ("rejected", "“张伟”不在你的大区，线索不能直接给他"),
        ("rejected", "“离职的”已停用，请换一位负责人，或把这一格留空"),
        ("rejected", "“市场的”不带线索，请换一位负责人，或把这一格留空"),
        ("created", ""),
    ]
