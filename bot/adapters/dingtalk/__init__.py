"""DingTalk (钉钉): an internal app's robot over the stream or by callbacks, cards, to-dos and contacts."""

from __future__ import annotations

from bot.adapters.dingtalk.adapter import ADAPTER

__all__ = ["ADAPTER"]
