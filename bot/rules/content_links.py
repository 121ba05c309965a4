"""Addresses made for one touch: each of its links, its pixel, its way out; signed, and telling nothing.

A token says which touch and which link, never where it leads: that is kept (`bot.store.content_links`),
so nobody can have our address lead to his.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import NamedTuple

from bot.kit.vault import Vault

_LABEL = "touch"
_LINK, _PIXEL, _OUT = "r", "o", "u"
_ID = re.compile(r"[A-Za-z0-9:_.-]{1,120}")
_LINK_ID = re.compile(r"[0-9a-z]{16}|")


class Named(NamedTuple):
    """What a token names."""

    touch_id: str
    link_id: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Those of one touch."""

    vault: Vault
    #: Without a slash at the end.
    base_url: str
    touch_id: str

    def link(self, url: str) -> tuple[str, str]:
        """Our address for a link, and the id under which where it leads is kept."""
        link_id = link_id_of(url)
        return f"{self.base_url}/r/{spelled(self.vault, _LINK, Named(self.touch_id, link_id))}", link_id

    @property
    def pixel(self) -> str:
        """The picture that tells that a mail was shown."""
        return f"{self.base_url}/o/{spelled(self.vault, _PIXEL, Named(self.touch_id))}.gif"

    @property
    def unsubscribe(self) -> str:
        """Where one tap ends them."""
        return f"{self.base_url}/u/{spelled(self.vault, _OUT, Named(self.touch_id))}"


def link_id_of(url: str) -> str:
    """The same link, the same id."""
    return base64.b32encode(hashlib.sha256(url.encode()).digest()[:10]).decode().lower()


def spelled(vault: Vault, kind: str, named: Named) -> str:
    """Give the token."""
    body = base64.urlsafe_b64encode("\n".join(named).encode()).decode().rstrip("=")
    mac = vault.sign(_LABEL, f"{kind}\n{body}")
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def read_link(vault: Vault, token: str) -> Named | None:
    """What a link's token names; None for one that is not ours."""
    found = _read(vault, _LINK, token)
    return found if found is not None and found.link_id else None


def read_pixel(vault: Vault, token: str) -> Named | None:
    """What a pixel's token names."""
    return _read(vault, _PIXEL, token)


def read_unsubscribe(vault: Vault, token: str) -> Named | None:
    """What an unsubscribe token names."""
    return _read(vault, _OUT, token)


def _read(vault: Vault, kind: str, token: str) -> Named | None:
    body, _, spelled_mac = token.partition(".")
    try:
        mac = base64.b64decode(spelled_mac + "=" * (-len(spelled_mac) % 4), altchars=b"-_", validate=True)
        plain = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
    if not vault.signed(_LABEL, f"{kind}\n{body}", mac):
        return None
    touch_id, _, link_id = plain.partition("\n")
    return Named(touch_id, link_id) if _ID.fullmatch(touch_id) and _LINK_ID.fullmatch(link_id) else None
