"""Texts are cut by how wide they look, and never inside a character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.wecom.width import cut, cut_bytes, one_line, visible, width


@pytest.mark.parametrize(
    ("text", "wide"),
    [("", 0), ("客户", 2), ("ab", 1), ("L7 客户", 3.5), ("Ａ", 1), ("😀", 1), ("…", 1), ("，", 1)],
)
def test_width(text, wide):
    """A Chinese character is one, a Latin letter half."""
    assert width(text) == wide


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("客户报价", 4, "客户报价"),
        ("客户报价单", 4, "客户报…"),
        ("abcdefgh", 4, "abcdefgh"),
        ("abcdefghi", 4, "abcdef…"),
        ("a客户报价", 4, "a客户…"),
        ("公司 名称很长", 4, "公司…"),
        ("甲👨‍👩‍👧乙丙", 3, "甲…"),
        ("甲乙👍🏽丙", 4, "甲乙…"),
        ("甲e\u0301乙丙丁", 2.5, "甲…"),
    ],
)
def test_cut(text, limit, shown):
    """The ellipsis has its place within the limit; joined characters stay together."""
    assert cut(text, limit) == shown


@given(text=st.text(max_size=60), limit=st.integers(1, 40))
def test_what_is_cut_fits(text, limit):
    shown = cut(text, limit)

    assert width(shown) <= limit
    assert shown == text or shown.endswith("…")


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200), limit=st.integers(3, 300))
def test_what_is_cut_by_bytes_fits(text, limit):
    shown = cut_bytes(text, limit)

    assert len(shown.encode()) <= limit
    assert shown == text or shown.endswith("…")


def test_bytes_are_used_up_to_the_last_whole_character():
    assert cut_bytes("客" * 700, 2048) == "客" * 681 + "…"


def test_one_line():
    """Line breaks become spaces; what turns or hides text goes."""
    assert one_line(" 张\n三\u202e\x00  \t公司\u2067 ") == "张 三 公司"


def test_visible_keeps_lines_and_emoji():
    assert visible("a\r\nb\x07 👨‍👩‍👧") == "a\nb 👨‍👩‍👧"
