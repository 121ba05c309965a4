"""Which follow-ups say anything."""

from __future__ import annotations

import pytest

from bot.crm.follow_up_quality import Verdict, judge

BEFORE = ("已电话，客户要报价，下周二回访", "已加微信")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("1", Verdict.TOO_SHORT),
        ("跟进", Verdict.TOO_SHORT),
        ("……", Verdict.TOO_SHORT),
        ("已 电 话", Verdict.TOO_SHORT),
        ("11111", Verdict.SAYS_NOTHING),
        ("20261118", Verdict.SAYS_NOTHING),
        ("哈哈哈哈哈", Verdict.SAYS_NOTHING),
        ("跟进跟进跟进", Verdict.SAYS_NOTHING),
        ("已电话,客户要报价,下周二回访!", Verdict.COPIED),
        ("已加微信。", Verdict.COPIED),
        ("未接电话", Verdict.COUNTS),
        ("客户出差，周五再打", Verdict.COUNTS),
        ("called, wants a quote", Verdict.COUNTS),
        ("发了报价单 48000", Verdict.COUNTS),
    ],
)
def test_what_a_follow_up_is_worth(text: str, verdict: Verdict):
    """Short honest words count; figures, one word again and again, and copies do not."""
    assert judge(text, before=BEFORE, min_chars=4) is verdict


def test_without_a_gate_only_copies_are_told_apart():
    """A company may let everything count."""
    assert judge("1", before=(), min_chars=0) is Verdict.COUNTS
    assert judge("1", before=("1",), min_chars=0) is Verdict.COPIED
