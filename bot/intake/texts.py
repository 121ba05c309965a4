"""What a customer or a poster is told about a form; Chinese first, each says what to do."""

from __future__ import annotations

from collections.abc import Sequence

BAD_PHONE = "号码不对，请填 11 位手机号；座机加区号，境外号码加国家码"
BAD_EMAIL = "邮箱不对，请填完整地址，例如 wang@example.com"
NO_WAY_BACK = "请填手机号或邮箱，至少一项"
AGREE_FIRST = "请先勾选同意"
NOT_TEXT = "应为文字"
NOT_NUMBER = "应为数字，例如 200"
NOT_DATE = "应为日期，例如 2026-11-18"
NOT_INSTANT = "应为带时区的时刻，例如 2026-11-18T10:00:00+08:00"
NOT_FLAG = "应为是或否"
NOT_TAGS = "应为文字列表"
KEY_REUSED = "这个 Idempotency-Key 已用于另一份内容，请换一个"
LEAVE_EMPTY = "这一项请留空"
#: Source of leads that a colleague took down himself.
ENTERED_SOURCE = "销售录入"
BAD_USCC = "统一社会信用代码不对，应为 18 位，请核对"
BAD_PATTERN = "格式不对，请核对"
_SHOWN = 12


def required(label: str) -> str:
    """A question that the form insists on was left open."""
    return f"请填{label}"


def too_long(most: int) -> str:
    """More than the field holds."""
    return f"最多 {most} 个字，请缩短"


def too_small(least: int) -> str:
    """Below the least that the field takes."""
    return f"不能小于 {least}"


def too_large(most: int) -> str:
    """Above the most that the field takes."""
    return f"不能大于 {most}"


def not_listed(choices: Sequence[str]) -> str:
    """None of the choices."""
    more = " 等" if len(choices) > _SHOWN else ""
    return f"请从这些里选：{'、'.join(choices[:_SHOWN])}{more}"


def submitted(form: str) -> str:
    """What a lead did last, on its card."""
    return f"提交表单：{form}"
