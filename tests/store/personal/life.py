"""Somebody's whole life with us, in every table that it leaves something in, and what would give him away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import orjson

from bot.chat.inbound import Accepted
from bot.chat.outbound import Notice
from bot.crm.follow_up import FollowUpKind
from bot.crm.touching import Intent, Purpose
from bot.intake.merge import merge
from bot.store import (
    consents,
    day_reports,
    dialogues,
    enrollments,
    feedback,
    follow_ups,
    inbox,
    lead_changes,
    leads,
    outbox,
    ownership,
    tags,
    touch_windows,
)
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.tables.approvals import approvals
from bot.store.tables.behaviour import behaviours, form_views, touch_points, visitors
from bot.store.tables.imports import import_batches, import_effects, import_files, import_rows
from bot.store.tables.insight import complaints, surveys
from bot.store.tables.leads import external_contacts
from bot.store.tables.outside import webhook_deliveries, webhook_messages
from bot.store.tables.sales import accounts, opportunities, payments, tasks
from bot.touch.request import request
from tests.intake.world import HE, LINA, TEAM, enquire, hire

NAME, PHONE, EMAIL = "钱宝瑜", "13761239876", "qian.baoyu@jinsique.cn"
COMPANY, MESSAGE = "金丝雀机械厂", "想看看金丝雀特供的报价单"
TOLD = "钱总说他女儿在复旦附中读书"
CONTACT = "wm_canary_contact_0001"
#: Why a colleague refused what a journey asked about him; nothing in it names him.
REFUSED = "他爱人刚住院别再催了"
#: Whatever of these is left somewhere gives him away.
CANARIES = (NAME, PHONE, EMAIL, COMPANY, MESSAGE, TOLD, CONTACT, "qian.baoyu", "137****9876", REFUSED)
#: Somebody else, who stays.
OTHER = {"name": "孙立人", "phone": "13911112222", "email": "sun@other.cn", "company": "别家公司"}


async def staff(desk: Desk) -> None:
    """Who works here."""
    await hire(desk, *TEAM)


async def came(desk: Desk) -> str:
    """He comes, is met a second time and made one; his number."""
    lead = await enquire(
        desk, name=NAME, phone=PHONE, email=EMAIL, company=COMPANY, message=MESSAGE, city="上海"
    )
    if lead.owner_id is None:
        await ownership.take(desk, lead, to=LINA, how="claimed", by=LINA)
    lead = await leads.get(desk.tx, lead.id)
    again = await enquire(desk, name=NAME, phone="13761230000", email="bao@jinsique.cn", company=COMPANY)
    await merge(desk, lead.id, again.id, by=HE, how="hand")
    return lead.id


async def lived(unit: Callable[[Callable[[Desk], Awaitable[Any]]], Awaitable[Any]]) -> str:
    """He comes, is worked on, buys, is reached, is written about, is imported; his number."""
    lead_id: str = await unit(came)
    for part in (_worked_on, _bought, _reached, _typed, _imported):
        await unit(partial(part, lead_id=lead_id))
    return lead_id


async def _worked_on(desk: Desk, lead_id: str) -> None:
    lead = await leads.get(desk.tx, lead_id)
    await follow_ups.record(desk, lead, text=TOLD, kind=FollowUpKind.CALL, by=LINA, owner=LINA)
    await desk.tx.insert(tasks, {
        "id": "T900", "lead_id": lead_id, "owner_id": LINA.id, "state": "open", "created_by": LINA.id,
        "title": desk.vault.seal(f"给{NAME}寄样品".encode(), "tasks.title:T900"), "whole_day": False,
        "due_at": desk.now + timedelta(days=1), "is_urgent": False, "created_at": desk.now, "team": "",
        "region": "",
    })  # fmt: skip
    await lead_changes.note(desk, lead_id, "company", before="旧厂", after=COMPANY, by=LINA.id)
    await tags.put(desk, lead_id, "重点", by=LINA.id, reason=f"{NAME}说的")
    sealed = desk.vault.seal(TOLD.encode(), "complaints.text:C1")
    await desk.tx.insert(complaints, {
        "id": "C1", "lead_id": lead_id, "reason": "", "product": "", "text": sealed, "opened_at": desk.now,
        "team": "", "region": "",
    })  # fmt: skip
    await desk.tx.insert(surveys, {
        "id": "S1", "lead_id": lead_id, "survey": "满意度", "mark": 9, "product": "", "text": None,
        "answered_at": desk.now, "team": "", "region": "",
    })  # fmt: skip


async def _bought(desk: Desk, lead_id: str) -> None:
    await desk.tx.insert(accounts, {
        "id": "A900", "name": COMPANY, "name_key": COMPANY, "industry": "", "city": "",
        "phone": desk.vault.seal(PHONE.encode(), "accounts.phone:A900"), "phone_masked": "137****9876",
        "phone_digest": desk.vault.index("phone", f"+86{PHONE}"), "created_at": desk.now,
    })  # fmt: skip
    await desk.tx.insert(opportunities, {
        "id": "D900", "account_id": "A900", "lead_id": lead_id, "name": f"{COMPANY}专业版",
        "owner_id": LINA.id, "product": "专业版", "stage": "won", "amount": Decimal(80000), "currency": "CNY",
        "source": "官网", "campaign": "", "industry": "", "created_at": desk.now, "stage_since": desk.now,
        "closed_at": desk.now, "won": True, "created_team": "", "created_region": "", "closed_team": "",
        "closed_region": "", "closed_owner_id": LINA.id, "created_owner_id": LINA.id,
    })  # fmt: skip
    await desk.tx.insert(payments, {
        "id": "P900", "opportunity_id": "D900", "amount": Decimal(50000), "on": date(2026, 11, 18), "by": LINA.id,
        "at": desk.now, "owner_id": LINA.id, "team": "", "region": "",
    })  # fmt: skip


async def _reached(desk: Desk, lead_id: str) -> None:
    said = Consent(given=True, purpose="marketing", channel="form", text=f"{NAME}同意", version="2026-11")
    await consents.record(desk, lead_id, said)
    await desk.tx.insert(external_contacts, {
        "platform": "wecom", "external_id": CONTACT, "user_id": LINA.id, "lead_id": lead_id,
        "state": "", "added_at": desk.now, "welcome": "",
    })  # fmt: skip
    await touch_windows.open_window(
        desk, lead_id, way="wechat_service.message", kind="message", address=CONTACT
    )
    await request(
        desk,
        Intent(
            key="journey:E900:touch:1", lead_id=lead_id, purpose=Purpose.MARKETING, content="news1",
            channels=("email",), journey="whitepaper", words={"coupon": f"{NAME}-88"},
        ),
    )  # fmt: skip
    await enrollments.enter(
        desk.tx,
        enrollments.Row(
            id="E900", journey="whitepaper", version=1, lead_id=lead_id, person=lead_id,
            entered_at=desk.now, place="wait", due_at=desk.now + timedelta(days=1),
            memory={"words": {"object": f"{NAME}.pdf"}},
        ),
    )  # fmt: skip
    await _asked_about(desk, lead_id)
    visitor = {"visitor": "user:canary-77", "first_seen": desk.now, "last_seen": desk.now}
    await desk.tx.insert_new(visitors, {**visitor, "lead_id": lead_id})
    await desk.tx.insert(behaviours, {
        "message_id": "m-1", "lead_id": lead_id, "visitor": "user:canary-77", "event": "file_downloaded",
        "object": f"/hello/{EMAIL}", "channel": "web", "properties": {"who": NAME}, "at": desk.now,
        "received_at": desk.now,
    })  # fmt: skip
    await desk.tx.insert(touch_points, {
        "lead_id": lead_id, "visitor": "user:canary-77", "source": "百度", "medium": "cpc", "campaign": "",
        "term": "", "content": "", "referrer": "", "page": f"/?mail={EMAIL}", "click_id": {"bd_vid": "x"},
        "at": desk.now,
    })  # fmt: skip
    await desk.tx.insert(form_views, {
        "visitor": "user:canary-77", "form": "website", "page": "/", "source": "", "campaign": "",
        "at": desk.now,
    })  # fmt: skip
    body = desk.vault.seal(orjson.dumps({"name": NAME, "id": lead_id}), "webhook_messages.body:msg_9")
    message = {"id": "msg_9", "type": "lead.created", "lead_id": lead_id, "body": body, "at": desk.now}
    await desk.tx.insert(webhook_messages, message)
    await desk.tx.insert(webhook_deliveries, {
        "message_id": "msg_9", "endpoint": "erp", "round": 1, "state": "pending", "attempts": 0,
        "due_at": desk.now, "fence": 0, "created_at": desk.now,
    })  # fmt: skip


async def behaved_often(desk: Desk, lead_id: str, times: int) -> None:
    """So many pages that he looked at."""
    row = {
        "lead_id": lead_id, "visitor": "user:canary-77", "event": "page_viewed",
        "object": f"/hello/{EMAIL}", "channel": "web", "properties": {}, "at": desk.now,
        "received_at": desk.now,
    }  # fmt: skip
    await desk.tx.insert_all(behaviours, [{**row, "message_id": f"often-{n}"} for n in range(times)])


async def _asked_about(desk: Desk, lead_id: str) -> None:
    """A journey asked, a colleague refused with a reason, and his owner was told; another answer names him."""
    for number, way, text, reason in (
        ("P900", "E900", f"给{NAME}打八折吗", REFUSED), ("P901", "E901", "打八折吗", f"{NAME}那边先谈"),
    ):  # fmt: skip
        await desk.tx.insert(approvals, {
            "id": number, "enrollment_id": way, "place": "ask", "occasion": f"journey:{way}:ask:1",
            "journey": "whitepaper", "text": text, "asked": [HE.id], "state": "refused",
            "answered_by": HE.id, "reason": reason, "asked_at": desk.now, "due_at": desk.now,
            "answered_at": desk.now,
        })  # fmt: skip
    said = f"L900 不是他；{lead_id} 的申请被驳回：{REFUSED}"
    await outbox.post(desk, Notice(to=LINA.id, key="approval:P900:told", text=said, topic=f"lead:{lead_id}"))
    typed = orjson.dumps({"text": f"驳回 P900 {REFUSED}", "from": "wx-he"})
    await inbox.receive(desk.tx, desk.vault, Accepted("wecom", "k-3", "wecom:wx-he", typed), now=desk.now)


async def _typed(desk: Desk, lead_id: str) -> None:
    """What people wrote of him where nothing but their words says so."""
    words = orjson.dumps({"text": f"录入 {NAME} {PHONE} {COMPANY}", "from": "wx-lina"})
    await inbox.receive(desk.tx, desk.vault, Accepted("wecom", "k-1", "wecom:wx-lina", words), now=desk.now)
    other = orjson.dumps({"text": "今天拜访了孙立人"})
    await inbox.receive(desk.tx, desk.vault, Accepted("wecom", "k-2", "wecom:wx-lina", other), now=desk.now)
    await outbox.post(
        desk, Notice(to=LINA.id, key="n-1", text=f"{NAME}（{PHONE}）在看价格页", topic=f"lead:{lead_id}")
    )
    await dialogues.open(desk, LINA.id, "follow_up", {"of": lead_id, "text": TOLD}, for_=timedelta(hours=1))
    await day_reports.write(desk, LINA.id, date(2026, 11, 18), f"今天和{NAME}谈妥了", edited=True)
    await feedback.keep(desk, LINA.id, f"{NAME}的电话怎么看不到")


async def _imported(desk: Desk, lead_id: str) -> None:
    counts = dict.fromkeys(("rows", "created", "merged", "unchanged", "rejected", "kept", "done_through"), 1)
    await desk.tx.insert(import_batches, {
        "id": "I900", "file_name": "名单.xlsx", "digest": "d", "kind": "leads", "mapping": {},
        "state": "done", "by": LINA.id, "platform": "wecom", **counts, "note": "", "created_at": desk.now,
        "changed_at": desk.now,
    })  # fmt: skip
    raw = orjson.dumps({"姓名": NAME, "电话": PHONE})
    for row, entity in ((1, lead_id), (2, None)):
        await desk.tx.insert(import_rows, {
            "batch_id": "I900", "row": row, "outcome": "merged" if entity else "rejected",
            "entity_id": entity, "external_id": "", "reason": "",
            "raw": desk.vault.seal(raw, f"import_rows.raw:I900:{row}"), "at": desk.now,
        })  # fmt: skip
    await desk.tx.insert(import_effects, {
        "batch_id": "I900", "row": 1, "n": 0, "table_name": "leads", "key": {"id": lead_id},
        "before": desk.vault.seal(raw, "import_effects:I900:1"), "after": None,
    })  # fmt: skip
    await desk.tx.insert(import_files, {
        "batch_id": "I900", "name": "source", "part": 0,
        "body": desk.vault.seal(raw, "import_files.body:I900:source:0"),
    })  # fmt: skip
