"""What tells one way out from another is seen on its button, however early it is cut."""

from __future__ import annotations

import pytest

from bot.cards import answer

#: Letters that the smallest card shows of a button.
CUT = 10


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (
            ("2026-11-12至2026-11-18，赢单金额", "2026-10-20至2026-11-18，赢单金额", "2026年11月，赢单金额"),
            ["1. 11.12-11.18", "2. 10.20-11.18", "3. 2026年11月"],
        ),
        (
            ("2026年11月，华东大区的销售，赢单金额", "2026年11月，华东大区的渠道，赢单金额"),
            ["1. 华东大区的销售", "2. 华东大区的渠道"],
        ),
        (("本月新增线索数量按大区", "本月新增线索数量按渠道"), ["1. 大区", "2. 渠道"]),
        (("王伟（杭州组）", "王伟（广州组）"), ["王伟（杭州组）", "王伟（广州组）"]),
    ],
)
def test_buttons_differ_before_they_are_cut(options: tuple[str, ...], shown: list[str]) -> None:
    """The whole of each stands above them."""
    card = answer.asks_back("哪一个？", options)
    labels = [one.label for one in card.buttons]
    assert labels == shown
    assert len({label.partition(". ")[2][: CUT - 3] or label for label in labels}) == len(labels)
    assert all(option in card.text for option in options)
