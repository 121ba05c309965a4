"""The last guard before a group reads it: no phone number and no e-mail address of anybody."""

from __future__ import annotations

import re

import structlog

from bot.kit.masked import Email, Phone

_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[-\s]?)?(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?!\d)", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")

_log = structlog.get_logger()


def nameless(text: str, *, platform: str) -> str:
    """Mask what would let a stranger reach somebody; whoever wrote the text should have done it."""
    masked, phones = _MOBILE.subn(lambda found: Phone("".join(found.groups())).masked, text)
    masked, emails = _EMAIL.subn(lambda found: Email(found[0]).masked, masked)
    if phones or emails:
        _log.warning("group.masked", platform=platform, phones=phones, emails=emails)
    return masked
