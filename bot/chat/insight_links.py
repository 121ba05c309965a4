"""Links to pages with numbers for one person: signed, short-lived, and only a wish to see them.

What such a page shows is decided anew at each look; the link says who asked, since when, and what.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import zlib
from dataclasses import dataclass
from datetime import datetime, timezone

from bot.chat.page_links import LIFE
from bot.kit.vault import Vault

#: Where the pages are; the token follows.
BOARD, ROWS, RESULTS = "/console/board/", "/console/rows/", "/console/results/"
JOURNEYS = "/console/journeys/"
#: A question that begins so is about a journey's results; a query is JSON.
_OF_RESULTS = "results:"
#: One that begins so is about a journey before it runs.
_OF_TRIALS = "trials:"
#: Signs of a token, and of an address that every platform takes on a card.
LONGEST, LONGEST_ADDRESS = 1500, 1900
#: Bytes of a question once it is unpacked.
_MOST = 16_000
_MAC = 16
_LABEL = "page of numbers"


@dataclass(frozen=True, slots=True)
class NumbersLink:
    """Who may look, since when, and at which question; an empty question is his dashboard."""

    user_id: str
    issued_at: datetime
    #: The outside world's shape of a query, as JSON text; or a journey whose results are wanted.
    question: str = ""

    @property
    def path(self) -> str:
        """Where its page is."""
        if self.question.startswith(_OF_RESULTS):
            return RESULTS
        if self.question.startswith(_OF_TRIALS):
            return JOURNEYS
        return ROWS if self.question else BOARD


def of_results(user_id: str, issued_at: datetime, journey: str) -> NumbersLink:
    """To the results of a journey, by its key."""
    return NumbersLink(user_id, issued_at, f"{_OF_RESULTS}{journey}")


def journey_of(link: NumbersLink) -> str:
    """Whose results are wanted."""
    return link.question.removeprefix(_OF_RESULTS)


def of_trials(user_id: str, issued_at: datetime, journey: str) -> NumbersLink:
    """To how a journey would go, by its key."""
    return NumbersLink(user_id, issued_at, f"{_OF_TRIALS}{journey}")


def tried_of(link: NumbersLink) -> str:
    """Which journey is to be tried."""
    return link.question.removeprefix(_OF_TRIALS)


def spell(vault: Vault, link: NumbersLink) -> str:
    """The part of the address that says it."""
    said = f"{link.user_id}\n{int(link.issued_at.timestamp())}\n{link.question}"
    packed = zlib.compress(said.encode(), 9)
    return _b64(packed + vault.sign(_LABEL, packed.hex()))


def address(base_url: str, vault: Vault, link: NumbersLink) -> str:
    """The whole address; empty where nobody told how the outside reaches us, or it would be too long."""
    token = spell(vault, link)
    found = f"{base_url}{link.path}{token}"
    return found if base_url and len(token) <= LONGEST and len(found) <= LONGEST_ADDRESS else ""


def parse(vault: Vault, text: str, *, now: datetime) -> NumbersLink | None:
    """The inverse of `spell`; None for what is not ours, or too old."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        packed, mac = raw[:-_MAC], raw[-_MAC:]
        if not vault.signed(_LABEL, packed.hex(), mac) or not hmac.compare_digest(_b64(raw), text):
            return None
        # Ours, so it unpacks to what we packed; the bound is for a key that got lost.
        said = zlib.decompressobj().decompress(packed, _MOST).decode()
        user_id, issued, question = said.split("\n", 2)
        issued_at = datetime.fromtimestamp(int(issued), timezone.utc)
    except (binascii.Error, zlib.error, ValueError, OverflowError, OSError):
        return None
    return NumbersLink(user_id, issued_at, question) if now < issued_at + LIFE else None


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
