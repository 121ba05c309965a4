"""The receiving end of SMTP (RFC 5321), as far as a company's own server uses it: no TLS, no login.

Addresses whose name is `nobody`, or whose domain ends in `.invalid`, are not there (550 5.1.1).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import Final

from bot.simulator.mail.box import Box

_MOST_LINE, _MOST_MAIL = 4096, 8 * 1024 * 1024
_PATH: Final = re.compile(rb"(?i)(?:FROM|TO):\s*<([^<>\s]*)>")
_OK = b"250 2.0.0 OK"


class MailServer:
    """Listens, and puts what comes into the mailboxes."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, host: str) -> int:
        """Listen on a free port; which one."""
        self._server = await asyncio.start_server(self._met, host, 0, limit=_MOST_LINE)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Let everybody go."""
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
        try:
            await _Talk(self._box, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            # Gone, or no SMTP at all.
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


class _Talk:
    """One connection."""

    def __init__(self, box: Box, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._box, self._reader, self._writer = box, reader, writer
        self._sender: str | None = None
        self._to: list[str] = []

    async def run(self) -> None:
        await self._say(b"220 mail.demo ESMTP")
        while line := await self._reader.readline():
            verb, _, rest = line.strip().partition(b" ")
            if verb.upper() == b"QUIT":
                await self._say(b"221 2.0.0 Bye")
                return
            if not await self._heard(verb.upper(), rest):
                return

    async def _heard(self, verb: bytes, rest: bytes) -> bool:
        """Answer one command; False ends the talk."""
        match verb:
            case b"EHLO":
                await self._say(b"250-mail.demo", b"250-8BITMIME", b"250 SIZE %d" % _MOST_MAIL)
            case b"HELO" | b"NOOP":
                await self._say(_OK)
            case b"RSET":
                self._sender, self._to = None, []
                await self._say(_OK)
            case b"MAIL":
                await self._say(self._from(rest))
            case b"RCPT":
                await self._say(self._addressed(rest))
            case b"DATA":
                return await self._given()
            case _:
                await self._say(b"502 5.5.2 not known")
        return True

    def _from(self, rest: bytes) -> bytes:
        found = _PATH.match(rest)
        if found is None:
            return b"501 5.5.4 syntax"
        if self._box.fault == "busy":
            return b"451 4.3.2 try again later"
        self._sender, self._to = found[1].decode(errors="replace"), []
        return _OK

    def _addressed(self, rest: bytes) -> bytes:
        found = _PATH.match(rest)
        if found is None or self._sender is None:
            return b"503 5.5.1 bad sequence"
        to = found[1].decode(errors="replace")
        name, _, domain = to.partition("@")
        if self._box.fault == "refused" or name == "nobody" or domain.endswith(".invalid"):
            return b"550 5.1.1 no such user"
        self._to.append(to)
        return _OK

    async def _given(self) -> bool:
        if self._sender is None or not self._to:
            await self._say(b"503 5.5.1 bad sequence")
            return True
        await self._say(b"354 go ahead")
        lines: list[bytes] = []
        size = 0
        while (line := await self._reader.readuntil(b"\n")) not in (b".\r\n", b".\n"):
            size += len(line)
            if size > _MOST_MAIL:
                return False
            # RFC 5321 4.5.2: a dot that was doubled on its way.
            lines.append(line[1:] if line.startswith(b"..") else line)
        for to in self._to:
            self._box.put(b"".join(lines), to=to, envelope_from=self._sender)
        self._sender, self._to = None, []
        if self._box.fault == "lost":
            return False
        await self._say(_OK)
        return True

    async def _say(self, *lines: bytes) -> None:
        self._writer.write(b"".join(line + b"\r\n" for line in lines))
        await self._writer.drain()
