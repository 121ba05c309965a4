"""What is said of files that do not agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.kit.yaml_model import similar
from bot.kit.yaml_texts import did_you_mean, one_of

NO_CONTACT = "表单至少要问 phone、email、external_id 中的一个，否则线索认不出是谁"
SCRIPT_TWICE = "同一来源、同一阶段的话术已经有一条了"
TARGET_TWICE = "同一对象、同一个月的目标已经有一条了"


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """A name that leads nowhere, with the one probably meant, or else the list.

    `known` may map keys to their Chinese names, for whoever writes the name instead of the key.
    """
    labels = {label: key for key, label in known.items()} if isinstance(known, Mapping) else {}
    meant = labels.get(name) or similar(name, known)
    tail = did_you_mean(meant) or (f"，可以写：{one_of(known)}" if known else "")
    return f"没有“{name}”这个{kind}{tail}"


def twice(kind: str, name: str) -> str:
    """The same name for two things."""
    return f"{kind}“{name}”重复了"


def ambiguous(kind: str, word: str, owner: str) -> str:
    """A word people use that already means another thing of the kind."""
    return f"“{word}”已经是{kind}“{owner}”的说法，不能再指别的"


def taken(place: str, region: str) -> str:
    """A province or city in two regions."""
    return f"“{place}”已经归“{region}”，一个地方只能归一个区域"


def built_in_missing(keys: Sequence[str]) -> str:
    """Fields every installation has were left out."""
    return f"缺少内置字段：{one_of(keys)}"


def never_reached(rule: str) -> str:
    """A rule without a condition that is not the last."""
    return f"这条规则没有 when，后面的“{rule}”永远轮不到；请把它放到最后"


def region_without_pool(regions: Sequence[str]) -> str:
    """Routing by region, but a region has no pool."""
    return f"按区域进公海，但这些区域没有公海：{one_of(regions)}"


def nobody(user_id: str, *, meant: str | None) -> str:
    """A user id that the address book does not know."""
    return f"通讯录里没有“{user_id}”这个成员{did_you_mean(meant)}"
