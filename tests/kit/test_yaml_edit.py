"""One value changes, everything around it stays to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kit.yaml import parse
from bot.kit.yaml_edit import UneditableError, get, spelled, with_value, without

CONFIG = Path(__file__).resolve().parents[2] / "config"
FILES = sorted(CONFIG.rglob("*.yaml"))

POOLS = """\
# 公海
terms:
  daily_claims: 10        # 每人每天
  holding: 50

pools:
  - {id: east, name: 华东公海, regions: [华东大区]}
  - id: south
    name: 华南公海
    terms: {holding: 30}   # 少一些
roles: {}
targets: []
nobody:
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("terms", "daily_claims"), 8, "daily_claims: 10  ", "daily_claims: 8  "),
        (("terms", "cool_down_days"), 5, "  holding: 50\n", "  holding: 50\n  cool_down_days: 5\n"),
        (("pools", {"id": "east"}, "name"), "东区", "name: 华东公海", "name: 东区"),
        (
            ("pools", {"id": "east"}, "terms", "holding"), 9,
            "[华东大区]}", "[华东大区], terms: {holding: 9}}",
        ),
        (("pools", {"id": "south"}, "terms", "holding"), 9, "{holding: 30}", "{holding: 9}"),
        (("pools", {"id": "south"}, "on"), True, "# 少一些\n", "# 少一些\n    on: true\n"),
        (("roles", "lina"), "admin", "roles: {}", "roles: {lina: admin}"),
        (
            ("targets", {"owner": "lina", "month": "2026-11"}, "amount"), 500000,
            "targets: []", "targets:\n  - {owner: lina, month: 2026-11, amount: 500000}",
        ),
        (("nobody", "is"), "here", "nobody:", "nobody: {is: here}"),
        (("pools", {"id": "west"}, "name"), "西", "# 少一些\n", "# 少一些\n  - {id: west, name: 西}\n"),
    ],
)  # fmt: skip
def test_only_that_place_changes(path, value, old, new):
    assert with_value(POOLS, path, value) == POOLS.replace(old, new, 1)
    assert get(parse(with_value(POOLS, path, value), file="").data, path) == value


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("terms", "holding"), "  holding: 50\n", ""),
        (("terms", "daily_claims"), "  daily_claims: 10        # 每人每天\n", ""),
        (("pools", {"id": "east"}, "regions"), ", regions: [华东大区]", ""),
        (("pools", {"id": "east"}, "name"), "name: 华东公海, ", ""),
        (("pools", {"id": "south"}, "terms", "holding"), "{holding: 30}", "{}"),
        (("pools", {"id": "east"}), "  - {id: east, name: 华东公海, regions: [华东大区]}\n", ""),
    ],
)
def test_what_is_taken_out_leaves_the_rest(path, old, new):
    assert without(POOLS, path) == POOLS.replace(old, new, 1)


def test_what_is_not_there_cannot_be_taken_out():
    with pytest.raises(KeyError):
        without(POOLS, ("terms", "nothing"))


def test_a_plain_value_is_no_place_for_more():
    with pytest.raises(UneditableError):
        with_value(POOLS, ("terms", "holding", "deeper"), 1)


PLAIN = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(st.characters(codec="utf-8",
    exclude_categories=["Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp"]), max_size=20)  # fmt: skip


@given(PLAIN)
def test_any_value_can_be_written_and_read_back(value):
    assert parse(f"a: {spelled(value)}\nb: {{c: {spelled(value)}}}\n", file="").data == {
        "a": value,
        "b": {"c": value},
    }


def leaves(data, path=()):
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif not isinstance(data, list):
        yield path, data


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_value_that_ships_can_be_changed_and_changed_back(file):
    """And the file is then the same to the letter, comments included."""
    text = file.read_text(encoding="utf-8")
    for path, value in leaves(parse(text, file="").data):
        other = with_value(text, path, "another value")
        assert with_value(other, path, value).count("\n") == text.count("\n")
        assert parse(with_value(other, path, value), file="").data == parse(text, file="").data
