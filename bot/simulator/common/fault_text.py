"""What the page says of a fault."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaultText:
    """One switch of the page; `unit` names its number, if it has one."""

    group: str
    title: str
    about: str
    unit: str = ""
    #: Happens to the next call alone: on for good it would let nothing through.
    once: bool = False
