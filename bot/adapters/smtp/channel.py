"""Hand mail to an SMTP server, and say what became of it as far as it can be known.

RFC 5321 4.5.3.2.6 and RFC 1047: once the last dot has left and no 250 comes back, the server may have
taken the mail or not. Everything before that is certain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from bot.adapters.smtp import checkup
from bot.adapters.smtp.config import Config
from bot.adapters.smtp.letter import PLATFORM, envelope_sender, letter, receiver
from bot.chat.adapter import Means, Remark
from bot.chat.channel import Channel, CustomerMessage
from bot.chat.channel_checkup import TemplateUse
from bot.errors import AnswerLostError, PlatformBusyError, PlatformError, PlatformRejectedError

_SOON, _LATER = timedelta(minutes=1), timedelta(minutes=10)
#: Seconds that a connection may rest before it is opened anew.
_REST = 20.0
_CONNECTIONS = 4
_AGAIN, _NEVER = 400, 500
_CLOSING = 421


@dataclass(slots=True)
class _Talk:
    """How far one mail has come: once its words were given away, silence may mean yes."""

    given: bool = False


class SmtpChannel:
    """One server, a few connections that are kept while there is mail."""

    name = PLATFORM
    #: Servers do not look at Message-IDs.
    is_keyed = False

    def __init__(self, config: Config, means: Means) -> None:
        self._config = config
        self._means = means
        #: Those that rest, and since when.
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []
        self._places = asyncio.Semaphore(_CONNECTIONS)

    async def deliver(self, message: CustomerMessage) -> str:
        """Hand it over; the Message-ID."""
        mail, to = letter(self._config, message, now=self._means.clock()), receiver(message.to)
        sender, talk = envelope_sender(self._config, message.touch_id), _Talk()
        try:
            async with asyncio.timeout(self._config.within), self._places:
                await self._handed(talk, sender, to, mail.as_bytes())
        except TimeoutError:
            if talk.given:
                raise AnswerLostError(PLATFORM, "no answer in time") from None
            raise PlatformBusyError(PLATFORM, _SOON, "not reached in time") from None
        return str(mail["Message-ID"])

    async def checkup(self, uses: Sequence[TemplateUse]) -> tuple[Remark, ...]:
        """The server, and whether it lets us in; mail knows no templates of anybody's."""
        del uses
        return await checkup.look(self._config)

    async def close(self) -> None:
        """Let go of the connections."""
        while self._idle:
            self._idle.pop()[0].close()

    async def _handed(self, talk: _Talk, sender: str, to: str, raw: bytes) -> None:
        client = await self._begun(sender)
        try:
            await self._addressed(client, to)
            talk.given = True
            await self._given(client, raw)
        except BaseException:
            # Whatever is half said must not become the beginning of the next mail.
            client.close()
            raise
        self._idle.append((client, self._means.monotonic()))

    async def _begun(self, sender: str) -> aiosmtplib.SMTP:
        """A connection on which a mail has begun; one that rested is tried, and replaced if it is gone."""
        while self._idle:
            client, since = self._idle.pop()
            if self._means.monotonic() - since < _REST:
                try:
                    await client.mail(sender)
                except (SMTPException, OSError):
                    client.close()
                    continue
                except BaseException:
                    client.close()
                    raise
                return client
            client.close()
        return await self._opened(sender)

    async def _opened(self, sender: str) -> aiosmtplib.SMTP:
        config = self._config
        client = aiosmtplib.SMTP(
            hostname=config.host, port=config.port, timeout=config.within,
            use_tls=config.tls == "ssl", start_tls=config.tls == "starttls",
            local_hostname=config.domain,
        )  # fmt: skip
        try:
            await client.connect()
            if config.user:
                await client.login(config.user, config.password.get_secret_value())
            await client.mail(sender)
        except BaseException as exc:
            client.close()
            if isinstance(exc, aiosmtplib.SMTPSenderRefused):
                raise _said(exc) from None
            if isinstance(exc, aiosmtplib.SMTPAuthenticationError):
                # Ours to mend, and no fault of the mail's: it waits.
                raise PlatformBusyError(PLATFORM, _LATER, "the server lets us not in") from None
            if isinstance(exc, SMTPException | OSError | ValueError):
                why = f"not reached: {type(exc).__name__}"
                raise PlatformBusyError(PLATFORM, _SOON, why) from None
            raise
        return client

    @staticmethod
    async def _addressed(client: aiosmtplib.SMTP, to: str) -> None:
        try:
            await client.rcpt(to)
        except SMTPResponseException as exc:
            raise _said(exc) from None
        except (SMTPException, OSError) as exc:
            raise PlatformBusyError(PLATFORM, _SOON, type(exc).__name__) from None

    @staticmethod
    async def _given(client: aiosmtplib.SMTP, raw: bytes) -> None:
        try:
            await client.data(raw)
        except SMTPResponseException as exc:
            raise _said(exc) from None
        except (SMTPException, OSError) as exc:
            raise AnswerLostError(PLATFORM, type(exc).__name__) from None


def _said(exc: SMTPResponseException) -> PlatformError:
    """What a refusal means. Its text may hold the address, so only its numbers are kept."""
    if exc.code == _CLOSING or _AGAIN <= exc.code < _NEVER:
        return PlatformBusyError(PLATFORM, _SOON if exc.code == _CLOSING else _LATER, str(exc.code))
    return PlatformRejectedError(PLATFORM, _status(exc), str(exc.code))


def _status(exc: SMTPResponseException) -> str:
    """The enhanced code (RFC 3463) if there is one: 5.1.1 says more than 550."""
    first = exc.message.split(maxsplit=1)[0] if exc.message.strip() else ""
    parts = first.split(".")
    is_status = len(parts) == 3 and all(part.isdigit() and len(part) < 4 for part in parts)  # noqa: PLR2004 - class.subject.detail
    return first if is_status else str(exc.code)


def build(config: Config, means: Means) -> Channel:
    """Build it; nothing is called yet."""
    return SmtpChannel(config, means)
