"""Say on stderr how far long work is: nothing in the first two seconds, then now and then."""

from __future__ import annotations

import typer

from bot.kit.clock import Monotonic, system_monotonic

#: Seconds of silence before and between reports.
EVERY = 2.0


class Progress:
    """Counts, and reports."""

    def __init__(self, text: str, *, monotonic: Monotonic = system_monotonic) -> None:
        #: With `{n}` for how many.
        self._text = text
        self._monotonic = monotonic
        self._said_at = monotonic()
        self._n = 0

    def more(self, n: int) -> None:
        """So many more are done."""
        self.reached(self._n + n)

    def reached(self, n: int) -> None:
        """So many are done in all."""
        self._n = n
        if self._monotonic() - self._said_at > EVERY:
            typer.echo(self._text.format(n=f"{n:,}"), err=True)
            self._said_at = self._monotonic()
