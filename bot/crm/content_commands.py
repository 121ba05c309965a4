"""What colleagues ask of the texts that we have for customers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("contents.list")
@dataclass(frozen=True, slots=True)
class ListContents:
    """Which texts are there, or those about this? (素材 / 素材 报价)"""

    about: str = ""


@wire("content.preview")
@dataclass(frozen=True, slots=True)
class PreviewContent:
    """How does it read to this customer, on every channel? (预览 产品介绍 L7); without one, to nobody."""

    name: str
    lead_id: str = ""


@wire("content.share")
@dataclass(frozen=True, slots=True)
class ShareContent:
    """Give me this for this customer, with links that are his own (素材 报价 L7); a press chooses him."""

    about: str
    lead_id: str = ""


@wire("content.pull")
@dataclass(frozen=True, slots=True)
class PullAsset:
    """Show me this one thing: what it is, how it reads, and to whom of mine it may go."""

    name: str
