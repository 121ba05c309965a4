"""What people say about what came of journeys."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("journey.results")
@dataclass(frozen=True, slots=True)
class ShowResults:
    """What did this journey bring, by step and by arm (旅程 欢迎 结果)?

    `version` is a number (第 2 版), `all` for all together, or empty for the one that runs.
    """

    name: str
    version: str = ""
