"""Charts become pictures just before they are sent, in a process of their own beside the bot's."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import sys
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from bot.chat.outbound import IMAGE_MOST, SendPicture, SendText
from bot.errors import StoreBusyError
from bot.insight.pictures.process import ANSWER, LENGTH, PICTURE
from bot.store import incidents
from bot.store.sending import Leased

if TYPE_CHECKING:
    from bot.worker.bench import Bench

log = structlog.get_logger()

#: The same interpreter with the same modules, whatever it was started with.
_PROGRAM = (
    sys.executable,
    "-c",
    "import sys; sys.path[:] = sys.argv[1:]; from bot.insight.pictures.process import run; run()",
    *sys.path,
)
#: Seconds: for one picture; for one to get its turn; for the process to be ready and to go.
_PICTURE_S, _TURN_S, _START_S, _STOP_S = 5.0, 10.0, 20.0, 5.0
#: Pictures kept for the next receiver, and so that a retry is the very same request.
_KEPT = 32


class NoPicture(enum.Enum):
    """Why a chart could not be drawn."""

    #: The process ended over it, twice.
    DIED = "died"
    LATE = "late"
    #: The chart is none, or nothing that platforms take.
    REFUSED = "refused"
    #: The renderer or the font is missing.
    NOT_SET_UP = "not_set_up"


class Painting:
    """One process that draws, started with the first picture and again after it died."""

    def __init__(self, program: Sequence[str] = _PROGRAM, *, picture_s: float = _PICTURE_S) -> None:
        self._program = program
        self._picture_s = picture_s
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    @property
    def pid(self) -> int | None:
        """The process that draws; None if there is none now."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def paint(self, chart: Mapping[str, Any]) -> bytes | NoPicture:
        """PNG of a chart as bot/insight/charts.py makes it, or why there is none."""
        try:
            asked = orjson.dumps(chart, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            return NoPicture.REFUSED
        try:
            async with asyncio.timeout(_TURN_S):
                await self._turn.acquire()
        except TimeoutError:
            return NoPicture.LATE
        try:
            found = self._kept.get(asked) or await self._drawn(asked)
        finally:
            self._turn.release()
        if isinstance(found, bytes):
            self._kept[asked] = found
            self._kept.move_to_end(asked)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    async def close(self) -> None:
        """Let the process end."""
        await self._stop()

    async def _drawn(self, asked: bytes) -> bytes | NoPicture:
        """Ask the process; a new one once if it ended."""
        for _ in range(2):
            try:
                return await self._once(asked)
            except TimeoutError:
                await self._stop()
                return NoPicture.LATE
            except (ConnectionError, asyncio.IncompleteReadError):
                await self._stop()
                log.warning("painter.died")
            except OSError as exc:
                log.error("painter.not_set_up", error=type(exc).__name__)  # noqa: TRY400 - known, one line
                return NoPicture.NOT_SET_UP
            except BaseException:
                # Half an answer is still to come: nobody may take it for the next one's.
                await self._stop()
                raise
        return NoPicture.DIED

    async def _once(self, asked: bytes) -> bytes | NoPicture:
        if self.pid is None and not await self._start():
            return NoPicture.NOT_SET_UP
        async with asyncio.timeout(self._picture_s):
            into = self._input()
            into.write(LENGTH.pack(len(asked)) + asked)
            await into.drain()
            kind, lacking, said = await self._answer()
        if kind != PICTURE:
            log.warning("chart.refused", error=said.partition(b":")[0].decode(errors="replace"))
            return NoPicture.REFUSED
        if lacking:
            log.warning("chart.letters_missing", letters=lacking)
        return said if len(said) <= IMAGE_MOST else NoPicture.REFUSED

    async def _start(self) -> bool:
        self._process = await asyncio.create_subprocess_exec(
            *self._program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # What it has to say comes as an answer; a traceback might tell names.
            stderr=asyncio.subprocess.DEVNULL,
            # Ctrl-C is for the bot, which lets it end in order.
            start_new_session=True,
        )
        async with asyncio.timeout(_START_S):
            kind, _, said = await self._answer()
        if kind != PICTURE:
            log.error("painter.not_set_up", error=said.decode(errors="replace"))
            await self._stop()
            return False
        log.info("painter.started", letters=int(said))
        return True

    def _input(self) -> asyncio.StreamWriter:
        if self._process is None or self._process.stdin is None:
            raise BrokenPipeError
        return self._process.stdin

    async def _answer(self) -> tuple[int, int, bytes]:
        if self._process is None or self._process.stdout is None:
            raise BrokenPipeError
        read = self._process.stdout
        kind, lacking, length = ANSWER.unpack(await read.readexactly(ANSWER.size))
        return kind, lacking, await read.readexactly(length)

    async def _stop(self) -> None:
        """It ends when its input does; if not, it is made to."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_S if process.returncode is None and self._is_idle else 0):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    @property
    def _is_idle(self) -> bool:
        return not self._turn.locked()


async def drawn(bench: Bench, leased: Leased) -> Leased:
    """What is to be sent with its chart drawn; words in its place where that fails and there are any.

    Drawn before anything is marked as on its way, and the same bytes at each try.
    """
    outgoing = leased.outgoing
    if not isinstance(outgoing, SendPicture) or not outgoing.chart or outgoing.data:
        return leased
    found = NoPicture.NOT_SET_UP if bench.painting is None else await bench.painting.paint(outgoing.chart)
    if isinstance(found, bytes):
        return replace(leased, outgoing=replace(outgoing, data=found))
    log.warning("chart.not_drawn", id=leased.id, reason=found.value)
    with contextlib.suppress(StoreBusyError):
        await bench.store.write(
            lambda tx: incidents.count(tx, "chart.not_drawn", found.value, bench.clock()), within=5
        )
    if not outgoing.instead:
        # The same was said in a message of its own: the sender leaves this one out.
        return leased
    said = SendText(
        to=outgoing.to, text=outgoing.instead, group=outgoing.group, mark=outgoing.mark,
        reply_to=outgoing.reply_to,
    )  # fmt: skip
    return replace(leased, outgoing=said)
