"""POST /forms/{form}: what a poster gets, and what is in the store afterwards."""

from __future__ import annotations

import asyncio
import time
import zlib
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.store import submissions as kept
from bot.store.desk import Desk
from bot.store.tables.leads import consents, lead_keys, leads, score_changes, submissions
from bot.store.tables.machinery import incidents, outbox
from bot.web.forms import PER_MINUTE

PERSON = {"name": "王伟", "phone": "138-1234-5678", "company": "云帆科技有限公司", "city": "上海市"}


async def only(door: Any, table: Any) -> Any:
    rows = await door.rows(select(table))
    assert len(rows) == 1
    return rows[0]


async def count(door: Any, statement: Any) -> int:
    return int((await door.rows(statement))[0].n)


async def told_of(door: Any, name: str) -> dict[str, int]:
    """What happened of this name, by reason."""
    rows = await door.rows(select(incidents).where(incidents.c.name == name))
    return {row.reason: row.n for row in rows}


def how_many(table: Any) -> Any:
    return select(func.count().label("n")).select_from(table)


async def test_an_enquiry_becomes_a_lead_that_rings_in_its_region(door, hire) -> None:
    """JSON in, a cleaned and sealed lead in the region's pool, cards for those on duty there."""
    await hire("lina")
    await hire("zhao", region="华北大区")

    answer = await door.post("website", PERSON)

    assert answer.status == 200
    assert await answer.json() == {"lead_id": "L1", "duplicate": False}
    lead = await only(door, leads)
    assert (lead.name, lead.company, lead.company_key) == ("王伟", "云帆科技有限公司", "云帆科技")
    assert (lead.province, lead.city, lead.region) == ("上海", "上海", "华东大区")
    assert (lead.status, lead.pool_id, lead.source, lead.form) == ("offered", "east", "官网", "website")
    assert lead.phone_masked == "138****5678"
    assert b"13812345678" not in lead.phone
    sent = await door.rows(select(outbox.c.recipient, outbox.c.kind))
    assert [(row.recipient, row.kind) for row in sent] == [("wx-lina", "card")]
    assert door.woken


async def test_a_lead_to_be_nurtured_rings_nobody(door, hire) -> None:
    """白皮书 waits for the SQL line: the golden story reaches 40 with its reasons, and is MQL."""
    await hire("lina")

    answer = await door.post("whitepaper", {**PERSON, "title": "市场总监", "source": "官网"})

    assert answer.status == 200
    lead = await only(door, leads)
    assert (lead.score, lead.tier, lead.status) == (40, "nurture", "new")
    assert lead.marketing_qualified_at is not None
    assert lead.sales_qualified_at is None
    rows = await door.rows(select(score_changes).order_by(score_changes.c.id))
    assert [(row.reason, row.points, row.score) for row in rows] == [
        ("官网来源且职位为总监", 20, 20),
        ("提交了表单", 20, 40),
    ]
    assert await count(door, how_many(outbox)) == 0


async def test_somebody_we_know_is_a_re_enquiry(door) -> None:
    """The same phone in another spelling: same lead, its first source kept, the clock started again."""
    await door.post("website", {**PERSON, "source": "抖音"})

    answer = await door.post(
        "trial", {"phone": "+86 138 1234 5678", "email": "Wang@Example.com", "title": "总监"}
    )

    assert await answer.json() == {"lead_id": "L1", "duplicate": True}
    lead = await only(door, leads)
    assert (lead.source, lead.form, lead.title, lead.name) == ("抖音", "website", "总监", "王伟")
    assert lead.email_masked == "w***@example.com"
    rows = await door.rows(select(submissions).order_by(submissions.c.kind))
    assert [(row.kind, row.form) for row in rows] == [("created", "website"), ("re_enquiry", "trial")]
    by_mail = await door.post("website", {"email": "wang@example.com"})
    assert await by_mail.json() == {"lead_id": "L1", "duplicate": True}


async def test_two_forms_with_one_phone_at_once_make_one_lead(door) -> None:
    """Twenty at once by HTTP, each with an e-mail of its own: one lead, one created."""
    await door.post("website", {"phone": "13500000000"})
    fields = [{"phone": "13812345678", "email": f"a{n}@example.com"} for n in range(PER_MINUTE // 2)]

    answers = await asyncio.gather(
        *(door.post(form, one) for one in fields for form in ("website", "whitepaper"))
    )

    told = [await answer.json() for answer in answers]
    assert {answer.status for answer in answers} == {200}
    assert {one["lead_id"] for one in told} == {"L2"}
    assert await count(door, how_many(leads)) == 2
    assert [one["duplicate"] for one in told].count(False) == 1
    rows = await door.rows(select(submissions.c.kind).where(submissions.c.lead_id == "L2"))
    kinds = [row.kind for row in rows]
    assert (kinds.count("created"), len(kinds)) == (1, len(answers))


async def test_keys_of_two_leads_join_the_earlier_one_and_are_told_of(door) -> None:
    """Phone of one and e-mail of another: never merged alone, but counted and in the audit."""
    await door.post("website", {"phone": "13812345678"})
    await door.post("website", {"email": "li@example.com"})

    answer = await door.post("website", {"email": "li@example.com", "phone": "13812345678"})

    assert await answer.json() == {"lead_id": "L1", "duplicate": True}
    assert await told_of(door, "lead.conflict") == {"keys_of_several": 1}
    assert (await door.rows(select(leads.c.email_masked).where(leads.c.id == "L1")))[0].email_masked == ""
    holders = {row.kind: row.lead_id for row in await door.rows(select(lead_keys))}
    assert holders == {"phone": "L1", "email": "L2"}


async def test_the_same_idempotency_key_gives_the_same_answer(door) -> None:
    first = await door.post("website", PERSON, Idempotency_Key="k-1")
    again = await door.post("website", PERSON, Idempotency_Key="k-1")
    other = await door.post("website", {**PERSON, "name": "李雷"}, Idempotency_Key="k-1")

    assert await first.json() == await again.json() == {"lead_id": "L1", "duplicate": False}
    assert other.status == 422
    assert "Idempotency-Key" in (await other.json())["errors"][0]["message"]
    assert await count(door, how_many(submissions)) == 1


async def test_twins_of_one_request_at_once_are_one_submission(door) -> None:
    """Ten copies in one instant: one row, ten equal answers."""
    answers = await asyncio.gather(*(door.post("website", PERSON, Idempotency_Key="k") for _ in range(10)))

    assert [await one.json() for one in answers] == [{"lead_id": "L1", "duplicate": False}] * 10
    assert await count(door, how_many(submissions)) == 1


async def test_one_key_with_two_people_at_once_serves_one_of_them(door) -> None:
    """The key decides even across writers: the other body is refused, and leaves no lead."""
    people = [{"phone": f"1381234{n:04}"} for n in range(8)]

    answers = await asyncio.gather(*(door.post("website", one, Idempotency_Key="k") for one in people))

    assert sorted(answer.status for answer in answers) == [200] + [422] * 7
    assert await count(door, how_many(leads)) == 1
    assert await count(door, how_many(lead_keys)) == 1


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"phone": "12345"}, "phone", "11 位手机号"),
        ({"email": "wang@nowhere"}, "email", "完整地址"),
        ({"name": "王伟"}, "phone", "至少一项"),
        ({"phone": "13812345678", "name": "王" * 65}, "name", "最多 64 个字"),
        ({"phone": "13812345678", "employees": "很多"}, "employees", "应为数字"),
        ({"phone": "13812345678", "name": {"$gt": ""}}, "name", "应为文字"),
        ({"phone": ["13812345678", "13912345678"]}, "phone", "应为文字"),
        ({"phone": "13812345678", "budget": "1e999999"}, "budget", "应为数字"),
    ],
)
async def test_a_bad_field_is_named_and_explained(door, fields, field, words) -> None:
    answer = await door.post("website", fields)

    assert answer.status == 422
    errors = (await answer.json())["errors"]
    assert [error["field"] for error in errors] == [field]
    assert words in errors[0]["message"]
    assert await count(door, how_many(leads)) == 0


async def test_what_is_no_field_changes_nothing_and_is_kept_sealed(door, unit) -> None:
    """owner_id, score, status and their like are only something that somebody sent."""
    extra = {"owner_id": "me", "score": 100, "status": "invalid", "id": "L99", "epoch": 7, "deep": {"x": [1]}}

    answer = await door.post("website", {**PERSON, **extra})

    assert (await answer.json())["lead_id"] == "L1"
    lead = await only(door, leads)
    assert (lead.owner_id, lead.score, lead.epoch) == (None, 20, 0)
    row = await only(door, submissions)
    assert b"13812345678" not in row.body

    async def opened(desk: Desk) -> dict[str, Any]:
        return await kept.body(desk, row.id)

    assert (await unit(opened))["sent"] == {**PERSON, **extra}


async def test_markup_stays_the_letters_it_is_and_unseen_signs_go(door) -> None:
    name = "<script>alert(1)</script>\u202e\u0000王"

    await door.post("website", {"phone": "13812345678", "name": name, "title": "=1+1"})

    lead = await only(door, leads)
    assert (lead.name, lead.title) == ("<script>alert(1)</script>王", "=1+1")


async def test_agreement_is_kept_with_its_words_and_version(door) -> None:
    """Words shown elsewhere are kept as they were, and count for no version of ours."""
    ours = door.site.company.forms.consents[0]
    await door.post("website", {**PERSON, "consent": True})
    await door.post("website", {**PERSON, "consent": "是", "consent_text": "同意本站条款"})

    rows = await door.rows(select(consents).order_by(consents.c.id))

    assert [(row.given, row.purpose, row.text, row.version, row.form) for row in rows] == [
        (True, "marketing", ours.text, ours.version, "website"),
        (True, "marketing", "同意本站条款", "", "website"),
    ]


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("nothing", b"{}", "application/json", 404),
        ("website", b"{", "application/json", 400),
        ("website", b"[1]", "application/json", 400),
        ("website", b'{"name": "\xff"}', "application/json", 400),
        ("website", b"[" * 40000, "application/json", 400),
        ("website", b"phone=%ff", "application/x-www-form-urlencoded", 400),
        ("website", b"a=1&" * 300, "application/x-www-form-urlencoded", 400),
        ("website", b"phone=1", "text/plain", 415),
        ("website", b" " * 65537, "application/json", 413),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(door, path, body, kind, status) -> None:
    answer = await door.client.post(f"/forms/{path}", data=body, headers={"Content-Type": kind})

    assert answer.status == status
    assert answer.content_type == "application/json"
    assert (await answer.json())["errors"][0]["message"]


async def test_a_form_encoded_post_is_the_same_as_json(door) -> None:
    answer = await door.client.post("/forms/website", data={**PERSON, "utm_source": "baidu"})

    assert await answer.json() == {"lead_id": "L1", "duplicate": False}
    assert (await only(door, leads)).custom == {"utm_source": "baidu"}


async def test_who_sends_too_many_is_told_to_wait_and_is_counted_once(door, hire) -> None:
    await hire("lina")
    for n in range(PER_MINUTE):
        assert (await door.post("website", {"phone": f"1381234{n:04}"})).status == 200

    late = [await door.post("website", {"phone": f"1391234{n:04}"}) for n in range(3)]
    door.seconds.s += 61
    later = await door.post("website", {"phone": "13700000000"})

    assert [answer.status for answer in late] == [429] * 3
    assert late[0].headers["Retry-After"] == "60"
    assert later.status == 200
    assert await told_of(door, "form.turned_away") == {"too_often": 1}


async def test_a_program_that_fills_the_hidden_field_rings_nobody(door, hire) -> None:
    await hire("lina")

    answer = await door.post("website", {**PERSON, "homepage": "https://spam.example"})

    assert answer.status == 422
    assert await count(door, how_many(leads)) == 0
    assert await count(door, how_many(outbox)) == 0
    assert await told_of(door, "form.turned_away") == {"honeypot": 1}


async def test_somebody_who_sends_again_and_again_stops_ringing(door, hire) -> None:
    """All of it is kept; the owner's chat is not flooded."""
    await hire("lina", role="rep")
    for _ in range(8):
        await door.post("website", PERSON)

    kinds = [row.kind for row in await door.rows(select(submissions.c.kind))]

    assert kinds.count("re_enquiry") == 7
    assert await told_of(door, "re_enquiry.muted") == {"too_often": 3}


async def test_pages_of_other_sites_may_post_json(door) -> None:
    asked = await door.client.options("/forms/website", headers={"Origin": "https://firm.example"})
    answer = await door.post("website", PERSON, Origin="https://firm.example")

    assert asked.status == 204
    assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_no_commit_no_thanks(door) -> None:
    """A store that cannot commit within a second is answered for with 503, never with 200."""

    async def hold(tx: Any) -> None:
        if door.site.store.dialect == "sqlite":
            time.sleep(1.5)  # noqa: ASYNC251 - on the writer's own thread: that is the point
        else:
            await tx.all(select(func.pg_sleep(1.5)))

    lanes = {zlib.crc32(lane.encode()) % 4: lane for lane in map(str, range(99))}
    several = lanes.values() if door.site.store.dialect == "postgresql" else ("",)
    held = [asyncio.ensure_future(door.site.store.write(hold, lane_key=one, within=9)) for one in several]
    await asyncio.sleep(0.1)

    answer, page = await asyncio.gather(door.post("website", PERSON), door.send_page("website", PERSON))

    assert {answer.status, page.status} == {503}
    assert answer.headers["Retry-After"] == "2"
    assert "系统正忙" in await page.text()
    await asyncio.gather(*held)
