"""What admins read when a platform's monthly allowance runs low."""

from __future__ import annotations

from collections.abc import Mapping

PLATFORMS: Mapping[str, str] = {"wecom": "企业微信", "dingtalk": "钉钉"}
WHATS: Mapping[str, str] = {"calls": "接口调用", "pushes": "消息推送"}
WARNING = "{platform}本月的{what}额度已用 {percent}%（{n} / {most} 次）。"
SAVING = "从现在起，不急的通知每半小时合并成一条；回复和新线索照常。"
CURE = "用完后平台会停止服务到下月。买了更高版本的话，请改 config/channels.yaml 里的 monthly。"


def platform(name: str) -> str:
    """How people call a platform."""
    return PLATFORMS.get(name, name)


def warning(name: str, what: str, *, n: int, most: int, percent: int) -> str:
    """Say how much is used, and what follows."""
    said = WARNING.format(
        platform=platform(name), what=WHATS.get(what, what), percent=percent, n=n, most=most
    )
    saving = SAVING if percent >= 90 and what == "calls" else ""  # noqa: PLR2004 - per cent
    return said + saving + CURE
