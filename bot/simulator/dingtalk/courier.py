"""Delivering pushes: on one connection or by HTTP, on time, again if not taken, and sometimes badly."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.kit.clock import Monotonic
from bot.simulator.dingtalk import cards
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.gateway import Gateway
from bot.simulator.dingtalk.http_mode import HttpMode
from bot.simulator.dingtalk.model import HTTP, Json
from bot.simulator.dingtalk.patience import Patience
from bot.simulator.dingtalk.pushes import CARD_TOPIC, EVENT, MESSAGE_TOPIC, Push, without_words
from bot.simulator.dingtalk.world import World, json_of

_GOOD = 200


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one attempt; `answer` is None if it was not taken."""

    answer: Json | None
    note: str


class Courier:
    """Carries each push to the app until it is taken or given up."""

    def __init__(
        self, world: World, gateway: Gateway, http: HttpMode, patience: Patience, monotonic: Monotonic
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._http = http
        self.patience = patience
        self._monotonic = monotonic
        self._running: set[asyncio.Task[bool]] = set()
        #: Set when the push that overtakes a held one has been made.
        self._held: asyncio.Event | None = None

    def post(self, push: Push) -> asyncio.Task[bool]:
        """Deliver in the background; the result says whether the first try was taken.

        Repeats go on after that, as tasks of their own.
        """
        task = asyncio.get_running_loop().create_task(self._with_faults(push))
        self._keep(task)
        return task

    async def idle(self) -> None:
        """Wait until nothing is under way, repeats included."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _keep(self, task: asyncio.Task[bool]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _with_faults(self, push: Push) -> bool:
        faults = self._world.faults
        await faults.until_off("ding_pause")
        metered = self._metered(push)
        if metered is None:
            self._log(push, None, 0.0, "the month's pushes are used up: not delivered")
            return False
        slow = faults.take("ding_late")
        if slow:
            await asyncio.sleep(slow.value)
        behind, self._held = self._held, None
        if behind is None and faults.take("ding_out_of_order"):
            await self._wait_for_next()
        try:
            if faults.take("ding_duplicate"):
                return any(await asyncio.gather(self._deliver(metered), self._deliver(metered)))
            return await self._deliver(metered)
        finally:
            if behind is not None:
                behind.set()

    def _metered(self, push: Push) -> Push | None:
        """Count it; over the quota a message loses its words, other things are not delivered."""
        if push.is_free:
            return push
        over = self._world.faults.take("ding_push_quota") or not self._world.quotas.take_push()
        if not over:
            return push
        return without_words(push) if push.topic == MESSAGE_TOPIC else None

    async def _wait_for_next(self) -> None:
        overtaken = self._held = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(overtaken.wait(), self.patience.hold.total_seconds())
        if self._held is overtaken:
            self._held = None

    async def _deliver(self, push: Push) -> bool:
        message_id = self._gateway.message_id()
        if await self._attempt(push, message_id, "first delivery"):
            return True
        pauses = self.patience.events_again if push.type == EVENT else self.patience.again
        self._keep(asyncio.get_running_loop().create_task(self._again(push, message_id, pauses)))
        return False

    async def _again(self, push: Push, message_id: str, pauses: Sequence[timedelta]) -> bool:
        for number, pause in enumerate(pauses, start=2):
            await asyncio.sleep(pause.total_seconds())
            if self._world.faults.take("ding_new_message_id"):
                message_id = self._gateway.message_id()
            if await self._attempt(push, message_id, f"delivery {number}"):
                return True
        if push.type == EVENT:
            self._world.failed_events.append(_given_up(push))
        return False

    async def _attempt(self, push: Push, message_id: str, note: str) -> bool:
        started = self._monotonic()
        if self._world.faults.take("ding_lost"):
            self._log(push, None, 0.0, f"{note}; lost on the way (fault)")
            return False
        outcome = await (
            self._by_http(push) if self._goes_by_http(push) else self._by_stream(push, message_id)
        )
        taken = outcome.answer is not None and self._is_taken(push, outcome.answer)
        self._log(
            push, outcome.answer, self._monotonic() - started, "; ".join(filter(None, [note, outcome.note]))
        )
        return taken

    def _goes_by_http(self, push: Push) -> bool:
        if push.card is not None:
            return push.card.callback_type == "HTTP"
        return self._world.app.mode == HTTP

    async def _by_http(self, push: Push) -> _Outcome:
        answer, note = await self._http.deliver(push)
        return _Outcome(answer, note)

    async def _by_stream(self, push: Push, message_id: str) -> _Outcome:
        connection = self._gateway.chosen(push.type, push.topic)
        if connection is None:
            return _Outcome(None, "no connection has subscribed to this")
        headers = {"topic": push.topic, "messageId": message_id} | dict(push.headers)
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[message_id] = future
        within = self.patience.card if push.topic == CARD_TOPIC else self.patience.stream
        try:
            if not await self._gateway.send(connection, push.type, headers, push.text()):
                return _Outcome(None, "the connection is gone")
            async with asyncio.timeout(within.total_seconds()):
                return _Outcome(_read(await future), "")
        except TimeoutError:
            return _Outcome(None, f"not acknowledged within {within.total_seconds():g} s")
        except asyncio.CancelledError:
            if not future.cancelled() or connection in self._gateway.connections:
                raise
            return _Outcome(None, "the connection broke before the acknowledgement")
        finally:
            if connection.waiting.get(message_id) is future:
                del connection.waiting[message_id]

    def _is_taken(self, push: Push, answer: Json) -> bool:
        data = json_of(answer.get("data"))
        if push.type == EVENT:
            status = data.get("status")
            return status == "SUCCESS" or (status != "LATER" and answer.get("code", _GOOD) == _GOOD)
        if answer.get("code", _GOOD) != _GOOD:
            return False
        response = data.get("response")
        if push.card is not None and isinstance(response, dict):
            try:
                cards.answered(self._world, push.card, push.userid, response)
            except RefusedError as refused:
                self._log(push, response, 0.0, f"the answer does not fit the template: {refused}")
        return True

    def _log(self, push: Push, answer: object, seconds: float, note: str) -> None:
        self._world.log(
            direction="callback", method="HTTP" if self._goes_by_http(push) else "WS", path=push.name,
            request=push.data, response=answer, status=200 if answer is not None else 0,
            seconds=seconds, note=note,
        )  # fmt: skip


def _given_up(push: Push) -> Json:
    kind, born = push.headers["eventType"], int(push.headers["eventBornTime"])
    return {"call_back_tag": kind, "event_time": born, "corpid": push.headers["eventCorpId"], kind: push.data}


def _read(frame: Json) -> Json:
    """An acknowledgement of any make: its data may be JSON in a string, an object or nothing."""
    data = frame.get("data")
    if isinstance(data, str):
        try:
            data = json.loads(data or "{}")
        except ValueError:
            data = {}
    return {"code": frame.get("code", _GOOD), "message": frame.get("message", ""), "data": json_of(data)}
