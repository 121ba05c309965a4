"""Each look at a page with a form."""

from __future__ import annotations

from datetime import datetime

from bot.store.tables.behaviour import form_views
from bot.store.tx import Tx


async def add(
    tx: Tx, *, visitor: str, form: str, page: str, source: str, campaign: str, at: datetime
) -> None:
    """Count one look."""
    await tx.insert(
        form_views,
        {"visitor": visitor, "form": form, "page": page, "source": source, "campaign": campaign, "at": at},
    )
