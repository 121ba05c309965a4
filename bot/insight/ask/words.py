"""The index of a lexicon: each word that may stand in a question, and what it may mean there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from bot.crm.metrics.dimension import DIMENSION_WORDS, SHARED_WORDS, TIME_UNITS, Dimension
from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.crm.metrics.spoken import spoken
from bot.insight.ask import vocabulary
from bot.insight.ask.ambiguous import AMBIGUOUS
from bot.insight.ask.colloquial import COLLOQUIAL
from bot.insight.ask.meanings import (
    Belonging,
    Beyond,
    Cut,
    Group,
    Meaning,
    Mention,
    MetricWord,
    Noise,
    Which,
    Whose,
)
from bot.insight.ask.names import Named, company_words, person_words, place_words, value_words
from bot.insight.ask.normalise import squeeze
from bot.insight.ask.sounds import looks_of, sounds_of

if TYPE_CHECKING:
    from bot.insight.ask.lexicon import Lexicon, Person

GROUPS = spoken(
    "各 各个 每 每个 每一个 每位 每名 每家 按 按照 按各 按不同 不同 逐 以 依 根据 分 分各 各类 各种 每种 "
    "按每个 按各个 单个 各大 各位 各家 每一 按每 分不同 依照 各不同 依据 逐个"
)
WHICH = spoken(
    "哪个 哪些 哪家 哪种 哪类 哪位 哪一个 哪几个 哪 什么 啥 哪名 哪一 哪一种 哪一家 哪几 几 哪条 哪一类 "
    "哪两个 哪三个 哪四个 哪五个 哪六个 哪十个 哪两家 哪三家 哪款 哪一款"
)
WHO = spoken(
    "谁 哪位 哪个人 什么人 谁的 哪些人 谁家 哪几个人 哪个 哪一个 哪些 是谁 都有谁 谁谁 哪几位 哪一位 "
    "哪一方 哪边 哪家 哪几个 哪名 哪两个 哪三个 哪五个 哪两个人 哪三个人 哪五个人 哪两位 哪三位 哪五位"
)
SINGLE = {
    "几": frozenset({"月", "月份"}),
    "什么": frozenset({"渠道", "行业", "来源", "产品", "阶段", "原因", "人"}),
    "啥": frozenset({"渠道", "原因", "产品"}),
}
CHANNEL = "渠道"
BARE_UNITS = {
    Dimension.MONTH: ("月份", "一个月", "月"),
    Dimension.DAY: ("一天", "那天", "日子"),
    Dimension.WEEK: ("一周", "一个星期"),
}
#: 分 and 以 before these begin other words.
NOT_GROUPS = frozenset(
    {
        "分组",
        "分区",
        "分人",
        "以人",
        "分日",
        "分天",
        "以区",
        "分销售",
        "分业务",
        "以组",
        "分代表",
        "分版本",
        "以代表",
        "不同年",
        "不同日",
        "各年度目标",
    }
)


@dataclass(frozen=True)
class Words:
    """Look-ups that every question needs."""

    meanings: Mapping[str, tuple[Meaning, ...]]
    #: The longest word, in characters.
    longest: int
    people: Mapping[str, Person]
    #: Names as written in a message after @.
    mentionable: frozenset[str]
    #: Normalised names of people, which no other person's answer may show.
    names: frozenset[str]

    @cached_property
    def by_sound(self) -> Mapping[tuple[str, ...], frozenset[str]]:
        """Words by sound, made when the first typo is met."""
        return sounds_of(self.meanings)

    @cached_property
    def by_look(self) -> Mapping[str, frozenset[str]]:
        """Words by look, made when the first typo is met."""
        return looks_of(self.meanings)


def index_of(lexicon: Lexicon) -> Words:
    """Gather the words of the grammar, the registry and the company."""
    named = _company_words(lexicon)
    found: dict[str, tuple[Meaning, ...]] = dict(_grammar())
    for word, meanings in _fields(lexicon):
        found[word] = (*found.get(word, ()), meanings) if not _gives_way(found.get(word, ())) else (meanings,)
    for word, mention in named.items():
        standing = found.get(word, ())
        found[word] = (mention,) if _gives_way(standing) else (*standing, mention)
    for word in company_words(lexicon.company):
        found.setdefault(squeeze(word), (Belonging(Whose.EVERYONE),))
    for alias, word in lexicon.aliases.items():
        target = found.get(squeeze(word))
        if target:
            found[squeeze(alias)] = target
    people = {person.user_id: person for person in lexicon.people}
    names = frozenset(squeeze(person.name) for person in lexicon.people)
    spoken = frozenset(
        squeeze(word) for one in lexicon.people for word in (one.name, one.user_id, *one.aliases)
    )
    return Words(found, max(map(len, found)), people, spoken, names)


def _gives_way(standing: tuple[Meaning, ...]) -> bool:
    return all(isinstance(meaning, Noise | Beyond) for meaning in standing)


@cache
def _grammar() -> Mapping[str, tuple[Meaning, ...]]:
    """The words that are the same for every company; a metric's name beats a plain word."""
    found: dict[str, Meaning] = {}
    for word, meaning in vocabulary.entries():
        key = squeeze(word)
        if key and (key not in found or isinstance(found[key], Noise)):
            found[key] = meaning
    found.update(_dimension_words())
    for word, ids in AMBIGUOUS.items():
        found[squeeze(word)] = MetricWord(ids)
    found.update({squeeze(word): MetricWord((key,)) for word, key in COLLOQUIAL.items()})
    for metric in METRICS.values():
        found.update({squeeze(word): MetricWord((metric.id,)) for word in _sayable(metric)})
    found.update({squeeze(word): noun for word, noun in vocabulary.nouns()})
    return {word: (meaning,) for word, meaning in found.items()}


def _sayable(metric: Metric) -> list[str]:
    """Its words without those that only put 渠道 before another, which would swallow 各渠道."""
    words = (metric.name, *metric.words)
    return [word for word in words if not word.startswith(CHANNEL) or word.removeprefix(CHANNEL) not in words]


def _dimension_words() -> Iterator[tuple[str, Meaning]]:
    nouns: list[tuple[str, tuple[str, ...]]] = [
        (word, (key.value,)) for key, words in DIMENSION_WORDS.items() for word in words
    ]
    nouns += [(word, tuple(key.value for key in keys)) for word, keys in SHARED_WORDS.items()]
    for word, keys in nouns:
        yield from _noun_words(word, keys)
        if keys[0] in {unit.value for unit in TIME_UNITS}:
            yield from ((f"{word}{trend}", Group(keys)) for trend in vocabulary.TRENDS)
        else:
            yield word, Cut(keys)
    for key, units in BARE_UNITS.items():
        yield from ((word, Cut((key.value,))) for word in units)
    yield from ((word, Which(())) for word in WHO)
    yield from (
        (word, Which((Dimension.SOURCE.value,)))
        for word in spoken(
            "从哪来 哪里来 哪儿来 从哪里来 来自哪里 来自哪些渠道 从哪儿来 哪来的 哪来 从哪来的 哪里来的 "
            "哪儿来的 打哪来 "
            "打哪儿来 从哪进来"
        )
    )
    yield from (
        (word, Which((Dimension.LOST_REASON.value,)))
        for word in spoken(
            "输在哪 输在哪里 输在哪儿 丢在哪 丢在哪里 丢在哪儿 为什么丢单 为啥丢单 为什么输单 为啥输单 "
            "怎么丢的单 "
            "怎么丢的 怎么输的 怎么黄的 为什么丢 为啥丢 为何丢单 为何输单 丢单是因为什么 输单是因为什么"
        )
    )
    yield from (
        (word, Group((Dimension.OWNER.value,))) for word in ("每人", "各人", "人人", "每个人", "每位同事")
    )


def _noun_words(word: str, keys: tuple[str, ...]) -> Iterator[tuple[str, Meaning]]:
    yield from ((f"{prefix}{word}", Group(keys)) for prefix in GROUPS if f"{prefix}{word}" not in NOT_GROUPS)
    for prefix in WHICH:
        if word in SINGLE.get(prefix, {word}):
            yield f"{prefix}{word}", Which(keys)


def _fields(lexicon: Lexicon) -> Iterator[tuple[str, Meaning]]:
    """Custom fields by label: 按意向度, 各意向度."""
    for key, label in lexicon.labels.items():
        word = squeeze(label)
        yield word, Cut((key,))
        yield from _noun_words(word, (key,))


def _company_words(lexicon: Lexicon) -> dict[str, Mention]:
    """Names by word; the surer name wins, equals become choices."""
    ranked: dict[str, dict[int, set[Named]]] = defaultdict(lambda: defaultdict(set))
    sources = (
        *person_words(lexicon.people),
        *place_words(lexicon.departments),
        *value_words(lexicon.values),
    )
    for named in sources:
        ranked[squeeze(named.word)][named.tier].add(named)
    grammar = _grammar()
    found: dict[str, Mention] = {}
    for word, tiers in ranked.items():
        tier = min(tiers)
        standing = grammar.get(word, ())
        if not word or (tier > 0 and standing and not _gives_way(standing)):
            continue
        choices = tuple(sorted({(named.dimension, named.value) for named in tiers[tier]}))
        found[word] = Mention(choices, all(named.sure for named in tiers[tier]))
    return found
