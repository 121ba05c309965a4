"""What makes the program reliable: inbox, lanes, timers, outbox, cards shown, quotas, ticks, audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

instance = Table(
    "instance",
    METADATA,
    Column("id", String, primary_key=True),
    Column("created_at", UTCDateTime, nullable=False),
    #: Proves the secret key; null until the first start, see `bot.store.key_check`.
    Column("key_check", String),
)

#: SQLite's stand-in for PostgreSQL's sequences.
numbers = Table(
    "numbers",
    METADATA,
    Column("name", String, primary_key=True),
    Column("n", _NUMBER, nullable=False),
)

inbox = Table(
    "inbox",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lane_key", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("key", String, nullable=False),
    #: Sealed: what people write holds names and numbers.
    Column("body", LargeBinary, nullable=False),
    Column("received_at", UTCDateTime, nullable=False),
    #: pending, done, refused (a forged button), unknown, quarantined.
    Column("state", String, nullable=False),
    #: The command's or event's name, once read; the reason, once refused or quarantined.
    Column("name", String),
    Column("reason", String),
    #: Times a worker took it, counted before the work; times the work failed and was rolled back.
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("done_at", UTCDateTime),
    UniqueConstraint("lane_key", "platform", "key"),
)
Index("ix_inbox_pending", inbox.c.lane_key, inbox.c.id, sqlite_where=inbox.c.state == "pending",
      postgresql_where=inbox.c.state == "pending")  # fmt: skip

lanes = Table(
    "lanes",
    METADATA,
    Column("lane_key", String, primary_key=True),
    #: When its next work is ready; null when it has none.
    Column("due_at", UTCDateTime),
    Column("holder", String),
    Column("lease_until", UTCDateTime),
    #: Grows with each take-over; work done under an old epoch is rolled back.
    Column("epoch", _NUMBER, nullable=False),
)
Index("ix_lanes_due", lanes.c.due_at, sqlite_where=lanes.c.due_at.is_not(None),
      postgresql_where=lanes.c.due_at.is_not(None))  # fmt: skip

timers = Table(
    "timers",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lane_key", String, nullable=False),
    Column("kind", String, nullable=False),
    #: One timer per lane, kind and key; setting it again moves it.
    Column("key", String, nullable=False),
    Column("payload", Json, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    #: waiting, fired, cancelled, quarantined.
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("reason", String),
    Column("done_at", UTCDateTime),
    UniqueConstraint("lane_key", "kind", "key"),
)
Index("ix_timers_waiting", timers.c.lane_key, timers.c.due_at, sqlite_where=timers.c.state == "waiting",
      postgresql_where=timers.c.state == "waiting")  # fmt: skip

outbox = Table(
    "outbox",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    #: The receiver: what he gets, he gets in order.
    Column("lane_key", String, nullable=False),
    #: Deterministic: the occasion, so that asking twice sends once.
    Column("key", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("recipient", String, nullable=False),
    #: Sealed JSON of what is to be sent.
    Column("body", LargeBinary, nullable=False),
    Column("topic", String, nullable=False),
    #: The card that is sent or changed; a later change of it makes an earlier one needless.
    Column("card_key", String),
    #: What it says in one line, sealed: for the digest that stands in when there is too much.
    Column("line", LargeBinary),
    Column("created_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    #: The lower goes first: 0 answers somebody who tapped or wrote and waits, 1 is all else.
    Column("rank", Integer, nullable=False),
    Column("expires_at", UTCDateTime),
    #: pending, leased, sending, sent, failed, unknown, skipped, digested.
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    #: The connection over which it goes, once that is known: only who holds the lease of this name may
    #: send it. Null for a call that anybody can make.
    Column("wire", String),
    #: Grows with each lease; only the fence that wrote `sending` may touch the wire.
    Column("fence", Integer, nullable=False),
    Column("lease_until", UTCDateTime),
    Column("first_tried_at", UTCDateTime),
    Column("provider_id", String),
    #: What only the platform knows (a QR address, a config id); update codes live in card_codes.
    Column("result", Json),
    Column("reason", Text),
    Column("sent_at", UTCDateTime),
    UniqueConstraint("lane_key", "key"),
)
Index("ix_outbox_open", outbox.c.lane_key, outbox.c.due_at, outbox.c.id,
      sqlite_where=outbox.c.state.in_(["pending", "leased", "sending"]),
      postgresql_where=outbox.c.state.in_(["pending", "leased", "sending"]))  # fmt: skip
Index("ix_outbox_topic", outbox.c.topic)
Index("ix_outbox_card", outbox.c.card_key)

#: Each card that hangs in somebody's chat; when its topic changes it is drawn again.
cards = Table(
    "cards",
    METADATA,
    Column("card_key", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("user_id", String, nullable=False),
    #: The group in which it hangs, and then `user_id` is empty; null in somebody's own chat.
    Column("chat", String),
    Column("kind", String, nullable=False),
    #: Fingerprint of what it shows now: an equal drawing is not sent again.
    Column("shows", String, nullable=False),
    #: Sealed: the card itself, to show it again after a press that changed nothing.
    Column("body", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    #: Who sees his own instead, by account, and its fingerprint; null where the platform shows all the same.
    Column("views", Json),
    Column("created_at", UTCDateTime, nullable=False),
    #: sent, live, closed (nothing more will change on it).
    Column("state", String, nullable=False),
)
Index("ix_cards_topic", cards.c.topic, cards.c.user_id)

card_codes = Table(
    "card_codes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("card_key", String, nullable=False),
    Column("code", String, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
    #: The row of the outbox that spent it: only that one may try it again.
    Column("used_by", _NUMBER),
    UniqueConstraint("card_key", "code"),
)

#: Groups that people bound to a pool: its leads ring there too, with nobody's number.
chats = Table(
    "chats",
    METADATA,
    Column("platform", String, primary_key=True),
    Column("chat", String, primary_key=True),
    Column("pool_id", String, nullable=False),
    Column("bound_by", String, nullable=False),
    Column("bound_at", UTCDateTime, nullable=False),
)
Index("ix_chats_pool", chats.c.pool_id)

#: When a receiver was written to, as far back as the longest span that is counted.
quotas = Table(
    "quotas",
    METADATA,
    Column("key", String, primary_key=True),
    #: Milliseconds since 1970, oldest first. Only who holds the receiver's lane writes it.
    Column("sent", Json, nullable=False),
)

#: What a platform counts by the month for the whole company: calls of ours, pushes to us.
monthly = Table(
    "monthly",
    METADATA,
    Column("platform", String, primary_key=True),
    #: `calls` or `pushes`.
    Column("what", String, primary_key=True),
    #: `2026-11`, by the company's calendar.
    Column("month", String, primary_key=True),
    Column("n", Integer, nullable=False),
)

ticks = Table(
    "ticks",
    METADATA,
    Column("name", String, primary_key=True),
    Column("at", UTCDateTime, primary_key=True),
)

leases = Table(
    "leases",
    METADATA,
    Column("role", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("term", _NUMBER, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    #: How it stands, in the holder's words, and since when.
    Column("state", String, nullable=False),
    Column("since", UTCDateTime, nullable=False),
)

counters = Table(
    "counters",
    METADATA,
    #: What is counted, for whom, in which span: `claims:{pool}:{user}:{day}`, `holding:{user}`.
    Column("key", String, primary_key=True),
    Column("n", Integer, nullable=False),
)

#: Only ever added to; each row is chained to the one before it by a MAC, see `bot.store.audit_chain`.
audit = Table(
    "audit",
    METADATA,
    #: Nobody guesses it, so that a row cannot be copied.
    Column("id", String, primary_key=True),
    #: Its place in the chain, 1, 2, 3 …; null for the moment until it is linked.
    Column("n", _NUMBER),
    Column("at", UTCDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("object", String, nullable=False),
    Column("detail", Json, nullable=False),
    #: MAC over the link before it and this row; before it is linked, over this row alone.
    Column("link", String, nullable=False),
    UniqueConstraint("n"),
)
Index("ix_audit_waiting", audit.c.id, sqlite_where=audit.c.n.is_(None),
      postgresql_where=audit.c.n.is_(None))  # fmt: skip

#: One row: where the chain ends, so that rows missing at its end are missed.
audit_head = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("n", _NUMBER, nullable=False),
    Column("link", String, nullable=False),
    #: MAC over both.
    Column("seal", String, nullable=False),
)

#: What was dropped, skipped or not understood, counted by reason.
incidents = Table(
    "incidents",
    METADATA,
    Column("name", String, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("last_at", UTCDateTime, nullable=False),
)

dialogues = Table(
    "dialogues",
    METADATA,
    #: One conversation of one person: what his next words refer to.
    Column("user_id", String, primary_key=True),
    Column("kind", String, primary_key=True),
    #: Sealed, as base64.
    Column("state", Json, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
)
