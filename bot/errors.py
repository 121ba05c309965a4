"""Every exception this program raises on purpose, on one page.

A refusal ("somebody else was faster") is not here: it is an answer, so it is a value.
"""

from __future__ import annotations

from datetime import timedelta


class BotError(Exception):
    """Anything we raise on purpose; everything else is a defect."""


class BadDeliveryError(BotError):
    """The platform's request cannot be trusted or read; answered with one empty 401, never retried."""


class SettingsError(BotError):
    """The program cannot start with these settings; the message names the setting and the cure."""


class StoreBusyError(BotError):
    """A commit could not be had in time; the door answers 503 so that the platform asks again."""


class BackupError(BotError):
    """A backup could not be made, is damaged, or does not fit here; the message says what to do."""


class ImportFileError(BotError):
    """A file cannot be read or taken; the message is for whoever brought it."""


class StaleEpochError(BotError):
    """The lane or the send was taken over by another worker; this one's effects are rolled back."""


class UnitTooSlowError(BotError):
    """A unit of work exceeded its time on the writer and was rolled back."""


class PlatformError(BotError):
    """A platform did not do what we asked."""

    def __init__(self, platform: str, message: str) -> None:
        super().__init__(f"{platform}: {message}")
        self.platform = platform


class PlatformRejectedError(PlatformError):
    """The platform said no for good: unknown user, card too large, app switched off."""

    def __init__(self, platform: str, code: int | str, text: str) -> None:
        super().__init__(platform, f"refused with {code}: {text}")
        self.code = code


class PlatformBusyError(PlatformError):
    """The platform said not now and did nothing; the sender tries again after `retry_after`."""

    def __init__(self, platform: str, retry_after: timedelta, text: str = "") -> None:
        super().__init__(platform, f"asks to wait {retry_after.total_seconds():.0f} s {text}".rstrip())
        self.retry_after = retry_after


class AnswerLostError(PlatformError):
    """The call left us and no answer came back: the platform may have acted or not."""
