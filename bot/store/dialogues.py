"""What somebody's next words refer to, for some minutes; sealed: he may have begun to name a customer."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, text

from bot.store.desk import Desk
from bot.store.tables.machinery import dialogues
from bot.store.tx import Tx
from bot.store.types import Json, UTCDateTime


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What we asked, and about what."""

    kind: str
    state: Mapping[str, Any]


_OPEN = text(
    "INSERT INTO dialogues (user_id, kind, state, expires_at) VALUES (:of, :kind, :state, :until)"
    " ON CONFLICT (user_id, kind) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at"
).bindparams(bindparam("state", type_=Json), bindparam("until", type_=UTCDateTime))
_FIND = (
    select(dialogues)
    .where(dialogues.c.user_id == bindparam("of"), dialogues.c.expires_at > bindparam("now_at"))
    .order_by(dialogues.c.expires_at.desc())
)
_CLOSE = delete(dialogues).where(dialogues.c.user_id == bindparam("of"), dialogues.c.kind != "ask")
_CLOSE_KIND = delete(dialogues).where(
    dialogues.c.user_id == bindparam("of"), dialogues.c.kind == bindparam("of_kind")
)


async def open(desk: Desk, user_id: str, kind: str, state: Mapping[str, Any], *, for_: timedelta) -> None:  # noqa: A001 - the word for it
    """Remember what was asked; a question asked later takes its place."""
    await desk.tx.run(_CLOSE, of=user_id)
    await keep(desk, user_id, kind, state, for_=for_)


async def keep(desk: Desk, user_id: str, kind: str, state: Mapping[str, Any], *, for_: timedelta) -> None:
    """Remember something beside an open question (the last question to the numbers: kind `ask`)."""
    sealed = desk.vault.seal(orjson.dumps(dict(state)), _place(user_id, kind))
    until = desk.now + for_
    await desk.tx.run(_OPEN, of=user_id, kind=kind, state=base64.b64encode(sealed).decode(), until=until)


async def find(desk: Desk, user_id: str) -> Dialogue | None:
    """What is being asked of somebody, if anything."""
    rows = [row for row in await desk.tx.all(_FIND, of=user_id, now_at=desk.now) if row.kind != "ask"]
    return Dialogue(rows[0].kind, _opened(desk, rows[0])) if rows else None


async def recall(desk: Desk, user_id: str, kind: str) -> Mapping[str, Any] | None:
    """What was kept under `kind`, if it has not expired."""
    rows = [row for row in await desk.tx.all(_FIND, of=user_id, now_at=desk.now) if row.kind == kind]
    return _opened(desk, rows[0]) if rows else None


def _opened(desk: Desk, row: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a row of dialogues
    state: Mapping[str, Any] = orjson.loads(
        desk.vault.open(base64.b64decode(row.state), _place(row.user_id, row.kind))
    )
    return state


def _place(user_id: str, kind: str) -> str:
    return f"dialogues.state:{user_id}:{kind}"


async def close(tx: Tx, user_id: str) -> None:
    """Ask nothing any more."""
    await tx.run(_CLOSE, of=user_id)


async def forget(tx: Tx, user_id: str, kind: str) -> None:
    """Forget what was kept under `kind`."""
    await tx.run(_CLOSE_KIND, of=user_id, of_kind=kind)
