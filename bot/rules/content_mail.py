"""A mail's Markdown as text and as HTML, with each link made the reader's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: From where a link leads to what stands in the message.
Tracked: TypeAlias = Callable[[str], str]

#: As RFC 3986 spells one, up to another one that a comma joins to it.
_URL = re.compile(r"https?://(?:(?!,https?://)[\w\-.~:/?#\[\]@!$&'()*+,;=%])+", re.ASCII)
#: Signs of the sentence around it, as a reader's own app takes them.
_AROUND = ".,;:!?'"
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image"])
_STYLE = (
    "font:16px/1.7 -apple-system,'PingFang SC','Microsoft YaHei',sans-serif;"
    "color:#1f2329;max-width:640px;margin:0 auto;padding:24px"
)
_SMALL = "font-size:12px;color:#8f959e;margin-top:32px;border-top:1px solid #eee;padding-top:12px"
_WHY, _OUT = "您收到这封邮件，是因为您同意接收{company}的信息。", "退订"
_HTTP = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands below a mail."""

    company: str
    #: Empty for a mail that is no advertising.
    unsubscribe: str = ""


def written(source: str, tracked: Tracked, *, pixel: str, footer: Footer) -> tuple[str, str]:
    """Give text and HTML; both lead through the same addresses."""
    tokens = _MARKDOWN.parse(source)
    for one in _inline(tokens):
        href = one.attrGet("href") if one.type == "link_open" else None
        if isinstance(href, str) and href.startswith(_HTTP):
            one.attrSet("href", tracked(href))
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return _as_text(tokens, footer), _as_html(str(body), pixel, footer)


def plain(source: str) -> str:
    """The words as text, their links as they stand."""
    return _body(_MARKDOWN.parse(source))


def with_links(text: str, tracked: Tracked) -> str:
    """Plain words with their links made the reader's own."""
    return _URL.sub(lambda found: _linked(found[0], tracked), text)


def _linked(said: str, tracked: Tracked) -> str:
    url = said.rstrip(_AROUND)
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(_AROUND)
    return tracked(url) + said[len(url) :]


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    for one in tokens:
        yield one
        yield from _inline(one.children or ())


def _as_html(body: str, pixel: str, footer: Footer) -> str:
    below = escape(footer.company)
    if footer.unsubscribe:
        way_out = f'<a href="{escape(footer.unsubscribe)}" style="color:#8f959e">{_OUT}</a>'
        below = f"{escape(_WHY.format(company=footer.company))}{way_out}"
    picture = f'<img src="{escape(pixel)}" width="1" height="1" alt="" style="display:none">' if pixel else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>'
        f'<body style="margin:0;background:#fff"><div style="{_STYLE}">{body}'
        f'<div style="{_SMALL}">{below}</div></div>{picture}</body></html>'
    )


def _as_text(tokens: Sequence[Token], footer: Footer) -> str:
    below = footer.company
    if footer.unsubscribe:
        below = f"{_WHY.format(company=footer.company)}\n{_OUT}：{footer.unsubscribe}"
    return f"{_body(tokens)}\n\n-- \n{below}\n"


def _body(tokens: Sequence[Token]) -> str:
    writing = _Writing()
    for one in tokens:
        writing.take(one)
    return "\n".join(writing.lines).strip()


class _Writing:
    """Lines of plain text, block by block."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._depth = 0
        self._bullet = ""

    def take(self, one: Token) -> None:
        match one.type:
            case "bullet_list_open" | "ordered_list_open":
                self._depth += 1
            case "bullet_list_close" | "ordered_list_close":
                self._depth -= 1
                self._end()
            case "list_item_open":
                self._bullet = f"{one.info}. " if one.info else "- "
            case "inline":
                indent = "  " * max(self._depth - 1, 0)
                self.lines.append(indent + self._bullet + _words(one.children or ()))
                self._bullet = ""
                self._end()
            case "fence" | "code_block":
                self.lines += [one.content.rstrip(), ""]
            case "hr":
                self.lines += ["--", ""]

    def _end(self) -> None:
        """A blank line behind each block, not between the points of a list."""
        if not self._depth:
            self.lines.append("")


def _words(children: Sequence[Token]) -> str:
    said: list[str] = []
    href = ""
    for one in children:
        if one.type == "link_open":
            href = str(one.attrGet("href") or "")
            said.append("\0")
        elif one.type == "link_close":
            at = len(said) - 1 - said[::-1].index("\0")
            words = "".join(said[at + 1 :])
            said[at:] = [f"{words}：{href} " if words and not words.startswith(_HTTP) else f"{href} "]
        elif one.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif one.type in ("text", "code_inline", "text_special"):
            said.append(one.content)
    return "".join(said).strip()
