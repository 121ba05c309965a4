"""What an ended row of the outbox means for whoever was to see something."""

from __future__ import annotations

from typing import Any

_UNLUCKY = {"skipped", "failed", "unknown", "digested"}
#: Skipped because the same was shown otherwise: a later change of the card, or the card beside the words.
_SHOWN_OTHERWISE = {"superseded", "card_says_it"}


def is_unlucky(row: Any) -> bool:
    """Whether it left somebody without what was meant for him."""
    return row["state"] in _UNLUCKY and row["reason"] not in _SHOWN_OTHERWISE
