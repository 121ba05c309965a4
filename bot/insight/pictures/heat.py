"""A field of squares: the darker, the more; below nought they are orange."""

from __future__ import annotations

from bot.insight.pictures import texts
from bot.insight.pictures.amounts import said
from bot.insight.pictures.measure import fit, width
from bot.insight.pictures.paper import FAINT, INK, LABEL, LEFT, RIGHT, SMALL, SOFT, Paper, remark, room_for
from bot.insight.pictures.plan import Plan
from bot.insight.pictures.scale import short_labels

ROWS, COLUMNS = 14, 31
_LIGHT, _BLUE, _ORANGE = (0xEA, 0xF2, 0xFA), (0x08, 0x4A, 0x86), (0x9C, 0x3D, 0x04)
#: From here on text on a square is white.
_DARK = 0.55
_TALL, _FLAT = 50, 40
#: Narrower squares have sharp corners.
_ROOMY = 30
#: The widest name of a column.
_COLUMN = 200


def draw(paper: Paper, plan: Plan) -> None:
    """Rows are the series, columns the labels; values are written where they have room."""
    rows, first = plan.series[:ROWS], max(len(plan.labels) - COLUMNS, 0)
    labels = short_labels(plan.labels)[first:]
    names = room_for([one.name for one in rows], LABEL, least=40, most=170)
    begins = LEFT + names + 16
    wide = (RIGHT - begins) / max(len(labels), 1)
    values = [value for one in rows for value in one.values[first:] if value is not None]
    most, unit = max([abs(value) for value in values], default=0) or 1, plan.first.unit
    is_written = all(width(said(value, unit), SMALL) + 8 <= wide for value in values)
    high = _TALL if is_written else _FLAT
    _columns(paper, labels, begins, wide)
    for at, one in enumerate(rows):
        y = paper.y + at * high
        paper.text(LEFT, y + high / 2 + 9, fit(one.name, LABEL - 2, names), size=LABEL - 2)
        for place, value in enumerate(one.values[first:]):
            _square(paper, value, (begins + place * wide, y, wide, high), most, unit if is_written else "")
    paper.y += len(rows) * high
    remark(paper, what_it_means(plan))


def what_it_means(plan: Plan) -> str:
    """The ends of the colours, and what is not drawn."""
    rows, first = plan.series[:ROWS], max(len(plan.labels) - COLUMNS, 0)
    values = [value for one in rows for value in one.values[first:] if value is not None]
    unit = plan.first.unit
    told = [texts.depth(said(min(values), unit), said(max(values), unit))] if values else [texts.NO_DATA]
    if len(plan.series) > ROWS:
        told.append(texts.rest(len(plan.series) - ROWS, "行"))
    if first:
        told.append(texts.rest(first, "列"))
    return "；".join(told)


def _columns(paper: Paper, labels: list[str], begins: float, wide: float) -> None:
    """As many names as have room, evenly."""
    widest = room_for(labels, SMALL, least=1, most=_COLUMN) + 10
    every = max(-int(-widest // wide), 1)
    if every > 1 and (halves := _halved(labels, wide)):
        _names(paper, halves, begins, wide)
        return
    paper.y += 24
    for at, label in enumerate(labels):
        if at % every == 0:
            # Over its own column where each has its name; else from its left edge on, up to the next one.
            left = begins + at * wide
            shown = fit(label, SMALL, min(wide * every - 6, RIGHT - left, _COLUMN))
            centred = (wide - width(shown, SMALL)) / 2 if every == 1 else 0
            paper.text(left + centred, paper.y, shown, size=SMALL, fill=SOFT)
    paper.y += 12


def _halved(labels: list[str], wide: float) -> list[tuple[str, str]]:
    """Names on two lines, so that no column is without its own; nothing where they are no names."""
    cuts = [0 if width(one, SMALL) <= wide - 4 else (len(one) + 1) // 2 for one in labels]
    halves = [(one[:cut], one[cut:]) for one, cut in zip(labels, cuts, strict=True)]
    is_name = all(one.isalpha() and len(one) > 1 for one in labels)
    fits = all(width(part, SMALL) <= wide - 4 for half in halves for part in half)
    return halves if is_name and fits else []


def _names(paper: Paper, halves: list[tuple[str, str]], begins: float, wide: float) -> None:
    """Each over the middle of its column."""
    for line in (0, 1):
        paper.y += 24
        for at, parts in enumerate(halves):
            x = begins + (at + 0.5) * wide
            paper.text(x, paper.y, parts[line], size=SMALL, fill=SOFT, anchor="middle")
    paper.y += 12


def _square(
    paper: Paper, value: float | None, place: tuple[float, float, float, float], most: float, unit: str
) -> None:
    x, y, wide, high = place
    gap = 2 if wide > 12 else 1  # noqa: PLR2004 - thin squares keep their width
    if value is None:
        paper.line([(x + wide * 0.35, y + high / 2), (x + wide * 0.65, y + high / 2)], FAINT)
        return
    depth = min(abs(value) / most, 1.0)
    # Round corners of hundreds of small squares nobody sees take as long as all the text.
    corner = 3 if wide > _ROOMY else 0
    paper.box(x + gap, y + gap, wide - 2 * gap, high - 2 * gap, _shade(depth, value), round_=corner)
    if unit:
        fill = "#ffffff" if depth > _DARK else INK
        paper.text(x + wide / 2, y + high / 2 + 8, said(value, unit), size=SMALL, fill=fill, anchor="middle")


def _shade(depth: float, value: float) -> str:
    deep = _ORANGE if value < 0 else _BLUE
    parts = [round(light + (dark - light) * depth) for light, dark in zip(_LIGHT, deep, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in parts)
