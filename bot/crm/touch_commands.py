"""What people ask about messages to customers: why one went or did not, who agreed to what, stop, again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("touch.why")
@dataclass(frozen=True, slots=True)
class ExplainTouches:
    """Why did he get this, or why not (为什么没发 L7, 为什么没给王总发邮件)? By number or by name."""

    said: str
    #: A channel's key; empty for all.
    channel: str = ""


@wire("touch.list")
@dataclass(frozen=True, slots=True)
class ShowTouches:
    """What was this customer sent (触达记录 L7)? Without one: how many, of everybody (触达记录)."""

    said: str = ""


@wire("consent.show")
@dataclass(frozen=True, slots=True)
class ShowConsent:
    """Who agreed to what, where and when (同意记录 L7)?"""

    said: str


@wire("consent.stop")
@dataclass(frozen=True, slots=True)
class StopMessages:
    """The customer told me that he wants no more (退订 L7 邮件 电话里说不要再发)."""

    said: str
    channel: str = ""
    reason: str = ""


@wire("consent.resume")
@dataclass(frozen=True, slots=True)
class ResumeMessages:
    """He wants them again (恢复订阅 L7 邮件 当面说可以发)."""

    said: str
    channel: str = ""
    reason: str = ""
