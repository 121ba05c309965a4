"""Delivering callbacks: sealed, signed, on time, again if not taken, and sometimes badly.

https://developer.work.weixin.qq.com/document/path/90930
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp

from bot.kit.clock import Monotonic
from bot.kit.wecom_box import Sealed, WeComBox
from bot.kit.xml import render
from bot.simulator.wecom.world import World

_NONCE_DIGITS = 10
_RANDOM_BYTES = 16


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the platform waits, and how often it comes again."""

    #: For the answer to a delivery.
    answer: timedelta = timedelta(seconds=5)
    #: For the answer to the check of a new callback address.
    check: timedelta = timedelta(seconds=1)
    #: Before each repeat; their number is how often it comes again.
    pauses: Sequence[timedelta] = field(default_factory=lambda: (timedelta(seconds=1),) * 3)
    #: How long an out-of-order delivery is held back for one that overtakes it.
    hold: timedelta = timedelta(seconds=2)
    #: How long a tapped card turns when the app took the tap and changed nothing.
    spinner: timedelta = timedelta(seconds=5)


class Postman:
    """Carries each callback to the app's address; only HTTP 200 in time counts as taken."""

    def __init__(self, world: World, *, monotonic: Monotonic, patience: Patience | None = None) -> None:
        self._world = world
        self._monotonic = monotonic
        self.patience = patience or Patience()
        self._session: aiohttp.ClientSession | None = None
        self._running: set[asyncio.Task[bool]] = set()
        #: Set when the delivery that overtakes a held one has been made.
        self._held: asyncio.Event | None = None

    async def start(self) -> None:
        """Open connections."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def idle(self) -> None:
        """Wait until nothing is under way, what was caused meanwhile included."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def post(self, plain: bytes) -> asyncio.Task[bool]:
        """Deliver in the background; the task's result says whether it was taken."""
        task = asyncio.get_running_loop().create_task(self._with_faults(plain))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _with_faults(self, plain: bytes) -> bool:
        faults = self._world.faults
        await faults.until_off("callback_pause")
        if faults.take("callback_drop"):
            self._log(plain, "", 0, 0.0, "lost on the way (fault)")
            return False
        slow = faults.take("callback_slow")
        if slow:
            await asyncio.sleep(slow.value)
        behind, self._held = self._held, None
        if behind is None and faults.take("callback_out_of_order"):
            await self._wait_for_next()
        try:
            if faults.take("callback_duplicate"):
                return any(await asyncio.gather(self._deliver(plain), self._deliver(plain)))
            return await self._deliver(plain)
        finally:
            if behind is not None:
                behind.set()

    async def _wait_for_next(self) -> None:
        """Hold this delivery back until the next has been made, but not for ever."""
        overtaken = self._held = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(overtaken.wait(), self.patience.hold.total_seconds())
        if self._held is overtaken:
            self._held = None

    async def _deliver(self, plain: bytes) -> bool:
        if await self._attempt(plain, "first delivery"):
            return True
        for number, pause in enumerate(self.patience.pauses, start=2):
            await asyncio.sleep(pause.total_seconds())
            if await self._attempt(plain, f"delivery {number}"):
                return True
        return False

    async def _attempt(self, plain: bytes, note: str) -> bool:
        sealed = self._seal(plain)
        envelope = render(
            {
                "ToUserName": self._world.app.corp_id,
                "AgentID": str(self._world.app.agent_id),
                "Encrypt": sealed.encrypted,
            }
        )
        url = f"{self._world.app.callback_url}?{_query(sealed)}"
        started = self._monotonic()
        status, answer = await self._exchange("POST", url, envelope, self.patience.answer)
        if status == HTTPStatus.OK and answer.strip():
            note += "; a passive reply, which this simulator does not show"
        self._log(plain, answer, status, self._monotonic() - started, note)
        return status == HTTPStatus.OK

    async def check_url(self, url: str) -> bool:
        """The check that the admin's save button makes: 1 s to give back the sealed number."""
        echo = self._world.mint_message_id()
        sealed = self._seal(echo.encode())
        joint = f"{url}?{_query(sealed)}&{urlencode({'echostr': sealed.encrypted})}"
        started = self._monotonic()
        status, answer = await self._exchange("GET", joint, None, self.patience.check)
        good = status == HTTPStatus.OK and answer == echo
        self._world.wire.add(
            at=self._world.now(),
            direction="callback",
            method="GET",
            path=url,
            request={"echostr": echo},
            response=answer,
            status=status,
            seconds=self._monotonic() - started,
            note="URL check passed" if good else "URL check failed",
        )
        return good

    async def _exchange(
        self, method: str, url: str, body: bytes | None, within: timedelta
    ) -> tuple[int, str]:
        """The status and body of the answer; status 0 means that none came in time."""
        if self._session is None or (not self._world.app.callback_url and method == "POST"):
            return 0, "no callback address"
        timeout = aiohttp.ClientTimeout(total=within.total_seconds())
        headers = {"Content-Type": "text/xml"} if body is not None else {}
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.text(errors="replace")
        except TimeoutError:
            return 0, f"no answer within {within.total_seconds():g} s"
        except (aiohttp.ClientError, OSError) as exc:
            return 0, type(exc).__name__

    def _seal(self, plain: bytes) -> Sealed:
        app, rng = self._world.app, self._world.rng
        box = WeComBox(app.token, app.aes_key, app.corp_id)
        nonce = "".join(rng.choices("0123456789", k=_NONCE_DIGITS))
        stamp = str(int(self._world.now().timestamp()))
        return box.seal(plain, timestamp=stamp, nonce=nonce, random16=rng.randbytes(_RANDOM_BYTES))

    def _log(self, plain: bytes, answer: str, status: int, seconds: float, note: str) -> None:
        self._world.wire.add(
            at=self._world.now(),
            direction="callback",
            method="POST",
            path=self._world.app.callback_url,
            request=plain.decode(),
            response=answer,
            status=status,
            seconds=seconds,
            note=note,
        )


def _query(sealed: Sealed) -> str:
    return urlencode(
        {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
    )
