"""Identities: many at once are the same as one after another."""

from __future__ import annotations

from bot.kit.ids import seeded_random_bytes, token, tokens


def test_many_at_once_are_those_that_come_one_after_another():
    """Whoever draws ids in one go leaves a repeatable world as it was."""
    one_by_one, at_once = seeded_random_bytes(7), seeded_random_bytes(7)

    assert tokens(at_once, 5) == [token(one_by_one) for _ in range(5)]
    assert token(at_once) == token(one_by_one)
    assert tokens(at_once, 0) == []
