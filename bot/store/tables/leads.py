"""Leads, the keys by which they are found again, and everything that ever happened to them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

leads = Table(
    "leads",
    METADATA,
    #: `L7`: people say it aloud.
    Column("id", String, primary_key=True),
    #: new, offered, assigned, working, converted, recycled, invalid.
    Column("status", String, nullable=False),
    Column("name", String, nullable=False),
    Column("company", String, nullable=False),
    #: The company's name without 有限公司, brackets and the like.
    Column("company_key", String, nullable=False),
    Column("title", String, nullable=False),
    Column("phone", LargeBinary),
    Column("phone_masked", String, nullable=False),
    Column("email", LargeBinary),
    Column("email_masked", String, nullable=False),
    Column("external_id", String),
    Column("province", String, nullable=False),
    Column("city", String, nullable=False),
    Column("region", String, nullable=False),
    Column("industry", String, nullable=False),
    #: First touch: never changed afterwards.
    Column("source", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("form", String, nullable=False),
    #: Sealed: what the customer wrote to us last.
    Column("message", LargeBinary),
    Column("custom", Json, nullable=False),
    Column("score", Integer, nullable=False),
    Column("tier", String, nullable=False),
    Column("lifecycle", String, nullable=False),
    Column("marketing_qualified_at", UTCDateTime),
    Column("sales_qualified_at", UTCDateTime),
    #: What sales said of it last; both empty while nobody has.
    Column("sales_accepted_at", UTCDateTime),
    Column("sales_rejected_at", UTCDateTime),
    Column("last_behaviour", String, nullable=False),
    Column("last_behaviour_at", UTCDateTime),
    Column("pool_id", String),
    Column("owner_id", String),
    #: Grows with each change of owner; a card or a timer of an older epoch has no say.
    Column("epoch", Integer, nullable=False),
    Column("owned_at", UTCDateTime),
    Column("previous_owner_id", String),
    Column("released_at", UTCDateTime),
    #: From here the first-response clock runs: creation or the last re-enquiry.
    Column("waiting_since", UTCDateTime),
    Column("last_follow_up_at", UTCDateTime),
    Column("invalid_reason", String),
    #: The WeChat contact, once the customer added one of us.
    Column("external_contact_id", String),
    Column("wechat_added_at", UTCDateTime),
    Column("account_id", String),
    Column("converted_at", UTCDateTime),
    Column("created_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    #: Set when it was merged into another.
    Column("merged_into", String),
)
Index("ix_leads_owner", leads.c.owner_id, leads.c.status)
Index("ix_leads_pool", leads.c.pool_id, leads.c.status)
Index("ix_leads_created", leads.c.created_at)
Index("ix_leads_company", leads.c.company_key)
Index("ix_leads_name", leads.c.name)
Index(
    "ix_leads_account",
    leads.c.account_id,
    sqlite_where=leads.c.account_id.is_not(None),
    postgresql_where=leads.c.account_id.is_not(None),
)
#: Almost empty: numbers look up here whether a lead was merged away, a hundred thousand times.
Index(
    "ix_leads_merged",
    leads.c.id,
    leads.c.merged_into,
    sqlite_where=leads.c.merged_into.is_not(None),
    postgresql_where=leads.c.merged_into.is_not(None),
)

for _name, _at in (
    ("merged_into", leads.c.merged_into),
    ("mql", leads.c.marketing_qualified_at),
    ("sql", leads.c.sales_qualified_at),
    ("added", leads.c.wechat_added_at),
):
    Index(f"ix_leads_{_name}", _at, sqlite_where=_at.is_not(None), postgresql_where=_at.is_not(None))

#: One row per phone, e-mail and external id; the unique key decides who was first.
lead_keys = Table(
    "lead_keys",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("lead_id", String, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)
Index("ix_lead_keys_lead", lead_keys.c.lead_id)

#: Every form sent in, the first of a lead and the later ones (re-enquiries).
submissions = Table(
    "submissions",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lead_id", String, nullable=False),
    Column("form", String, nullable=False),
    Column("source", String, nullable=False),
    Column("campaign", String, nullable=False),
    #: created or re_enquiry.
    Column("kind", String, nullable=False),
    #: Sealed JSON of everything that was sent, unknown fields too.
    Column("body", LargeBinary, nullable=False),
    #: Of the sender's Idempotency-Key, and of the body it came with.
    Column("request_key", String, unique=True),
    Column("request_digest", String),
    Column("at", UTCDateTime, nullable=False),
    #: As they were when it happened.
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_submissions_lead", submissions.c.lead_id, submissions.c.at)
Index("ix_submissions_at", submissions.c.kind, submissions.c.at)

#: One owner's time with one lead (归属记录).
tenures = Table(
    "tenures",
    METADATA,
    Column("lead_id", String, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("owner_id", String, nullable=False),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
    Column("pool_id", String),
    #: claimed, assigned, transferred, created.
    Column("how", String, nullable=False),
    Column("by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("from_at", UTCDateTime, nullable=False),
    Column("to_at", UTCDateTime),
    #: released, recycled, transferred, reassigned, left, invalid.
    Column("ended_how", String),
    Column("ended_by", String),
    Column("ended_reason", String),
)
Index("ix_tenures_owner", tenures.c.owner_id, tenures.c.from_at)
Index("ix_tenures_ended", tenures.c.ended_how, tenures.c.to_at)

#: Every try to take a lead out of a pool, granted or not; append-only.
claims = Table(
    "claims",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("pool_id", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    #: The company's local day, `2026-11-22`: caps end with it.
    Column("day", String, nullable=False),
    #: won, taken, capped_day, capped_holding, cooling, embargoed, off_duty, not_yours, gone.
    Column("outcome", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_claims_lead", claims.c.lead_id)
Index("ix_claims_user_day", claims.c.user_id, claims.c.pool_id, claims.c.day)
Index("ix_claims_at", claims.c.outcome, claims.c.at)

#: Who was shown a lead in an offer, in which round.
offers = Table(
    "offers",
    METADATA,
    Column("lead_id", String, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("round", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

status_changes = Table(
    "status_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_status_changes_lead", status_changes.c.lead_id, status_changes.c.at)
Index("ix_status_changes_after", status_changes.c.after, status_changes.c.at)

score_changes = Table(
    "score_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("rule", String, nullable=False),
    #: What it was for (which form, which day): points are given once for each occasion.
    Column("occasion", String, nullable=False),
    Column("points", Integer, nullable=False),
    Column("reason", String, nullable=False),
    Column("score", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    UniqueConstraint("lead_id", "rule", "occasion"),
)
Index("ix_score_changes_lead", score_changes.c.lead_id, score_changes.c.at)

lifecycle_changes = Table(
    "lifecycle_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_lifecycle_changes_lead", lifecycle_changes.c.lead_id, lifecycle_changes.c.at)

field_changes = Table(
    "field_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("field", String, nullable=False),
    #: Sealed JSON [before, after].
    Column("values", LargeBinary, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_field_changes_lead", field_changes.c.lead_id, field_changes.c.at)

#: Who agreed to what, where, in which words; withdrawals are rows too.
consents = Table(
    "consents",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("given", Boolean, nullable=False),
    #: What for: `contact`, `marketing`, `wechat`.
    Column("purpose", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("text", String, nullable=False),
    Column("version", String, nullable=False),
    Column("form", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_consents_lead", consents.c.lead_id, consents.c.at)

#: QR codes made for a lead, by our own word in them.
contact_ways = Table(
    "contact_ways",
    METADATA,
    Column("state", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("lead_id", String, nullable=False),
    Column("user_ids", Json, nullable=False),
    Column("config_id", String),
    Column("qr_url", String),
    Column("created_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
    Column("deleted_at", UTCDateTime),
)
Index("ix_contact_ways_lead", contact_ways.c.lead_id)

#: WeChat contacts of ours and whom of us they added.
external_contacts = Table(
    "external_contacts",
    METADATA,
    Column("platform", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("lead_id", String),
    Column("state", String, nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    #: none, pending, missed: what became of the greeting; what was sent, the outbox knows.
    Column("welcome", String, nullable=False),
)
Index("ix_external_contacts_lead", external_contacts.c.lead_id)
