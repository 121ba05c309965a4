"""Material to pass on (素材): what there is about a word, and one thing with what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.card import Button, Card, Choice, Field
from bot.crm.content_commands import ListContents, PullAsset, ShareContent

#: Under which the chosen customer comes back.
KEY = "lead"
FOUND, FILE, PAGE, TEXT = "素材：{about}", "文件", "网页", "话术"
OPEN, GIVE, WHOM, ALL = "打开", "要他的专属链接", "发给哪位客户", "所有素材"
KIND, TAGS, UNTIL = "种类", "标签", "有效期"
TAP = "点一个看详情；或发「素材 {name} L7」，直接拿发给 L7 的专属链接。"
GONE = "「{name}」已经过了有效期，不再发了。"
_MOST, _LONGEST, _MOST_CHOICES = 5, 10, 10


@dataclass(frozen=True, slots=True)
class Found:
    """One thing: a text of config/content, or a file or page of config/assets."""

    key: str
    name: str
    kind: str
    about: str = ""
    tags: tuple[str, ...] = ()
    until: str = ""


def found(about: str, those: Sequence[Found]) -> Card:
    """What there is about a word, each with a button."""
    lines = [f"· {one.name}（{one.kind}）{one.about}" for one in those]
    buttons = tuple(Button(one.name[:_LONGEST], PullAsset(one.name)) for one in those[:_MOST])
    return Card(
        kind="assets",
        title=FOUND.format(about=about),
        note=TAP.format(name=those[0].name),
        text="\n".join(lines),
        buttons=(*buttons, Button(ALL, ListContents())),
    )


def one(
    asset: Found, *, url: str = "", text: str = "", whom: Sequence[tuple[str, str]] = ()
) -> Card:  # fmt: skip
    """One thing: open it, or have the link that is one customer's own; `whom` are customers of his."""
    options = tuple(whom[:_MOST_CHOICES])
    look = (Button(OPEN, url=url, style="primary"),) if url else ()
    give = (Button(GIVE, ShareContent(asset.name, "")),) if options else ()
    fields = (Field(KIND, asset.kind), Field(TAGS, "、".join(asset.tags)), Field(UNTIL, asset.until))
    return Card(
        kind="asset",
        title=asset.name,
        note=asset.about,
        fields=tuple(field for field in fields if field.value),
        text=text,
        choice=Choice(KEY, WHOM, options, selected=options[0][0]) if options else None,
        buttons=(*look, *give, Button(ALL, ListContents())),
    )
