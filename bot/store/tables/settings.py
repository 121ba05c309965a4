"""Changes of the configuration that people made by message."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

setting_changes = Table(
    "setting_changes",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    #: What was said: 每日领取上限（华东公海） 10 条 8 条.
    Column("name", String, nullable=False),
    Column("told_before", String, nullable=False),
    Column("told_after", String, nullable=False),
    #: `pools`, and the place in it as `bot.kit.yaml_edit` takes it.
    Column("file", String, nullable=False),
    Column("place", Json, nullable=False),
    #: null: it is not there.
    Column("before", Json),
    Column("after", Json),
    #: waiting, applied, refused.
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("by", String, nullable=False),
    #: The number of the change that this one takes back.
    Column("undoes", Integer),
    Column("at", UTCDateTime, nullable=False),
    Column("applied_at", UTCDateTime),
)
Index("ix_setting_changes_state", setting_changes.c.state, setting_changes.c.id)
