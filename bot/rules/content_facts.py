"""What a text may say of a customer, his rep and us: plain words, none of which can be a trap.

Anybody can put an address that is not his, and a link for a name, into a form: what we then sent him
would be that stranger's advertisement. A value with a link in it counts as not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.crm.company import Company
from bot.crm.company.content import fields_of
from bot.crm.lead import Lead
from bot.crm.user import User

_LINK = re.compile(
    r"://|www\.|\b[a-z0-9-]+\.(?:com|cn|net|org|top|xyz|cc|io|vip|shop|site|online|info|biz|club|link)\b",
    re.IGNORECASE,
)
_MOST = 100


def facts(
    company: Company, lead: Lead, owner: User | None, words: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The facts of one customer; what is empty is left out, so that a text that needs it is not sent."""
    known = fields_of(company)
    ours: dict[str, object] = {
        field.key: value
        for field in company.fields.fields
        if f"lead.{field.key}" in known and (value := value_of(lead, field.key)) is not None
    }
    ours |= {"id": lead.id, "score": lead.score}
    found: dict[str, object] = {"lead": ours, "our": {"company": company.org.company}}
    found["owner"] = {"name": owner.name, "position": owner.position} if owner is not None else {}
    found["words"] = {key: one for key, one in (words or {}).items() if one not in (None, "")}
    return found


def value_of(lead: Lead, key: str) -> object:
    """What a text may say of one field; None if it is empty, or no word of his to be said."""
    value = lead.custom.get(key) if key in lead.custom else getattr(lead, key, None)
    if isinstance(value, tuple):
        return [one for item in value if (one := _clean(item))] or None
    return _clean(value) if isinstance(value, str) else value


def _clean(value: str) -> str | None:
    said = " ".join(value.split())[:_MOST]
    return said if said and not _LINK.search(said) else None
