"""Colleagues: who they are, where they sit, whether they are on duty."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

users = Table(
    "users",
    METADATA,
    #: One id across platforms; the first platform's own id of the person.
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    #: executive, director, manager, rep, marketer, admin.
    Column("role", String, nullable=False),
    #: Names of the first- and second-level departments; empty at the top.
    Column("region", String, nullable=False),
    Column("team", String, nullable=False),
    Column("position", String, nullable=False),
    Column("active", Boolean, nullable=False),
    #: Takes new leads; switched by 值班 and 请假.
    Column("on_duty", Boolean, nullable=False),
    Column("away_until", UTCDateTime),
    Column("mobile", LargeBinary),
    Column("mobile_index", String),
    #: The platform on which he last did something: notices go there.
    Column("platform", String, nullable=False),
    Column("joined_at", UTCDateTime, nullable=False),
    Column("left_at", UTCDateTime),
)
Index("ix_users_mobile", users.c.mobile_index)

logins = Table(
    "logins",
    METADATA,
    Column("platform", String, primary_key=True),
    Column("account", String, primary_key=True),
    Column("user_id", String, nullable=False),
)
Index("ix_logins_user", logins.c.user_id)

#: Codes by which somebody says in one chat that he is the same person as in another (绑定).
binding_codes = Table(
    "binding_codes",
    METADATA,
    #: Blind index: who reads the database learns no code that is still good.
    Column("code_index", String, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
)
Index("ix_binding_codes_user", binding_codes.c.user_id)

departments = Table(
    "departments",
    METADATA,
    Column("platform", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("parent_id", String, nullable=False),
    Column("order", Integer, nullable=False),
)

#: Round-robin and weighted turns: who was served last in a ring.
rings = Table(
    "rings",
    METADATA,
    Column("name", String, primary_key=True),
    Column("last_user_id", String, nullable=False),
    Column("turns", Integer, nullable=False),
)

feedback = Table(
    "feedback",
    METADATA,
    Column("id", String, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

user_changes = Table(
    "user_changes",
    METADATA,
    Column("id", String, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("what", String, nullable=False),
    Column("before", Json),
    Column("after", Json),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String, nullable=False),
    Column("reason", String, nullable=False),
)
Index("ix_user_changes_user", user_changes.c.user_id, user_changes.c.at)
