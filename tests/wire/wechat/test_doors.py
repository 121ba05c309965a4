"""The addresses of the official accounts under attack: one answer, no effect, no defect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.wire import genuine as wecom
from tests.wire.judge import REFUSAL
from tests.wire.room import Room, room
from tests.wire.wechat import campaign
from tests.wire.wechat import genuine as g
from tests.wire.wechat.genuine import MAIN, SHOP
from tests.wire.wechat.mutations import KINDS, mutant

MUTATIONS, PAIRS = 2000, 80


@pytest.fixture
async def accounts(sqlite_url, company):
    async with room(sqlite_url, company=company, wechat=True) as opened:
        yield opened


async def test_no_bent_delivery_gets_in(accounts: Room):
    """Each is refused with the one empty 401, or says what was sealed for that account."""
    report = await campaign.run(accounts, range(MUTATIONS))

    assert report.failures == []
    assert report.n == MUTATIONS
    assert set(report.by_kind) == KINDS
    assert min(report.refused, report.of_http, report.answered, report.let_in, report.echoed) > 0


async def test_near_twins_are_two_and_repeats_are_one(accounts: Room):
    """One field, or the account alone, makes two deliveries; another seal, nonce or moment makes none."""
    two = await campaign.twins(accounts, PAIRS)
    one = await campaign.repeats(accounts, PAIRS)
    await accounts.work()

    assert two.failures == one.failures == []
    assert (two.kept, one.kept) == (2 * PAIRS, PAIRS)
    assert {row.failures for row in await accounts.states()} == {0}


def test_a_seed_gives_the_same_request_for_ever():
    assert [mutant(seed) for seed in range(50)] == [mutant(seed) for seed in range(50)]
    assert len({mutant(seed).wire for seed in range(300)}) > 260


_PLAIN = g.everyday()[0]
_GENUINE = g.delivery(MAIN, _PLAIN)
_SEALED = g.sealed(MAIN, _PLAIN)
_CLEAR = g.in_the_clear(MAIN, _PLAIN)
#: Everything that is known to have opened such a door.
REFUSED = {
    "no parameters": replace(_GENUINE, query=()),
    "an empty body": replace(_GENUINE, body=b""),
    "in the clear, rightly signed": _CLEAR,
    "in the clear, said to be sealed": replace(_CLEAR, query=(*_CLEAR.query, ("encrypt_type", "aes"))),
    "in the clear under a genuine query": replace(_CLEAR, query=_GENUINE.query),
    "two kinds of encryption": replace(_GENUINE, query=(*_GENUINE.query, ("encrypt_type", "raw"))),
    "the plain signature for the sealed one": _GENUINE.asking(msg_signature=dict(_GENUINE.query)["signature"]),
    "the other account's address": replace(_GENUINE, account=SHOP.name),
    "nobody's address": replace(_GENUINE, account="nobody"),
    "nobody's address, in other letters": replace(_GENUINE, account="MAIN"),
    "the other account's token": g.signed(MAIN, _SEALED, token=SHOP.token),
    "the other account's key": g.signed(MAIN, g.sealed(SHOP, _PLAIN)),
    "an empty token": g.signed(MAIN, _SEALED).asking(msg_signature=wecom.sign(wecom.STAMP, "n0nce", _SEALED, token="")),
    "letters moved from the text to the nonce": g.signed(MAIN, _SEALED).asking(nonce="n0nce" + _SEALED[:3]),
    "a day old": g.signed(MAIN, _SEALED, stamp=str(int(wecom.STAMP) - 86_460)),
    "from the future": g.signed(MAIN, _SEALED, stamp=str(int(wecom.STAMP) + 301)),
    "an entity": replace(_GENUINE, body=b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'),
    "two letters": replace(_GENUINE, body=_GENUINE.body.replace(b"</xml>", b"<Encrypt>x</Encrypt></xml>")),
    "an address check of the other account": replace(g.echo(MAIN, "5"), account=SHOP.name),
    "an address check of nobody": replace(g.echo(MAIN, "5"), account="nobody"),
    "an address check that wants markup": g.echo(MAIN, "<script>"),
    "an address check without words": g.echo(MAIN, ""),
    "an address check by POST": replace(g.echo(MAIN, "5"), method="POST"),
    "a letter by GET": replace(_GENUINE, method="GET", body=b""),
    "wecom's own letter": replace(_GENUINE, query=wecom.delivery(_PLAIN).query, body=wecom.delivery(_PLAIN).body),
}  # fmt: skip


async def test_what_is_known_to_break_doors_is_refused(accounts: Room):
    """The same empty 401, and nothing behind the door changes."""
    before = await accounts.contents()

    answers = {name: await accounts.knock(knock.wire()) for name, knock in REFUSED.items()}

    assert {name: answer for name, answer in answers.items() if answer != REFUSAL} == {}
    assert await accounts.contents() == before


async def test_a_replay_has_no_second_effect(accounts: Room):
    """The very same bytes, or the same words sealed anew: answered alike, kept once."""
    for wire in (_GENUINE.wire(), _GENUINE.wire(), g.signed(MAIN, _SEALED, nonce="other").wire()):
        answer = await accounts.knock(wire)
        assert (answer.status, answer.body) == (200, b"")
    assert await accounts.count() == 1
    await accounts.work()
    assert await accounts.unsettled() == []
