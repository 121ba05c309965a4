"""The other platform by its rules: cards change by their key, a tap's own answer changes its card, words bear
no key at all.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.adapters.dingtalk.taps import Taps
from bot.chat.inbound import Accepted, Delivery
from bot.chat.outbound import Outgoing, Repeat, SendCard, SendText, Sent, UpdateCard
from tests.kill.wire import Act, Platform, _face

#: Which delivery this is, of all that this process ever got: a repeat is answered under a name of its own.
_DELIVERIES = itertools.count()


@dataclass
class DingTalk(Platform):
    """Taps wait for the card that they change; whoever hears no answer comes again."""

    name: str = "dingtalk"
    changes_by_key: bool = True
    taps: Taps = field(default_factory=Taps)

    def receive(self, delivery: Delivery, *, now: Any) -> Accepted:
        event = orjson.loads(delivery.body)
        if event["act"] != "tap":
            return super().receive(delivery, now=now)
        event["code"] = f"tap:{event['code']}:{os.getpid()}:{next(_DELIVERIES)}"
        return Accepted(
            self.name, event["event"], f"{self.name}:{event['user']}", orjson.dumps(event), waits=True
        )

    async def answered(self, accepted: Accepted, keep: Callable[[], Awaitable[None]]) -> bytes:
        """Keep a tap, and give the changed card as the answer."""
        answer: list[Act] = []

        async def out(face: Act) -> bool:
            answer.append(face)
            return True

        event = orjson.loads(accepted.body)
        await self.taps.attend(event["code"], event["user"], keep, out)
        return orjson.dumps(answer[0])

    def repeat(self, outgoing: Outgoing) -> Repeat:
        if isinstance(outgoing, SendCard):
            return Repeat.KEYED
        return Repeat.NEVER if isinstance(outgoing, SendText) else Repeat.HARMLESS

    async def send(self, outgoing: Outgoing) -> Sent:
        if (
            isinstance(outgoing, UpdateCard)
            and outgoing.code
            and self.taps.user_of(outgoing.code) is not None
        ):
            self.watch("wire.answering")
            if await self.taps.answer(outgoing.code, _changed(outgoing)):
                self.watch("wire.answered")
                return Sent()
        return await super().send(outgoing)

    def _text(self, sent: SendText) -> Sent:
        self.wire.write("text", to=sent.to, text=sent.text, mark=sent.mark, group=sent.group, repeated=False)
        return Sent()

    def _update(self, change: UpdateCard) -> Sent:
        self.wire.write("update", **_changed(change))
        return Sent()


def _changed(change: UpdateCard) -> Act:
    facts = {"to": change.to, "key": change.card_key, "code": change.code}
    return {**facts, **_face(change.card, change.buttons)}
