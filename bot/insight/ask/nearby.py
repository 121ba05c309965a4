"""Questions near to one that was not understood: without the odd word, or of a metric that sounds so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.insight.ask import texts
from bot.insight.ask.colloquial import COLLOQUIAL
from bot.insight.ask.lexicon import Asker
from bot.insight.ask.normalise import normalise, squeeze
from bot.insight.ask.sounds import sound
from bot.insight.ask.understand import Heard

MOST = 4
#: Of a metric's word: characters that must be said or sound alike, and their share of it.
LEAST_ALIKE, SHARE_ALIKE = 2, 0.6
#: What a character counts that only sounds alike.
BY_SOUND = 0.8
#: Shorter than this nothing is left of a question.
SHORTEST = 2


def nearby(text: str, heard: Heard, asker: Asker, is_answered: Callable[[str], bool]) -> tuple[str, ...]:
    """Questions that this asker gets an answer to, the nearest first; those of his role fill up."""
    found = dict.fromkeys(
        one for one in (*_without_the_odd(heard), *_of_metrics(text, heard, asker)) if is_answered(one)
    )
    return tuple(islice(dict.fromkeys((*islice(found, MOST - 1), *texts.EXAMPLES[asker.role])), MOST))


def _without_the_odd(heard: Heard) -> Iterator[str]:
    if heard.missed and len(heard.known) >= SHORTEST:
        yield heard.known


def _of_metrics(text: str, heard: Heard, asker: Asker) -> Iterator[str]:
    """本月客诉量 for 本月客述了多少: the metric that is nearest, with the time that was said."""
    plain = normalise(text).text
    said = sound(plain)
    scored = ((_score(one, plain, said), one) for one in METRICS.values() if one.open_to(asker.role))
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    for _, metric in best[:MOST]:
        yield metric.name if metric.is_snapshot else heard.times + metric.name


def _score(metric: Metric, plain: str, said: tuple[str, ...]) -> float:
    return max((_alike(word, plain, said) for word in _words(metric.id)), default=0)


@cache
def _words(id: str) -> tuple[str, ...]:
    metric = METRICS[id]
    words = (metric.name, *metric.words, *(word for word, key in COLLOQUIAL.items() if key == id))
    return tuple(dict.fromkeys(word for one in words if len(word := squeeze(one)) >= SHORTEST))


def _alike(word: str, plain: str, said: tuple[str, ...]) -> float:
    """The share of a word that stands in the text in its order, by sign or by sound; 0 if too little."""
    if not set(word) & set(plain):
        return 0
    heard = sound(word)
    if len(set(heard) & set(said)) < LEAST_ALIKE:
        return 0
    best = 0.0
    for begins in range(len(plain) - 1):
        window, sounds = plain[begins : begins + len(word)], said[begins : begins + len(word)]
        signs = zip(word, window, heard, sounds, strict=False)
        best = max(best, sum(1.0 if a == b else BY_SOUND if x == y else 0.0 for a, b, x, y in signs))
    if best < LEAST_ALIKE * BY_SOUND or best < SHARE_ALIKE * len(word):
        return 0
    # Among equals the longer word says more.
    return best / len(word) + len(word) / 100
