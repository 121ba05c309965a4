"""What a customer's words of consent mean for each channel."""

from __future__ import annotations

from collections.abc import Sequence

from bot.store.consents import Said

#: Agreement, or refusal, for all channels; for one, its key follows: `marketing_email`.
MARKETING = "marketing"
#: Adding one of us: agrees to WeChat as long as he says nothing else of it.
WECHAT = "wechat"
#: Refusal of any message but answers.
CONTACT = "contact"
WECHAT_CHANNELS = frozenset({"wecom", "wechat_service", "wechat_official", "mini_program"})


def by_channel(said: Sequence[Said], channels: Sequence[str]) -> dict[str, bool]:
    """Whether he agrees to marketing on each channel; one that he never spoke of is not there.

    `said` is the newest first. What he said of the channel, or of all of them, is what holds, the
    latest of both; that he added one of us counts only where he said neither. Of two who became one
    the stricter holds, until he says something again.
    """
    found: dict[str, bool] = {}
    for channel in channels:
        states = [state for one in _each(said) if (state := _on(one, channel)) is not None]
        if states:
            found[channel] = all(states)
    return found


def is_closed(said: Sequence[Said]) -> bool:
    """Whether he wants to hear nothing at all."""
    return any(_last(one, {CONTACT}) is False for one in _each(said))


def _each(said: Sequence[Said]) -> list[list[Said]]:
    """For each of those who became one: what he said, and what was said since they are one."""
    merged = {one.of: one.merged_at for one in said}
    return [
        [one for one in said if one.of == who or (at is not None and one.at > at)]
        for who, at in merged.items()
    ] or [[]]


def _on(said: Sequence[Said], channel: str) -> bool | None:
    agreed = _last(said, {MARKETING, purpose_on(channel)})
    if agreed is None and channel in WECHAT_CHANNELS:
        return _last(said, {WECHAT})
    return agreed


def purpose_on(channel: str) -> str:
    """What consent for one channel is called; for an empty one, that for all."""
    return f"{MARKETING}_{channel}" if channel else MARKETING


def _last(said: Sequence[Said], purposes: set[str]) -> bool | None:
    return next((one.consent.given for one in said if one.consent.purpose in purposes), None)
