"""What of a turn is counted, as far as it has been read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.crm.metrics.metric import Subject
from bot.insight.ask import meanings as m
from bot.insight.ask.line import Line
from bot.insight.ask.meanings import Act, Measure
from bot.insight.ask.said import Problem


@dataclass(slots=True)
class Reading:
    """What has been read so far."""

    line: Line
    #: Alternatives by place; a place has one metric.
    found: dict[int, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: Nouns that only say what a name is of: 官网的线索成交了多少钱.
    spoken_for: set[int] = field(default_factory=set)

    def ids(self) -> set[str]:
        """Every metric that it may be."""
        return {metric_id for ids in self.found.values() for metric_id in ids}


def verbs_of(reading: Reading, *acts: Act) -> Iterator[int]:
    """The places of these acts."""
    for at in reading.line.all_of(m.Verb):
        verb = reading.line.meaning(at)
        if isinstance(verb, m.Verb) and verb.act in acts:
            yield at


def nouns_of(reading: Reading, *subjects: Subject) -> list[int]:
    """The places of these nouns, without those that a metric has taken already."""
    nouns = reading.line.all_of(m.Noun)
    taken = {*reading.found, *reading.spoken_for}
    return [at for at in nouns if at not in taken and subject_at(reading, at) in subjects]


def subject_at(reading: Reading, at: int) -> Subject | None:
    """What the noun at a place names; None if there is no noun."""
    noun = reading.line.meaning(at)
    return noun.subject if isinstance(noun, m.Noun) else None


def measured(reading: Reading, measure: Measure) -> list[int]:
    """The places of a measure."""
    return [at for at in reading.line.all_of(m.Measured) if reading.line.meaning(at) == m.Measured(measure)]


def owner_of(reading: Reading, at: int) -> int | None:
    """The metric that a measure belongs to: the last before it, else the first after."""
    before = [place for place in reading.found if place < at]
    after = [place for place in reading.found if place > at]
    return max(before) if before else min(after, default=None)
