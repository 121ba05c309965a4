"""Two things about one card or one to-do, the older of which has to be tried again, would change places.

What is under way when the next is queued cannot be superseded then. Tried after the newer one it would put
back what was before it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy import bindparam, select, text, update

from bot.chat.outbound import CardView, UpdateCard
from bot.chat.spelling import read, spell
from bot.kit.vault import Vault
from bot.store.sending import Leased
from bot.store.tables.machinery import outbox
from bot.store.tx import Tx

_WAIT = timedelta(seconds=1)
#: Before this one on its lane; spelled as its index has it.
_BEFORE = (
    text("outbox.state IN ('pending', 'leased', 'sending')"),
    outbox.c.lane_key == bindparam("lane"),
    outbox.c.id < bindparam("row_id"),
)
_CHANGES = (
    select(outbox.c.id, outbox.c.key, outbox.c.body)
    .where(*_BEFORE, outbox.c.card_key == bindparam("of_card"), outbox.c.kind == "update")
    .order_by(outbox.c.id)
)
#: Under a new fence: who held it and comes back late changes nothing.
_DROPPED = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(
        state="skipped", reason="superseded", line=None, body=b"", lease_until=None, fence=outbox.c.fence + 1
    )
)
_REWRITTEN = update(outbox).where(outbox.c.id == bindparam("of")).values(body=bindparam("whole"))
_TODOS = (
    select(outbox.c.due_at)
    .where(*_BEFORE, outbox.c.topic == bindparam("about"), outbox.c.kind.in_(["todo", "todo_end"]))
    .order_by(outbox.c.due_at.desc())
    .limit(1)
)


async def change(tx: Tx, vault: Vault, leased: Leased, newest: UpdateCard) -> UpdateCard:
    """Drop older changes of this card; what only they would have shown goes with this one.

    Whoever holds a lane is alone in it, so none of them is on the wire.
    """
    before, own = newest.before, dict[str, CardView]()
    for row in await tx.all(_CHANGES, lane=leased.lane_key, row_id=leased.id, of_card=newest.card_key):
        older = read(orjson.loads(vault.open(row.body, f"outbox.body:{leased.lane_key}:{row.key}")))
        await tx.run(_DROPPED, of=row.id)
        if isinstance(older, UpdateCard):
            before = before or older.before
            own |= {view.user_id: view for view in older.views}
    missed = tuple(own[of] for of in sorted(own.keys() - {view.user_id for view in newest.views}))
    whole = replace(newest, before=before, views=newest.views + missed)
    if whole != newest:
        # Whoever sends this at its next try has to find all of it.
        sealed = vault.seal(orjson.dumps(spell(whole)), f"outbox.body:{leased.lane_key}:{leased.key}")
        await tx.run(_REWRITTEN, of=leased.id, whole=sealed)
    return whole


async def todo_waits(tx: Tx, leased: Leased, *, now: datetime) -> datetime | None:
    """Until when it has to wait for what comes before it about the same to-do; None if nothing does.

    Only what was answered tells which to-do there is to close.
    """
    row = await tx.first(_TODOS, lane=leased.lane_key, row_id=leased.id, about=leased.topic)
    return None if row is None else max(row.due_at, now) + _WAIT
