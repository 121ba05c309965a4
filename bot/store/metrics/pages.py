"""Pages with a form: how many of those who saw one sent it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import String, cast, null, select, union_all

from bot.store.metrics.fact import Dim, Fact, Measure, distinct
from bot.store.tables.behaviour import form_views
from bot.store.tables.leads import submissions

_SEEN = select(
    form_views.c.at,
    form_views.c.source,
    form_views.c.campaign,
    form_views.c.visitor,
    cast(null(), String).label("submission"),
)
_SENT = select(
    submissions.c.at,
    submissions.c.source,
    submissions.c.campaign,
    cast(null(), String).label("visitor"),
    submissions.c.id.label("submission"),
)
#: Looks and submissions in one list, since the rate is of one period and one cut of both.
_BOTH = union_all(_SEEN, _SENT).subquery("pages")
_FACT = Fact(
    source=_BOTH,
    at=_BOTH.c.at,
    dims={"source": Dim(_BOTH.c.source), "campaign": Dim(_BOTH.c.campaign)},
)

MEASURES: Mapping[str, Measure] = {
    "form_conversion_rate": Measure(_FACT, (distinct(_BOTH.c.submission), distinct(_BOTH.c.visitor))),
}
