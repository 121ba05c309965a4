"""Messages to customers: each one wanted and what was decided, and what permits or forbids them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

#: Every message that was wanted, sent or not: caps are counted here, and nowhere else.
touch_plans = Table(
    "touch_plans",
    METADATA,
    #: The same as in `touches`, where numbers are counted.
    Column("id", String, primary_key=True),
    #: Names the occasion: it is decided and sent once.
    Column("key", String, nullable=False),
    Column("lead_id", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("content", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("journey", String, nullable=False),
    Column("arm", String, nullable=False),
    Column("priority", Integer, nullable=False),
    #: By which way it goes, see bot/touch/ways.py; both empty if by none.
    Column("way", String, nullable=False),
    Column("channel", String, nullable=False),
    #: See `bot.crm.touching.TouchState`.
    Column("state", String, nullable=False),
    #: What decided against it; empty for one that goes.
    Column("reason", String, nullable=False),
    #: The channel's own word, or how the reason came about.
    Column("detail", String, nullable=False),
    #: By way: why not over that one.
    Column("skipped", Json, nullable=False),
    #: What the decision stood on, and which rules (see touch_policies); nobody's name or number.
    Column("wanted", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("policy", String, nullable=False),
    #: Sealed JSON: what its text needs.
    Column("words", LargeBinary),
    #: The day, in the customer's zone, on which it counts under the caps; null if it does not count.
    Column("counts_on", Integer),
    #: The span or grant it uses up.
    Column("window_id", String),
    Column("grant_id", String),
    Column("task_id", String),
    Column("decided_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime),
    Column("not_after", UTCDateTime),
    Column("attempts", Integer, nullable=False),
    #: Grows with each lease; only the fence that wrote `sending` may touch the wire.
    Column("fence", Integer, nullable=False),
    Column("lease_until", UTCDateTime),
    Column("provider_id", String, nullable=False),
    Column("ended_at", UTCDateTime),
    UniqueConstraint("key"),
)
Index("ix_touch_plans_lead", touch_plans.c.lead_id, touch_plans.c.decided_at)
Index("ix_touch_plans_open", touch_plans.c.due_at,
      sqlite_where=touch_plans.c.state.in_(["planned", "leased", "sending"]),
      postgresql_where=touch_plans.c.state.in_(["planned", "leased", "sending"]))  # fmt: skip
Index("ix_touch_plans_journey", touch_plans.c.journey,
      sqlite_where=touch_plans.c.journey != "", postgresql_where=touch_plans.c.journey != "")  # fmt: skip

#: The rules of config/touch.yaml as a decision found them, each version once.
touch_policies = Table(
    "touch_policies",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("body", Json, nullable=False),
    Column("first_at", UTCDateTime, nullable=False),
)

#: Spans that a customer opened by writing or acting, in which a channel lets us write to him.
touch_windows = Table(
    "touch_windows",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lead_id", String, nullable=False),
    Column("way", String, nullable=False),
    #: What opened it: message, menu, follow, welcome.
    Column("kind", String, nullable=False),
    #: Sealed: his address there.
    Column("address", LargeBinary, nullable=False),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("remaining", Integer, nullable=False),
)
Index("ix_touch_windows_lead", touch_windows.c.lead_id, touch_windows.c.way)

#: Each permission for one message of one template.
touch_grants = Table(
    "touch_grants",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lead_id", String, nullable=False),
    Column("way", String, nullable=False),
    Column("template", String, nullable=False),
    #: Sealed: his address there.
    Column("address", LargeBinary, nullable=False),
    Column("granted_at", UTCDateTime, nullable=False),
    Column("consumed_at", UTCDateTime),
)
Index("ix_touch_grants_lead", touch_grants.c.lead_id, touch_grants.c.way)

#: Addresses that are not written to; the hash outlives the lead.
touch_suppressions = Table(
    "touch_suppressions",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("digest", String, primary_key=True),
    #: A channel, or empty for all.
    Column("channel", String, primary_key=True),
    #: unsubscribed, bounced, complained, manual, vendor.
    Column("reason", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    #: A colleague took it back, with a reason; nothing else does.
    Column("lifted_at", UTCDateTime),
)
