"""Forged, bent, broken and repeated callbacks over HTTP: one empty 401, and nothing behind the door."""

from __future__ import annotations

import asyncio
import random
import re
from datetime import timedelta

import aiohttp

from tests.attack.conftest import Target

ROUNDS = 300


def cuts(query: dict[str, str], encrypted: str) -> list[tuple[dict[str, str], str]]:
    """The same signed letters, cut elsewhere: the signature holds for some of them."""
    stamp, nonce, signature = query["timestamp"], query["nonce"], query["msg_signature"]
    found = []
    for at in range(1, 10):
        found += [
            ({"timestamp": stamp[:at], "nonce": stamp[at:] + nonce, "msg_signature": signature}, encrypted),
            ({"timestamp": stamp + nonce[:at], "nonce": nonce[at:], "msg_signature": signature}, encrypted),
            (
                {"timestamp": stamp, "nonce": nonce + encrypted[:at], "msg_signature": signature},
                encrypted[at:],
            ),
            ({"timestamp": stamp, "nonce": nonce[:-at], "msg_signature": signature}, nonce[-at:] + encrypted),
            ({"timestamp": stamp, "nonce": nonce + encrypted, "msg_signature": signature}, encrypted[:at]),
        ]
    return found


async def test_letters_cut_elsewhere_are_refused_or_the_same_delivery(target: Target):
    """The signature does not say where its parts end; the shapes do, and the seal says the rest."""
    statuses = set()
    for nonce in ("n0nce", "9", "abcDEF0123456789abcDEF0123456789", "0000000000"):
        query, body = target.sealed(target.text("zhangsan", "帮助", 1), nonce=nonce)
        encrypted = body.split(b"CDATA[")[-1].split(b"]")[0].decode()
        for bent, rest in cuts(query, encrypted):
            status, said, _ = await target.post(bent, body.replace(encrypted.encode(), rest.encode()))
            statuses.add((status, said))

    assert statuses <= {(401, b""), (200, b"")}
    assert len(await target.arrived()) <= 1


async def test_random_letters_in_random_places_let_nobody_in(target: Target):
    """Three hundred bent deliveries: not one gets in, all sound the same."""
    rng = random.Random(20)
    query, body = target.sealed(target.text("zhangsan", "帮助", 1))
    answers = set()
    for _ in range(ROUNDS):
        bent, torn = dict(query), bytearray(body)
        where = rng.choice(["msg_signature", "timestamp", "nonce", "body", "body"])
        if where == "body":
            at = rng.randrange(len(torn))
            torn[at] ^= rng.choice([1, 2, 4, 8, 128])
        else:
            at = rng.randrange(len(bent[where]))
            sign = rng.choice("0aZ\u0660é-+ \x00\r\n")
            bent[where] = bent[where][:at] + sign + bent[where][at + rng.randint(0, 1) :]
            if bent[where] == query[where]:
                continue
        status, said, answer = await target.post(bent, bytes(torn))
        answers.add((status, said, answer.headers.get("Server")))
    arrived = await target.arrived()

    # A flipped letter of what WeCom puts beside the seal (AgentID, a tag's name) changes nothing.
    assert {one[:2] for one in answers} <= {(401, b""), (200, b"")}
    assert {row.key for row in arrived} <= {"1"}


ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'
LAUGHS = (
    b"<!DOCTYPE x ["
    b'<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 20) for i in range(1, 8))
    + b"]><xml><Encrypt>&a7;</Encrypt></xml>"
)


BODIES = (
    b"", b"<", b"<xml/>", b"<xml>" * 5000, b"\x00" * 100, b"{}", b"[" * 60000, ENTITY, LAUGHS,
    b"\xff\xfe" + ENTITY.decode().encode("utf-16-le"),
    b'<?xml version="1.0" encoding="utf-7"?>+ADw-xml/+AD4-',
    b'<?xml version="1.0" encoding="utf-16"?><xml><Encrypt>a</Encrypt></xml>',
    b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>", b'<xml Encrypt="a"/>',
    b"<xml><!-- --><Encrypt>a</Encrypt></xml>", b"<xml><?php ?><Encrypt>a</Encrypt></xml>",
    b"<xml>" + b"<a>" * 200 + b"</a>" * 200 + b"</xml>", b"<xml><Encrypt>\xed\xa0\x80</Encrypt></xml>",
    b"<xml><Encrypt>&#0;</Encrypt></xml>", b"<xml><Encrypt>&#xD800;</Encrypt></xml>",
)  # fmt: skip


async def test_a_body_that_is_no_envelope_is_refused_like_any_other(target: Target):
    query, _ = target.sealed(target.text("zhangsan", "帮助", 1))
    for body in BODIES:
        status, said, answer = await target.post(query, body)

        assert (status, said) == (401, b""), body[:80]
        assert not names_us(answer)
    assert await target.arrived() == []


def names_us(answer: aiohttp.ClientResponse) -> bool:
    """Whether it says which program answers, and so which holes to try."""
    return any(word in answer.headers.get("Server", "") for word in ("aiohttp", "Python"))


async def test_methods_parameters_and_packed_bodies(target: Target):
    """What is not one plain POST of one plain body does nothing."""
    query, body = target.sealed(target.text("zhangsan", "帮助", 1))
    for name in query:
        twice = [*query.items(), (name, query[name])]
        assert (await target.post(twice, body))[:2] == (401, b"")
        assert (await target.post({k: v for k, v in query.items() if k != name}, body))[:2] == (401, b"")
    for method in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"):
        assert (await target.post(query, body, method))[0] in {401, 405}
    assert (await target.post(query, body, "GET"))[:2] == (401, b"")
    packed = {"Content-Encoding": "gzip"}
    assert (await target.post(query, b"\x1f\x8b" + b"\0" * 500, headers=packed))[0] in {400, 401}
    assert (await target.post(query, b"<" * 70_000))[0] == 413
    assert await target.arrived() == []


async def test_what_was_caught_hours_ago_is_the_same_delivery(target: Target):
    """Within a day it is answered and has no second effect; after it, it is not even answered."""
    query, body = target.sealed(target.text("zhangsan", "帮助", 77))
    answers = []
    for hours in (0, 0.2, 8, 15, 2, 24 * 30):
        target.world.clock.push(timedelta(hours=hours))
        answers.append((await target.post(query, body))[:2])
    await target.world.quiet()

    assert answers == [(200, b"")] * 4 + [(401, b"")] * 2
    assert [(row.key, row.state) for row in await target.arrived()] == [("77", "done")]
    assert sum("帮助" in text or "可以" in text for text in target.world.shown("zhangsan")) <= 1


async def test_a_hundred_at_once_of_one_delivery_are_one(target: Target):
    """The same letters, re-sealed each time as the platform's own repeats are."""
    inner = target.text("zhangsan", "我的线索", 5)
    made = [target.sealed(inner, nonce=f"n{i}") for i in range(100)]
    answers = await asyncio.gather(*(target.post(*one) for one in made))

    assert {one[:2] for one in answers} == {(200, b"")}
    assert len(await target.arrived()) == 1


PATHS = (
    "/", "/admin", "/metrics", "/debug", "/.env", "/callback", "/callback/dingtalk", "/callback/wecom/",
    "/forms", "/forms/%00", "/forms/..%2f..%2fetc%2fpasswd", "/forms/%ed%a0%80", "/forms/%ff",
    "/l/%ed%a0%80", "/l/nope", "/forms/website/thanks/x", "/forms/%ed%a0%80/thanks/a.b",
    "/forms/website/thanks/%ed%a0%80.%ed%a0%80", "/forms/website/thanks/a.AAAAAAAAAAAAAAAAAAAAAA/state",
    "/l/website?source=%ed%a0%80&campaign=%ff%00<script>", "/healthz?x=%ff", "/%2e%2e/%2e%2e/etc/passwd",
)  # fmt: skip


async def test_addresses_that_nobody_has_say_nothing_of_us(target: Target):
    """Raw bytes as no browser would send them; never a 500, never our program's name."""
    lines = [f"GET {path} HTTP/1.1" for path in PATHS]
    for line in (
        *lines,
        "GET / HTTP/9.9",
        "BREW /healthz HTTP/1.1",
        "\x00\x01\x02",
        "GET / HTTP/1.1\r\nA:\x00b",
    ):
        # As a proxy shows somebody from the open internet: to our own network there is more to see.
        heads = "Host: x\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close"
        answer = await said_raw(target, f"{line}\r\n{heads}\r\n\r\n".encode())

        assert re.match(rb"HTTP/1\.[01] (200|400|404|405) ", answer), (line, answer[:200])
        known = (b"aiohttp", b"Python", b"Traceback", b"leadbell", b"<script>", b"/work", b".py")
        assert [word for word in known if word in answer] == [], line


async def test_health_tells_no_more_than_it_must(target: Target):
    for path in ("/healthz", "/readyz"):
        async with target.world.http.get(f"{target.world.base}{path}") as answer:
            said = await answer.text()
            assert answer.status == 200
            assert len(said) < 200
            assert not any(word in said for word in ("sqlite", "wecom", "/", "Error"))
            assert not names_us(answer)


async def said_raw(target: Target, said: bytes) -> bytes:
    """Say exactly these bytes, and hear the answer."""
    host, port = target.world.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(said)
    async with asyncio.timeout(5):
        heard = await reader.read()
    writer.close()
    return heard
