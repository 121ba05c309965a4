"""How long an SMS is: what providers count, and what it costs."""

from __future__ import annotations

_ONE, _EACH = 70, 67


def pieces(text: str) -> int:
    """How many SMS a text is paid as, here in the mainland: 70 characters, or 67 each when it is longer.

    The signature with its brackets counts, and every sign counts one.
    """
    return 1 if len(text) <= _ONE else -(-len(text) // _EACH)
