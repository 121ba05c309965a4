"""Mistakes in scoring rules, tags and segments are named where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crm.company.broken import Break, broken

CASES = [
    Break("scoring", "    points: 20\n  - id: website", "    points: 20\n    group: §web\n  - id: website", "没有“web”这个分组"),
    Break("scoring", "    points: 20\n  - id: website", "    tag: §价格敏\n  - id: website", "没有“价格敏”这个标签，是不是“价格敏感”？"),
    Break("scoring", "    points: 20\n  - id: core", "    points: 20\n    decay: §{after_days: 3}\n  - id: core",
          "decay 只用于行为（event）的分数：属性变了分数自己会变"),
    Break("tags", "{name: 采购}", "{name: §决策人}", "标签“决策人”重复了"),
    Break("tags", "aliases: [VIP]", "aliases: [§急需]", "“急需”已经是标签“近期要买”的说法，不能再指别的"),
    Break("segments", "name: 流失", "name: §潜客", "分群“潜客”重复了"),
    Break("segments", "[pricing_page_viewed, key_page_viewed]", "[§price_page_viewed, key_page_viewed]",
          "没有“price_page_viewed”这个行为，是不是“pricing_page_viewed”？"),
    Break("segments", "event: any,", "event: §打开邮件,", "没有“打开邮件”这个行为，是不是“mail_opened”？"),
    Break("segments", "since: first_order_at, within_days: 90", "since: §last_ordr_at, within_days: 90",
          "没有“last_ordr_at”这个字段，是不是“last_order_at”？"),
    Break("segments", "{since: first_order_at, within_days: 90}", "§{since: first_order_at}",
          "within_days（多少天以内）和 over_days（超过多少天）要写一个，也只能写一个"),
    Break("segments", "{since: first_order_at, within_days: 90}", "{since: §score, within_days: 9}",
          "“评分”不是时刻，可以写：created_at、owned_at、last_behaviour_at、last_follow_up_at、first_order_at、last_order_at"),
    Break("segments", "when: {since: first_order_at, within_days: 90}", 'when: §{field: phone, op: "=", value: "1"}',
          "“手机”加密保存，这里只能问 empty 或 filled"),
    Break("segments", '{field: order_amount, op: ">=", value: 100000}', '{orders: amount, op: ">=", value: §一百}',
          "orders: amount 要和金额比较，这里写的是“一百”"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, case: Break):
    """The line, the column, and what was probably meant."""
    errors, wanted = broken(tmp_path / "config", case)

    assert any(error.startswith(wanted) for error in errors), errors
