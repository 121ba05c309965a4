"""The score that a lead's points make: groups weighed against their caps, old points faded.

A plain function of the rows and of the day, so that it is the same whatever came first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.crm.company.scoring import Decay, Scoring
from bot.crm.score_entry import ScoreEntry

_DAY = timedelta(days=1)


def is_plain(scoring: Scoring) -> bool:
    """Whether a score is nothing but the sum of its points."""
    return not any(group.most for group in scoring.groups) and not fading(scoring)


def fading(scoring: Scoring) -> frozenset[str]:
    """The rules whose points fade."""
    return frozenset(rule.id for rule in scoring.rules if rule.decay is not None)


def standing(scoring: Scoring, entries: Iterable[ScoreEntry], now: datetime) -> int:
    """The score at this moment; points of rules that are gone stay as they were given."""
    rules = {rule.id: rule for rule in scoring.rules}
    by_rule: dict[str, float] = defaultdict(float)
    for entry in entries:
        rule = rules.get(entry.rule)
        decay = rule.decay if rule else None
        by_rule[entry.rule] += entry.points * (left(decay, now - entry.at) if decay else 1)
    by_group: dict[str, int] = defaultdict(int)
    for rule_id, points in by_rule.items():
        rule = rules.get(rule_id)
        by_group[(rule.group or "") if rule else ""] += math.floor(points + 0.5)
    return sum(_capped(scoring, key, points) for key, points in by_group.items())


def left(decay: Decay, age: timedelta) -> float:
    """How much of a point is left after so long, by whole days."""
    days = max(age // _DAY, 0)
    if decay.after_days is not None:
        return 1.0 if days < decay.after_days else 0.0
    return math.pow(0.5, days / (decay.half_life_days or 1))


def _capped(scoring: Scoring, key: str, points: int) -> int:
    group = scoring.group(key)
    return min(points, group.most) if group and group.most else points
