"""A day-old backup comes back over the database that lived on: a refusal stays one, a code given stays given."""

from __future__ import annotations

from datetime import timedelta

from bot.store import journeys, open_store, touch_suppressions
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.restore import restore
from bot.store.touch_suppressions import BOUNCED, UNSUBSCRIBED
from tests.conftest import NOW
from tests.store.backups import job, take

AGAIN, WORSE = LeadKey("email", "a" * 64), LeadKey("email", "b" * 64)
_BEFORE, _AFTER, _RESTORED = NOW - timedelta(days=1), NOW + timedelta(minutes=30), NOW + timedelta(hours=2)


async def do(url, more, at, work):
    company, vault, random_bytes = more
    store = open_store(url, unit_span=30)
    desk = {"company": company, "now": at, "vault": vault, "random_bytes": random_bytes}
    try:
        return await store.write(lambda tx: work(Desk(tx=tx, **desk)), within=20)
    finally:
        await store.close()


async def test_who_refused_again_meanwhile_stays_out(sqlite_url, tmp_path, vault, company, random_bytes):
    """He had left, agreed again before the backup, and left again after it; another one's address bounced."""
    more = (company, vault, random_bytes)

    async def before(desk):
        for key in (AGAIN, WORSE):
            await touch_suppressions.suppress(desk, key, channel="email", reason=UNSUBSCRIBED, by="customer")
        await touch_suppressions.lift(desk, AGAIN, channel="email")

    async def after(desk):
        await touch_suppressions.suppress(desk, AGAIN, channel="email", reason=UNSUBSCRIBED, by="customer")
        await touch_suppressions.suppress(desk, WORSE, channel="email", reason=BOUNCED, by="system")

    async def look(desk):
        return [[s.reason for s in await touch_suppressions.of(desk.tx, [key])] for key in (AGAIN, WORSE)]

    await do(sqlite_url, more, _BEFORE, before)
    take(sqlite_url, tmp_path / "b.zip", vault)
    await do(sqlite_url, more, _AFTER, after)
    await restore(job(sqlite_url, tmp_path / "b.zip", vault, force=True))

    assert await do(sqlite_url, more, _RESTORED, look) == [["unsubscribed"], ["bounced"]]


async def test_a_code_is_given_to_one(sqlite_url, tmp_path, vault, company, random_bytes):
    """Of those that lay there at the backup, and of those that came since."""
    more = (company, vault, random_bytes)
    await do(sqlite_url, more, NOW, lambda desk: journeys.stock_up(desk, "s", ["C1", "C3"]))
    take(sqlite_url, tmp_path / "b.zip", vault)
    await do(sqlite_url, more, _AFTER, lambda desk: journeys.stock_up(desk, "s", ["C2"]))
    given = {
        await do(
            sqlite_url, more, _AFTER, lambda desk, n=n: journeys.coupon(desk, "s", f"journey:w{n}:coupon:1")
        )
        for n in (1, 2)
    }
    await restore(job(sqlite_url, tmp_path / "b.zip", vault, force=True))
    await do(sqlite_url, more, _RESTORED, lambda desk: journeys.stock_up(desk, "s", ["C2"]))
    third = await do(
        sqlite_url, more, _RESTORED, lambda desk: journeys.coupon(desk, "s", "journey:w3:coupon:1")
    )

    assert given == {"C1", "C2"}
    assert third == "C3"
