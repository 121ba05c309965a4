"""What people did on our pages and with our messages, who they were, and where they came from."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, false

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: Everything somebody did, known or not, scored or not; append-only but for the lead it belongs to.
behaviours = Table(
    "behaviours",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    #: The sender's own, or one of ours that a repeat makes again (`form:<submission>`).
    Column("message_id", String, nullable=False, unique=True),
    #: None until the visitor is known.
    Column("lead_id", String),
    #: The sender's anonymous id.
    Column("visitor", String),
    #: Our event (`pricing_page_viewed`), or the sender's own name for it.
    Column("event", String, nullable=False),
    #: Page path, mail, file; empty if there is none.
    Column("object", String, nullable=False),
    #: web, app, mail, form, wechat, import, api.
    Column("channel", String, nullable=False),
    Column("properties", Json, nullable=False),
    #: When it happened, the sender's clock corrected.
    Column("at", UTCDateTime, nullable=False),
    Column("received_at", UTCDateTime, nullable=False),
    #: Belongs to a lead and waits in its lane to be counted; false for what was counted where it was written.
    Column("uncounted", Boolean, nullable=False, server_default=false()),
)
Index("ix_behaviours_lead", behaviours.c.lead_id, behaviours.c.at)
Index("ix_behaviours_visitor", behaviours.c.visitor)
Index("ix_behaviours_event", behaviours.c.event, behaviours.c.at)
Index("ix_behaviours_uncounted", behaviours.c.lead_id, behaviours.c.id,
      sqlite_where=behaviours.c.uncounted.is_(True),
      postgresql_where=behaviours.c.uncounted.is_(True))  # fmt: skip

#: Browsers and apps; each becomes one person's at the most once.
visitors = Table(
    "visitors",
    METADATA,
    #: The sender's anonymous id, or `user:` and his id of a customer.
    Column("visitor", String, primary_key=True),
    Column("lead_id", String),
    #: The `user:…` as which this browser identified itself: they share what becomes known of either.
    Column("same_as", String),
    Column("joined_at", UTCDateTime),
    Column("first_seen", UTCDateTime, nullable=False),
    Column("last_seen", UTCDateTime, nullable=False),
)
Index("ix_visitors_lead", visitors.c.lead_id)
Index("ix_visitors_same", visitors.c.same_as)

#: Each way by which somebody came to us; the first one's source stays on the lead.
touch_points = Table(
    "touch_points",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("lead_id", String),
    Column("visitor", String),
    Column("source", String, nullable=False),
    Column("medium", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("term", String, nullable=False),
    Column("content", String, nullable=False),
    Column("referrer", String, nullable=False),
    Column("page", String, nullable=False),
    #: What ad platforms want back: `{"bd_vid": "…"}`.
    Column("click_id", Json, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_touch_points_lead", touch_points.c.lead_id, touch_points.c.at)
Index("ix_touch_points_visitor", touch_points.c.visitor)
Index("ix_touch_points_at", touch_points.c.at)

#: Each look at a page with a form: what the rate of those who sent it is divided by.
form_views = Table(
    "form_views",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    #: Who refuses to be known is another one each day.
    Column("visitor", String, nullable=False),
    Column("form", String, nullable=False),
    Column("page", String, nullable=False),
    Column("source", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_form_views_at", form_views.c.at)
