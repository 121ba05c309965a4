"""Every table: whose rows it has. One that stands nowhere here fails a test."""

from __future__ import annotations

from bot.store.personal.tie import GONE, Masked, Mention, Nobody, Seal, Tie
from bot.store.tables import approvals as ap
from bot.store.tables import assignment as a
from bot.store.tables import behaviour as b
from bot.store.tables import capture as c
from bot.store.tables import digests as d
from bot.store.tables import imports as i
from bot.store.tables import insight as n
from bot.store.tables import journeys as j
from bot.store.tables import leads as le
from bot.store.tables import machinery as m
from bot.store.tables import official as w
from bot.store.tables import outreach as r
from bot.store.tables import outside as o
from bot.store.tables import people as p
from bot.store.tables import quality as q
from bot.store.tables import results as e
from bot.store.tables import sales as s
from bot.store.tables import segments as g
from bot.store.tables import touch as t
from bot.store.tables.content import content_links, touch_events, touch_texts

_VISITOR = Masked("visitor")

#: In this order: what a table gives is what a later one is found by.
TIES: tuple[Tie, ...] = (
    Tie(
        le.leads, "id", "leads", "线索",
        wipe={
            "name": GONE, "company": "", "company_key": "", "title": "", "phone": None, "phone_masked": "",
            "email": None, "email_masked": "", "external_id": None, "city": "", "message": None, "custom": {},
            "last_behaviour": "", "external_contact_id": None,
        },
        seals={name: Seal(f"leads.{name}:{{id}}") for name in ("phone", "email", "message")},
        gives={"accounts": "account_id"},
    ),
    Tie(le.lead_keys, "lead_id", "leads", "查重索引", drop=True, keys=frozenset({"digest"})),
    Tie(j.journey_marks, "of_lead", "leads", "等待处理的变化", drop=True),
    Tie(m.timers, "lane_key", "lanes", "定时", drop=True),
    Tie(q.lead_hints, "lead_id", "leads", "查重线索", drop=True, keys=frozenset({"digest"})),
    Tie(
        le.field_changes, "lead_id", "leads", "资料改动", drop=True,
        seals={"values": Seal("field_changes.values:{lead_id}:{field}", is_json=True)},
    ),
    Tie(
        le.submissions, "lead_id", "leads", "提交的表单",
        wipe={"body": {}, "request_key": None, "request_digest": None},
        seals={"body": Seal("submissions.body:{id}", is_json=True)},
        keys=frozenset({"request_key", "request_digest"}),
    ),
    # When, for what and by which text he agreed or refused is the proof that the law wants kept.
    Tie(le.consents, "lead_id", "leads", "同意记录", wipe={"text": ""}),
    Tie(
        le.status_changes, "lead_id", "leads", "状态变化", wipe={"reason": ""},
        only=le.status_changes.c.after != "invalid",
    ),
    Tie(le.lifecycle_changes, "lead_id", "leads", "生命周期", wipe={"reason": ""}),
    Tie(le.score_changes, "lead_id", "leads", "积分", wipe={"reason": ""}),
    Tie(le.tenures, "lead_id", "leads", "负责人", wipe={"reason": "", "ended_reason": ""}),
    Tie(le.claims, "lead_id", "leads", "领取"),
    Tie(le.offers, "lead_id", "leads", "分给过谁"),
    Tie(le.external_contacts, "lead_id", "leads", "企业微信好友", drop=True),
    Tie(le.contact_ways, "lead_id", "leads", "专属二维码", wipe={"qr_url": None}),
    Tie(c.followers, "lead_id", "leads", "公众号关注", drop=True, gives={"open_ids": "open_id"}),
    Tie(w.mini_program_users, "lead_id", "leads", "小程序用户", drop=True, gives={"open_ids": "open_id"}),
    Tie(w.unclaimed_permissions, "open_id", "open_ids", "还没认领的授权", drop=True),
    Tie(w.union_id_lookups, "open_id", "open_ids", "等待核对的微信号", drop=True),
    Tie(
        r.service_sessions, "lead_id", "leads", "微信客服会话", drop=True,
        seals={"address": Seal("service_sessions.address:{id}")}, keys=frozenset({"digest"}),
    ),
    Tie(g.lead_tags, "lead_id", "leads", "标签", wipe={"reason": ""}),
    Tie(g.tag_changes, "lead_id", "leads", "标签变化", wipe={"reason": ""}),
    Tie(g.sales_verdicts, "lead_id", "leads", "销售的评价"),
    Tie(g.segment_members, "lead_id", "leads", "所在人群", drop=True),
    Tie(g.segment_changes, "lead_id", "leads", "进出人群"),
    Tie(g.segment_dues, "lead_id", "leads", "人群到期", drop=True),
    Tie(a.assignment_decisions, "lead_id", "leads", "分配依据", wipe={"inputs": {}, "sticky_key": ""}),
    Tie(a.reveal_taps, "lead_id", "leads", "抢单"),
    Tie(a.lead_locks, "lead_id", "leads", "锁定", drop=True),
    Tie(a.follow_up_checks, "lead_id", "leads", "跟进是否有效"),
    Tie(q.collisions, "lead_id", "leads", "撞单"),
    Tie(
        q.merges, "kept", "leads", "合并（并入）", wipe={"conflicts": {}, "body": None},
        keys=frozenset({"body"}),
    ),
    Tie(
        q.merges, "gone", "leads", "合并（被并入）", wipe={"conflicts": {}, "body": None},
        keys=frozenset({"body"}),
    ),
    Tie(q.lookalikes, "first", "leads", "疑似重复", drop=True),
    Tie(q.lookalikes, "second", "leads", "疑似重复（后来的）", drop=True),
    Tie(q.uncompared, "id", "leads", "等待查重", drop=True),
    Tie(
        s.follow_ups, "lead_id", "leads", "跟进记录", wipe={"text": GONE},
        seals={"text": Seal("follow_ups.text:{id}")}, gives={"follow_ups": "id"},
    ),
    Tie(
        s.opportunities, "lead_id", "leads", "商机", wipe={"name": GONE},
        gives={"deals": "id", "accounts": "account_id"},
    ),
    Tie(
        s.opportunity_changes, "opportunity_id", "deals", "商机改动", wipe={"before": None, "after": None},
        only=s.opportunity_changes.c.field == "name",
    ),
    Tie(s.stage_changes, "opportunity_id", "deals", "商机阶段"),
    Tie(s.quotes, "opportunity_id", "deals", "报价"),
    Tie(s.payments, "opportunity_id", "deals", "回款"),
    Tie(
        s.tasks, "lead_id", "leads", "任务", wipe={"title": GONE}, seals={"title": Seal("tasks.title:{id}")},
        gives={"tasks": "id"},
    ),
    Tie(
        s.tasks, "opportunity_id", "deals", "商机任务", wipe={"title": GONE},
        seals={"title": Seal("tasks.title:{id}")}, gives={"tasks": "id"},
    ),
    Tie(s.task_changes, "task_id", "tasks", "任务变化", wipe={"before": None, "after": None}),
    Tie(i.orders, "lead_id", "leads", "订单", gives={"orders": "id"}),
    Tie(
        n.complaints, "lead_id", "leads", "投诉", wipe={"text": None},
        seals={"text": Seal("complaints.text:{id}")},
    ),
    Tie(
        n.surveys, "lead_id", "leads", "回访评分", wipe={"text": None},
        seals={"text": Seal("surveys.text:{id}")},
    ),
    Tie(b.visitors, "lead_id", "leads", "浏览器", drop=True, gives={"visitors": "visitor"}),
    Tie(
        b.behaviours, "lead_id", "leads", "行为", wipe={"object": "", "properties": {}, "visitor": _VISITOR},
        gives={"visitors": "visitor"},
    ),
    Tie(
        b.touch_points, "lead_id", "leads", "来源",
        wipe={"term": "", "referrer": "", "page": "", "click_id": {}, "visitor": _VISITOR},
        gives={"visitors": "visitor"},
    ),
    Tie(b.form_views, "visitor", "visitors", "看过表单", wipe={"visitor": _VISITOR}),
    Tie(
        c.arrivals, "lead_id", "leads", "推送和邮件", wipe={"body": None, "sender": ""},
        seals={"body": Seal("arrivals.body:{id}")}, keys=frozenset({"key", "sender"}),
    ),
    Tie(n.touches, "lead_id", "leads", "触达结果", wipe={"failure": ""}, gives={"touches": "id"}),
    Tie(
        t.touch_plans, "lead_id", "leads", "触达", wipe={"words": None, "provider_id": "", "detail": ""},
        seals={"words": Seal("touch_plans.words:{id}", is_json=True)}, gives={"touches": "id"},
    ),
    Tie(
        # It stays: a task that nobody has sent yet has to be taken back because of it.
        r.group_message_members, "touch_id", "touches", "企业群发里的一份", wipe={"address": GONE},
        seals={"address": Seal("group_message_members.address:{touch_id}")}, keys=frozenset({"digest"}),
    ),
    Tie(e.touch_costs, "touch_id", "touches", "触达花费"),
    Tie(
        touch_texts, "touch_id", "touches", "触达用的文字版本", wipe={"key_kind": None, "key_digest": None},
        keys=frozenset({"key_digest"}),
    ),
    Tie(touch_events, "touch_id", "touches", "打开和点击"),
    Tie(
        t.touch_windows, "lead_id", "leads", "可回复时段", drop=True,
        seals={"address": Seal("touch_windows.address:{id}")},
    ),
    Tie(
        t.touch_grants, "lead_id", "leads", "订阅授权", drop=True,
        seals={"address": Seal("touch_grants.address:{id}")},
    ),
    Tie(j.journey_enrollments, "lead_id", "leads", "旅程", wipe={"memory": {}}, gives={"ways": "id"}),
    Tie(j.journey_steps, "enrollment_id", "ways", "旅程每一步"),
    Tie(e.journey_goals, "enrollment_id", "ways", "达成目标"),
    Tie(
        ap.approvals, "enrollment_id", "ways", "旅程里的审批", wipe={"text": GONE, "reason": ""},
        gives={"approvals": "id"},
    ),
    Tie(
        o.webhook_messages, "lead_id", "leads", "推给其他系统的", wipe={"body": {}},
        seals={"body": Seal("webhook_messages.body:{id}", is_json=True)}, gives={"messages": "id"},
    ),
    Tie(o.webhook_deliveries, "message_id", "messages", "推送情况"),
    Tie(o.api_requests, "lead_id", "leads", "接口调用", drop=True, keys=frozenset({"digest", "key"})),
    *(
        Tie(
            i.import_rows, "entity_id", kind, title,
            wipe={"external_id": "", "reason": "", "raw": None},
            seals={"raw": Seal("import_rows.raw:{batch_id}:{row}", is_json=True)},
            gives={"batches": "batch_id"},
        )
        for kind, title in (
            ("leads", "导入的行"), ("deals", "导入的商机行"), ("follow_ups", "导入的跟进行"),
            ("orders", "导入的订单行"), ("own_accounts", "导入的客户行"),
        )
    ),
    # A whole file holds others too; nobody needs it once its rows are in.
    Tie(i.import_files, "batch_id", "batches", "导入的文件", drop=True, keys=frozenset({"body"}), weight=50),
    Tie(
        s.accounts, "id", "own_accounts", "客户",
        wipe={
            "name": GONE, "name_key": "", "uscc": None, "phone": None, "phone_masked": None,
            "phone_digest": None, "email": None, "email_masked": None,
        },
        seals={"phone": Seal("accounts.phone:{id}"), "email": Seal("accounts.email:{id}")},
        keys=frozenset({"phone_digest"}),
    ),
)  # fmt: skip

#: What people typed, what went out, what hangs in chats: walked through row by row.
MENTIONS: tuple[Mention, ...] = (
    Mention(m.inbox, {"body": Seal("inbox.body")}, ("lane_key",), "收到的消息"),
    Mention(
        m.outbox,
        {"body": Seal("outbox.body:{lane_key}:{key}"), "line": Seal("outbox.line:{lane_key}:{key}")},
        ("topic",), "发给同事的消息",
    ),
    Mention(m.cards, {"body": Seal("cards.body:{card_key}")}, ("topic",), "卡片"),
    Mention(
        m.dialogues, {"state": Seal("dialogues.state:{user_id}:{kind}", is_json=True, is_spelled=True)},
        (), "没答完的问题",
    ),
    Mention(d.day_reports, {"body": Seal("day_reports.body:{user_id}:{day}")}, (), "日报"),
    Mention(p.feedback, {"text": Seal("feedback.text:{id}")}, (), "同事的意见"),
    Mention(s.tasks, {"title": Seal("tasks.title:{id}")}, (), "别的任务"),
    Mention(s.follow_ups, {"text": Seal("follow_ups.text:{id}")}, (), "别的跟进"),
    Mention(i.import_rows, {"raw": Seal("import_rows.raw:{batch_id}:{row}")}, (), "没有收下的导入行"),
    Mention(ap.approvals, {"text": None, "reason": None}, (), "别的审批"),
    Mention(c.arrivals, {"body": Seal("arrivals.body:{id}")}, (), "没有收下的推送"),
    # One text for many; with a name in it, it was one for those of this name.
    Mention(r.group_messages, {"text": Seal("group_messages.text:{id}")}, (), "企业群发的文字"),
    Mention(content_links, {"url": Seal("content_links.url:{id}")}, (), "消息里的链接"),
)  # fmt: skip

#: Nobody's, and why.
NOBODY: Nobody = {
    "mass_sends": "编号和合计",
    "service_accounts": "读到哪一条",
    "touch_spending": "合计",
    "journey_step_sums": "合计",
    "segment_marks": "编号，随即处理掉",
    "import_effects": "随导入的行一起删",
    "webhook_attempts": "只有时间和结果",
    "webhook_endpoints": "对方系统",
    "api_keys": "对方系统",
    "erasures": "只有编号、原因、经办人，用来证明删过，并在恢复备份后再删一次",
    "audit": "只有编号，不写姓名电话；链要保持完整",
    "audit_head": "链头",
    "touch_suppressions": "不可逆的摘要，用来不再联系",
    "touch_policies": "规则版本",
    "journey_counts": "合计",
    "journey_coupons": "券码和旅程编号",
    "journey_states": "旅程",
    "journey_sweeps": "旅程",
    "journey_versions": "旅程",
    "journey_wants": "旅程",
    "segment_states": "人群",
    "rollup_books": "合计",
    "rollup_days": "合计",
    "rollup_differences": "合计",
    "rollup_marks": "合计",
    "rollup_months": "合计",
    "rollup_stale": "合计",
    "forecast_models": "合计",
    "scorecards": "合计",
    "digest_readings": "合计",
    "costs": "花费",
    "targets": "目标",
    "commitments": "同事的承诺",
    "subscriptions": "同事的订阅",
    "digest_sendings": "同事的订阅",
    "setting_changes": "配置",
    "page_visits": "同事打开的页面",
    "hand_overs": "编号",
    "leaves": "同事请假",
    "rings": "轮流",
    "users": "同事",
    "user_changes": "同事",
    "logins": "同事",
    "binding_codes": "同事",
    "departments": "部门",
    "chats": "群和公海的对应",
    "card_codes": "卡片的更新码",
    "quotas": "发送频率",
    "monthly": "调用次数",
    "ticks": "定时",
    "leases": "进程",
    "lanes": "进程",
    "counters": "计数",
    "incidents": "计数",
    "instance": "本机",
    "numbers": "编号",
    "mailbox_positions": "读到哪一封",
    "standing_ways": "公开的活码",
    "import_batches": "批次",
}
