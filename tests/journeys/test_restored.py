"""A day-old backup comes back while journeys are under way: nobody gets anything a second time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.crm.user import Role, User
from bot.intake.merge import merge
from bot.intake.unmerge import unmerge
from bot.kit.ids import seeded_random_bytes
from bot.kit.masked import Email
from bot.store import consents, enrollments, leads, open_store, touch_suppressions
from bot.store.consents import Consent
from bot.store.lead_keys import LeadKey
from bot.store.leads import Origin, Particulars
from bot.store.restore import restore
from bot.store.tables.touch import touch_plans
from tests.conftest import NOW, _admin
from tests.intake.world import hire
from tests.journeys.agree import Deciding
from tests.journeys.fleet import with_journeys
from tests.journeys.walking import DAY, ON_FORM, did
from tests.store.backups import engine_of, job, take
from tests.touch.house import CHANNELS, CONTENT, MEI

CONTENTS = {"a": CONTENT["news1"], "b": CONTENT["notice"], "c": CONTENT["birthday"]}
KEY = LeadKey("email", "d" * 64)
JOURNEYS = {
    # One wait ends soon after the backup, the next after it is restored.
    "waits": {
        "enter": ON_FORM,
        "steps": [
            {"wait": "1天"}, {"touch": "a"}, {"wait": "1天"}, {"touch": "b", "purpose": "transactional"},
            {"wait": "10天"}, {"touch": "b", "purpose": "transactional"},
        ],
    },
    "dated": {
        "enter": [{"date": "created_at", "offset": "2天", "at": "09:00"}],
        "again": "always", "steps": [{"touch": "c"}],
    },
}  # fmt: skip


@pytest.fixture
def other_database(request, database_url, tmp_path, postgres_server, postgres_template):
    """An empty one, on another machine."""
    if database_url.startswith("sqlite"):
        yield f"sqlite+aiosqlite:///{tmp_path}/other.db"
        return
    name = f"restored_{request.node.name.encode().hex()[:40]}"
    _admin(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY file_copy")
    url = postgres_server.url(name)
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE instance SET id = 'another'"))
    engine.dispose()
    yield url
    _admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


async def fleet_of(url, company, now) -> Deciding:
    doors = replace(company.doors, channels=CHANNELS)
    own = replace(with_journeys(company, JOURNEYS), content=CONTENTS, doors=doors)
    # Ids never come twice, whoever starts again.
    seed = int(now.timestamp()) + len(url)
    return Deciding(open_store(url, unit_span=30), own, now, random_bytes=seeded_random_bytes(seed))


async def customer(desk, lead_id: str = "L1") -> None:
    if lead_id == "L1":
        await hire(desk, MEI)
    known = Particulars(name="林晓", company="星河科技", city="上海", email=Email("lin@xinghe.cn"))
    await leads.create(desk, lead_id, known, Origin(source="官网", form="website"), by="system")
    said = Consent(given=True, purpose="marketing", channel="form", text="我同意", version="1")
    await consents.record(desk, lead_id, said)


async def sent(fleet) -> dict[str, object]:
    """By key: when it went."""

    async def look(desk):
        rows = await desk.tx.all(select(touch_plans).where(touch_plans.c.state == "sent"))
        return {row.key: row.ended_at for row in rows}

    return await fleet.do(look)


async def lived(url, company, tmp_path, vault):
    """Backed up with both journeys armed; then three days go by, in which three messages go."""
    fleet = await fleet_of(url, company, NOW)
    await fleet.do(customer)
    await fleet.define()
    await did(fleet, "form", "whitepaper")
    await fleet.store.close()
    take(url, tmp_path / "b.zip", vault)
    fleet = await fleet_of(url, company, NOW + timedelta(seconds=1))
    await fleet.pass_until(NOW + 3 * DAY)
    went = await sent(fleet)
    return fleet, went


async def go_on(url, company, days=20):
    """The bot starts again three days after the backup, and runs on; what went from then on."""
    fleet = await fleet_of(url, company, NOW + 3 * DAY + timedelta(seconds=1))
    await fleet.settle()
    await fleet.pass_until(NOW + days * DAY)
    went = {key: at for key, at in (await sent(fleet)).items() if at > NOW + 3 * DAY}
    return fleet, went


async def test_what_went_after_the_backup_goes_no_second_time(database_url, company, tmp_path, vault):
    """The database that is replaced says what went: the ways go on, and what comes later still goes."""
    fleet, went = await lived(database_url, company, tmp_path, vault)
    await fleet.store.close()
    done = await restore(job(database_url, tmp_path / "b.zip", vault, after=3 * DAY, force=True))

    fleet, later = await go_on(database_url, company)
    (row,) = [
        one
        for one in await fleet.do(lambda desk: enrollments.of_leads(desk.tx, ["L1"]))
        if one.journey == "waits"
    ]
    steps = await fleet.do(lambda desk: enrollments.steps_of(desk.tx, row.id))
    await fleet.store.close()
    assert len(went) == 3
    assert done.settled.carried == 3
    assert done.settled.let_go == 0
    assert not went.keys() & later.keys()
    # The last message of the way was still to come, and comes; the others are known as said.
    assert [key.rpartition(":")[0].rpartition(":")[2] for key in later] == ["touch-b-2"]
    assert row.ended_how == "end"
    assert [one.note for one in steps if one.place.startswith("touch")] == ["email", "email", "email"]


async def test_where_the_old_database_is_gone_those_who_were_due_are_let_go(
    database_url, other_database, company, tmp_path, vault
):
    """On an empty machine nobody knows what went: no message of these ways goes, and it is told."""
    fleet, went = await lived(database_url, company, tmp_path, vault)
    await fleet.store.close()
    done = await restore(job(other_database, tmp_path / "b.zip", vault, after=3 * DAY))

    fleet, later = await go_on(other_database, company)
    rows = await fleet.do(lambda desk: enrollments.of_leads(desk.tx, ["L1"]))
    await fleet.store.close()
    assert len(went) == 3
    assert (done.settled.carried, done.settled.let_go) == (0, 1)
    assert {one.journey: one.ended_how for one in rows} == {"waits": "restored"}
    assert later == {}


async def test_a_merging_undone_before_and_after_gives_nothing_twice(sqlite_url, company, tmp_path, vault):
    """Set aside at the backup, taken up and gone through afterwards: nobody knows that on an empty machine."""
    other = f"sqlite+aiosqlite:///{tmp_path}/other.db"
    boss = User(id="boss", name="周", role=Role.EXECUTIVE, region="", team="", platform="wecom")
    fleet = await fleet_of(sqlite_url, company, NOW)
    await fleet.do(customer)
    await fleet.do(lambda desk: customer(desk, "L2"))
    await fleet.do(lambda desk: hire(desk, boss))
    await fleet.define()
    for lead_id in ("L1", "L2"):
        await did(fleet, "form", "whitepaper", lead_id)
    merged = await fleet.do(lambda desk: merge(desk, "L1", "L2", by=boss, how="card"))
    await fleet.settle()
    await fleet.store.close()
    take(sqlite_url, tmp_path / "b.zip", vault)
    fleet = await fleet_of(sqlite_url, company, NOW + timedelta(seconds=1))
    await fleet.do(lambda desk: unmerge(desk, merged.id, by=boss))
    await fleet.pass_until(NOW + 3 * DAY)
    went = await sent(fleet)
    await fleet.store.close()
    await restore(job(other, tmp_path / "b.zip", vault, after=3 * DAY))

    fleet = await fleet_of(other, company, NOW + 3 * DAY + timedelta(seconds=1))
    await fleet.do(lambda desk: unmerge(desk, merged.id, by=boss))
    await fleet.store.close()
    fleet, later = await go_on(other, company)
    await fleet.store.close()
    assert len(went) == 6
    assert later == {}


async def test_who_said_stop_after_the_backup_stays_stopped(database_url, company, tmp_path, vault):
    """His no is brought over too, of the address and of himself."""
    fleet, _ = await lived(database_url, company, tmp_path, vault)
    no = Consent(given=False, purpose="marketing", channel="mail", text="退订", version="1")

    async def stop(desk):
        await consents.record(desk, "L1", no)
        await touch_suppressions.suppress(desk, KEY, channel="email", reason="unsubscribed", by="him")

    await fleet.do(stop)
    await fleet.store.close()
    await restore(job(database_url, tmp_path / "b.zip", vault, after=timedelta(days=4), force=True))

    fleet = await fleet_of(database_url, company, NOW + 4 * DAY)
    said = await fleet.do(lambda desk: consents.all_of(desk.tx, "L1"))
    shut = await fleet.do(lambda desk: touch_suppressions.of(desk.tx, [KEY]))
    await fleet.store.close()
    assert [one.consent.given for one in said] == [False, True]
    assert [one.reason for one in shut] == ["unsubscribed"]


async def test_what_only_moves_house_goes_on(sqlite_url, company, tmp_path, vault):
    """Nothing ran since: everybody stays where he is, and gets what comes."""
    fleet = await fleet_of(sqlite_url, company, NOW)
    await fleet.do(customer)
    await fleet.define()
    await did(fleet, "form", "whitepaper")
    await fleet.store.close()
    take(sqlite_url, tmp_path / "b.zip", vault)
    other = f"sqlite+aiosqlite:///{tmp_path}/other.db"
    done = await restore(job(other, tmp_path / "b.zip", vault, after=timedelta(hours=1), moved=True))

    fleet = await fleet_of(other, company, NOW + timedelta(hours=1))
    await fleet.pass_until(NOW + 20 * DAY)
    went = await sent(fleet)
    await fleet.store.close()
    assert done.settled.let_go == 0
    assert len(went) == 4
