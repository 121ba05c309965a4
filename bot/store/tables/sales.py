"""The work and what comes of it: follow-ups, tasks, accounts, opportunities, quotes, payments."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, Money, Percent, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

follow_ups = Table(
    "follow_ups",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lead_id", String, nullable=False),
    Column("opportunity_id", String),
    Column("user_id", String, nullable=False),
    #: call, visit, wechat, mail, message, note.
    Column("kind", String, nullable=False),
    #: Sealed: what was said names people.
    Column("text", LargeBinary, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    #: Working minutes from creation or re-enquiry; only on the owner's first one.
    Column("response_minutes", Integer),
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_follow_ups_lead", follow_ups.c.lead_id, follow_ups.c.at)
Index("ix_follow_ups_user", follow_ups.c.user_id, follow_ups.c.at)
Index("ix_follow_ups_at", follow_ups.c.at)

tasks = Table(
    "tasks",
    METADATA,
    #: `T5`
    Column("id", String, primary_key=True),
    Column("lead_id", String),
    Column("opportunity_id", String),
    Column("owner_id", String, nullable=False),
    Column("title", LargeBinary, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    #: True when only the day was said.
    Column("whole_day", Boolean, nullable=False),
    Column("is_urgent", Boolean, nullable=False),
    #: open, done, cancelled.
    Column("state", String, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("created_by", String, nullable=False),
    Column("done_at", UTCDateTime),
    Column("ended_reason", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_tasks_owner", tasks.c.owner_id, tasks.c.state, tasks.c.due_at)
Index("ix_tasks_lead", tasks.c.lead_id, tasks.c.state)
Index("ix_tasks_due", tasks.c.state, tasks.c.due_at)
Index("ix_tasks_due_at", tasks.c.due_at)
Index(
    "ix_tasks_done",
    tasks.c.done_at,
    sqlite_where=tasks.c.done_at.is_not(None),
    postgresql_where=tasks.c.done_at.is_not(None),
)

#: Postponed, handed over, done, cancelled: what happened to a task.
task_changes = Table(
    "task_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("task_id", String, nullable=False),
    Column("what", String, nullable=False),
    Column("before", Json),
    Column("after", Json),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_task_changes_task", task_changes.c.task_id, task_changes.c.at)

accounts = Table(
    "accounts",
    METADATA,
    #: `A3`
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False),
    Column("external_id", String),
    Column("uscc", String),
    Column("industry", String, nullable=False),
    Column("city", String, nullable=False),
    Column("owner_id", String),
    #: Sealed, with what may be shown of it, and by what the number is found again.
    Column("phone", LargeBinary),
    Column("phone_masked", String),
    Column("phone_digest", String),
    Column("email", LargeBinary),
    Column("email_masked", String),
    Column("created_at", UTCDateTime, nullable=False),
    Column("merged_into", String),
)
Index("ix_accounts_name_key", accounts.c.name_key)
Index(
    "ix_accounts_phone",
    accounts.c.phone_digest,
    sqlite_where=accounts.c.phone_digest.is_not(None),
    postgresql_where=accounts.c.phone_digest.is_not(None),
)

opportunities = Table(
    "opportunities",
    METADATA,
    #: `D4`: reps say 商机 D4.
    Column("id", String, primary_key=True),
    Column("account_id", String, nullable=False),
    Column("lead_id", String),
    Column("name", String, nullable=False),
    Column("owner_id", String),
    Column("product", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("amount", Money),
    Column("currency", String, nullable=False),
    Column("expected_close_on", Date),
    Column("source", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("industry", String, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("stage_since", UTCDateTime, nullable=False),
    Column("closed_at", UTCDateTime),
    Column("won", Boolean),
    Column("lost_reason", String),
    Column("external_id", String),
    #: Of the owner at creation, and at closing: facts keep them.
    Column("created_owner_id", String),
    Column("created_team", String, nullable=False),
    Column("created_region", String, nullable=False),
    Column("closed_owner_id", String),
    Column("closed_team", String, nullable=False),
    Column("closed_region", String, nullable=False),
)
Index("ix_opportunities_owner", opportunities.c.owner_id, opportunities.c.stage)
Index("ix_opportunities_created", opportunities.c.created_at)
Index("ix_opportunities_closed", opportunities.c.won, opportunities.c.closed_at)
Index("ix_opportunities_lead", opportunities.c.lead_id)
Index("ix_opportunities_account", opportunities.c.account_id)

stage_changes = Table(
    "stage_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("opportunity_id", String, nullable=False),
    Column("lead_id", String),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_stage_changes_opportunity", stage_changes.c.opportunity_id, stage_changes.c.at)
Index("ix_stage_changes_after", stage_changes.c.after, stage_changes.c.at)

opportunity_changes = Table(
    "opportunity_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("opportunity_id", String, nullable=False),
    Column("field", String, nullable=False),
    Column("before", Json),
    Column("after", Json),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_opportunity_changes", opportunity_changes.c.opportunity_id, opportunity_changes.c.at)

quotes = Table(
    "quotes",
    METADATA,
    Column("id", String, primary_key=True),
    Column("opportunity_id", String, nullable=False),
    Column("amount", Money, nullable=False),
    #: Per cent off the list price, 0 to 100.
    Column("discount", Percent, nullable=False),
    Column("product", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_quotes_opportunity", quotes.c.opportunity_id, quotes.c.at)

payments = Table(
    "payments",
    METADATA,
    Column("id", String, primary_key=True),
    Column("opportunity_id", String, nullable=False),
    Column("amount", Money, nullable=False),
    Column("on", Date, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_payments_on", payments.c.on)
Index("ix_payments_opportunity", payments.c.opportunity_id)

targets = Table(
    "targets",
    METADATA,
    #: owner, team or region, and its id or name.
    Column("scope", String, primary_key=True),
    Column("name", String, primary_key=True),
    #: First day of the month.
    Column("month", Date, primary_key=True),
    Column("amount", Money, nullable=False),
)
