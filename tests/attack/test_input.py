"""Nasty words in forms and chats: refused or kept as the letters they are, never a defect of ours."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from datetime import datetime
from time import thread_time

import pytest

from bot.crm import phrases
from bot.crm.amount import read_amount
from bot.crm.company import Company
from bot.crm.follow_up import next_step
from bot.intake.written import read_written
from bot.store import incidents, leads
from tests.attack.conftest import Target

ZALGO, RTL = "z̸̡̢̛̗̘̙̜̝̞̟̠̣̤̥̦̩" * 20, "\u202egpj.exe\u2066\u200f\ufeff"
NASTY = (
    "=cmd|' /C calc'!A0", "@all", "@所有人", "<@all>", '<a href="https://evil.cn">点这里</a>', "[点](javascript:1)",
    "{{7*7}}", "${jndi:ldap://x}", "{name}", "{0.__class__}", "%s%n", "%(x)s", "'; DROP TABLE leads;--", "\\", "%", "_",
    RTL, ZALGO, "👨‍👩‍👧‍👦🏴‍☠️" * 10, "‮", "\u0000", "a\u0000b", "\r\nX-Injected: 1", "]]>", "<![CDATA[", "&#0;", "\ud7ff\ue000\uffff",
    "٣٤٥", "１２３", "1e999", "NaN", "-0", "9" * 400, "〇" * 3000, "\t \u3000 ", "~1~", "lead.claim?lead_id=L1", "null",
)  # fmt: skip
#: What a pattern without a bound would try in every way there is.
LONG = ("1" * 2000, "总" * 2000, "一二三" * 600, "1 " * 1000, "- " * 1000, "2026-11-" * 250, "A B " * 500, "a.b" * 600,
        "a@" * 1000, "+86-" * 500, "(1" * 1000, "1," * 1000, "1.1." * 500, "，" * 2000, "明天" * 900)  # fmt: skip
LETTERS = (400, 413, 415, 422, 200)


async def test_nasty_words_in_every_field_of_a_form_are_never_a_defect(target: Target):
    """JSON and form-encoded; whatever comes back is JSON and says nothing of our inside."""
    for n, word in enumerate(NASTY):
        sender = {"X-Forwarded-For": f"8.8.{n}.8"}
        fields = {"name": word, "phone": f"1391234{n:04}", "company": word, "title": word, "city": word,
                  "message": word, "source": word, "campaign": word, "nobody_asked": word}  # fmt: skip
        for sent in ({"json": fields}, {"data": fields}, {"json": {**fields, "phone": word, "email": word}}):
            async with target.world.http.post(
                f"{target.world.base}/forms/website", headers=sender, **sent
            ) as answer:
                said = await answer.text()
                assert answer.status in {200, 400, 413, 422}, (word, answer.status, said)
                json.loads(said)
                assert not any(bad in said for bad in ("Traceback", "sqlite", "psycopg", "__class__' "))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "application/x-www-form-urlencoded; charset=unicode_escape",
            rb"name=a&phone=13912340001&company=%5Cud800",
        ),
        ("application/x-www-form-urlencoded; charset=utf-7", b"name=%2B2AA-&phone=13912340002"),
        ("application/x-www-form-urlencoded; charset=idna", b"name=" + b"a%CC%80." * 5000),
        ("application/x-www-form-urlencoded; charset=punycode", b"name=" + b"a-9" * 9000),
        ("application/x-www-form-urlencoded; charset=rot13", b"name=a"),
        ("application/x-www-form-urlencoded; charset=hex", b"name=a"),
        ("application/x-www-form-urlencoded; charset=undefined", b"name=%ff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % i for i in range(5000))),
        ("application/x-www-form-urlencoded", b"name=%ff%fe&phone=13912340003"),
        ("application/json", b"[" * 30000 + b"]" * 30000),
        ("application/json", b'{"a":' * 10000 + b"1" + b"}" * 10000),
        ("application/json", b'{"name":"\\ud800","phone":"13912340004"}'),
        ("application/json", b'{"name":{"a":{"b":[1]}},"phone":["13912340005",{}],"message":1e999}'),
        ("application/json", b'{"name":1,"phone":13912340006,"consent":{"x":1},"company":null,"city":[[]]}'),
        ("application/json", b'{"phone":' + b"9" * 5000 + b"}"),
        ("application/json", b'{"__proto__":{"a":1},"phone":"13912340007","_request":{"a":1},"homepage":{}}'),
        ("application/json", b"\xff\xfe{}"),
        ("application/json", b'{"name":"' + b"a" * 64_000 + b'","phone":"13912340008"}'),
        ("text/plain", b"{}"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
    ],
    ids=range(20),
)
async def test_bodies_that_no_browser_makes(target: Target, kind: str, body: bytes):
    """Refused with a reason, or taken as what they say."""
    for accept in ("*/*", "text/html"):
        async with target.world.http.post(
            f"{target.world.base}/forms/website", data=body, headers={"Content-Type": kind, "Accept": accept}
        ) as answer:
            said = await answer.text()
            assert answer.status in LETTERS, (answer.status, said[:200])
            assert "Traceback" not in said


async def test_headers_of_raw_bytes_are_never_a_defect(target: Target):
    """aiohttp gives what is no UTF-8 as lone surrogates, which no hash and no database takes."""
    body = b'{"name":"a","phone":"13912340009"}'
    for name in (b"Idempotency-Key", b"X-Forwarded-For", b"Accept", b"Content-Type", b"User-Agent"):
        kind = b"" if name == b"Content-Type" else b"Content-Type: application/json\r\n"
        head = b"POST /forms/website HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + kind
        value = b"application/json; charset=\xed\xa0\x80" if name == b"Content-Type" else b"\xed\xa0\x80\xff"
        said = head + name + b": " + value + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        answer = await _raw(target, said)
        assert re.match(rb"HTTP/1\.1 (200|4\d\d) ", answer), (name, answer[:200])


async def _raw(target: Target, said: bytes) -> bytes:
    host, port = target.world.base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(said)
    async with asyncio.timeout(5):
        heard = await reader.read()
    writer.close()
    return heard


def test_no_words_take_long_to_read(company: Company, now: datetime):
    """One message must not hold up everybody else: the writer reads it while all wait."""
    working_time = company.working_time
    readers = (
        phrases.parse,
        read_amount,
        lambda said: next_step(said, now=now, working_time=working_time),
        lambda said: read_written(company, said),
    )
    next_step("明天", now=now, working_time=working_time)
    slow = []
    for word, read in itertools.product((*NASTY, *LONG), readers):
        for head in ("", "提醒 ", "转商机 L1 ", "录线索 "):
            begun = thread_time()
            read(f"{head}{word}"[:2000])
            slow += [(word[:20], head, read)] if thread_time() - begun > 0.4 else []
    assert slow == []


async def test_nasty_words_in_the_chat_are_answered_and_nothing_is_set_aside(target: Target):
    """Said alone, after each command, and as the answer to an open question."""
    world = target.world
    await world.form(name="王芳", phone="13912345678", city="上海")
    await world.tap("zhangsan", "领取")
    heads = ("", "跟进 L1 ", "查 ", "改 L1 公司 ", "录线索 王五 13912340010 ", "转商机 L1 ", "提醒 ", "反馈 ", "L1 改派 ",
             "D1 金额 ", "T1 推迟 ", "请假 ", "本月新增线索 ", "未跟进 ", "公海 ")  # fmt: skip
    words = [word for word in NASTY if "\0" not in word and "\uffff" not in word]
    number = 1
    deliveries = []
    for at, word in enumerate(words):
        for head in heads[at % 3 :: 3]:
            number += 1
            deliveries.append(
                target.sealed(target.text("zhangsan", f"{head}{word}"[:2000], number), nonce=f"n{number}")
            )
    for one in deliveries:
        assert (await target.post(*one))[:2] == (200, b"")
    await world.quiet(within=30)

    states = {row.state for row in await target.arrived()}
    async with world.app.bench.store.read() as tx:
        troubles = [
            key for key in await incidents.totals(tx) if key[0].startswith(("delivery.", "send.failed"))
        ]
        lead = await leads.find(tx, "L1")
    assert (states, troubles) == ({"done"}, [])
    assert lead is not None
