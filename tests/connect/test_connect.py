"""POST /connect/{connector}/{secret}: what a tool hears, and what is in the store afterwards."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from bot.crm.connector import Push
from bot.intake.doors.reading import read_push
from bot.intake.doors.take import again
from bot.kit.pushed import document
from bot.store import arrivals, submissions
from bot.store.desk import Desk
from bot.store.leads import find, reveal
from bot.store.tables import capture
from bot.store.tables.leads import leads
from bot.store.tables.leads import submissions as submitted
from bot.store.tables.machinery import outbox
from tests.connect.conftest import SECRET, jdy_signature, payload

#: What each composed payload must become: name, phone, company, city, source, form on the card.
BECOMES = {
    "jinshuju": ("王伟", "13812345678", "云帆科技有限公司", "", "官网", "官网咨询"),
    "jiandaoyun": ("李静", "13987654321", "远山软件", "", "官网", "展会登记"),
    "wjx": ("赵强", "13700001111", "东方机械", "", "官网", "客户调查"),
    "oceanengine": ("孙丽", "13600002222", "", "深圳", "抖音", "抖音线索"),
    "tencent_ads": ("周洋", "13500003333", "锦江智能", "成都", "腾讯广告", "腾讯广告线索"),
    "baidu": ("吴敏", "13400004444", "燕山教育", "北京", "百度推广", "百度线索"),
}
ANSWERS = {
    "oceanengine": {"code": 200, "message": "success"},
    "baidu": {"code": 0, "message": "success"},
}


async def desk(tools, work):
    return await tools.site.store.write(lambda tx: work(tools.site.desk(tx)), within=10)


def test_every_connector_has_a_payload_here(opened_company):
    assert set(BECOMES) == set(opened_company.doors.entrances)


@pytest.mark.parametrize("door", BECOMES)
async def test_a_push_becomes_a_lead_with_its_source(tools, door):
    """Fields by the map, the rest kept sealed; the tool hears what it expects."""
    answer = await tools.push(door, payload(door))

    assert answer.status == 200
    if door in ANSWERS:
        assert await answer.json() == ANSWERS[door]
    (lead,) = await tools.rows(leads)
    contact = await desk(tools, lambda d: reveal(d, lead.id))
    name, phone, company, city, source, form = BECOMES[door]
    assert (lead.name, contact.phone.reveal()[-11:], lead.company, lead.city) == (name, phone, company, city)
    assert (lead.source, lead.last_behaviour) == (source, f"提交表单：{form}")
    (row,) = await tools.rows(capture.arrivals)
    assert (row.door, row.state, row.reason, row.lead_id) == (door, "taken", "", lead.id)
    assert phone.encode() not in row.body


async def test_what_no_map_names_is_kept_with_the_submission(tools):
    await tools.push("oceanengine", payload("oceanengine"))

    (row,) = await tools.rows(submitted)
    body = await desk(tools, lambda d: submissions.body(d, row.id))

    assert body["sent"]["theirs"]["remark_dict.预算"] == "10万"
    assert body["sent"]["theirs"]["adv_id"] == 1700012345678901
    assert body["sent"]["message"] == "备注：希望下午联系"


async def test_codes_of_choices_become_words(tools):
    await tools.push("wjx", payload("wjx"))

    (lead,) = await tools.rows(leads)

    assert lead.industry == "制造"


@pytest.mark.parametrize("door", BECOMES)
async def test_a_repeat_has_one_effect(tools, door):
    """Byte for byte again, and again under another delivery id: the same answer, one lead, one submission."""
    first = await (await tools.push(door, payload(door))).read()
    for delivery in ("one", "two"):
        again_ = await tools.push(door, payload(door), X_JDY_DeliverId=delivery)
        assert (again_.status, await again_.read()) == (200, first)

    assert len(await tools.rows(leads)) == len(await tools.rows(submitted)) == 1
    assert (await tools.counted())["arrival.repeated", door] == 2


async def test_two_of_one_tool_are_two(tools):
    """Another number at the tool is another enquiry, also of the same person."""
    sent = json.loads(payload("oceanengine"))
    await tools.push("oceanengine", payload("oceanengine"))
    await tools.push("oceanengine", json.dumps({**sent, "clue_id": "8"}).encode())

    assert len(await tools.rows(leads)) == 1
    assert sorted(row.kind for row in await tools.rows(submitted)) == ["created", "re_enquiry"]


async def test_a_wrong_address_is_one_empty_401(tools):
    """Whatever is wrong with it, nothing tells which connectors there are."""
    for door in ("baidu", "jiandaoyun", "mailbox", "nobody"):
        for secret in ("wrong", "-", SECRET[:-1], SECRET + "x", "密"):
            answer = await tools.push(door, payload("baidu"), secret=secret)
            assert (answer.status, await answer.read()) == (401, b"")

    assert await tools.rows(capture.arrivals) == []


async def test_a_forged_signature_is_the_same_401(tools):
    body = payload("jiandaoyun")
    for wrong in ("0" * 40, jdy_signature(body + b" "), jdy_signature(body, nonce="other"), "", "é"):
        answer = await tools.push("jiandaoyun", body, X_JDY_Signature=wrong)
        assert (answer.status, await answer.read()) == (401, b"")

    assert await tools.rows(capture.arrivals) == []


async def test_wjx_is_looked_at_once_there_is_a_key(tools, opened_company):
    """sha1(activity + index + key), whatever else the sheet says."""
    entrance = opened_company.doors.entrances["wjx"]
    connector, body = entrance.connector, json.loads(payload("wjx"))

    def genuine(sign: str) -> bool:
        return connector.verify(Push(json.dumps({**body, "sign": sign}).encode(), {}, ()), "push-key")

    assert genuine(hashlib.sha1(b"8103457617push-key").hexdigest()) is True
    assert genuine(hashlib.sha1(b"8103457617other-key").hexdigest()) is False
    assert genuine("") is False
    assert connector.verify(Push(b"not json", {}, ()), "push-key") is False


def test_the_signature_of_jiandaoyun_is_the_documented_one(opened_company):
    """A vector of nonce, payload, secret and timestamp."""
    body = '{"op":"data_create","data":{"_id":"x","_widget_1":"张三"}}'.encode()
    headers = {"x-jdy-signature": "0c1c24c76df4b2a245fbb358aea964f114c5ebe2"}
    push = Push(body, headers, (("nonce", "0f5ade"), ("timestamp", "1498586609")))
    verify = opened_company.doors.entrances["jiandaoyun"].connector.verify

    assert verify(push, "test-secret") is True
    assert verify(push, "test-secert") is False
    assert verify(replace(push, query=(*push.query, ("nonce", "0f5ade"))), "test-secret") is False


BROKEN = {
    "jinshuju": b'{"form":"Xk3pQ2","entry":',
    "jiandaoyun": b'{"op":"data_create","data":{"entryId":"e"}}',
    "wjx": b'{"activity":"81034576","q1":"x"}',
    "oceanengine": b"[]",
    "tencent_ads": b"leads_name=x",
    "baidu": b'{"params":{"cluePhoneNumber":"13400004444"}}',
}


@pytest.mark.parametrize("door", BROKEN)
async def test_what_cannot_be_read_is_kept_and_told(tools, admin, door):
    """A row with a reason, a counter, a notice to the admin; the tool need not push it again."""
    answer = await tools.push(door, BROKEN[door])

    assert answer.status == 200
    (row,) = await tools.rows(capture.arrivals)
    assert (row.state, row.reason, row.lead_id) == ("failed", "unreadable", None)
    assert (await tools.counted())["arrival.failed", f"{door}:unreadable"] == 1
    assert [(one.recipient, one.kind) for one in await tools.rows(outbox)] == [(admin, "text")]
    assert await tools.rows(leads) == []


async def test_admins_are_told_once_an_hour(tools, admin):
    for number in range(3):
        await tools.push("tencent_ads", f"leads_name={number}".encode())

    assert len(await tools.rows(capture.arrivals)) == 3
    assert len(await tools.rows(outbox)) == 1


async def test_a_change_of_a_row_is_no_lead(tools):
    body = json.dumps({**json.loads(payload("jiandaoyun")), "op": "data_remove"}).encode()

    assert (await tools.push("jiandaoyun", body)).status == 200
    (row,) = await tools.rows(capture.arrivals)
    assert (row.state, row.reason) == ("skipped", "data_remove")
    assert await tools.rows(leads) == []


@pytest.mark.parametrize("strange", ["\0", "a\0b", "长" * 9_000, {"a\0": "\0"}, [["\0"]], "\u202e\ufffe"])
async def test_strange_names_of_leads_and_forms_are_kept_too(tools, strange):
    """What no database takes as it is, or no index: the tool hears that we have it, and once is enough."""
    sent = json.loads(payload("jinshuju"))
    changes = {"form": strange, "form_name": strange, "entry": {**sent["entry"], "serial_number": strange}}

    for change, value in changes.items():
        for _ in range(2):
            answer = await tools.push("jinshuju", json.dumps({**sent, change: value}).encode())
            assert answer.status == 200

    assert len(await tools.rows(capture.arrivals)) == len(changes)


async def test_one_bad_answer_does_not_cost_the_lead(tools):
    """The e-mail is none; the phone is left."""
    sent = json.loads(payload("jinshuju"))
    sent["entry"]["field_3"] = "not an address"

    await tools.push("jinshuju", json.dumps(sent).encode())

    (lead,) = await tools.rows(leads)
    assert (lead.name, lead.email_masked) == ("王伟", "")
    assert (await tools.counted())["arrival.field_dropped", "jinshuju:email"] == 1


async def test_a_mended_map_takes_what_had_failed(tools, admin):
    """The phone stood in another question; with the map put right, the same bytes become the lead."""
    sent = json.loads(payload("jinshuju"))
    sent["entry"]["field_9"], sent["entry"]["field_2"], sent["entry"]["field_3"] = "13812345678", "", ""
    await tools.push("jinshuju", json.dumps(sent).encode())
    (row,) = await tools.rows(capture.arrivals)
    assert (row.state, row.reason) == ("failed", "fields:phone")
    mended = tools.with_map("jinshuju", fields={"field_1": "name", "field_9": "phone"})

    async def replay(d: Desk):
        d = replace(d, company=mended)
        body = await arrivals.body(d, row.id)
        entrance = mended.doors.entrances["jinshuju"]
        return await again(d, "jinshuju", row.id, read_push(mended, "jinshuju", entrance.connector, body))

    took = await desk(tools, replay)
    twice = await desk(tools, replay)

    assert (took.state, twice.state) == ("taken", "repeated")
    lead = await desk(tools, lambda d: find(d.tx, took.lead_id))
    assert lead.name == "王伟"
    assert len(await tools.rows(submitted)) == 1


async def test_a_body_over_the_limit_is_413_and_too_many_are_429(tools):
    assert (await tools.push("baidu", b"{" + b" " * 70_000)).status == 413
    statuses = [(await tools.push("baidu", payload("baidu"))).status for _ in range(31)]

    assert statuses.count(200) == 29
    assert set(statuses[29:]) == {429}
    counted = await tools.counted()
    assert (
        counted["connect.turned_away", "baidu:413"] == counted["connect.turned_away", "baidu:too_often"] == 1
    )


def test_gb18030_and_a_mark_at_the_front_are_read():
    assert document("﻿{}".encode()) == {}
    assert document('{"name":"王伟"}'.encode("gb18030")) == {"name": "王伟"}
