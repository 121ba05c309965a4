"""What numbers are counted from that nothing else keeps: touches, surveys, complaints.

Orders and costs lie with what is imported, looks at forms with behaviour.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import UTCDateTime

#: One message of ours to one customer, and what became of it; each moment is written once.
touches = Table(
    "touches",
    METADATA,
    #: The sender's own, so that a repeat is the same touch.
    Column("id", String, primary_key=True),
    Column("lead_id", String, nullable=False),
    #: By its name in channels.yaml, as people ask for it.
    Column("channel", String, nullable=False),
    #: By its name in catalogue.yaml; empty for none.
    Column("campaign", String, nullable=False),
    #: What was said: the key of a text or of one of its variants.
    Column("content", String, nullable=False),
    #: The channel took it. Neither this nor `failed_at`: it is still on its way there.
    Column("sent_at", UTCDateTime),
    #: The channel did not take it; then it was never sent.
    Column("failed_at", UTCDateTime),
    Column("delivered_at", UTCDateTime),
    #: The channel took it and could not deliver it.
    Column("bounced_at", UTCDateTime),
    #: The first time; later ones are behaviour.
    Column("opened_at", UTCDateTime),
    Column("clicked_at", UTCDateTime),
    Column("unsubscribed_at", UTCDateTime),
    #: Called spam, or complained of to the channel.
    Column("complained_at", UTCDateTime),
    #: The channel's own word for why it failed or bounced.
    Column("failure", String, nullable=False),
    #: Of the lead when it was written.
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_touches_lead", touches.c.lead_id, touches.c.sent_at)
Index("ix_touches_sent", touches.c.sent_at)
Index("ix_touches_failed", touches.c.failed_at, sqlite_where=touches.c.failed_at.is_not(None),
      postgresql_where=touches.c.failed_at.is_not(None))  # fmt: skip
Index("ix_touches_delivered", touches.c.delivered_at)
Index("ix_touches_opened", touches.c.opened_at, sqlite_where=touches.c.opened_at.is_not(None),
      postgresql_where=touches.c.opened_at.is_not(None))  # fmt: skip
Index("ix_touches_clicked", touches.c.clicked_at, sqlite_where=touches.c.clicked_at.is_not(None),
      postgresql_where=touches.c.clicked_at.is_not(None))  # fmt: skip
Index("ix_touches_unsubscribed", touches.c.unsubscribed_at,
      sqlite_where=touches.c.unsubscribed_at.is_not(None),
      postgresql_where=touches.c.unsubscribed_at.is_not(None))  # fmt: skip

#: What customers said they think of us, a row for each answer.
surveys = Table(
    "surveys",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lead_id", String),
    Column("account_id", String),
    #: Which questionnaire, by its key.
    Column("survey", String, nullable=False),
    #: 1 to 5, the best is 5.
    Column("mark", Integer, nullable=False),
    Column("product", String, nullable=False),
    #: Sealed: what else he wrote.
    Column("text", LargeBinary),
    Column("answered_at", UTCDateTime, nullable=False),
    #: As they were when it happened.
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_surveys_answered", surveys.c.answered_at)
Index("ix_surveys_lead", surveys.c.lead_id)

complaints = Table(
    "complaints",
    METADATA,
    Column("id", String, primary_key=True),
    Column("lead_id", String),
    Column("account_id", String),
    #: What about, in the company's words; empty if nobody said.
    Column("reason", String, nullable=False),
    Column("product", String, nullable=False),
    #: Sealed: what he wrote.
    Column("text", LargeBinary),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("closed_at", UTCDateTime),
    #: As they were when it was opened.
    Column("owner_id", String),
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
)
Index("ix_complaints_opened", complaints.c.opened_at)
Index("ix_complaints_lead", complaints.c.lead_id)
