"""What to say when a question was not understood; nothing in it is beyond what the asker may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.cards.texts import metrics
from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.registry import METRICS
from bot.crm.user import Role
from bot.insight.ask import rights, texts
from bot.insight.ask.answer import Unknown
from bot.insight.ask.lexicon import Asker, Lexicon
from bot.insight.ask.nearby import nearby
from bot.insight.ask.normalise import normalise, squeeze
from bot.insight.ask.typos import nearest
from bot.insight.ask.understand import Heard

ASKS_MEANING = re.compile(
    r"(?:什么是|什么叫|啥是|何为)(.+)"
    r"|(.+?)(?:是?什么意思|是?怎么算的?|的?定义|怎么定义|的?口径|是?如何计算|是?怎么计算的?)"
)
PLACES = {Dimension.TEAM, Dimension.REGION}


def not_understood(
    text: str, heard: Heard, asker: Asker, lexicon: Lexicon, *, is_answered: Callable[[str], bool]
) -> Unknown:
    """Near names if there are any, and always what can be asked."""
    pieces = [piece for piece in heard.missed if not _names_somebody(piece, lexicon)][:2]
    known = list(_speakable(asker, lexicon))
    near = tuple(dict.fromkeys(name for piece in pieces for name in nearest(piece, known)))[:3]
    if near:
        return Unknown(texts.did_you_mean(pieces, near), near, is_open=True)
    suggested = nearby(text, heard, asker, is_answered)
    return Unknown(texts.unknown(pieces, suggested), suggested, is_open=bool(heard.readings))


def explain(text: str, asker: Asker) -> Unknown | None:
    """什么是MQL: the definition of a metric; None if the text asks for something else."""
    found = ASKS_MEANING.fullmatch(normalise(text).text)
    word = next((group for group in found.groups() if group), "") if found else ""
    for metric in METRICS.values() if word else ():
        if word in {squeeze(name) for name in (metric.name, *metric.words)} and metric.open_to(asker.role):
            return Unknown(metrics.explained(metric), (metric.name,))
    return None


def _names_somebody(piece: str, lexicon: Lexicon) -> bool:
    return any(name in piece for name in lexicon.words.names | lexicon.words.mentionable)


def _speakable(asker: Asker, lexicon: Lexicon) -> Iterator[str]:
    """Every name that may be said to this asker."""
    yield from (metric.name for metric in METRICS.values() if metric.open_to(asker.role))
    if asker.role is Role.ADMIN:
        return
    yield from (person.name for person in lexicon.people if rights.may_see_person(asker, person))
    for department in lexicon.departments:
        for key, name in (
            (Dimension.REGION, department.region),
            *((Dimension.TEAM, one) for one in department.teams),
        ):
            if rights.may_see_place(asker, key.value, name, lexicon, is_open=False):
                yield name
    yield from (name for names in lexicon.values.values() for name in names)
