"""What may be said before others: totals alone, and nothing from which one person's number is read off."""

from __future__ import annotations

import enum
from collections import Counter

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import Audience, Unit
from bot.crm.query import Query
from bot.crm.user import Role
from bot.insight.ask.lexicon import Asker, Lexicon

D = Dimension
#: Whoever may see no more than his own has nothing to say aloud; an admin sees no numbers at all.
SPEAKERS = frozenset({Role.EXECUTIVE, Role.DIRECTOR, Role.MANAGER, Role.MARKETER})
#: A region with fewer people has no total: it would be somebody's own number.
FEWEST = 2
_SMALL = frozenset({D.OWNER.value, D.TEAM.value})
#: What money and means may be cut by aloud: any finer, and a line is often one deal, which is somebody's.
_COARSE = frozenset({D.REGION.value, D.MONTH.value, D.QUARTER.value, D.YEAR.value})


class NotAloud(enum.Enum):
    """Why a question is answered in private alone."""

    #: The asker's own number, or none at all.
    SPEAKER = "speaker"
    #: It names people, or small groups of them.
    NAMES_PEOPLE = "names_people"
    #: A region in which too few work for a total.
    TOO_FEW = "too_few"
    #: Lines so fine that one of them is often one deal.
    TOO_FINE = "too_fine"
    #: Costs and touches, which not everybody may know.
    NOT_EVERYBODYS = "not_everybodys"


def not_aloud(query: Query, asker: Asker, lexicon: Lexicon) -> NotAloud | None:
    """Why the answer to this, which the asker may have, is not for all who listen; None if it is."""
    if asker.role not in SPEAKERS:
        return NotAloud.SPEAKER
    if any(metric.audience is Audience.MARKETING for metric in query.definitions()):
        return NotAloud.NOT_EVERYBODYS
    if _SMALL & {*query.by, *query.where}:
        return NotAloud.NAMES_PEOPLE
    if not set(query.by) <= _COARSE and any(one.unit is not Unit.COUNT for one in query.definitions()):
        return NotAloud.TOO_FINE
    return NotAloud.TOO_FEW if _is_small(query, lexicon) else None


def _is_small(query: Query, lexicon: Lexicon) -> bool:
    """Whether one of the regions told of has too few people."""
    sellers = Counter(one.region for one in lexicon.people if one.role is Role.REP)
    named = {str(value) for value in query.where.get(D.REGION.value, ())}
    if D.REGION.value in query.by:
        told = named or {one.region for one in lexicon.departments}
        return any(0 < sellers[region] < FEWEST for region in told)
    return bool(named) and 0 < sum(sellers[region] for region in named) < FEWEST
