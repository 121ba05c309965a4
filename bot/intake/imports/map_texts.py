"""What is said about a map of columns."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 12
HEADER_NOTE = (
    "# 导入对应表：columns 左边是客铃的字段，右边是文件里的列名；不要的行删掉。\n"
    "# 还可以写：constants（每行都一样的值）、values（文件里的词 → 客铃里的词）、\n"
    "# dates（month_first 先月后日 / day_first 先日后月）、\n"
    "# row_id（没有编号时按行号编，例如 老客户-{row}）。\n"
)
NOT_A_MAP = "不是对应表，应有 kind 和 columns"


def unknown_key(key: str, known: Sequence[str]) -> str:
    """A key that this kind does not have."""
    return f"对应表里的“{key}”不是这类文件的字段，可以写：{'、'.join(known)}"


def no_column(key: str, name: str, header: Sequence[str]) -> str:
    """A header that the file does not have."""
    more = " 等" if len(header) > _SHOWN else ""
    return f"对应表里 {key} 对应“{name}”，但文件里没有这一列；文件里有：{'、'.join(header[:_SHOWN])}{more}"


def nothing_known(header: Sequence[str]) -> str:
    """Not one header means anything to us."""
    more = " 等" if len(header) > _SHOWN else ""
    return f"认不出任何一列（{'、'.join(header[:_SHOWN])}{more}），请用对应表说明"


def other_kind(said: str, wanted: str) -> str:
    """A map made for another kind of file."""
    return f"对应表是给 {said} 的，不是 {wanted}"
