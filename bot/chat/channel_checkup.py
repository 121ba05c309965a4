"""A channel asked whether it is set up well: nothing is sent by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.chat.adapter import Remark


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A platform's template that some content goes by."""

    #: The channel's key, or its own way's: `wechat_official.subscribe`.
    version: str
    template: str
    #: File and line, for people.
    where: str


@runtime_checkable
class Examined(Protocol):
    """A channel that can be asked."""

    async def checkup(self, uses: Sequence[TemplateUse]) -> tuple[Remark, ...]:
        """Is it reached, are we let in, does it know these templates; other channels' are passed over."""


def missing(title: str, uses: Sequence[TemplateUse], known: frozenset[str], cure: str) -> list[Remark]:
    """A remark on each template that the platform does not know, or one that it knows them all."""
    unknown = [one for one in uses if one.template not in known]
    found = [
        Remark(False, f"{title}：{one.where} 写的模板编号 {one.template} 平台上没有", cure) for one in unknown
    ]
    if uses and not unknown:
        found.append(Remark(True, f"{title}：内容里写的 {len(uses)} 个模板编号平台上都有"))
    return found
