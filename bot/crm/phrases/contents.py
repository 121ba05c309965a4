"""Words about texts for customers: 素材, 素材 报价, 素材 报价 L7, 预览 产品介绍 L7."""

from __future__ import annotations

from bot.crm.content_commands import ListContents, PreviewContent, ShareContent
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words

_CONTENT = words("素材", "内容", "素材库", "内容库", "发素材", "找素材")
_PREVIEW = words("预览", "试看", "预览内容", "预览素材")
_NAME = r"(?P<rest>[^\s,。;!?:\n]{1,40}?)"
_ALL = whole(rf"(?:看|看看|查看|所有|全部)?\s*{_CONTENT}")
_FOR = whole(rf"{_CONTENT}{GAP}{_NAME}{GAP}(?:给|发给)?\s*{LEAD}")
_ABOUT = whole(rf"(?:看|看看|查看)?\s*{words('素材', '素材库', '找素材')}{GAP}{_NAME}")
_SEEN_BY = whole(rf"{_PREVIEW}{GAP}{_NAME}{GAP}(?:给)?\s*{LEAD}")
_SEEN = whole(rf"{_PREVIEW}{GAP}{_NAME}")


def _contents(text: Said) -> object | None:
    if found := _SEEN_BY.fullmatch(text.plain):
        return PreviewContent(text.part(found, "rest"), lead_id(found))
    if found := _SEEN.fullmatch(text.plain):
        return PreviewContent(text.part(found, "rest"))
    if _ALL.fullmatch(text.plain):
        return ListContents()
    if found := _FOR.fullmatch(text.plain):
        return ShareContent(text.part(found, "rest"), lead_id(found))
    if found := _ABOUT.fullmatch(text.plain):
        return ListContents(text.part(found, "rest"))
    return None


RULES: tuple[Rule, ...] = (_contents,)
