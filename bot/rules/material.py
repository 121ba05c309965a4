"""What colleagues find by a word (素材): texts of config/content, files and pages of config/assets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.crm.company import Company
from bot.crm.company.assets import Asset
from bot.crm.company.content import Content

#: Said by the system at its moment alone; nobody passes them on.
BY_ITSELF = frozenset({"opted_out", "service_welcome", "wechat_greeting"})


@dataclass(frozen=True, slots=True)
class Material:
    """One thing under its name."""

    key: str
    name: str
    tags: tuple[str, ...]
    content: Content | None = None
    asset: Asset | None = None


def texts(company: Company) -> list[Material]:
    """Every text, those too that only the system says."""
    return [Material(key, one.name, one.tags, content=one) for key, one in company.content.items()]


def everything(company: Company, today: date) -> list[Material]:
    """All that is given out today, texts first."""
    found = [one for one in texts(company) if one.key not in BY_ITSELF]
    given = ((key, one) for key, one in company.assets.items() if not one.is_over(today))
    return [*found, *(Material(key, one.name, one.tags, asset=one) for key, one in given)]


def about(those: Iterable[Material], said: str) -> list[Material]:
    """Those whose name has the word in it, or whose tag it is."""
    word = said.casefold()
    return [
        one
        for one in those
        if word in one.name.casefold() or word == one.key or word in (tag.casefold() for tag in one.tags)
    ]


def named(those: Sequence[Material], said: str) -> Material | None:
    """The one that is meant: of this name, or the only one about it."""
    word = said.casefold()
    exact = [one for one in those if word in (one.name.casefold(), one.key)]
    if exact:
        return exact[0]
    found = about(those, said)
    return found[0] if len(found) == 1 else None
