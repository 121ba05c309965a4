"""A card that can no longer be changed where it hangs: its reader is told once what became of it."""

from __future__ import annotations

from bot.chat.card import Card
from bot.chat.outbound import Notice, UpdateCard
from bot.store import Tx, incidents, on_screen, outbox
from bot.worker.bench import Bench

#: What has become of something, after its number.
_SAID, _WITH_WHY = "{source} {note}", "{source} {note}（{why}）"


async def tell(bench: Bench, tx: Tx, change: UpdateCard) -> bool:
    """Say the new state, if the card on the screen still has buttons and the new one has none.

    Groups have a line of their own beside the card, and a card that stays useful misleads nobody.
    """
    desk, card = bench.desk(tx), change.card
    text = _text(card)
    shown = await outbox.shown(tx, change.card_key, change.to)
    if not text or card.presses or shown is None or shown.chat:
        return False
    if not await on_screen.is_changed_by_code(tx, change.card_key):
        return False
    if not await on_screen.can_be_pressed(desk, change.card_key):
        return False
    where = outbox.Address(shown.platform, change.to)
    notice = Notice(to=shown.user_id, key=f"stale:{change.card_key}", text=text, topic=shown.topic)
    if not await outbox.post_at(desk, notice, where):
        return False
    await incidents.count(tx, "card.stale_told", card.kind, desk.now)
    return True


def _text(card: Card) -> str:
    if not card.source or not card.note:
        return ""
    why = "，".join(line for line in card.text.splitlines() if line)
    return (_WITH_WHY if why else _SAID).format(source=card.source, note=card.note, why=why)
