"""Where a file of ours is had: an address that nobody guesses, the same for every version of the file."""

from __future__ import annotations

import hmac

from bot.crm.company import Company
from bot.kit.ids import keyed
from bot.kit.vault import Vault

PATH = "/f"
_LABEL = "assets.address"


def address(company: Company, vault: Vault, key: str) -> str:
    """Of a file ours, of a page its own."""
    asset = company.assets[key]
    return asset.url or f"{company.doors.base_url}{PATH}/{_token(vault, key)}"


def read(company: Company, vault: Vault, token: str) -> str | None:
    """Which file it names; None if it is none of ours."""
    names = (key for key, one in company.assets.items() if one.file is not None)
    return next((key for key in names if hmac.compare_digest(_token(vault, key), token)), None)


def _token(vault: Vault, key: str) -> str:
    return keyed(vault.key(_LABEL), key)
