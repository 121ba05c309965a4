"""Webhooks out: signed, sent once each, tried again at the specification's times, and nowhere private."""

from __future__ import annotations

import base64
import dataclasses
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from bot.adapters.webhook import WebPoster, is_public
from bot.crm.company.webhooks import Endpoint, Webhooks
from bot.crm.hook import AGAIN, TRIES, Posted
from bot.crm.lead import LeadStatus
from bot.crm.user import Role, User
from bot.errors import SettingsError
from bot.store import lead_status, leads, opportunities, tenures, webhooks
from bot.store.leads import Origin, Particulars
from bot.store.opportunities import Plan
from bot.store.tables.machinery import incidents
from bot.store.tables.outside import webhook_attempts, webhook_deliveries
from bot.worker.bench import Bench
from bot.worker.hooks import HookSender, secrets_by_endpoint

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ok!").decode()
OLD = "whsec_" + base64.b64encode(b"another one that is going away..").decode()
URL = "https://erp.example.com/hook"


class Wire:
    """The other end, which answers what it is told to."""

    def __init__(self, *answers: Posted) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    async def post(self, url: str, *, headers: Any, body: bytes, internal: bool) -> Posted:
        self.got.append((url, dict(headers), body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def close(self) -> None:
        pass


@pytest.fixture
def bench(store, company, vault, clock, random_bytes):
    """The shipped company, which tells one other system of two things."""
    told = Webhooks(endpoints=(Endpoint(key="erp", url=URL, events=("lead.created", "deal.won")),))
    return Bench(
        store=store, adapters={}, router=None, company=dataclasses.replace(company, webhooks=told),
        vault=vault, clock=clock, random_bytes=random_bytes, name="test",
    )  # fmt: skip


def sender(bench: Bench, wire: Wire, secret: str = SECRET) -> HookSender:
    return HookSender(bench, wire, secrets_by_endpoint(bench.company.webhooks.endpoints, {"erp": secret}))


async def create(bench: Bench, lead_id: str = "L1") -> None:
    async def unit(tx: Any) -> None:
        await leads.create(bench.desk(tx), lead_id, Particulars(name="王伟"), Origin(source="官网"), by="t")

    await bench.store.write(unit)


async def rows(bench: Bench, table: Any) -> list[Any]:
    async with bench.store.read() as tx:
        return await tx.all(select(table).order_by(table.c.id) if "id" in table.c else select(table))


async def test_the_library_of_the_specification_accepts_what_we_sign(bench, clock):
    """The published library verifies id, time and signature; two secrets make two signatures."""
    await create(bench)
    wire = Wire(Posted(200))

    assert await sender(bench, wire, f"{SECRET} {OLD}").step() == 1

    [(url, headers, body)] = wire.got
    assert url == URL
    for secret in (SECRET, OLD):
        library = Webhook(secret)
        signed = library.sign(headers["webhook-id"], clock(), body.decode())
        assert signed in headers["webhook-signature"].split()
    assert headers["webhook-timestamp"] == str(int(clock().timestamp()))
    [row] = await rows(bench, webhook_deliveries)
    assert (row.state, row.attempts) == ("sent", 1)
    assert await sender(bench, wire).step() == 0


async def test_only_what_was_asked_for_is_told(bench):
    """A status that changes is no event of this endpoint; without endpoints nothing is written."""
    await create(bench)

    async def unit(tx: Any) -> None:
        desk = bench.desk(tx)
        await webhooks.tell(desk, "lead.status_changed", {}, lead_id="L1")

    await bench.store.write(unit)
    assert len(await rows(bench, webhook_deliveries)) == 1


async def test_it_is_tried_again_at_the_times_of_the_specification(bench, clock):
    """Ten tries in all, each later by its span and at most a tenth more, under one id; then it has failed."""
    await create(bench)
    wire = Wire(Posted(500))
    for n, wait in enumerate((*AGAIN, None), start=1):
        assert await sender(bench, wire).step() == 1
        [row] = await rows(bench, webhook_deliveries)
        if wait is None:
            break
        assert (row.state, row.attempts) == ("pending", n)
        assert wait <= row.due_at - clock() <= wait * 1.1
        assert await sender(bench, wire).step() == 0
        clock.push(row.due_at - clock())
    assert (row.state, row.attempts) == ("failed", TRIES)
    assert len({headers["webhook-id"] for _, headers, _ in wire.got}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in wire.got}) == TRIES
    tries = await rows(bench, webhook_attempts)
    assert [(one.n, one.outcome, one.status) for one in tries] == [
        (n, "refused", 500) for n in range(1, TRIES + 1)
    ]


@pytest.mark.parametrize(
    ("posted", "outcome"),
    [
        (Posted(301), "refused"),
        (Posted(404), "refused"),
        (Posted(None, "timeout"), "unreachable"),
        (Posted(None, "unsafe_address"), "unsafe"),
    ],
)
async def test_every_failure_has_a_row(bench, posted, outcome):
    await create(bench)
    await sender(bench, Wire(posted)).step()
    [row] = await rows(bench, webhook_attempts)
    assert (row.outcome, row.status, row.reason) == (outcome, posted.status, posted.reason)
    async with bench.store.read() as tx:
        counted = await tx.all(select(incidents).where(incidents.c.name == f"webhook.{outcome}"))
    assert [(one.reason, one.n) for one in counted] == [("erp", 1)]


async def test_gone_ends_it_and_a_new_address_begins_anew(bench, clock):
    """410: what waits is skipped, and what comes later too, until the address changes."""
    await create(bench, "L1")
    await create(bench, "L2")
    await sender(bench, Wire(Posted(410))).step()
    await create(bench, "L3")
    wire = Wire(Posted(200))
    await sender(bench, wire).step()
    assert not wire.got
    assert {row.state for row in await rows(bench, webhook_deliveries)} == {"skipped"}

    moved = Endpoint(key="erp", url=f"{URL}/new", events=("lead.created",))
    company = dataclasses.replace(bench.company, webhooks=Webhooks(endpoints=(moved,)))
    bench = dataclasses.replace(bench, company=company)
    await create(bench, "L4")
    await sender(bench, wire).step()
    assert [url for url, _, _ in wire.got] == [f"{URL}/new"]


async def test_too_many_leaves_the_endpoint_alone_for_a_while(bench, clock):
    """429 with Retry-After: nothing goes there before, neither this nor another message."""
    await create(bench, "L1")
    await sender(bench, Wire(Posted(429, retry_after=120))).step()
    await create(bench, "L2")
    wire = Wire(Posted(200))
    clock.push(timedelta(seconds=119))
    assert await sender(bench, wire).step() == 0
    clock.push(timedelta(seconds=20))
    assert await sender(bench, wire).step() == 2


async def test_a_process_that_dies_on_the_wire_costs_a_repeat_and_no_loss(bench, clock):
    """SENDING was committed before; after its lease another tries it under the same id."""
    await create(bench)

    async def unit(tx: Any) -> Any:
        return await webhooks.take(tx, closed=[], now=clock(), most=9)

    [taken] = await bench.store.write(unit)
    wire = Wire(Posted(200))
    assert await sender(bench, wire).step() == 0
    clock.push(webhooks.LEASE + timedelta(seconds=1))
    assert await sender(bench, wire).step() == 1
    late = await bench.store.write(lambda tx: webhooks.settle(bench.desk(tx), taken, Posted(500), jitter=0))
    [row] = await rows(bench, webhook_deliveries)
    assert (late, row.state, row.attempts) == ("superseded", "sent", 2)


async def test_a_replay_is_the_same_message_once_more(bench):
    """By its id, to each that was told of it; the receiver knows it by the same id."""
    await create(bench)
    wire = Wire(Posted(200))
    await sender(bench, wire).step()
    message_id = wire.got[0][1]["webhook-id"]

    told = await bench.store.write(lambda tx: webhooks.replay(bench.desk(tx), message_id))
    await sender(bench, wire).step()

    assert told == ("erp",)
    assert [headers["webhook-id"] for _, headers, _ in wire.got] == [message_id] * 2
    assert wire.got[0][2] == wire.got[1][2]
    with pytest.raises(KeyError):
        await bench.store.write(lambda tx: webhooks.replay(bench.desk(tx), "msg_none"))


def test_a_secret_that_is_none_stops_the_start(bench):
    """Named as it is called in the environment; an endpoint without one is told nothing."""
    endpoints = bench.company.webhooks.endpoints
    for wrong in ("secret", "whsec_!", "whsec_YQ==", SECRET.removeprefix("whsec_")):
        with pytest.raises(SettingsError, match="LEADBELL_WEBHOOKS__ERP"):
            secrets_by_endpoint(endpoints, {"erp": wrong})
    assert secrets_by_endpoint(endpoints, {}) == {"erp": ()}


PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104 - not bound
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::1", "words",
    "fec0::1", "192.0.0.192", "192.88.99.1", "64:ff9b::c000:c0",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_of_the_open_internet(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_open_internet(address):
    assert is_public(address)


async def test_no_private_network_is_reached_by_any_spelling():
    """Literal, by name, in other numbers; over http; nothing arrives there, and the row says why."""
    reached: list[str] = []

    async def heard(request: web.Request) -> web.Response:
        reached.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", heard)
    async with TestServer(app) as server:
        port, poster = server.port, WebPoster(within=5)
        for host in ("127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "127.1", "[::ffff:7f00:1]"):
            for scheme in ("http", "https"):
                posted = await poster.post(f"{scheme}://{host}:{port}/", headers={}, body=b"", internal=False)
                assert posted.status is None, (scheme, host)
                assert posted.reason in {"unsafe_address", "InvalidUrlClientError"}, (scheme, host)
        assert not reached
        inside = await poster.post(f"http://127.0.0.1:{port}/in", headers={}, body=b"x", internal=True)
        assert (inside.status, reached) == (302, ["/in"]), "a redirect is not followed"
        nobody = await poster.post("http://127.0.0.1:1/", headers={}, body=b"", internal=True)
        assert (nobody.status, bool(nobody.reason)) == (None, True)


async def test_what_happens_to_a_lead_and_a_deal_is_told_where_it_happens(bench):
    """Claimed, released, another status, a deal begun and won: one message each, phones masked."""
    every = Endpoint.model_fields["events"].annotation.__args__[0].__args__
    company = dataclasses.replace(
        bench.company, webhooks=Webhooks(endpoints=(Endpoint(key="erp", url=URL, events=every),))
    )
    bench = dataclasses.replace(bench, company=company)
    zhang = User(id="zhangsan", name="张三", role=Role.REP, region="华东大区", team="上海组")
    await create(bench)

    async def unit(tx: Any) -> None:
        desk = bench.desk(tx)
        lead = await leads.get(tx, "L1")
        await tenures.begin(desk, lead, zhang, how="claimed", by=zhang, reason="")
        await lead_status.note(desk, lead, LeadStatus.WORKING, by=zhang, reason="followed", owner=zhang)
        plan = Plan(name="专业版", product="专业版", amount=Decimal("29800.50"))
        deal = await opportunities.begin(desk, plan, lead=lead, account_id="A1", owner=zhang, by=zhang.id)
        assert await opportunities.win(desk, deal, by=zhang.id)
        await tenures.end(desk, lead, how="released", by=zhang, reason="忙不过来")

    await bench.store.write(unit, within=20)
    wire = Wire(Posted(200))
    await sender(bench, wire).step()

    told = {one["type"]: one["data"] for one in (json.loads(body) for _, _, body in wire.got)}
    assert set(told) == {
        "lead.created", "lead.claimed", "lead.status_changed", "deal.created", "deal.won", "lead.released",
    }  # fmt: skip
    assert (told["lead.claimed"]["owner"], told["lead.released"]["reason"]) == ("zhangsan", "忙不过来")
    assert (told["lead.status_changed"]["before"], told["lead.status_changed"]["after"]) == ("new", "working")
    assert (told["deal.won"]["amount"], told["deal.won"]["stage"]) == ("29800.50", "赢单")
