"""The whole door in this process: bytes go in as from a socket and come out as to one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import func, or_, select

from bot.app.process import App, opened
from bot.crm.company import Company
from bot.kit.ids import seeded_random_bytes
from bot.settings import Settings
from bot.store.tables.machinery import inbox
from bot.store.tables.meta import METADATA
from bot.web import guard
from bot.worker.lanes import LaneWorker
from tests.conftest import ROOT, HandClock
from tests.handlers.workday import staff
from tests.wire.dingtalk import genuine as ding
from tests.wire.genuine import AES_KEY, AGENT, CORP, SECRET, TOKEN
from tests.wire.wechat import genuine as official

#: An address of the open internet, and one more.
AFAR, ELSEWHERE = "8.8.4.4", "8.8.8.8"
VAULT_SECRET = "a secret of these tests that is long enough"

#: After any other the door closes the line.
_STAYING = frozenset((200, 401))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the date is left out, because it alone may differ."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Pipe(asyncio.Transport):
    """The far end of a connection: keeps what is written to it."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 40000), "sockname": ("127.0.0.1", 80)})
        self.heard = bytearray()
        self.closed = False
        self.something = asyncio.Event()
        #: Called once when our side lets go.
        self.lost: Callable[[], None] | None = None

    def write(self, data: Any) -> None:
        self.heard += data
        self.something.set()

    def writelines(self, list_of_data: Any) -> None:
        for data in list_of_data:
            self.write(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.something.set()
            if self.lost is not None:
                asyncio.get_running_loop().call_soon(self.lost)

    def abort(self) -> None:
        self.close()

    def pause_reading(self) -> None:
        return None

    def resume_reading(self) -> None:
        return None

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return None

    def get_write_buffer_size(self) -> int:
        return 0


class Line:
    """One connection to the door."""

    def __init__(self, factory: Callable[[], Any], address: str) -> None:
        self._protocol = factory()
        self.pipe = Pipe(address)
        self._is_lost = self._asked_head = False
        self.pipe.lost = self._lost
        self._protocol.connection_made(self.pipe)

    def _lost(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._protocol.connection_lost(None)

    def say(self, said: bytes) -> None:
        if not self.pipe.closed:
            self._asked_head = said.startswith(b"HEAD ")
            self._protocol.data_received(said)

    def hang_up(self) -> None:
        """The client is gone."""
        self.pipe.closed = True
        self.pipe.something.set()
        self._lost()

    async def answer(self, within: float = 30.0, turns: int = 0) -> Answer | None:
        """The next answer; None when the line is closed, or stays silent for this long (or these turns)."""
        deadline = time.monotonic() + within
        turn = 0
        while True:
            answer = self._taken()
            if answer is not None or self.pipe.closed:
                return answer
            turn += 1
            if turn < max(turns, 40):
                await asyncio.sleep(0)
                continue
            if (turns and not self._is_being_answered()) or time.monotonic() > deadline:
                return None
            self.pipe.something.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.pipe.something.wait(), max(0.0, deadline - time.monotonic()))

    def _is_being_answered(self) -> bool:
        """Whether a whole request is in hand."""
        request = self._protocol._current_request
        return request is not None and request.content.is_eof()

    def _taken(self) -> Answer | None:
        heard = self.pipe.heard
        if heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\n"):
            del heard[: heard.find(b"\r\n\r\n") + 4]
        end = heard.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = bytes(heard[:end]).decode("latin-1").split("\r\n")
        pairs = [tuple(line.split(": ", 1)) for line in lines]
        headers = {name.lower(): value for name, value in pairs}
        length = 0 if self._asked_head else int(headers.get("content-length", "0"))
        if len(heard) < end + 4 + length:
            return None
        body = bytes(heard[end + 4 : end + 4 + length])
        del heard[: end + 4 + length]
        told = tuple(sorted((name, value) for name, value in pairs if name.lower() != "date"))
        return Answer(int(first.split()[1]), told, body)


@dataclass
class Room:
    """The door, what is behind it, and how often it was slow."""

    app: App
    server: asyncio.Server
    clock: HandClock
    #: Milliseconds of work of the slowest case, and its name.
    slowest: tuple[float, str] = (0.0, "")
    _line: Line | None = None
    #: The last inbox row that was looked at.
    seen: int = 0

    @property
    def port(self) -> int:
        return int(self.server.sockets[0].getsockname()[1])

    def connect(self, address: str = AFAR) -> Line:
        return Line(self.server._protocol_factory, address)  # type: ignore[attr-defined]

    async def knock(
        self, wire: bytes, name: str = "", *, lone: bool = False, turns: int = 0
    ) -> Answer | None:
        """Say these bytes on a line that is still good, and hear the answer; the work is measured."""
        line = None if lone else self._line
        if line is None or line.pipe.closed:
            line = self.connect()
        began = time.thread_time()
        line.say(wire)
        answer = await line.answer(turns=turns)
        worked = (time.thread_time() - began) * 1000
        if worked > self.slowest[0]:
            self.slowest = (worked, name)
        stays = (
            answer is not None and answer.status in _STAYING and ("Connection", "close") not in answer.headers
        )
        if lone or not stays:
            line.hang_up()
        if not lone:
            self._line = line if stays else None
        return answer

    async def arrived(self) -> list[bytes]:
        """The texts of the deliveries let in since the last look."""
        vault = self.app.bench.vault
        async with self.app.bench.store.read() as tx:
            rows = await tx.all(select(inbox).where(inbox.c.id > self.seen).order_by(inbox.c.id))
        self.seen = max((row.id for row in rows), default=self.seen)
        return [vault.open(row.body, "inbox.body") for row in rows]

    async def count(self) -> int:
        """How many deliveries were ever let in."""
        async with self.app.bench.store.read() as tx:
            rows = await tx.all(select(func.count().label("n")).select_from(inbox))
        return int(rows[0].n)

    async def contents(self) -> dict[str, list[str]]:
        """Every row of every table."""
        async with self.app.bench.store.read() as tx:
            return {
                name: sorted(map(str, await tx.all(select(table)))) for name, table in METADATA.tables.items()
            }

    async def work(self) -> None:
        """Carry out all that was let in."""
        worker = LaneWorker(self.app.bench)
        while await worker.step():
            pass

    async def unsettled(self) -> list[Any]:
        """Deliveries that failed once, or have come to no end."""
        ended = inbox.c.state.in_(("done", "refused", "unknown", "quarantined"))
        async with self.app.bench.store.read() as tx:
            return list(await tx.all(select(inbox).where(or_(inbox.c.failures > 0, ~ended))))

    async def states(self) -> list[Any]:
        """What became of each delivery."""
        async with self.app.bench.store.read() as tx:
            return list(await tx.all(select(inbox).order_by(inbox.c.id)))


@contextlib.asynccontextmanager
async def room(
    database_url: str, *, company: Company | None = None, dingtalk: bool = False, wechat: bool = False
) -> AsyncIterator[Room]:
    """Open it: the real application on a real database; nothing works the lanes but `Room.work`.

    `dingtalk`: the company is on DingTalk too, which calls us at its addresses; `wechat`: it has two official
    accounts, each with an address of its own.
    """
    clock = HandClock()
    # As the program does: its own lines would hold what strangers sent.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    wecom = {"corp_id": CORP, "agent_id": AGENT, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY,
             "api_base": "http://127.0.0.1:9"}  # fmt: skip
    other = {"client_id": ding.CLIENT_ID, "client_secret": ding.SECRET, "corp_id": ding.CORP, "mode": "http",
             "event_token": ding.TOKEN, "event_aes_key": ding.AES_KEY, "api_base": "http://127.0.0.1:9",
             "oapi_base": "http://127.0.0.1:9"}  # fmt: skip
    settings = Settings(
        database_url=database_url, config_dir=ROOT / "config", secret_key=SecretStr(VAULT_SECRET),
        platforms={"wecom": wecom} | ({"dingtalk": other} if dingtalk else {}),
        wechat=official.SETTINGS if wechat else {},
    )  # fmt: skip
    random_bytes = seeded_random_bytes(3)
    async with opened(settings, clock=clock, random_bytes=random_bytes, company=company) as app:
        bench = app.bench
        await bench.store.write(lambda tx: staff(bench.desk(tx)), within=30)
        runner = web.AppRunner(app.web, access_log=None)
        await runner.setup()
        server = await guard.serve(runner, "127.0.0.1", 0)
        try:
            yield Room(app, server, clock)
        finally:
            server.close()
            await runner.cleanup()
