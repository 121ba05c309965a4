"""Files that were brought in, what became of each row, and how to undo it; orders and costs."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, Money, UTCDateTime

import_batches = Table(
    "import_batches",
    METADATA,
    #: `I7`: people say it aloud.
    Column("id", String, primary_key=True),
    Column("file_name", String, nullable=False),
    #: Of the file's bytes and of what is made of them: the same file again is recognised.
    Column("digest", String, nullable=False),
    #: leads, accounts, opportunities …; empty while a file from the chat has not been looked at.
    Column("kind", String, nullable=False),
    Column("mapping", Json, nullable=False),
    #: fetching, checked, confirmed, running, done, cancelled, failed, undoing, undone, partly_undone.
    Column("state", String, nullable=False),
    Column("by", String, nullable=False),
    #: The chat it came by, and how the platform gives the file out; empty from the command line.
    Column("platform", String, nullable=False),
    Column("media", LargeBinary),
    Column("rows", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("merged", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    #: Rows whose undoing people's later work forbids.
    Column("kept", Integer, nullable=False),
    #: Every row up to here has its outcome.
    Column("done_through", Integer, nullable=False),
    Column("note", String, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)
Index("ix_import_batches_digest", import_batches.c.digest, import_batches.c.state)
Index("ix_import_batches_state", import_batches.c.state)

#: What became of each row of a file.
import_rows = Table(
    "import_rows",
    METADATA,
    Column("batch_id", String, primary_key=True),
    #: As a spreadsheet counts: the header is 1.
    Column("row", Integer, primary_key=True),
    #: created, merged, unchanged, rejected; kept when it could not be undone.
    Column("outcome", String, nullable=False),
    Column("entity_id", String),
    #: The number it had where it came from.
    Column("external_id", String, nullable=False),
    Column("reason", String, nullable=False),
    #: Sealed: cells that went nowhere, and all cells of a row that was not taken whole.
    Column("raw", LargeBinary),
    Column("at", UTCDateTime, nullable=False),
)

#: What a row did besides creating its own record: rows added (no `before`) and changed, in order.
import_effects = Table(
    "import_effects",
    METADATA,
    Column("batch_id", String, primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("table_name", String, nullable=False),
    Column("key", Json, nullable=False),
    #: Sealed JSON of the columns concerned, as they were and as they became.
    Column("before", LargeBinary),
    Column("after", LargeBinary),
)

#: Files from a chat until they are done with, and the report of a trial; in sealed parts.
import_files = Table(
    "import_files",
    METADATA,
    Column("batch_id", String, primary_key=True),
    #: file, report.
    Column("name", String, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

orders = Table(
    "orders",
    METADATA,
    Column("id", String, primary_key=True),
    Column("external_id", String),
    Column("account_id", String),
    Column("lead_id", String),
    Column("product", String, nullable=False),
    Column("amount", Money, nullable=False),
    Column("ordered_at", UTCDateTime, nullable=False),
    Column("batch", String),
    Column("created_at", UTCDateTime, nullable=False),
)
Index("ix_orders_lead", orders.c.lead_id, orders.c.ordered_at)
Index("ix_orders_account", orders.c.account_id, orders.c.ordered_at)
Index("ix_orders_external", orders.c.external_id)

#: What was spent on a source or a campaign, on the day it is booked.
costs = Table(
    "costs",
    METADATA,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("on", Date, nullable=False),
    Column("amount", Money, nullable=False),
    Column("batch", String),
)
Index("ix_costs_on", costs.c.on)
Index("ix_costs_source", costs.c.source, costs.c.on)
