"""What the bot logs in a world, kept in memory as the lines that would stand on the disk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import structlog

from bot.cli.logs import where_it_broke


class _Lines(list[str]):
    """As structlog wants a logger to be."""

    def msg(self, message: str) -> None:
        self.append(message)

    log = debug = info = warning = warn = error = critical = exception = fatal = msg


@contextlib.contextmanager
def kept() -> Iterator[list[str]]:
    """Every line from now on; what was set up before is set up again afterwards."""
    lines = _Lines()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.add_log_level, where_it_broke, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    try:
        yield lines
    finally:
        structlog.configure(**before)
