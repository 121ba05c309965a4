"""Random trees over random leads: Python, SQLite, PostgreSQL and a plain reading give the same answers.

`python -m tests.rules.trees --trees 10000` asks them all; a slice of it runs with the other tests.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.crm.condition import (
    OPERATORS,
    All,
    AnyOf,
    Bought,
    Compare,
    Condition,
    Elapsed,
    Fields,
    FieldSpec,
    FieldType,
    Happened,
    Not,
)
from bot.crm.condition_values import constants, order_value
from bot.rules.compiled import compile_all
from bot.rules.facts import typed
from bot.store import Store, open_store
from bot.store.conditions import question
from bot.store.tables.behaviour import behaviours
from bot.store.tables.imports import orders
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities
from bot.store.tables.segments import lead_tags
from bot.store.worked_out import wanted, work_out

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
EVENTS = {"opened": "打开", "seen": "看过", "sent": "提交"}
WORDS = ["上海", "上海市", "a'b", 'q"', "x\\n", "{0}", "'); --", "A", "a", "%", "_", "100%"]
TAGS = ["价格敏感", "决策人", "a'b"]
PRODUCTS = ["专业版", "标准版"]
PATHS = ["/price", "/home"]
_CUSTOM: tuple[FieldType, ...] = ("text", "choice", "number", "money", "date", "datetime", "flag", "tags")
FIELDS = Fields(
    {
        **{f"own_{kind}": FieldSpec(f"own_{kind}", kind, kind, f"custom.own_{kind}") for kind in _CUSTOM},
        "city": FieldSpec("city", "城市", "text", "city"),
        "source": FieldSpec("source", "来源", "choice", "source"),
        "external_id": FieldSpec("external_id", "外部编号", "text", "external_id"),
        "score": FieldSpec("score", "评分", "number", "score"),
        "last_behaviour_at": FieldSpec("last_behaviour_at", "最近行为", "datetime", "last_behaviour_at"),
        "tags": FieldSpec("tags", "标签", "tags", "@tags"),
        "order_count": FieldSpec("order_count", "购买次数", "number", "@order_count"),
        "order_amount": FieldSpec("order_amount", "购买金额", "money", "@order_amount"),
        "first_order_at": FieldSpec("first_order_at", "首次购买", "datetime", "@first_order_at"),
        "last_order_at": FieldSpec("last_order_at", "最近购买", "datetime", "@last_order_at"),
    },
    EVENTS,
)
_MOMENTS = [(NOW + timedelta(days=d, seconds=s)).isoformat() for d in (-40, -30, -1, 0) for s in (0, 1)]
CONSTANTS: Mapping[str, list[Any]] = {
    "text": WORDS,
    "choice": WORDS,
    "tags": [*TAGS, "A"],
    "number": [-1, 0, 1, 1.5, 2, 40, 60],
    "money": [0, "0.10", 0.1, 100, "1e2", "199.99", "100.005"],
    "date": ["2026-11-17", "2026-11-18", "2026-11-19"],
    "datetime": _MOMENTS,
    "flag": [True, False],
}


@dataclass
class Person:
    """One lead with all that belongs to it, as it was made up."""

    id: str
    own: dict[str, Any]
    custom: dict[str, Any]
    account_id: str | None
    tags: set[str]
    did: list[tuple[str, str, datetime]] = field(default_factory=list)
    bought: list[tuple[str, Decimal, datetime]] = field(default_factory=list)


def people(dice: random.Random, count: int) -> list[Person]:
    """Leads of every sort: rich, empty, with broken values in their documents."""
    found = []
    for n in range(count):
        own = {
            "city": dice.choice(["", *WORDS]),
            "source": dice.choice(["", *WORDS]),
            "external_id": dice.choice([None, *WORDS]) and f"{dice.choice(WORDS)}{n}",
            "score": dice.choice([-5, 0, 1, 2, 40, 60, 61]),
            "last_behaviour_at": dice.choice([None, *map(datetime.fromisoformat, _MOMENTS)]),
        }
        custom = {
            "own_text": dice.choice(["", *WORDS]),
            "own_choice": dice.choice(WORDS),
            "own_number": dice.choice(["-1", "0", "1", "1.0", "1.5", "2e0", "viel", ""]),
            "own_money": dice.choice(["0", "0.1", "0.10", "100.00", "100.005", "many"]),
            "own_date": dice.choice(["2026-11-17", "2026-11-18", "gestern", ""]),
            "own_datetime": dice.choice([*_MOMENTS, "2026-11-18T10:00:00+08:00", "bald", ""]),
            "own_flag": dice.choice(["true", "false", ""]),
            "own_tags": dice.choice([[], ["A"], ["A", "决策人"], [*TAGS]]),
        }
        custom = {key: value for key, value in custom.items() if dice.random() < 0.8}
        account = dice.choice([None, f"A{dice.randrange(6)}"])
        found.append(Person(f"L{n}", own, custom, account, set(dice.sample(TAGS, dice.randint(0, 3)))))
        for _ in range(dice.choice([0, 0, 1, 3, 8])):
            at = NOW - timedelta(days=dice.choice([0, 1, 7, 7, 30, 60]), seconds=dice.choice([-1, 0, 1]))
            found[-1].did.append((dice.choice([*EVENTS, "other"]), dice.choice(["", *PATHS]), at))
    return found


def sales(dice: random.Random, found: list[Person], count: int) -> tuple[list[Any], list[Any]]:
    """Orders and won opportunities, of leads and of accounts; the people are told what they bought."""
    ordered, won = [], []
    for n in range(count):
        one = dice.choice(found)
        lead_id = one.id if dice.random() < 0.7 else None
        account = dice.choice([None, one.account_id])
        product, amount = dice.choice(PRODUCTS), Decimal(dice.choice(["0.10", "100", "199.99", "0"]))
        at = NOW - timedelta(days=dice.choice([0, 1, 7, 30, 90]), seconds=dice.choice([-1, 0, 1]))
        is_order, is_won = dice.random() < 0.6, dice.random() < 0.7
        row = {"id": f"{'O' if is_order else 'D'}{n}", "lead_id": lead_id, "account_id": account,
               "product": product, "amount": amount}  # fmt: skip
        if is_order:
            ordered.append(row | {"ordered_at": at, "created_at": at})
        else:
            won.append(row | _deal(at, is_won=is_won) | {"account_id": account or "A-none"})
        if is_order or is_won:
            for person in found:
                if person.id == lead_id or (account is not None and person.account_id == account):
                    person.bought.append((product, amount, at))
    return ordered, won


def _deal(at: datetime, *, is_won: bool) -> dict[str, Any]:
    texts = ("name", "stage", "currency", "source", "campaign", "industry", "created_team",
             "created_region", "closed_team", "closed_region")  # fmt: skip
    return {**dict.fromkeys(texts, ""), "created_at": at, "stage_since": at, "won": is_won, "closed_at": at}


async def fill(store: Store, found: list[Person], ordered: list[Any], won: list[Any]) -> None:
    """Put the people into a database."""

    async def unit(tx: Any) -> None:
        texts = ("status", "name", "company", "company_key", "title", "phone_masked", "email_masked",
                 "province", "region", "industry", "campaign", "form", "tier", "lifecycle",
                 "last_behaviour")  # fmt: skip
        for one in found:
            await tx.insert(leads, {**dict.fromkeys(texts, ""), "id": one.id, **one.own, "custom": one.custom,
                                    "account_id": one.account_id, "epoch": 0, "created_at": NOW,
                                    "changed_at": NOW})  # fmt: skip
            for tag in one.tags:
                row = {"lead_id": one.id, "tag": tag, "by": "t", "reason": "", "at": NOW}
                await tx.insert(lead_tags, row)
            for n, (event, of, at) in enumerate(one.did):
                row = {"message_id": f"{one.id}-{n}", "lead_id": one.id, "event": event, "object": of}
                row |= {"channel": "web", "properties": {}, "at": at, "received_at": at}
                await tx.insert(behaviours, row)
        for row in ordered:
            await tx.insert(orders, row)
        for row in won:
            await tx.insert(opportunities, row)

    await store.write(unit, within=60)


_EMPTY = ("empty", "filled")


def tree(dice: random.Random, depth: int) -> Condition:
    """A tree of every kind of node."""
    if depth == 0 or dice.random() < 0.4:
        return _leaf(dice)
    kind = dice.choice(["all", "any", "not"])
    if kind == "not":
        return Not(part=tree(dice, depth - 1))
    inner = tuple(tree(dice, depth - 1) for _ in range(dice.randint(1, 3)))
    return All(all=inner) if kind == "all" else AnyOf(any=inner)


def _leaf(dice: random.Random) -> Condition:
    op = dice.choice(["=", "!=", ">", ">=", "<", "<="])
    days = dice.choice([None, 1, 7, 30])
    match dice.choice(["compare", "compare", "compare", "happened", "bought", "elapsed"]):
        case "happened":
            event = dice.choice([*EVENTS, "any", tuple(EVENTS)[:2]])
            of = dice.choice([None, None, *PATHS])
            value = dice.choice([0, 1, 2, 3] if op not in (">=", "<") else [1, 2, 3])
            return Happened(event=event, times=op, value=value, within_days=days, object=of)
        case "bought":
            product = dice.choice([None, *PRODUCTS])
            what = dice.choice(["count", "amount"])
            value = dice.choice([0, 1, 2] if what == "count" else [0, "0.1", "0.105", 200, "300.09"])
            return Bought(orders=what, op=op, value=value, within_days=days, product=product)
        case "elapsed":
            moments = [spec.key for spec in FIELDS.values() if spec.type == "datetime"]
            span = days or 30
            return dice.choice([Elapsed(since=dice.choice(moments), within_days=span),
                                Elapsed(since=dice.choice(moments), over_days=span)])  # fmt: skip
    spec = dice.choice(list(FIELDS.values()))
    op = dice.choice(OPERATORS[spec.type])
    some = dice.choices(CONSTANTS[spec.type], k=dice.randint(1, 3))
    if op in _EMPTY:
        return Compare(field=spec.key, op=op)
    return Compare(field=spec.key, op=op, value=tuple(some) if op in ("in", "not_in") else some[0])


def reading(node: Condition, one: Person) -> bool:  # noqa: PLR0911 - one answer a case
    """What the tree means of this person, one step at a time, from how he was made up."""
    match node:
        case All():
            return all(reading(part, one) for part in node.all)
        case AnyOf():
            return any(reading(part, one) for part in node.any)
        case Not():
            return not reading(node.part, one)
        case Happened():
            found = [at for event, of, at in one.did
                     if ("any" in node.events or event in node.events) and node.object in (None, of)]  # fmt: skip
            return _ordered(node.times, len(_inside(found, node.within_days)), node.value)
        case Bought():
            kept = [(amount, at) for product, amount, at in one.bought if node.product in (None, product)]
            kept = [(amount, at) for amount, at in kept if _inside([at], node.within_days)]
            got = len(kept) if node.orders == "count" else sum((a for a, _ in kept), Decimal(0))
            return _ordered(node.op, got, order_value(node))
        case Elapsed():
            at = _value(one, node.since)
            return at is not None and (_is_inside(at, node.days) == (node.within_days is not None))
        case _:
            return _compare(node, one)


def _inside(found: list[datetime], days: int | None) -> list[datetime]:
    return found if days is None else [at for at in found if _is_inside(at, days)]


def _is_inside(at: datetime, days: int) -> bool:
    return NOW - at < timedelta(days=days)


def _ordered(op: str, left: Any, right: Any) -> bool:
    answers = {"=": left == right, "!=": left != right, ">": left > right, ">=": left >= right,
               "<": left < right, "<=": left <= right}  # fmt: skip
    return answers[op]


def _value(one: Person, key: str) -> Any:
    times = [at for _, _, at in one.bought]
    worked = {"tags": frozenset(one.tags), "order_count": len(times),
              "order_amount": sum((a for _, a, _ in one.bought), Decimal(0)),
              "first_order_at": min(times, default=None), "last_order_at": max(times, default=None)}  # fmt: skip
    if key in worked:
        return worked[key]
    raw = one.custom.get(key) if key.startswith("own_") else one.own[key]
    if raw in (None, ""):
        return None
    try:
        return {"number": float, "money": Decimal, "date": date.fromisoformat, "flag": lambda v: v == "true",
                "datetime": lambda v: v if isinstance(v, datetime) else datetime.fromisoformat(v),
                "tags": frozenset}.get(FIELDS[key].type, str)(raw)  # fmt: skip
    except (ValueError, ArithmeticError):
        return None


def _compare(node: Compare, one: Person) -> bool:
    opposite = {"!=": "=", "not_in": "in", "filled": "empty"}.get(node.op)
    if opposite:
        return not _compare(Compare.model_construct(field=node.field, op=opposite, value=node.value), one)
    value, spec = _value(one, node.field), FIELDS[node.field]
    if node.op == "empty":
        return value is None or value == frozenset()
    if value is None:
        return False
    right = constants(spec, node)
    if node.op == "in":
        return any(each in value if spec.type == "tags" else each == value for each in right)
    if node.op == "contains":
        return right[0] in value
    return _ordered(node.op, value, right[0])


async def python_says(
    store: Store, trees: list[Condition], found: list[Person]
) -> dict[str, tuple[bool, ...]]:
    """The generated function, on facts that the store worked out."""
    asked, function = wanted(trees), compile_all(trees, FIELDS)
    answers = {}
    async with store.read() as tx:
        for one in found:
            worked = await work_out(tx, one.id, asked, NOW)
            facts, _ = typed({**one.own, **one.custom, **worked}, FIELDS)
            answers[one.id] = function(facts)
    return answers


async def sql_says(store: Store, node: Condition) -> set[str]:
    """The ids that one database finds."""
    asked = question(node, FIELDS)
    async with store.read() as tx:
        rows = await tx.all(select(leads.c.id).where(asked.where), **asked.params(NOW))
    return {row.id for row in rows}


async def differences(stores: list[Store], *, trees: int, seed: int, count: int = 40) -> list[str]:
    """Ask everybody; what they disagree about, in words."""
    dice = random.Random(seed)
    found = people(dice, count)
    ordered, won = sales(dice, found, count * 2)
    for store in stores:
        await fill(store, found, ordered, won)
    wrong: list[str] = []
    for start in range(0, trees, 20):
        batch = [tree(dice, 3) for _ in range(min(20, trees - start))]
        answers = await python_says(stores[0], batch, found)
        for n, node in enumerate(batch):
            meant = {one.id for one in found if reading(node, one)}
            said = {"python": {lead_id for lead_id, each in answers.items() if each[n]}}
            for store in stores:
                said[store.dialect] = await sql_says(store, node)
            wrong += [
                f"{who}: {node!r} {sorted(what ^ meant)}" for who, what in said.items() if what != meant
            ]
        if wrong:
            break
    return wrong


async def _main(trees: int, seed: int) -> int:
    from bot.store.migrate import migrate
    from tests import postgres

    server = postgres.start()
    try:
        with tempfile.TemporaryDirectory() as directory:
            urls = [f"sqlite+aiosqlite:///{Path(directory) / 'trees.db'}", server.url("postgres")]
            for url in urls:
                migrate(url)
            stores = [open_store(url, unit_span=60) for url in urls]
            wrong = await differences(stores, trees=trees, seed=seed)
            for store in stores:
                await store.close()
    finally:
        server.stop()
    print(  # noqa: T201 - asked for by hand
        "\n".join(wrong) or f"{trees} trees, 40 leads each: Python, SQLite, PostgreSQL and the reading agree"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--trees", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked_for = parser.parse_args()
    sys.exit(asyncio.run(_main(asked_for.trees, asked_for.seed)))
