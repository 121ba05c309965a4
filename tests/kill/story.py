"""The people outside: they send forms, press and say what comes next, and repeat what was not answered.

All they know stands in the wire log, so that the story goes on after a crash where it stopped.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from multidict import CIMultiDict
from yarl import URL

from tests.kill.house import House
from tests.kill.plot import CLAIM, CONFIRM, FOLLOW_UP, RELEASE, REVEAL, Plot
from tests.kill.wire import DELIVERED, Act, Shown, shown

#: A lease is thirty seconds; the longest pause between two tries is five minutes.
_PAUSE = timedelta(seconds=35)
_PAUSES = 30
#: So often somebody presses one button, as long as it comes back.
_PATIENCE = 3
#: More than any plot needs.
_ROUNDS = 100
#: Longer than the working time in which an owner has to answer.
_LATER = timedelta(hours=3)
_LATERS = 2


class Story:
    """Plays a plot against the bot, chapter by chapter, until nobody has anything left to do."""

    def __init__(self, house: House, plot: Plot, watch: Callable[[str], None]) -> None:
        self._house = house
        self._wire = house.wire
        self._plot = plot
        self._watch = watch

    async def play(self, chapters: Sequence[str] = (), *, after_crash: bool = False) -> bool:
        """Play what is left of these chapters (of all); False if one of them never came to rest."""
        told = self._wire.of("clock")
        if told:
            self._house.clock.now = datetime.fromisoformat(told[-1]["at"])
        if after_crash:
            self._push(2 * _PAUSE)
        ended = {act["name"] for act in self._wire.of("chapter")}
        for name in chapters or self._plot.chapters:
            if name in ended:
                continue
            if not await self._until_nothing_is_left(getattr(self, f"_{name}")):
                return False
            self._wire.write("chapter", name=name)
        return True

    def _push(self, span: timedelta) -> None:
        self._wire.write("clock", at=self._house.clock.push(span).isoformat())

    async def _until_nothing_is_left(self, chapter: Callable[[], list[Awaitable[None]]]) -> bool:
        pauses = 0
        for _ in range(_ROUNDS):
            acts = self._unanswered() or chapter()
            random.Random(f"{self._plot.seed}:{len(self._wire.acts)}").shuffle(acts)
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

    def _unanswered(self) -> list[Awaitable[None]]:
        """What the platform brings again."""
        answered = {act["event"] for act in self._wire.of("ack")}
        return [self._deliver(act) for act in self._wire.of(*DELIVERED) if act["event"] not in answered]

    # The chapters: what people do next, all at once; nothing when it is all done.

    def _form(self) -> list[Awaitable[None]]:
        answered = {act["key"] for act in self._wire.of("form_answered")}
        todo = [(f"form-{i}", form) for i, form in enumerate(self._plot.forms())]
        return [self._send_form(key, form) for key, form in todo if key not in answered for _ in range(2)]

    def _claim(self) -> list[Awaitable[None]]:
        """Buttons that somebody sees and has not pressed since they look as they do."""
        wanted = [CLAIM]
        pressed = self._wire.of("tap")
        if self._plot.is_returned and not any(tap["label"] == CONFIRM for tap in pressed):
            wanted += [CONFIRM] if any(tap["label"] == RELEASE for tap in pressed) else [RELEASE]
        found = self._buttons(wanted)
        # One person gives one lead back; everybody may want to have one.
        returns = [one for one in found if one[1] != CLAIM][:1]
        return self._taps([one for one in found if one[1] == CLAIM] or returns)

    def _lying(self) -> list[Awaitable[None]]:
        """Nobody answers; nothing is done but the clock goes on."""
        if len(self._wire.of("later")) == _LATERS:
            return []
        self._push(_LATER)
        self._wire.write("later")
        return [asyncio.sleep(0)]

    def _claim_again(self) -> list[Awaitable[None]]:
        return self._taps(self._buttons([CLAIM]))

    def _code(self) -> list[Awaitable[None]]:
        return [] if self._wire.of("looked") else [self._look(self._leads()[0])]

    def _reveal(self) -> list[Awaitable[None]]:
        return self._taps(
            [one for one in self._owned(REVEAL) if not self._has_pressed(one[0].source, REVEAL)]
        )

    def _added(self) -> list[Awaitable[None]]:
        """The customer scans: the platform tells of it twice, half and whole, as it pleases."""
        if self._wire.of("added"):
            return []
        way = self._wire.of("way")[-1]
        at = self._house.clock.now.isoformat()
        facts = {"customer": "wm-1", "user": way["users"][0], "state": way["state"], "at": at, "chosen": ""}
        for half, welcome in ((True, "welcome-1"), (False, "welcome-1")):
            self._wire.write("added", event=f"added-{half}", half=half, welcome=welcome, **facts)
        return [self._twice(act) for act in self._wire.of("added")]

    def _follow_up(self) -> list[Awaitable[None]]:
        words = "已电话,客户要报价,下周二回访"
        if not self._plot.asks_by_button:
            return self._say_of_each(f"跟进 {{lead}} {words}")
        for card, label, sealed in self._owned(FOLLOW_UP):
            lead = _lead_of(card)
            if not self._has_pressed(card.source, FOLLOW_UP):
                return self._taps([(card, label, sealed)])
            said = f"{words}。编号 {lead}"
            if not self._has_said(said):
                return [self._say(card.to, said)]
        return []

    def _deal(self) -> list[Awaitable[None]]:
        return self._say_of_each("转商机 {lead} 专业版 5万")

    def _quote(self) -> list[Awaitable[None]]:
        return self._say_of_deals("报价 {deal} 48000 折扣4%")

    def _won(self) -> list[Awaitable[None]]:
        return self._say_of_deals("{deal} 赢单 48000")

    def _question(self) -> list[Awaitable[None]]:
        return [
            self._say(user, "本月业绩") for user in sorted(self._owners().values()) if not self._asked(user)
        ]

    def _cheer(self) -> list[Awaitable[None]]:
        return [] if self._wire.of("cheered") else [self._say_hurrah()]

    # Hands and eyes.

    def _leads(self) -> list[str]:
        return sorted({act["lead_id"] for act in self._wire.of("form_answered")})

    def _owners(self) -> dict[str, str]:
        """Whose each lead is, as far as people see: the last one to whom it was shown as his own."""
        held = {_lead_of(c): c.to for c in shown(self._wire).values() if c.kind == "lead_owned"}
        return {lead: held[lead] for lead in self._leads() if lead in held}

    def _owned(self, label: str) -> list[tuple[Shown, str, str]]:
        """This button on the newest card of each owned lead."""
        newest = {_lead_of(card): card for card in shown(self._wire).values() if card.kind == "lead_owned"}
        return [
            (card, text, sealed)
            for _, card in sorted(newest.items())
            for text, sealed in card.buttons
            if text == label
        ]

    def _buttons(self, wanted: list[str]) -> list[tuple[Shown, str, str]]:
        pressed = self._wire.of("tap")
        done = {tap["button"] for tap in pressed}
        tries = Counter((tap["key"], tap["label"]) for tap in pressed)
        return [
            (card, label, sealed)
            for card in shown(self._wire).values()
            for label, sealed in card.buttons
            if label in wanted and sealed not in done and tries[card.key, label] < _PATIENCE
        ]

    def _has_pressed(self, source: str, label: str) -> bool:
        return any(tap["source"] == source and tap["label"] == label for tap in self._wire.of("tap"))

    def _has_said(self, text: str) -> bool:
        return any(act["text"] == text for act in self._wire.of("said"))

    def _asked(self, user: str) -> bool:
        return any(act["text"] == "本月业绩" and act["user"] == user for act in self._wire.of("said"))

    def _say_of_each(self, pattern: str) -> list[Awaitable[None]]:
        todo = [(user, pattern.format(lead=lead)) for lead, user in sorted(self._owners().items())]
        return [self._say(user, text) for user, text in todo if not self._has_said(text)]

    def _say_of_deals(self, pattern: str) -> list[Awaitable[None]]:
        deals = {m.group(): c.to for c in shown(self._wire).values() if (m := re.match(r"D\d+", c.source))}
        todo = [(user, pattern.format(deal=deal)) for deal, user in sorted(deals.items())]
        return [self._say(user, text) for user, text in todo if not self._has_said(text)]

    def _say(self, user: str, text: str) -> Awaitable[None]:
        event = f"said-{len(self._wire.of('said'))}"
        self._wire.write("said", event=event, user=user, text=text)
        return self._twice(self._wire.acts[-1])

    def _taps(self, presses: list[tuple[Shown, str, str]]) -> list[Awaitable[None]]:
        return [self._twice(self._tap(card, label, sealed)) for card, label, sealed in presses]

    def _tap(self, card: Shown, label: str, sealed: str) -> Act:
        event = f"event-{len(self._wire.of('tap'))}"
        chosen = card.options[0] if label == CONFIRM else ""
        self._wire.write(
            "tap", event=event, user=card.to, key=card.key, source=card.source, label=label, button=sealed,
            code=f"tapped-{event}", chosen=chosen,
        )  # fmt: skip
        return self._wire.acts[-1]

    async def _twice(self, act: Act) -> None:
        """The platform may bring everything again, answered or not."""
        await asyncio.gather(self._deliver(act), self._deliver(act))

    async def _deliver(self, act: Act) -> None:
        self._watch("deliver.before")
        answer = await self._house.callbacks.receive(Post(f"/callback/{self._plot.on}", act))
        self._watch("deliver.answered")
        if answer.status == 200:
            if answer.body and (changed := orjson.loads(answer.body)):
                # The answer to a tap is the card as it looks from now on.
                self._wire.write("update", **changed)
            self._wire.write("ack", event=act["event"])
        self._watch("deliver.acked")

    async def _send_form(self, key: str, form: dict[str, str]) -> None:
        self._watch("form.before")
        answer = await self._house.forms.receive(Post("/forms/website", form, key=key))
        self._watch("form.answered")
        if answer.status == 200:
            self._wire.write("form_answered", key=key, **orjson.loads(answer.body))
        self._watch("form.acked")

    async def _look(self, lead: str) -> None:
        await self._house.show_code(lead)
        self._watch("look.before")
        self._wire.write("looked", lead=lead)

    async def _say_hurrah(self) -> None:
        await self._house.cheer("大家加油")
        self._watch("cheer.before")
        self._wire.write("cheered")


def _lead_of(card: Shown) -> str:
    return card.source.partition(" ")[0]


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
