"""A hundred scoring rules over many leads: our generated function, and three engines called per rule.

Every engine is asked the same conditions in its own words, compiled once where it can be, and must
give the same scores; slow ones are asked about fewer leads, and counted by the rule.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from bench import figures
from bot.crm.condition import All, AnyOf, Compare, Condition, FieldSpec
from bot.rules.compiled import compile_all

RULES = 100
AIM = figures.at_least(25)
_CITIES = ["shanghai", "beijing", "shenzhen", "hangzhou", "chengdu", "wuhan"]
_SOURCES = ["site", "ads", "fair", "mail", "phone"]
_FIELDS = {
    **{key: FieldSpec(key, key, "text", key) for key in ("city", "source", "title", "industry")},
    **{key: FieldSpec(key, key, "number", key) for key in ("employees", "visits", "budget")},
}
_TEXTS = {
    "city": _CITIES,
    "source": _SOURCES,
    "title": ["ceo", "cto", "buyer"],
    "industry": ["it", "car", "food"],
}
_SIGNS = (">", ">=", "<", "<=")
Score = Callable[[dict[str, Any]], int]


def run(*, rounds: int, leads: int) -> bool:
    dice = random.Random(1)
    rules = [_rule(dice) for _ in range(RULES)]
    points = [dice.choice([5, 10, 20, -5]) for _ in rules]
    people = [_person(dice) for _ in range(leads)]
    engines: list[tuple[str, Score, int]] = [
        ("ours, one generated function", ours(rules, points), leads),
        ("rule-engine", rule_engine(rules, points), max(leads // 500, 20)),
        ("json-logic-qubit", json_logic(rules, points), max(leads // 500, 20)),
        ("common-expression-language (Rust CEL)", cel(rules, points), max(leads // 500, 20)),
    ]
    meant = [engines[0][1](one) for one in people[: leads // 500 + 20]]
    rates: dict[str, list[float]] = {name: [] for name, _, _ in engines}
    for _ in range(rounds):
        for name, score, count in engines:
            begun = time.perf_counter()
            scores = [score(one) for one in people[:count]]
            took = time.perf_counter() - begun
            rates[name].append(count * RULES / took)
            assert scores[: len(meant)] == meant[: len(scores)], f"{name} scores otherwise"
    return _show(rates, leads)


def _show(rates: dict[str, list[float]], leads: int) -> bool:
    (own, base), *others = rates.items()
    rows = [(own, f"{median(base) / 1e6:.1f} M", f"{figures.spread(base):.0f} %", "", "")]
    met = True
    for name, found in others:
        ratios = [ours_ / theirs for ours_, theirs in zip(base, found, strict=True)]
        rows.append((name, f"{median(found) / 1e6:.3f} M", f"{figures.spread(ratios):.0f} %",
                     f"{median(ratios):.0f}×", figures.verdict(median(ratios), AIM)))  # fmt: skip
        met &= AIM.met(median(ratios))
    figures.show(
        f"{RULES} rules × {leads:,} leads, rules evaluated per second",
        ("engine", "per second", "spread", "ours is faster", "aim"),
        rows,
    )
    return met


def _rule(dice: random.Random) -> Condition:
    kind = dice.choice([All, AnyOf])
    parts = tuple(_compare(dice) for _ in range(dice.randint(2, 3)))
    return All(all=parts) if kind is All else AnyOf(any=parts)


def _compare(dice: random.Random) -> Compare:
    key = dice.choice(list(_FIELDS))
    if key not in _TEXTS:
        return Compare(field=key, op=dice.choice(_SIGNS), value=dice.randint(0, 500))
    if dice.random() < 0.5:
        return Compare(field=key, op="=", value=dice.choice(_TEXTS[key]))
    return Compare(field=key, op="in", value=tuple(dice.sample(_TEXTS[key], 2)))


def _person(dice: random.Random) -> dict[str, Any]:
    texts = {key: dice.choice(words) for key, words in _TEXTS.items()}
    return {**texts, **{key: dice.randint(0, 500) for key in ("employees", "visits", "budget")}}


def ours(rules: Sequence[Condition], points: Sequence[int]) -> Score:
    """What scoring calls."""
    function = compile_all(rules, _FIELDS)

    def score(facts: dict[str, Any]) -> int:
        return sum([given for given, holds in zip(points, function(facts), strict=True) if holds])

    return score


def rule_engine(rules: Sequence[Condition], points: Sequence[int]) -> Score:
    """Compiled rules, one call each."""
    from rule_engine import Rule

    ready = [
        (Rule(_spelled(rule, " and ", " or ")), given) for rule, given in zip(rules, points, strict=True)
    ]
    return lambda facts: sum([given for rule, given in ready if rule.matches(facts)])


def cel(rules: Sequence[Condition], points: Sequence[int]) -> Score:
    """Compiled programs, one call each."""
    from cel import compile as compiled

    ready = [
        (compiled(_spelled(rule, " && ", " || ")), given) for rule, given in zip(rules, points, strict=True)
    ]
    return lambda facts: sum([given for program, given in ready if program.execute(facts)])


def json_logic(rules: Sequence[Condition], points: Sequence[int]) -> Score:
    """Trees, interpreted."""
    from json_logic import jsonLogic

    ready = [(_logic(rule), given) for rule, given in zip(rules, points, strict=True)]
    return lambda facts: sum([given for tree, given in ready if jsonLogic(tree, facts)])


def _spelled(rule: Condition, both: str, either: str) -> str:
    if isinstance(rule, All | AnyOf):
        parts = rule.all if isinstance(rule, All) else rule.any
        sign = both if isinstance(rule, All) else either
        return f"({sign.join(_spelled(part, both, either) for part in parts)})"
    assert isinstance(rule, Compare)
    if isinstance(rule.value, tuple):
        listed = ", ".join(f'"{one}"' for one in rule.value)
        return f"{rule.field} in [{listed}]"
    value = f'"{rule.value}"' if isinstance(rule.value, str) else rule.value
    return f"{rule.field} {'==' if rule.op == '=' else rule.op} {value}"


def _logic(rule: Condition) -> dict[str, Any]:
    if isinstance(rule, All):
        return {"and": [_logic(part) for part in rule.all]}
    if isinstance(rule, AnyOf):
        return {"or": [_logic(part) for part in rule.any]}
    assert isinstance(rule, Compare)
    field = {"var": rule.field}
    if isinstance(rule.value, tuple):
        return {"in": [field, list(rule.value)]}
    return {"==" if rule.op == "=" else rule.op: [field, rule.value]}
