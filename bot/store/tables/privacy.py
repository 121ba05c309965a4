"""Whose personal data was taken out, by whom and why; nothing of it says who he was."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

#: One row for each person erased; it outlives him, so that a restored backup can be cleaned again.
erasures = Table(
    "erasures",
    METADATA,
    Column("lead_id", String, primary_key=True),
    #: He and those that were merged into him.
    Column("family", Json, nullable=False),
    Column("reason", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    #: waiting, done.
    Column("state", String, nullable=False),
    #: How far the walk through what only mentions him has come: which table, and its last key.
    Column("place", Integer, nullable=False),
    Column("reached", Json, nullable=False),
    #: Sealed: by what a mention is known; gone when all is done.
    Column("traces", LargeBinary),
    #: Rows of others that mentioned him.
    Column("mentions", Integer, nullable=False),
    Column("done_at", UTCDateTime),
)
Index("ix_erasures_state", erasures.c.state)
