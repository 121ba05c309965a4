"""How leads find their owners: decisions, taps that wait, absences, hand-overs, locks, what counts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: Why somebody got a lead, as it was known then; append-only.
assignment_decisions = Table(
    "assignment_decisions",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    #: The lead's epoch when it was decided: whoever got it owns the next one.
    Column("epoch", Integer, nullable=False),
    #: pool, owner, round_robin, weighted, least_busy, sticky, claim, reveal, response, hand.
    Column("mode", String, nullable=False),
    #: The rule's name, empty where no rule had a say.
    Column("rule", String, nullable=False),
    Column("pool_id", String, nullable=False),
    #: Who got it; null for «into the pool».
    Column("chosen", String),
    #: What a sticky rule goes by; empty without one.
    Column("sticky_key", String, nullable=False),
    #: What was known: fields and terms, never a name or a number of the customer.
    Column("inputs", Json, nullable=False),
    #: [user id, why he was passed over or "", figures] of each who was thought of, in order.
    Column("candidates", Json, nullable=False),
    #: Digest of the configuration that it was decided by.
    Column("version", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_assignment_decisions_lead", assignment_decisions.c.lead_id, assignment_decisions.c.id)
Index("ix_assignment_decisions_sticky", assignment_decisions.c.sticky_key, assignment_decisions.c.id)

#: Taps that are collected before one is chosen (delayed reveal).
reveal_taps = Table(
    "reveal_taps",
    METADATA,
    Column("lead_id", String, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    #: Null while it waits; won, lost, or why he could not have it.
    Column("outcome", String),
)

#: When somebody is away, and who answers for him.
leaves = Table(
    "leaves",
    METADATA,
    Column("id", String, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("from_at", UTCDateTime, nullable=False),
    Column("to_at", UTCDateTime, nullable=False),
    Column("cover_id", String),
    #: message or config.
    Column("source", String, nullable=False),
    #: planned, begun, returning, ended, cancelled.
    Column("state", String, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)
Index("ix_leaves_user", leaves.c.user_id, leaves.c.state)

#: Many leads given to somebody at once, some in each unit of work.
hand_overs = Table(
    "hand_overs",
    METADATA,
    Column("id", String, primary_key=True),
    Column("by", String, nullable=False),
    #: Whose work it was; null for leads of several people.
    Column("from_user", String),
    Column("to_user", String, nullable=False),
    #: Leads still to be moved.
    Column("waiting", Json, nullable=False),
    #: His tasks and opportunities that hang on no lead go too.
    Column("is_all", Boolean, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("deals", Integer, nullable=False),
    Column("tasks", Integer, nullable=False),
    #: [lead id, why] of those that were not moved.
    Column("skipped", Json, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("done_at", UTCDateTime),
)

#: Leads that no clock takes from their owner.
lead_locks = Table(
    "lead_locks",
    METADATA,
    Column("lead_id", String, primary_key=True),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

#: Whether a follow-up says enough to extend the owner's protection.
follow_up_checks = Table(
    "follow_up_checks",
    METADATA,
    Column("follow_up_id", String, primary_key=True),
    Column("lead_id", String, nullable=False),
    Column("user_id", String, nullable=False),
    #: counts, too_short, says_nothing, copied.
    Column("verdict", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index(
    "ix_follow_up_checks_lead", follow_up_checks.c.lead_id, follow_up_checks.c.verdict, follow_up_checks.c.at
)
