"""A message as typed becomes plain text."""

from __future__ import annotations

import pytest

from bot.insight.ask.normalise import normalise
from bot.insight.ask.numerals import number


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("本月 新增线索?", "本月新增线索"),
        ("近７天ＭＱＬ", "近7天mql"),
        ("上個月華東贏單率", "上个月华东赢单率"),
        ("@客铃助手 本月业绩", "本月业绩"),
        ("@张三 本月业绩", "张三本月业绩"),
        ("本月业绩[微笑]👍", "本月业绩"),
        ("top 10 sales", "top 10 sales"),
        ("9 月 MQL", "9月mql"),
        ("9.1—9.15", "9.1-9.15"),
        ("", ""),
    ],
)
def test_typing_habits_are_evened_out(typed, plain):
    """Width, case, script, spaces, faces and mentions."""
    assert normalise(typed, frozenset({"张三"})).text == plain


def test_a_gap_is_remembered():
    """Where a space stood, two words are apart."""
    assert normalise("赢单数 回款").gaps == {3}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("三十一", 31),
        ("一百", 100),
        ("二〇二五", 2025),
        ("一百二十", 120),
        ("一百零五", 105),
    ],
)
def test_chinese_numbers_are_read(text, value):
    """Figures, words and places."""
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "三个", "x"])
def test_what_is_no_number_is_said(text):
    """Anything else is an error, not zero."""
    with pytest.raises(ValueError, match="not a number"):
        number(text)
