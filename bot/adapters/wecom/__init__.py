"""WeCom (企业微信): callbacks in, messages, cards and contacts out."""

from __future__ import annotations

from bot.adapters.wecom.adapter import ADAPTER

__all__ = ["ADAPTER"]
