"""Bugs of the other platform's side, put in on purpose: each plays in companies that have DingTalk.

Seeds played until the invariant that is broken said so, counted from seed 0.

    ding-keeps-later     1   I1 lost            ding-says-twice      5   I6 second text
    ding-keys-by-frame   1   I1 twice           ding-writes-over     2   I1 lost
    ding-new-track-id    1   I6 second card     ding-believes-200    4   I6 lost
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.chat.adapter import Adapter, Closed, Host, Stream
from bot.chat.inbound import Accepted
from bot.chat.outbound import Outgoing, Repeat, SendCard, SendText, Sent
from bot.errors import PlatformRejectedError
from tests.worlds.blend import Blend
from tests.worlds.house import Parts

_STREAM = Blend(wecom=False, dingtalk="stream")
_CALLBACKS = Blend(wecom=False, dingtalk="http")


class _Around:
    """Something with one thing done wrong."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Streaming(_Around):
    """An adapter whose streams are given another host."""

    def __init__(self, inner: Adapter, host: Callable[[Host], Any]) -> None:
        super().__init__(inner)
        self._host = host

    def streams(self) -> Sequence[Stream]:
        return [_Stream(one, self._host) for one in self._inner.streams()]  # type: ignore[misc]


class _Stream(_Around):
    def __init__(self, inner: Stream, host: Callable[[Host], Any]) -> None:
        super().__init__(inner)
        self._host = host

    async def run(self, host: Host) -> Closed:
        return await self._inner.run(self._host(host))  # type: ignore[no-any-return]


class KeepsLater(_Around):
    """Acknowledges at once and writes down what came once a second."""

    async def keep(self, accepted: Accepted) -> None:
        task = asyncio.get_running_loop().create_task(self._later(accepted))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _later(self, accepted: Accepted) -> None:
        await asyncio.sleep(1.0)
        await self._inner.keep(accepted)


class KeysByFrame(_Around):
    """Tells deliveries apart by their frames."""

    _frames = 0

    async def keep(self, accepted: Accepted) -> None:
        KeysByFrame._frames += 1
        await self._inner.keep(dataclasses.replace(accepted, key=f"{accepted.key}/{KeysByFrame._frames}"))


class NewTrackId(_Around):
    """Gives every try to make a card an outTrackId of its own, as the official client does."""

    _tries = 0

    async def send(self, outgoing: Outgoing) -> Sent:
        if isinstance(outgoing, SendCard):
            NewTrackId._tries += 1
            named = hashlib.sha256(f"{outgoing.card_key}/{NewTrackId._tries}".encode()).hexdigest()[:26]
            outgoing = dataclasses.replace(outgoing, card_key=named)
        return await self._inner.send(outgoing)  # type: ignore[no-any-return]


class SaysTwice(_Around):
    """Says of words that a second time does no harm."""

    def repeat(self, outgoing: Outgoing) -> Repeat:
        known: Repeat = self._inner.repeat(outgoing)
        return Repeat.HARMLESS if isinstance(outgoing, SendText) else known


class BelievesSuccess(_Around):
    """Takes 200 for a delivery."""

    async def send(self, outgoing: Outgoing) -> Sent:
        try:
            return await self._inner.send(outgoing)  # type: ignore[no-any-return]
        except PlatformRejectedError as exc:
            if exc.code != "deliver":
                raise
            return Sent()


class _WritesOver(_Around):
    """Changes a card without saying that only what is named changes."""

    async def act(self, method: str, path: str, payload: Mapping[str, Any] | None = None) -> Any:
        without = {name: part for name, part in (payload or {}).items() if name != "cardUpdateOptions"}
        return await self._inner.act(method, path, without)


def writes_over(inner: Adapter) -> Adapter:
    """The adapter with such a client."""
    mouth = inner._mouth  # type: ignore[attr-defined]
    mouth._client = _WritesOver(mouth._client)
    return inner


def _hosted(host: type[_Around]) -> Callable[[Adapter], Adapter]:
    return lambda inner: _Streaming(inner, host)  # type: ignore[return-value]


#: By name: what is done wrong; the platforms on which it shows.
PLANTS: dict[str, Parts] = {
    "ding-keeps-later": Parts(
        "acknowledges before the commit", adapter=_hosted(KeepsLater), blend=_STREAM, kills_at="answered"
    ),
    "ding-keys-by-frame": Parts("tells frames apart", adapter=_hosted(KeysByFrame), blend=_STREAM),
    "ding-new-track-id": Parts("gives each try an outTrackId", adapter=NewTrackId, blend=_CALLBACKS),  # type: ignore[arg-type]
    "ding-says-twice": Parts("repeats words", adapter=SaysTwice, blend=_CALLBACKS),  # type: ignore[arg-type]
    "ding-writes-over": Parts("writes cards over", adapter=writes_over, blend=_CALLBACKS),
    "ding-believes-200": Parts("believes a 200", adapter=BelievesSuccess, blend=_STREAM),  # type: ignore[arg-type]
}
#: In the order of PLANTS.
FOUND_BY = {
    "ding-keeps-later": "I1 lost", "ding-keys-by-frame": "I1 twice", "ding-new-track-id": "I6 second card",
    "ding-says-twice": "I6 second text", "ding-writes-over": "I1 lost", "ding-believes-200": "I6 lost",
}  # fmt: skip
