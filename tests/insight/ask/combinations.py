"""Every metric along every dimension, in many periods and shapes, asked in words and read back.

`python -m tests.insight.ask.combinations` asks all of them; the suite asks each `--step`th. What a metric does
not take must not be answered; everything else must be read as it was meant.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.crm.metrics.dimension import DIMENSION_WORDS, TIME_UNITS, Dimension
from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Query
from bot.insight.ask.answer import Understood
from bot.insight.ask.conversation import ask
from bot.insight.ask.lexicon import Lexicon
from bot.insight.ask.org import read_org
from tests.insight.ask.conftest import DATA, NOW, SHANGHAI

UNITS = frozenset(TIME_UNITS)
LONG = frozenset({Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR})
#: What the phrase says, asked on 2026-11-18: half-open local days.
TIMES: dict[str, tuple[date, date] | None] = {
    "": None,
    "本月": (date(2026, 11, 1), date(2026, 12, 1)),
    "上周": (date(2026, 11, 9), date(2026, 11, 16)),
    "近30天": (date(2026, 10, 20), date(2026, 11, 19)),
    "上季度": (date(2026, 7, 1), date(2026, 10, 1)),
    "今年以来": (date(2026, 1, 1), date(2026, 11, 19)),
}
#: A name of each dimension, as said, and the value that stands for it.
NAMES = {
    Dimension.OWNER: ("张三", "zhangsan"), Dimension.TEAM: ("上海组", "上海组"),
    Dimension.REGION: ("华东", "华东大区"), Dimension.SOURCE: ("官网", "官网"),
    Dimension.INDUSTRY: ("制造业", "制造"), Dimension.PRODUCT: ("旗舰版", "旗舰版"),
    Dimension.CHANNEL: ("短信", "短信"), Dimension.STAGE: ("方案报价阶段", "方案报价"),
}  # fmt: skip
#: Right before 未跟进线索 it says how long they were left alone.
IDLE = "近30天"
SHAPES = ("plain", "by", "each", "most", "top", "named", "previous", "last_year", "by_previous")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and how it is meant; None if it must not be answered."""

    text: str
    means: dict[str, Any] | None
    shape: str


def every() -> Iterator[Asked]:
    """All of them, in one order."""
    for metric, (words, span), shape in itertools.product(METRICS.values(), TIMES.items(), SHAPES):
        if shape in {"plain", "previous", "last_year"}:
            yield _without_dimension(metric, words, span, shape)
            continue
        for dimension in Dimension:
            for word in DIMENSION_WORDS[dimension][:3]:
                found = _along(metric, dimension, word, (words, span), shape)
                if found is not None:
                    yield found


def _without_dimension(metric: Metric, words: str, span: tuple[date, date] | None, shape: str) -> Asked:
    said = {"plain": "", "previous": "环比", "last_year": "同比"}[shape]
    compare = None if shape == "plain" else shape
    may = _may(metric, words, span) and not (metric.is_snapshot and compare)
    means = _query(metric, span, compare=compare) if may else None
    return Asked(f"{words}{metric.name}{said}", means, shape)


def _along(
    metric: Metric, dimension: Dimension, word: str, when: tuple[str, tuple[date, date] | None], shape: str
) -> Asked | None:
    words, span = when
    if shape == "named":
        return _named(metric, dimension, words, span) if word == DIMENSION_WORDS[dimension][0] else None
    if word in {"业务", "代表", "顾问", "分区"}:
        return None
    unit = dimension in UNITS
    if unit and shape != "by":
        return None
    texts = {
        "by": f"{words}{metric.name}按{word}",
        "each": f"{words}各{word}{metric.name}",
        "most": f"{words}哪个{word}{metric.name}最高",
        "top": f"{words}{metric.name}最低的三个{word}",
        "by_previous": f"{words}各{word}{metric.name}环比",
    }
    rank = {"most": ("desc", 1), "top": ("asc", 3)}.get(shape)
    compare = "previous" if shape == "by_previous" else None
    if metric.id == "new_leads" and dimension is Dimension.INVALID_REASON:
        # Only the invalid ones have a reason: 各无效原因新增线索 asks for them.
        metric = METRICS["invalid_leads"]
    idle = shape in {"by", "top"}
    may = metric.takes(dimension) and _may(metric, words if idle else "", span)
    may = may and not (metric.is_snapshot and compare) and not (metric.id == FUNNEL and rank)
    means = _query(metric, span, by=(dimension,), compare=compare, rank=rank) if may else None
    return Asked(texts[shape], means, shape)


def _named(metric: Metric, dimension: Dimension, words: str, span: tuple[date, date] | None) -> Asked | None:
    if dimension not in NAMES:
        return None
    said, value = NAMES[dimension]
    may = metric.takes(dimension) and _may(metric, "", span)
    means = _query(metric, span, where={dimension.value: [value]}) if may else None
    return Asked(f"{words}{said}{metric.name}", means, "named")


def _may(metric: Metric, words: str, span: object) -> bool:
    """Whether the metric has a period: 近30天未跟进 is one, of silence."""
    return not metric.is_snapshot or not span or _is_idle(metric, words)


def _is_idle(metric: Metric, words: str) -> bool:
    return metric.id == "stale_leads" and words == IDLE


def _query(
    metric: Metric,
    span: tuple[date, date] | None,
    *,
    by: tuple[Dimension, ...] = (),
    where: dict[str, list[str]] | None = None,
    compare: str | None = None,
    rank: tuple[str, int] | None = None,
) -> dict[str, Any]:
    if metric.is_snapshot:
        where, span = ({**(where or {}), "idle_days": [30]} if span else where), None
    elif span is None:
        long = set(by) & LONG
        span = (date(2026, 1, 1), date(2027, 1, 1)) if long else TIMES["本月"]
    return {
        "metrics": [metric.id],
        "by": [key.value for key in by],
        "where": where or {},
        "from": span[0].isoformat() if span else None,
        "to": span[1].isoformat() if span else None,
        "compare": compare,
        "rank": {"order": rank[0], "limit": rank[1]} if rank else None,
        **({"view": FUNNEL} if metric.id == FUNNEL else {}),
    }


def read_back(asked: Asked, lexicon: Lexicon) -> Query | None:
    """How a question by an executive is read; None if it is not answered."""
    asker = lexicon.asker("chenli")
    assert asker is not None
    found = ask([asked.text], asker=asker, lexicon=lexicon, now=NOW, tz=SHANGHAI)
    return found.query if isinstance(found, Understood) else None


def wrong(asked: Asked, lexicon: Lexicon) -> str:
    """`misread` and `answered` are lies; `missed` is a question that should have been answered."""
    found = read_back(asked, lexicon)
    if found is None:
        return "missed" if asked.means is not None else ""
    if asked.means is None:
        return "answered"
    return "" if found.to_json() == asked.means else "misread"


def main(given: list[str]) -> int:
    """Ask them, print the counts and what went wrong; 1 if something was misread."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--step", type=int, default=1, help="ask each nth")
    options.add_argument("--show", type=int, default=20, help="how many of each kind to print")
    chosen = options.parse_args(given)
    lexicon = read_org(yaml.safe_load(Path(DATA / "org.yaml").read_text("utf-8")))
    found: dict[str, list[Asked]] = {"": [], "missed": [], "misread": [], "answered": []}
    for one in itertools.islice(every(), 0, None, chosen.step):
        found[wrong(one, lexicon)].append(one)
    total = sum(map(len, found.values()))
    print(f"{total} asked, {len(found[''])} as meant ({len(found['']) / total:.2%})")  # noqa: T201
    for kind in ("misread", "answered", "missed"):
        by_shape = dict(Counter(one.shape for one in found[kind]))
        print(f"{kind}: {len(found[kind])} {by_shape}")  # noqa: T201
        for one in found[kind][:: max(len(found[kind]) // chosen.show, 1)][: chosen.show]:
            print(f"  {one.text}  {read_back(one, lexicon)}")  # noqa: T201
    return 1 if found["misread"] or found["answered"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
