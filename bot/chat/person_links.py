"""Links to everything that is held of one person, for one admin: signed, good for an hour."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bot.kit.vault import Vault

#: Where the page is; the token follows.
PATH = "/console/person/"
LIFE = timedelta(hours=1)
_LONGEST, _MAC = 300, 16
_LABEL = "data of a person"


@dataclass(frozen=True, slots=True)
class PersonLink:
    """Who may fetch whose data, and since when."""

    lead_id: str
    user_id: str
    issued_at: datetime


def address(base_url: str, vault: Vault, link: PersonLink) -> str:
    """The whole address; empty where nobody told how the outside reaches us."""
    said = f"{link.lead_id}\n{link.user_id}\n{int(link.issued_at.timestamp())}"
    return f"{base_url}{PATH}{_b64(said.encode() + vault.sign(_LABEL, said))}" if base_url else ""


def parse(vault: Vault, text: str, *, now: datetime) -> PersonLink | None:
    """The inverse; None for what is not ours, or too old."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        said, mac = raw[:-_MAC].decode(), raw[-_MAC:]
        lead_id, user_id, issued = said.split("\n")
        issued_at = datetime.fromtimestamp(int(issued), timezone.utc)
    except (binascii.Error, ValueError, OverflowError, OSError):
        return None
    genuine = vault.signed(_LABEL, said, mac) and hmac.compare_digest(_b64(raw), text)
    return PersonLink(lead_id, user_id, issued_at) if genuine and now < issued_at + LIFE else None


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
