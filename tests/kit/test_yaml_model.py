"""From a document to a model: every mistake at once, each in its place, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import pytest
from pydantic import Field, StringConstraints

from bot.kit.yaml import parse
from bot.kit.yaml_model import FaultAtError, Strict, similar, validate


class Engine(Strict):
    power: int
    fuel: Literal["gas", "power"]


Wheels: TypeAlias = Literal["car", "bus"]
Feet: TypeAlias = Literal["foot"]
Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]


class Trip(Strict):
    stops: tuple[Engine, ...] = Field(min_length=1)
    by: Wheels | Feet = "car"
    after: Key = "none"


class Car(Strict):
    name: str
    price: Decimal
    engine: Engine
    spare: tuple[Engine, ...] = ()
    owners: Mapping[str, Engine] = {}


GOOD = "name: 甲\nprice: 9.90\nengine: {power: 3, fuel: gas}\n"


def test_a_sound_document_becomes_a_frozen_value():
    """Money keeps what was written."""
    car, errors = validate(Car, parse(GOOD, file="f"))

    assert errors == []
    assert car is not None
    assert car.price == Decimal("9.9")
    with pytest.raises(ValueError, match="frozen"):
        car.name = "乙"  # type: ignore[misc]


def test_every_mistake_is_reported_at_once():
    """Four mistakes on four lines, in the order of the file."""
    text = "name: 1\nprice: x\nengine: {power: 1.5, fuel: tea}\nspair: []\n"

    car, errors = validate(Car, parse(text, file="f"))

    assert car is None
    assert list(map(str, errors)) == [
        "f:1:7: 需要文字，数字样子的文字请加引号",
        "f:2:8: 需要数字",
        "f:3:17: 需要整数",
        "f:3:28: “tea”不在可选值里，可以写：gas、power",
        "f:4:1: 没有“spair”这个设置，是不是“spare”？",
    ]


def test_a_misspelt_key_is_not_also_missing():
    """One mistake, one line."""
    _, errors = validate(Car, parse(GOOD.replace("power: 3", "powr: 3"), file="f"))

    assert list(map(str, errors)) == ["f:3:10: 没有“powr”这个设置，是不是“power”？"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("spare:\n  - {power: 1, fuel: gas}\n  - {power: 1, fuels: gas}\n", "f:6:16: 没有“fuels”"),
        ("owners:\n  li: {power: 1, fule: gas}\n", "f:5:18: 没有“fule”这个设置，是不是“fuel”"),
        ("owners:\n  li: {power: 1}\n", "f:5:7: 缺少“fuel”"),
    ],
)
def test_keys_are_suggested_below_lists_and_mappings_too(text: str, error: str):
    """The types are walked down to where the mistake is."""
    _, errors = validate(Car, parse(GOOD + text, file="f"))

    assert [str(found).startswith(error) for found in errors] == [True]


@pytest.mark.parametrize("text", ["- 1", "just words", "3", "[]"])
def test_a_file_that_is_no_mapping_says_so(text: str):
    """At its first character."""
    assert list(map(str, validate(Car, parse(text, file="f"))[1])) == ["f:1:1: 这里应该是“键: 值”的形式"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("powr", "power"), ("官往", "官网"), ("官网 ", "官网"), ("zzz", None), ("电梯", None), ("", None)],
)
def test_a_suggestion_is_near_or_not_made(word: str, meant: str | None):
    """One wrong character of two is near in Chinese."""
    assert similar(word, ["power", "fuel", "官网", "展会"]) == meant


def test_a_models_own_check_can_point_below_it():
    """A place that was left out is the nearest one above."""
    from pydantic import model_validator

    class Checked(Strict):
        a: tuple[int, ...] = ()

        @model_validator(mode="after")
        def _check(self) -> Checked:
            raise FaultAtError(("a", 1), "第二个不对")

    assert str(validate(Checked, parse("\na: [1, 2]", file="f"))[1][0]) == "f:2:8: 第二个不对"
    assert str(validate(Checked, parse("\na: []", file="f"))[1][0]) == "f:2:4: 第二个不对"
    assert str(validate(Checked, parse("{}", file="f"))[1][0]) == "f:1:1: 第二个不对"


def test_a_list_is_not_called_too_short_because_its_items_are_wrong():
    """What is wrong is said once, where it is; an empty list is too short all the same."""
    _, wrong = validate(Trip, parse("stops: [{power: 1, fuel: tea}]\n", file="f"))
    _, empty = validate(Trip, parse("stops: []\n", file="f"))

    assert list(map(str, wrong)) == ["f:1:26: “tea”不在可选值里，可以写：gas、power"]
    assert list(map(str, empty)) == ["f:1:8: 至少要有 1 项"]


def test_a_word_in_none_of_several_lists_gets_one_complaint():
    """It names the choices of all of them."""
    _, errors = validate(Trip, parse("stops: [{power: 1, fuel: gas}]\nby: air\n", file="f"))

    assert list(map(str, errors)) == ["f:2:5: “air”不在可选值里，可以写：car、bus、foot"]


def test_a_name_where_a_key_belongs_is_told_how_keys_look():
    _, errors = validate(Trip, parse("stops: [{power: 1, fuel: gas}]\nafter: 新的\n", file="f"))

    (error,) = errors
    assert "“新的”的写法不对：这里要写编号，小写字母开头" in str(error)
