"""E-mail addresses, made comparable."""

from __future__ import annotations

import re
import unicodedata

from bot.crm.written import half_width
from bot.kit.masked import Email

#: Octets, RFC 5321.
_LONGEST, _LONGEST_LOCAL, _LONGEST_LABEL = 254, 64, 63
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_TOP = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")


def read_email(text: str) -> Email | None:
    """Read an address: lower case, the domain in its ASCII form; None if it cannot be one.

    The part before @ is lower-cased too: no provider that people use tells cases apart.
    """
    plain = half_width(unicodedata.normalize("NFKC", text)).strip().removeprefix("mailto:").replace("。", ".")
    local, at, domain = plain.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        return None
    name = _domain(domain)
    if name is None or len(local) + 1 + len(name) > _LONGEST:
        return None
    return Email(f"{local.lower()}@{name}")


def _domain(text: str) -> str | None:
    """Encode an international domain; None unless every label may be in one."""
    try:
        name = text.lower().encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = name.split(".")
    sound = all(len(one) <= _LONGEST_LABEL and _LABEL.fullmatch(one) for one in labels)
    return name if sound and len(labels) > 1 and _TOP.fullmatch(labels[-1]) else None
