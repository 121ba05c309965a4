"""What results of journeys are read from besides the journeys' own rows: costs, goals, sums of old steps."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import UTCDateTime

#: What one message cost; written with the answer of the channel that took it.
touch_costs = Table(
    "touch_costs",
    METADATA,
    Column("touch_id", String, primary_key=True),
    #: By its key in channels.yaml.
    Column("channel", String, nullable=False),
    Column("campaign", String, nullable=False),
    #: The company's own day.
    Column("on", Date, nullable=False),
    Column("pieces", Integer, nullable=False),
    #: In hundredths of a cent: prices of SMS are finer than a cent.
    Column("cost", BigInteger, nullable=False),
)

#: The same added up as it happens; rounded to cents it is the day's row in `costs`.
touch_spending = Table(
    "touch_spending",
    METADATA,
    Column("channel", String, primary_key=True),
    Column("campaign", String, primary_key=True),
    Column("on", Date, primary_key=True),
    Column("cost", BigInteger, nullable=False),
)

#: When the goal of a journey was first seen to hold for somebody, whether or not he was still in it.
journey_goals = Table(
    "journey_goals",
    METADATA,
    Column("enrollment_id", String, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)

#: Steps of ways that ended long ago, added up: how many people came to a place, or left it by a way.
journey_step_sums = Table(
    "journey_step_sums",
    METADATA,
    Column("journey", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("place", String, primary_key=True),
    #: As in `journey_steps`; empty for everybody who came there.
    Column("outcome", String, primary_key=True),
    #: The day in UTC on which they entered.
    Column("on", Date, primary_key=True),
    #: Of their leads when it was added up.
    Column("region", String, primary_key=True),
    Column("people", BigInteger, nullable=False),
)
