"""Look into a mailbox by IMAP, in a thread; nothing there is changed, not even what counts as read.

RFC 3501; RFC 2971 for ID, without which some providers let nobody select a folder.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import imaplib
import re
import ssl
from datetime import date

from bot.adapters.mailbox.config import Config
from bot.errors import PlatformError, PlatformRejectedError
from bot.intake.mail.port import Look, Mail, Mailbox, Position

PLATFORM = "mailbox"
#: Seconds for one answer of the server.
_WITHIN = 30.0
#: Bytes of a mail that are fetched: the words come first, what is attached may stay there.
_MOST_BYTES = 512 * 1024
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TROUBLE = (imaplib.IMAP4.error, OSError, ssl.SSLError, ValueError, IndexError)


class ImapMailbox:
    """One folder of one account; the connection is kept between looks."""

    def __init__(self, config: Config) -> None:
        self.name = f"{config.user.lower()}/{config.folder}"
        self.own = config.owned
        self.poll = config.poll
        self._config = config
        self._imap: imaplib.IMAP4 | None = None
        self._busy = asyncio.Lock()

    async def look(self, after: Position | None, *, since: date, most: int) -> Look:
        """Fetch what came after a position."""
        async with self._busy:
            try:
                return await asyncio.to_thread(self._look, after, since, most)
            except _TROUBLE as exc:
                await asyncio.to_thread(self._drop)
                # What the server says may hold an address: its kind is enough.
                raise PlatformError(PLATFORM, type(exc).__name__) from exc
            except PlatformError:
                await asyncio.to_thread(self._drop)
                raise

    async def close(self) -> None:
        """Say goodbye."""
        async with self._busy:
            await asyncio.to_thread(self._drop)

    def _look(self, after: Position | None, since: date, most: int) -> Look:
        imap = self._connection()
        validity, next_uid = self._selected(imap)
        if after is None:
            return Look(Position(validity, next_uid - 1))
        begin = after.uid if after.validity == validity else 0
        uids = self._found(imap, begin, None if after.validity == validity else since)
        position = after if after.validity == validity else Position(validity, 0)
        mails = [mail for uid in uids[:most] if (mail := self._fetched(imap, uid)) is not None]
        if not uids and position.validity != after.validity:
            position = Position(validity, next_uid - 1)
        return Look(position, tuple(mails), has_more=len(uids) > most)

    def _connection(self) -> imaplib.IMAP4:
        if self._imap is not None:
            return self._imap
        config = self._config
        if config.tls == "ssl":
            context = ssl.create_default_context()
            imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                config.host, config.port, ssl_context=context, timeout=_WITHIN
            )
        else:
            imap = imaplib.IMAP4(config.host, config.port, timeout=_WITHIN)
        self._imap = imap
        if config.tls == "starttls":
            imap.starttls(ssl.create_default_context())
        try:
            imap.login(config.user, config.password.get_secret_value())
        except imaplib.IMAP4.error as exc:
            code = "LOGIN"
            raise PlatformRejectedError(PLATFORM, code, "the server lets us not in") from exc
        self._introduce(imap)
        return imap

    @staticmethod
    def _introduce(imap: imaplib.IMAP4) -> None:
        """Tell our name, to servers that know the command."""
        if "ID" in imap.capabilities:
            imap.xatom("ID", '("name" "leadbell" "version" "1")')

    def _selected(self, imap: imaplib.IMAP4) -> tuple[int, int]:
        """Open the folder for reading alone, which also tells of new mail."""
        status, _ = imap.select(_folder(self._config.folder), readonly=True)
        if status != "OK":
            code = "SELECT"
            raise PlatformRejectedError(PLATFORM, code, "there is no such folder")
        return _number(imap, "UIDVALIDITY"), _number(imap, "UIDNEXT")

    @staticmethod
    def _found(imap: imaplib.IMAP4, begin: int, since: date | None) -> list[int]:
        asked = f"UID {begin + 1}:*"
        if since is not None:
            # English months, whatever the machine speaks.
            asked = f"SINCE {since.day:02d}-{_MONTHS[since.month - 1]}-{since.year}"
        _, data = imap.uid("SEARCH", asked)
        found = sorted(int(one) for part in data if part for one in part.split())
        # `n:*` always names the last mail, also one before n.
        return [uid for uid in found if uid > begin]

    @staticmethod
    def _fetched(imap: imaplib.IMAP4, uid: int) -> Mail | None:
        """One mail, cut; None if it was deleted meanwhile."""
        _, data = imap.uid("FETCH", str(uid), f"(UID RFC822.SIZE BODY.PEEK[]<0.{_MOST_BYTES}>)")
        for part in data:
            if isinstance(part, tuple) and (told := _UID.search(part[0])) and int(told[1]) == uid:
                size = _SIZE.search(part[0])
                return Mail(uid, bytes(part[1]), int(size[1]) if size else len(part[1]))
        if any(data):
            # It is there and we cannot read the answer: to go on would lose it.
            msg = "the server's answer is no mail"
            raise ValueError(msg)
        return None

    def _drop(self) -> None:
        imap, self._imap = self._imap, None
        if imap is None:
            return
        try:
            imap.logout()
        except _TROUBLE:
            # It is gone already; our end is not.
            with contextlib.suppress(OSError):
                imap.shutdown()


def _number(imap: imaplib.IMAP4, name: str) -> int:
    _, data = imap.response(name)
    if not data or data[0] is None:
        msg = f"the server tells no {name}"
        raise ValueError(msg)
    return int(data[0])


def _folder(name: str) -> str:
    """Spell a folder as IMAP does: modified UTF-7, in quotes."""
    spelled, plain = "", ""

    def flush() -> str:
        if not plain:
            return ""
        coded = base64.b64encode(plain.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{coded}-"

    for sign in name:
        if " " <= sign <= "~":
            spelled, plain = spelled + flush() + ("&-" if sign == "&" else sign), ""
        else:
            plain += sign
    spelled += flush()
    escaped = spelled.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def build(config: Config) -> Mailbox:
    """Build it; nothing is called yet."""
    return ImapMailbox(config)
