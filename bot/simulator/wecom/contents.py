"""The body of each kind of message, checked, cut as the platform cuts it, and made showable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.simulator.wecom import codes, shelf
from bot.simulator.wecom.call import part, text
from bot.simulator.wecom.card_parts import items
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World

_MOST_TEXT_BYTES = 2048
_MOST_TITLE_BYTES = 128
_MOST_DESCRIPTION_BYTES = 512
_MOST_BUTTON_LETTERS = 4
_MOST_ARTICLES = 8


@dataclass(frozen=True, slots=True)
class Content:
    """What a chat entry shows."""

    kind: str
    text: str = ""
    card: Json | None = None


def read_content(world: World, body: Json) -> Content:
    """Read the message of `msgtype`; a kind the app may not send is 40008."""
    reader = _READERS.get(str(body.get("msgtype")))
    if reader is None:
        raise RefusedError(codes.BAD_MSGTYPE, str(body.get("msgtype")))
    return reader(world, body)


def _text(_world: World, body: Json) -> Content:
    content = part(body, "text").get("content")
    if not isinstance(content, str) or not content:
        raise RefusedError(codes.EMPTY_TEXT)
    return Content("text", cut(content, _MOST_TEXT_BYTES))


def _markdown(_world: World, body: Json) -> Content:
    content = part(body, "markdown").get("content")
    if not isinstance(content, str) or not content:
        raise RefusedError(codes.EMPTY_TEXT)
    if len(content.encode()) > _MOST_TEXT_BYTES:
        raise RefusedError(codes.TEXT_TOO_LONG, f"markdown.content: {_MOST_TEXT_BYTES} bytes")
    return Content("markdown", content)


def _textcard(_world: World, body: Json) -> Content:
    card = part(body, "textcard")
    article = {
        "title": cut(text(card, "title", required=True), _MOST_TITLE_BYTES),
        "description": cut(text(card, "description", required=True), _MOST_DESCRIPTION_BYTES),
        "url": text(card, "url", required=True),
        "btntxt": (text(card, "btntxt") or "详情")[:_MOST_BUTTON_LETTERS],
    }
    return Content("news", article["title"], {"articles": [article]})


def _news(_world: World, body: Json) -> Content:
    articles = []
    for given in items(part(body, "news"), "articles", codes.ARTICLE_COUNT, least=1, most=_MOST_ARTICLES):
        if not text(given, "title"):
            raise RefusedError(codes.MISSING_TITLE)
        articles.append(
            {
                "title": cut(text(given, "title"), _MOST_TITLE_BYTES),
                "description": cut(text(given, "description"), _MOST_DESCRIPTION_BYTES),
                "url": text(given, "url"),
                "picurl": text(given, "picurl"),
            }
        )
    return Content("news", articles[0]["title"], {"articles": articles})


def _media(kind: str) -> Callable[[World, Json], Content]:
    def read(world: World, body: Json) -> Content:
        file = shelf.find(world, text(part(body, kind), "media_id"))
        card = {"media_id": file.media_id, "name": file.name, "url": shelf.link(world, file)}
        return Content("image" if kind == "image" else "file", file.name, card)

    return read


def cut(words: str, most_bytes: int) -> str:
    """As much of `words` as fits into that many bytes of UTF-8, without half a character."""
    return words.encode()[:most_bytes].decode(errors="ignore")


_READERS: dict[str, Callable[[World, Json], Content]] = {
    "text": _text,
    "markdown": _markdown,
    "textcard": _textcard,
    "news": _news,
    "image": _media("image"),
    "voice": _media("voice"),
    "video": _media("video"),
    "file": _media("file"),
}
