"""Tags, what sales said of handed-over leads, and who is in which segment."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: What a lead is called at present; the words are those of tags.yaml.
lead_tags = Table(
    "lead_tags",
    METADATA,
    Column("lead_id", String, primary_key=True),
    Column("tag", String, primary_key=True),
    #: Who put it there: a user, or `rule:<id>`.
    Column("by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_lead_tags_tag", lead_tags.c.tag, lead_tags.c.lead_id)

tag_changes = Table(
    "tag_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("tag", String, nullable=False),
    #: False: taken away.
    Column("given", Boolean, nullable=False),
    Column("by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_tag_changes_lead", tag_changes.c.lead_id, tag_changes.c.at)

#: What sales said of a lead that marketing handed over.
sales_verdicts = Table(
    "sales_verdicts",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("reason", String, nullable=False),
    #: The score at that moment: a rejected lead comes again once it has earned more.
    Column("score", Integer, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_sales_verdicts_lead", sales_verdicts.c.lead_id, sales_verdicts.c.at)
Index("ix_sales_verdicts_at", sales_verdicts.c.accepted, sales_verdicts.c.at)

#: Segments that are kept up to date all the time, as they were defined when that began.
segment_states = Table(
    "segment_states",
    METADATA,
    Column("segment", String, primary_key=True),
    #: Of the condition; another one begins anew.
    Column("digest", String, nullable=False),
    #: Every lead up to this id has been looked at; None when all have.
    Column("built_to", String),
    Column("began_at", UTCDateTime, nullable=False),
)

segment_members = Table(
    "segment_members",
    METADATA,
    Column("segment", String, primary_key=True),
    Column("lead_id", String, primary_key=True),
    Column("since", UTCDateTime, nullable=False),
)
Index("ix_segment_members_lead", segment_members.c.lead_id)

segment_changes = Table(
    "segment_changes",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("segment", String, nullable=False),
    Column("lead_id", String, nullable=False),
    #: False: left.
    Column("joined", Boolean, nullable=False),
    #: changed, time, defined: what made it so.
    Column("why", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_segment_changes_segment", segment_changes.c.segment, segment_changes.c.at)
Index("ix_segment_changes_lead", segment_changes.c.lead_id, segment_changes.c.at)

#: Leads of which something changed that a segment may ask for; written by triggers of the database,
#: so that nobody can forget it. Append-only, so that no two writers wait for each other.
segment_marks = Table(
    "segment_marks",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String, nullable=False),
)

#: When time alone may next change a lead's membership: a window slides, a span is over.
segment_dues = Table(
    "segment_dues",
    METADATA,
    Column("lead_id", String, primary_key=True),
    Column("due_at", UTCDateTime, nullable=False),
)
Index("ix_segment_dues_due", segment_dues.c.due_at)
