"""Logs: one line of JSON per event, or coloured lines for a person at a terminal. Ids, never names."""

from __future__ import annotations

import logging
import sys

import structlog


def set_up(*, pretty: bool, level: str = "info") -> None:
    """Send structured events to stderr."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if pretty
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # aiohttp prints the raw request line of each bad request, with a traceback: strangers write our log.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
