"""The people outside: they send forms, press what they see, and repeat what was not answered.

All they know stands in the wire log, so that the story goes on after a crash where it stopped.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from multidict import CIMultiDict
from yarl import URL

from tests.kill.house import House
from tests.kill.wire import Act, Shown, shown

REPS = {"zhangsan": "张三", "lina": "李娜"}
CLAIM, RELEASE, CONFIRM = "领取", "退回", "确定"
#: A lease is thirty seconds; the longest pause between two tries is five minutes.
_PAUSE = timedelta(seconds=35)
_PAUSES = 30
#: So often somebody presses one button, as long as it comes back.
_PATIENCE = 3
#: More than any plot needs.
_ROUNDS = 100
#: Longer than the working time in which an owner has to answer.
_LATER = timedelta(hours=3)


@dataclass(frozen=True)
class Plot:
    """One course of events; equal seeds are equal plots."""

    seed: int

    @property
    def people(self) -> int:
        """Who send a form."""
        return 1 + self.seed % 2

    @property
    def is_returned(self) -> bool:
        """The first owner gives his lead back, and somebody else takes it."""
        return self.seed % 2 == 1

    @property
    def is_left_lying(self) -> bool:
        """No owner answers in time: the clocks run out."""
        return self.seed % 3 == 2

    def forms(self) -> list[dict[str, str]]:
        """What they send; each of them presses the button twice."""
        return [
            {
                "name": f"王{i}",
                "phone": f"1391234567{i}",
                "city": "上海",
                "title": "采购总监",
                "message": "报价",
            }
            for i in range(self.people)
        ]


class Story:
    """Plays a plot against the bot until nobody has anything left to do."""

    def __init__(self, house: House, plot: Plot, watch: Callable[[str], None]) -> None:
        self._house = house
        self._wire = house.wire
        self._plot = plot
        self._watch = watch

    async def play(self, *, after_crash: bool = False) -> bool:
        """Play on from wherever the log ends; False if it never came to rest."""
        if after_crash:
            told = self._wire.of("clock")
            self._push(
                datetime.fromisoformat(told[-1]["at"]) - self._house.clock.now if told else timedelta()
            )
            self._push(2 * _PAUSE)
        rested = await self._until_nothing_is_left()
        while self._plot.is_left_lying and rested and len(self._wire.of("later")) < 2:
            self._push(_LATER)
            self._wire.write("later")
            rested = await self._until_nothing_is_left()
        return rested

    def _push(self, span: timedelta) -> None:
        self._wire.write("clock", at=self._house.clock.push(span).isoformat())

    async def _until_nothing_is_left(self) -> bool:
        pauses = 0
        for _ in range(_ROUNDS):
            acts = self._acts()
            *_, worked = await asyncio.gather(*acts, self._house.drain())
            if acts or worked:
                continue
            if not await self._house.is_busy():
                return True
            self._push(_PAUSE)
            pauses += 1
            if pauses == _PAUSES:
                return False
        return False

    def _acts(self) -> list[Awaitable[None]]:
        """What people and platform do next, all at once."""
        mix = random.Random(f"{self._plot.seed}:{len(self._wire.acts)}")
        acts = [*self._unanswered_forms(), *self._unanswered_taps()]
        if not acts:
            acts = [self._twice(self._tap(card, label, sealed)) for card, label, sealed in self._presses()]
        if not acts and self._wire.of("ack") and not self._wire.of("cheered"):
            acts = [self._cheer()]
        mix.shuffle(acts)
        return acts

    def _unanswered_forms(self) -> list[Awaitable[None]]:
        answered = {act["key"] for act in self._wire.of("form_answered")}
        todo = [(f"form-{i}", form) for i, form in enumerate(self._plot.forms())]
        return [self._send_form(key, form) for key, form in todo if key not in answered for _ in range(2)]

    def _unanswered_taps(self) -> list[Awaitable[None]]:
        answered = {act["event"] for act in self._wire.of("ack")}
        return [self._deliver(tap) for tap in self._wire.of("tap") if tap["event"] not in answered]

    def _presses(self) -> list[tuple[Shown, str, str]]:
        """Buttons that somebody sees and has not pressed since they look as they do."""
        wanted = [CLAIM]
        pressed = self._wire.of("tap")
        if self._plot.is_returned and not any(tap["label"] == CONFIRM for tap in pressed):
            wanted += [CONFIRM] if any(tap["label"] == RELEASE for tap in pressed) else [RELEASE]
        done = {tap["button"] for tap in pressed}
        tries = Counter((tap["key"], tap["label"]) for tap in pressed)
        found = [
            (card, label, sealed)
            for card in shown(self._wire).values()
            for label, sealed in card.buttons
            if label in wanted and sealed not in done and tries[card.key, label] < _PATIENCE
        ]
        # One person gives one lead back; everybody may want to have one.
        returns = [one for one in found if one[1] != CLAIM][:1]
        return [one for one in found if one[1] == CLAIM] or returns

    def _tap(self, card: Shown, label: str, sealed: str) -> Act:
        event = f"event-{len(self._wire.of('tap'))}"
        chosen = card.options[0] if label == CONFIRM else ""
        self._wire.write(
            "tap", event=event, user=card.to, key=card.key, label=label, button=sealed,
            code=f"tapped-{event}", chosen=chosen,
        )  # fmt: skip
        return self._wire.acts[-1]

    async def _twice(self, tap: Act) -> None:
        """The platform may bring everything again, answered or not."""
        await asyncio.gather(self._deliver(tap), self._deliver(tap))

    async def _deliver(self, tap: Act) -> None:
        self._watch("deliver.before")
        answer = await self._house.callbacks.receive(Post("/callback/wecom", tap))
        self._watch("deliver.answered")
        if answer.status == 200:
            self._wire.write("ack", event=tap["event"])
        self._watch("deliver.acked")

    async def _send_form(self, key: str, form: dict[str, str]) -> None:
        self._watch("form.before")
        answer = await self._house.forms.receive(Post("/forms/website", form, key=key))
        self._watch("form.answered")
        if answer.status == 200:
            self._wire.write("form_answered", key=key, **orjson.loads(answer.body))
        self._watch("form.acked")

    async def _cheer(self) -> None:
        await self._house.cheer("大家加油")
        self._watch("cheer.before")
        self._wire.write("cheered")


class Post:
    """As much of an HTTP request as the door asks for."""

    def __init__(self, path: str, document: Any, *, key: str = "") -> None:
        self._body = orjson.dumps(document)
        self.method = "POST"
        self.rel_url = URL(path)
        self.headers = CIMultiDict({"Idempotency-Key": key} if key else {})
        self.match_info = {"form": path.rsplit("/", 1)[1]}
        self.content_type, self.charset, self.content_length = "application/json", "utf-8", len(self._body)
        self.remote = "192.0.2.7"
        self.content = self

    async def read(self) -> bytes:
        return self._body

    async def iter_any(self) -> Any:
        yield self._body
