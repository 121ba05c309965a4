"""Who was erased: one question, asked by everything that must not reach him any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_

from bot.crm.lead import ERASED_REASON, LeadStatus
from bot.store.tables.leads import leads


def is_erased(of: Any = leads) -> ColumnElement[bool]:  # noqa: ANN401 - leads, under any name
    """Whether this lead was; who was invalid before stays invalid, so that no sum changes."""
    # A reason that is null would leave the whole question without an answer.
    return or_(
        of.c.status == LeadStatus.ERASED.value, func.coalesce(of.c.invalid_reason, "") == ERASED_REASON
    )
