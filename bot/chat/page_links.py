"""Links to pages of one lead for one person: signed, short-lived, and only a wish to see it.

What the page shows is decided anew at each look; the link says who asked and for which lead.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bot.kit.vault import Vault

#: Where the pages are; the token follows.
PATH = "/console/lead/"
LIFE = timedelta(hours=24)
LONGEST = 300
_LABEL = "page of a lead"


@dataclass(frozen=True, slots=True)
class PageLink:
    """Who may look at which lead, and since when."""

    lead_id: str
    user_id: str
    issued_at: datetime


def spell(vault: Vault, link: PageLink) -> str:
    """The part of the address that says it."""
    said = f"{link.lead_id}\n{link.user_id}\n{int(link.issued_at.timestamp())}"
    return _b64(said.encode() + vault.sign(_LABEL, said))


def address(base_url: str, vault: Vault, link: PageLink) -> str:
    """The whole address; empty where nobody told how the outside reaches us."""
    return f"{base_url}{PATH}{spell(vault, link)}" if base_url else ""


def parse(vault: Vault, text: str, *, now: datetime) -> PageLink | None:
    """The inverse of `spell`; None for what is not ours, or too old."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        said, mac = raw[:-16].decode(), raw[-16:]
        lead_id, user_id, issued = said.split("\n")
        issued_at = datetime.fromtimestamp(int(issued), timezone.utc)
    except (binascii.Error, ValueError, OverflowError, OSError):
        return None
    genuine = vault.signed(_LABEL, said, mac) and hmac.compare_digest(_b64(raw), text)
    return PageLink(lead_id, user_id, issued_at) if genuine and now < issued_at + LIFE else None


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
