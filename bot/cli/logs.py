"""Logs: one line of JSON per event, or coloured lines for a person at a terminal. Ids, never names."""

from __future__ import annotations

import logging
import sys
import traceback

import structlog


def where_it_broke(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Put the frames of a failure in place of the failure: its message may hold what a customer wrote."""
    given = event.pop("exc_info", None)
    raised = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if raised is not None:
        event["raised"] = type(raised).__name__
        frames = traceback.extract_tb(raised.__traceback__)[-12:]
        event["frames"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames]
    return event


def set_up(*, pretty: bool, level: str = "info") -> None:
    """Send structured events to stderr."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            where_it_broke,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # aiohttp prints the raw request line of each bad request, with a traceback: strangers write our log.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
