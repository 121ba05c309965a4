"""What a second enquiry adds to what was known of somebody."""

from __future__ import annotations

from dataclasses import replace

from bot.kit.masked import Email, Phone
from bot.store.leads import Particulars

#: Of the merged texts, those that the first enquiry decides and later ones only complete.
_KEPT = ("name", "company", "company_key", "title", "external_id", "industry")


def completed(before: Particulars, known: Particulars) -> Particulars:
    """Add what was not known; what was stays, and the newest message is shown."""
    kept = {key: getattr(before, key) or getattr(known, key) for key in _KEPT}
    has_place = bool(before.province or before.city)
    place = before if has_place else known
    return replace(
        before,
        **kept,
        phone=before.phone if before.phone.reveal() else known.phone,
        email=before.email if before.email.reveal() else known.email,
        province=place.province,
        city=place.city,
        region=before.region or place.region,
        message=known.message or before.message,
        custom={**known.custom, **before.custom},
    )


def own(known: Particulars, foreign: frozenset[str]) -> Particulars:
    """Without what another lead is found by: whose it really is, people decide."""
    return replace(
        known,
        phone=Phone() if "phone" in foreign else known.phone,
        email=Email() if "email" in foreign else known.email,
        external_id="" if "external_id" in foreign else known.external_id,
    )
