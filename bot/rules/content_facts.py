"""What a text may say of a customer, his rep and us: plain words, none of which can be a trap.

Anybody can put an address that is not his, and a link for a name, into a form: what we then sent him
would be that stranger's advertisement. A value with a link in it counts as not given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.crm.company import Company
from bot.crm.company.content import fields_of
from bot.crm.lead import Lead
from bot.crm.user import User

#: Names under which anybody gets an address for little, short links, and those that mail programs know.
_ENDINGS = (
    "com|cn|net|org|top|xyz|cc|io|vip|shop|site|online|info|biz|club|link|live|fun|space|tech|store|work"
    "|world|today|website|wang|pro|mobi|name|red|ink|win|loan|click|kim|cloud|host|press|cyou|buzz|icu|asia"
    "|app|dev|page|gov|edu|co|me|ly|tv|ru|tk|ml|ga|cf|gq|hk|tw|im|gg|sh|ws|pw|su|la|to|in|us|uk|eu|de|fr|jp|kr"
    "|ai|sbs|cfd|bond|fit|so|team|group|pub|art|one|zone|plus|chat|games|center|ca|es|it|nl|ch|sg|my|vn|br|au"
)
_LINK = re.compile(
    r"://|www\.|\b(?:tel|sms|mailto|weixin|alipays?):|\w\.(?:com|cn|net|org)\b"
    r"|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)*[a-z0-9-]{2,}\.(?:" + _ENDINGS + r")\b"
    # Whatever it ends in: a path makes it an address. So do four numbers, and endings in Chinese.
    r"|[a-z0-9-]+\.(?!ltd|inc)[a-z]{2,}/|\bt\.(?:me|cn|co)\b|\d{1,3}(?:\.\d{1,3}){3}|\bxn--"
    r"|\w\.(?:中国|公司|网络|网址|在线|中文网|我爱你|手机|商城|集团)",
    re.IGNORECASE,
)
#: A full stop of ours between letters of theirs is a dot to whoever taps on it.
_STOP = re.compile(r"(?<=[A-Za-z0-9])。(?=[A-Za-z0-9])|。(?=(?:com|cn|net|org)\b)", re.IGNORECASE)
#: Who sends is said between these, by us and by nobody else.
_SIGNED = str.maketrans("【】", "[]")
_MOST = 100
#: Joins the parts of one emoji.
_JOINER = "\u200d"
#: Of the words of a journey, what whoever did something may have chosen himself.
_THEIRS = frozenset(("object",))


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
    known_words = {key: _word(key, one) for key, one in (words or {}).items()}
    found["words"] = {key: one for key, one in known_words.items() if one not in (None, "")}
    return found


def value_of(lead: Lead, key: str) -> object:
    """What a text may say of one field; None if it is empty, or no word of his to be said."""
    value = lead.custom.get(key) if key in lead.custom else getattr(lead, key, None)
    if isinstance(value, tuple):
        return [one for item in value if (one := _clean(item))] or None
    return _clean(value) if isinstance(value, str) else value


def _word(key: str, value: object) -> object:
    return _clean(value) if key in _THEIRS and isinstance(value, str) else value


def _clean(value: str) -> str | None:
    """One line of signs that can be seen, without a link in whatever width it is written."""
    seen = "".join(sign for sign in value if unicodedata.category(sign) != "Cf" or sign == _JOINER)
    said = " ".join(seen.translate(_SIGNED).split())[:_MOST]
    plain = _STOP.sub(".", unicodedata.normalize("NFKC", said.replace(_JOINER, "")))
    return said if said and not _LINK.search(plain) else None
