"""Codes and links that hang somewhere for long, by the word that comes back with a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.desk import Desk
from bot.store.tables.capture import standing_ways
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Standing:
    """One of them."""

    state: str
    platform: str
    name: str
    kind: str
    source: str
    campaign: str
    user_ids: tuple[str, ...]
    version: int
    #: Of the platform; empty until it was made.
    config_id: str
    url: str
    created_at: datetime


_BY_STATE = select(standing_ways).where(standing_ways.c.state == bindparam("of"))
_ALL = select(standing_ways).order_by(standing_ways.c.name, standing_ways.c.kind)
_CHANGE = (
    update(standing_ways)
    .where(standing_ways.c.state == bindparam("of"))
    .values(
        user_ids=bindparam("people"),
        version=bindparam("at_version"),
        source=bindparam("from_source"),
        campaign=bindparam("of_campaign"),
    )
)
_MADE = (
    update(standing_ways)
    .where(standing_ways.c.state == bindparam("of"))
    .values(config_id=bindparam("config"), url=bindparam("address"))
)


async def find(tx: Tx, state: str) -> Standing | None:
    """The one of this word."""
    row = await tx.first(_BY_STATE, of=state)
    return None if row is None else _standing(row)


async def everything(tx: Tx) -> list[Standing]:
    """All that were ever asked for."""
    return [_standing(row) for row in await tx.all(_ALL)]


async def add(
    desk: Desk,
    state: str,
    *,
    platform: str,
    name: str,
    kind: str,
    source: str,
    campaign: str,
    user_ids: Sequence[str],
) -> bool:
    """Remember one that is to be made; False if it is remembered already."""
    row = {
        "state": state, "platform": platform, "name": name, "kind": kind, "source": source,
        "campaign": campaign, "user_ids": list(user_ids), "version": 1, "created_at": desk.now,
    }  # fmt: skip
    return await desk.tx.insert_new(standing_ways, row)


async def change(
    tx: Tx, state: str, *, user_ids: Sequence[str], version: int, source: str, campaign: str
) -> None:
    """Other people stand behind it, or it is counted to another source."""
    await tx.run(
        _CHANGE, of=state, people=list(user_ids), at_version=version, from_source=source, of_campaign=campaign
    )


async def made(tx: Tx, state: str, *, config_id: str, url: str) -> None:
    """The platform has made it."""
    await tx.run(_MADE, of=state, config=config_id, address=url)


def _standing(row: Any) -> Standing:  # noqa: ANN401 - a row
    return Standing(
        row.state, row.platform, row.name, row.kind, row.source, row.campaign, tuple(row.user_ids),
        row.version, row.config_id or "", row.url or "", row.created_at,
    )  # fmt: skip
