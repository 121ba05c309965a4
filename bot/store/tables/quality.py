"""One record per person: what was merged and how it is undone, likely duplicates, collisions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: Each merging of two leads, with everything it changed, so that it can be undone.
merges = Table(
    "merges",
    METADATA,
    #: `M3`: people may say it.
    Column("id", String, primary_key=True),
    #: The earlier lead, which goes on.
    Column("kept", String, nullable=False),
    #: The one that was merged into it.
    Column("gone", String, nullable=False),
    Column("by", String, nullable=False),
    #: card or message.
    Column("how", String, nullable=False),
    #: Whose particulars stood where both had one: `kept` or `gone`.
    Column("prefers", String, nullable=False),
    #: Fields that both had and that differed.
    Column("conflicts", Json, nullable=False),
    #: Sealed: every row that it changed, before and after; empty once it can no longer be undone.
    Column("body", LargeBinary),
    Column("at", UTCDateTime, nullable=False),
    #: Until then it can be undone.
    Column("undo_until", UTCDateTime, nullable=False),
    Column("undone_at", UTCDateTime),
    Column("undone_by", String),
)
Index("ix_merges_kept", merges.c.kept)
Index("ix_merges_gone", merges.c.gone)
Index("ix_merges_open", merges.c.undo_until, sqlite_where=merges.c.body.is_not(None),
      postgresql_where=merges.c.body.is_not(None))  # fmt: skip

#: Two leads that may be one person: proposed once, decided by people.
lookalikes = Table(
    "lookalikes",
    METADATA,
    #: The earlier lead.
    Column("first", String, primary_key=True),
    Column("second", String, primary_key=True),
    #: 0 to 100.
    Column("likeness", Integer, nullable=False),
    #: What speaks for it, as words of ours.
    Column("evidence", Json, nullable=False),
    #: open, merged, apart (two people), over (one of them is gone).
    Column("state", String, nullable=False),
    #: Who was asked; empty as long as nobody could be.
    Column("asked", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("decided_by", String),
    Column("decided_at", UTCDateTime),
)
Index("ix_lookalikes_second", lookalikes.c.second)
Index("ix_lookalikes_open", lookalikes.c.state, lookalikes.c.at)

#: What several people share, unreadable by itself: a switchboard's number, the part before an @.
lead_hints = Table(
    "lead_hints",
    METADATA,
    #: landline or mailbox.
    Column("kind", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("lead_id", String, primary_key=True),
)
Index("ix_lead_hints_lead", lead_hints.c.lead_id)

#: Leads that nobody has compared with the others yet.
uncompared = Table(
    "uncompared",
    METADATA,
    #: 0 came alone, 1 with a list.
    Column("lane", Integer, primary_key=True, autoincrement=False),
    #: The lead.
    Column("id", String, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)

#: The one browser in which somebody's link to a page was opened; it opens in no other.
page_visits = Table(
    "page_visits",
    METADATA,
    #: Digests of the link and of the browser's mark.
    Column("link", String, primary_key=True),
    Column("browser", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

#: Somebody met a customer whom we knew (撞单); append-only.
collisions = Table(
    "collisions",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    #: Who met him.
    Column("user_id", String, nullable=False),
    #: By what he was recognised: phone, email, landline, company …
    Column("matched", String, nullable=False),
    #: entered (录线索) or checked (查重).
    Column("how", String, nullable=False),
    #: As they were when it happened.
    Column("owner_id", String),
    Column("status", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_collisions_lead", collisions.c.lead_id, collisions.c.at)
