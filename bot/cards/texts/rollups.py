"""What admins are told when kept sums were not what the facts say."""

from __future__ import annotations


def differed(*, cells: int, months: int, example: str) -> str:
    """Numbers shown may have been wrong; now they are counted again."""
    return (
        f"夜间核对：有 {cells:,} 个汇总数和明细对不上，涉及 {months} 个月份（例如 {example}）。\n"
        "这些月份已改为直接按明细计算，并在后台重新汇总，现在查到的数是对的；之前看到的可能有误。\n"
        "这是客铃的缺陷，请把这条消息转给维护者。"
    )
