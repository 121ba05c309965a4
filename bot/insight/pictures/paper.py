"""What is drawn on: elements of SVG whose every text is escaped, and the head and foot of each picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from bot.insight.pictures.measure import fit, width, wrapped
from bot.insight.pictures.plan import Plan

WIDTH = 640
MARGIN = 32
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
ROOM = RIGHT - LEFT
#: The first is the shipped one; a browser takes its own.
FONTS = "Noto Sans CJK SC,Noto Sans SC,PingFang SC,Microsoft YaHei,sans-serif"

INK, SOFT, FAINT = "#1b2430", "#556070", "#dde3ea"
#: Told apart by colour-blind eyes too, and in grey (Okabe and Ito, darkened for text on white).
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0b62a8", "#c2500a", "#00785a", "#a8467f", "#5b6673"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, GREY)
PALE, BEFORE = "#cfe1f2", "#a9b7c6"

TITLE, SUBTITLE, LABEL, FIGURE, SMALL = 42, 28, 28, 30, 23
#: Lines of small print.
_NOTES = 4
Anchor = Literal["start", "middle", "end"]


@dataclass(slots=True)
class Paper:
    """A page that grows downwards; `y` is where the next thing begins."""

    y: float = 0
    parts: list[str] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        said: str,
        *,
        size: float = LABEL,
        fill: str = INK,
        anchor: Anchor = "start",
        bold: bool = False,
        rim: bool = False,
    ) -> None:
        """One line, `y` its base; bold is a thin outline, since one weight is shipped; a rim is white."""
        if not said:
            return
        weight = f' stroke="{fill}" stroke-width="{_n(size * 0.025)}"' if bold else ""
        if rim:
            weight = ' stroke="#ffffff" stroke-width="7" stroke-linejoin="round" paint-order="stroke"'
        turned = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"{turned}{weight}>'
            f"{escape(said)}</text>"
        )

    def box(self, x: float, y: float, wide: float, high: float, fill: str, *, round_: float = 0) -> None:
        """A filled rectangle; nothing if it has no size."""
        if wide > 0 and high > 0:
            corner = f' rx="{_n(round_)}"' if round_ else ""
            size = f'width="{_n(wide)}" height="{_n(high)}"'
            self.parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" {size}{corner} fill="{fill}"/>')

    def line(
        self, points: list[tuple[float, float]], stroke: str, *, wide: float = 2, dash: str = ""
    ) -> None:
        """A line through points."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        at = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self.parts.append(
            f'<polyline points="{at}" fill="none" stroke="{stroke}" stroke-width="{_n(wide)}" '
            f'stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
        )

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        """A filled polygon."""
        at = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self.parts.append(f'<polygon points="{at}" fill="{fill}"/>')

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle with a thin white rim, so that it stands out from a line."""
        self.parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}" '
            f'stroke="#ffffff" stroke-width="2"/>'
        )


def head(paper: Paper, plan: Plan) -> None:
    """The title says what it is, the line below it of when and whom."""
    paper.y = 36
    for line in wrapped(plan.title, TITLE, ROOM, 2):
        paper.y += 46
        paper.text(LEFT, paper.y, line, size=TITLE, bold=True)
        paper.y += 8
    if plan.subtitle:
        for line in wrapped(plan.subtitle, SUBTITLE, ROOM, 2):
            paper.y += 34
            paper.text(LEFT, paper.y, line, size=SUBTITLE, fill=SOFT)
        paper.y += 4
    paper.y += 26


def remark(paper: Paper, said: str) -> None:
    """A line below the picture about what it leaves out."""
    if said:
        paper.y += 34
        paper.text(LEFT, paper.y, fit(said, SMALL, ROOM), size=SMALL, fill=SOFT)


def foot(paper: Paper, plan: Plan) -> None:
    """What it means and how fresh it is, in small print."""
    paper.y += 24
    if plan.note:
        paper.line([(LEFT, paper.y), (RIGHT, paper.y)], FAINT)
        paper.y += 8
        for line in _remarks(plan.note):
            paper.y += 31
            paper.text(LEFT, paper.y, line, size=SMALL, fill=SOFT)
    paper.y += 30


def _remarks(note: str) -> list[str]:
    """Each of its parts begins a line; four lines at most."""
    lines: list[str] = []
    for part in note.split("；"):
        if len(lines) < _NOTES:
            lines += wrapped(part, SMALL, ROOM, min(_NOTES - len(lines), 2))
    return lines


def svg(paper: Paper, *, title: str, said: str) -> str:
    """The whole picture, for a page or for a painter; `said` is the same in words."""
    high = _n(round(paper.y))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" '
        f'width="{WIDTH}" height="{high}" role="img" aria-label={quoteattr(title)} font-family="{FONTS}">'
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>"
        f'<rect width="{WIDTH}" height="{high}" fill="#ffffff"/>{"".join(paper.parts)}</svg>'
    )


def room_for(texts: list[str], size: float, *, least: float, most: float) -> float:
    """The width of a column of texts, between bounds."""
    return min(max([least, *(width(text, size) for text in texts)]), most)


def _n(value: float) -> str:
    """Short and the same everywhere: one decimal, no trailing nought."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text
