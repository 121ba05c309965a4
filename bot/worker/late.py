"""An answer that comes late says what it answers, and whoever waits for it hears that it will come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import late as cards
from bot.chat.inbound import Message
from bot.chat.outbound import Notice, Outgoing, SendCard, SendPicture, SendText
from bot.store import Tx, inbox, outbox, sending
from bot.store.sending import Leased
from bot.worker.bench import Bench

#: After so long other words stand between a question and its answer.
_LATE = timedelta(seconds=15)
#: It is worth a word that something will come this much later.
_WAITS = timedelta(seconds=5)
_KEY = "later:"


def is_word_of_it(leased: Leased) -> bool:
    """Whether this only says that answers will come later."""
    return leased.key.startswith(_KEY)


async def quoting(bench: Bench, tx: Tx, leased: Leased, now: datetime) -> Outgoing:
    """The answer with its question before it, if it goes out late; the same at each try."""
    outgoing = leased.outgoing
    if leased.rank or not isinstance(outgoing, SendText | SendCard) or outgoing.group:
        return outgoing
    asked = await _question(bench, tx, leased, outgoing.reply_to, leased.first_tried_at or now)
    if not asked:
        return outgoing
    if isinstance(outgoing, SendText):
        return replace(outgoing, text=cards.quoted(asked, outgoing.text))
    return replace(outgoing, card=cards.of(asked, outgoing.card))


async def _question(bench: Bench, tx: Tx, leased: Leased, key: str, at: datetime) -> str:
    """What he wrote, if that is a while ago and still kept."""
    platform, _, account = leased.lane_key.partition(":")
    found = await inbox.body(tx, bench.vault, f"{platform}:user:{account}", platform, key) if key else None
    if found is None or at - found[1] < _LATE:
        return ""
    try:
        said = bench.decode(platform, found[0])
    except (KeyError, ValueError):
        return ""
    return said.text if isinstance(said, Message) else ""


async def tell(bench: Bench, tx: Tx, leased: Leased, until: datetime, now: datetime) -> None:
    """Say once in a while that answers wait for the platform's limit, if this is one."""
    answers = isinstance(leased.outgoing, SendText | SendCard | SendPicture) and not leased.outgoing.group
    if leased.rank or not answers or until - now < _WAITS or is_word_of_it(leased):
        return
    to = await sending.reader(tx, leased.lane_key)
    if to is None:
        return
    key = f"{_KEY}{leased.lane_key}:{until:%Y%m%d%H%M}"
    said = cards.wait(round((until - now).total_seconds()))
    await outbox.post(bench.desk(tx), Notice(to=to, key=key, text=said, answers=True))
