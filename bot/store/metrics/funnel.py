"""The funnel: of the leads created in the period, how many came this far or further by now."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_

from bot.store.metrics.fact import Measure, rows, those
from bot.store.metrics.leads import CREATED, IS_MQL, IS_SQL, PROGRESS

_REACHED = (IS_MQL, IS_SQL, PROGRESS.c.lead_id.is_not(None), PROGRESS.c.quoted == 1, PROGRESS.c.won == 1)

#: One sum per step of `bot.crm.metrics.funnel.STEPS`. Who skipped a step has passed it, so that no
#: step is wider than the one before.
MEASURES: Mapping[str, Measure] = {
    "funnel": Measure(
        CREATED,
        (rows(), *(those(or_(*_REACHED[step:])) for step in range(len(_REACHED)))),
        ("progress",),
    )
}
