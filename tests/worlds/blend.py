"""On which platforms a world's company works."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Blend:
    """`dingtalk` is how it comes to us: `stream`, `http`, or empty for a company without it."""

    wecom: bool = True
    dingtalk: str = ""
    #: Without a card template its cards are links to pages of ours.
    template: bool = True

    @property
    def name(self) -> str:
        """For figures."""
        parts = ["wecom"] if self.wecom else []
        parts += [f"dingtalk {self.dingtalk}{'' if self.template else ' links'}"] if self.dingtalk else []
        return " + ".join(parts)

    @property
    def founding(self) -> Blend:
        """How its company began: the same address books, however they are told of later."""
        return Blend(self.wecom, "http" if self.dingtalk else "")


WECOM = Blend()


def of_seed(seed: int, *, is_long: bool) -> Blend:
    """Half of all companies have WeCom alone, the others DingTalk, alone or beside it.

    A stream says every five seconds that it lives, so a world of days mostly does without one.
    """
    chance = random.Random(f"platforms:{seed}")
    share, mode, template = chance.random(), chance.random(), chance.random() < 0.85
    if share < 0.5:
        return WECOM
    by = "stream" if mode < (0.1 if is_long else 0.6) else "http"
    return Blend(wecom=share >= 0.68, dingtalk=by, template=template)
