"""How often Python looks for circles of objects that nobody needs any more."""

from __future__ import annotations

import gc

#: New objects between two looks. A process begins by making a million of them, and a unit of work tens of
#: thousands, hardly one in a circle: at Python's 700 a quarter of the start is spent looking.
_OBJECTS = 20_000


def look_seldom() -> None:
    """From now on, in this process."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
