"""One decision for all of whom the same is wanted and known: the planner is pure, so it is asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.crm.company.touch import Touch
from bot.crm.touching import Intent, Refusal
from bot.touch.facts import Facts, spelled
from bot.touch.planner import Decision, farthest, plan

#: Refusals that come from looking for a moment: another last moment may change them.
_OF_TIME = frozenset((Refusal.CAPPED, Refusal.TOO_LATE, Refusal.NO_WINDOW))


class Deciding:
    """The decisions of one unit of work, and the documents that tell what they stand on."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._decisions: dict[tuple[Any, ...], tuple[Decision, datetime | None]] = {}
        self._spelled: dict[int, tuple[Facts, dict[str, Any]]] = {}

    def decide(self, intent: Intent, facts: Facts) -> Decision:
        """What `plan` says."""
        until = intent.not_after
        key = (intent.purpose, intent.content, intent.channels, intent.priority, until is None, id(facts))
        known, asked = self._decisions.get(key, (None, None))
        if known is not None and until == asked:
            return known
        if known is None or not self._holds(known, until, facts.policy):
            # The facts are kept with it, so that their id is theirs as long as this lives.
            self.facts(facts)
            known = plan(intent, facts, self._now)
        self._decisions[key] = (known, until)
        return known

    def _holds(self, known: Decision, until: datetime | None, policy: Touch) -> bool:
        """Whether a decision stands for another last moment: no time decided it, or one before that."""
        if until is None:
            return True
        if self._now > until or (known.at or self._now) > farthest(until, policy, self._now):
            return False
        return not _OF_TIME.intersection((known.reason, *known.skipped.values()))

    def facts(self, facts: Facts) -> dict[str, Any]:
        """As plain JSON: the very same document for the same facts."""
        found = self._spelled.get(id(facts))
        if found is None:
            found = self._spelled[id(facts)] = (facts, spelled(facts))
        return found[1]


def after_failure(facts: Facts, before: Mapping[str, Refusal]) -> Facts:
    """The facts of a second try: by way, what came of the first."""
    return replace(facts, before={way: why.value for way, why in before.items()}) if before else facts
