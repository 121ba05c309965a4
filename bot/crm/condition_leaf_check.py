"""Do a condition's questions about behaviour, purchases and time make sense?"""

from __future__ import annotations

from collections.abc import Iterator

from bot.crm.condition import ANY_EVENT, Bought, Elapsed, FieldRegistry, Happened, events_of
from bot.crm.condition_values import order_value
from bot.kit.yaml import Path
from bot.kit.yaml_model import similar
from bot.kit.yaml_texts import did_you_mean, one_of


def happened(node: Happened, fields: FieldRegistry, path: Path) -> Iterator[tuple[Path, str]]:
    """Every event must be one that scoring.yaml names."""
    known = {ANY_EVENT: "任何行为", **events_of(fields)}
    if not node.events:
        yield (*path, "event"), "列表是空的"
    for index, event in enumerate(node.events):
        if event not in known:
            place = (*path, "event", index) if isinstance(node.event, tuple) else (*path, "event")
            by_label = {label: key for key, label in known.items()}
            meant = by_label.get(event) or similar(event, known)
            tail = did_you_mean(meant) or f"，可以写：{one_of(tuple(known))}"
            yield place, f"没有“{event}”这个行为{tail}"
    if node.value == 0 and node.times in (">=", "<"):
        yield (*path, "value"), f"{node.times} 0 次没有意义：前者总成立，后者总不成立"


def bought(node: Bought, path: Path) -> Iterator[tuple[Path, str]]:
    """A count is a whole number, an amount is money."""
    try:
        order_value(node)
    except ValueError as exc:
        yield (*path, "value"), str(exc)


def elapsed(node: Elapsed, fields: FieldRegistry, path: Path) -> Iterator[tuple[Path, str]]:
    """The field must be a moment, and one span must be said."""
    spec = fields.get(node.since)
    if spec is None:
        yield (*path, "since"), unknown(node.since, fields)
    elif spec.type != "datetime":
        moments = tuple(one.key for one in fields.values() if one.type == "datetime")
        yield (*path, "since"), f"“{spec.label}”不是时刻，可以写：{one_of(moments)}"
    if (node.within_days is None) == (node.over_days is None):
        yield path, "within_days（多少天以内）和 over_days（超过多少天）要写一个，也只能写一个"


def unknown(key: str, fields: FieldRegistry) -> str:
    """Say that there is no such field, and which one was probably meant."""
    by_label = {spec.label: spec.key for spec in fields.values()}
    meant = by_label.get(key) or similar(key, fields)
    return f"没有“{key}”这个字段{did_you_mean(meant)}"
