"""Rounds become a line of a table: median, spread, and the ratio to what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Aim:
    """What a figure must reach to be called good."""

    text: str
    met: Callable[[float], bool]


def at_least(ratio: float) -> Aim:
    return Aim(f"≥ {ratio:g}×", lambda value: value >= ratio)


def at_most(value: float, unit: str) -> Aim:
    return Aim(f"≤ {value:g} {unit}", lambda found: found <= value)


def spread(values: Sequence[float]) -> float:
    """Per cent from the lowest to the highest, of the median."""
    return 100 * (max(values) - min(values)) / median(values)


def verdict(value: float, aim: Aim) -> str:
    return f"[green]{aim.text} met[/]" if aim.met(value) else f"[red]{aim.text} MISSED[/]"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left")
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i == 0 else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=None if Console().is_terminal else 160).print(table)
