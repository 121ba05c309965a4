"""Codes by which a channel says that an address is no use any more."""

from __future__ import annotations

import re

from bot.store.touch_suppressions import BOUNCED, VENDOR

#: RFC 3463: there is no such mailbox or domain, it has moved, or it is shut; numbers that are none.
_DEAD = re.compile(
    r"5\.1\.(?:[0-3]|6|10)|5\.2\.1|isv\.MOBILE_NUMBER_ILLEGAL|InvalidParameterValue\.IncorrectPhoneNumber"
)
#: He told the provider or a carrier to stop.
_ON_A_LIST = frozenset({"FailedOperation.PhoneNumberInBlacklist"})


def closes(code: str) -> str:
    """Why this code ends writing to an address, as suppressions call it; empty if it does not."""
    if code in _ON_A_LIST:
        return VENDOR
    return BOUNCED if _DEAD.fullmatch(code) else ""
