"""How good the rows are: four figures, the sources and colleagues to begin with, and the rows behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.cards.texts import quality as texts
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ShowLead
from bot.crm.lead import Lead
from bot.crm.quality_commands import ListLookalikes, ShowQuality

TITLE, WEEKLY, OF = "数据质量", "数据质量周报", "{total} 条在用线索"
COMPLETE, VALID, FRESH, UNIQUE = "完整", "有效", "及时", "疑似重复"
SHARE, COUNT = "{share}%（{wrong} 条{said}）", "{wrong} 条"
WORST = "{name}（{share}%）"
SOURCES, PEOPLE = "来源待补", "成员待补"
NONE = "还没有线索"
LACKS = "缺{what}"
LIST, LIST_NONE, MORE, LINE = "{said} {count} 条", "没有{said}的线索", "更多", "{who} · {owner}"
AT_MOST = 5
_WORST = 3
#: Of fewer rows a share says nothing.
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One of the company's figures: how many rows, and how many of them are wrong in which way."""

    name: str
    total: int
    incomplete: int
    invalid: int
    stale: int
    duplicate: int
    share: Callable[[str], int]


def card(
    whole: Row,
    sources: Sequence[Row],
    owners: Sequence[Row],
    *,
    scope: str,
    weekly: bool,
    may_list: bool = True,
) -> Card:
    """One viewer's report."""
    title = WEEKLY if weekly else TITLE
    heading = f"{title} · {scope}" if scope else title
    if not whole.total:
        return Card(kind="quality_report", title=heading, note=NONE)
    figures = (("incomplete", COMPLETE), ("invalid", VALID), ("stale", FRESH))
    fields = [
        Field(
            label, SHARE.format(share=whole.share(name), wrong=getattr(whole, name), said=texts.FIGURES[name])
        )
        for name, label in figures
    ]
    fields.append(Field(UNIQUE, COUNT.format(wrong=whole.duplicate)))
    fields += [
        Field(label, said) for label, rows in ((SOURCES, sources), (PEOPLE, owners)) if (said := _worst(rows))
    ]
    buttons = [Button(texts.FIGURES[name], ShowQuality(name)) for name, _ in figures if getattr(whole, name)]
    if whole.duplicate:
        buttons.append(Button(texts.FIGURES["duplicate"], ListLookalikes()))
    return Card(
        kind="quality_report",
        title=heading,
        note=OF.format(total=whole.total),
        fields=tuple(fields),
        buttons=tuple(buttons) if may_list else (),
    )


def listed(figure: str, rows: Sequence[tuple[Lead, str]], *, page: int, has_more: bool) -> Card:
    """The rows behind a figure, each with its owner."""
    said = texts.FIGURES[figure]
    if not rows:
        return Card(kind="quality_list", title=LIST_NONE.format(said=said))
    buttons = [Button(lead.id, ShowLead(lead.id)) for lead, _ in rows]
    if has_more:
        buttons.append(Button(MORE, ShowQuality(figure, str(page + 1))))
    return Card(
        kind="quality_list",
        title=LIST.format(said=said, count=f"{len(rows)}+" if has_more else len(rows)),
        fields=tuple(
            Field(lead.id, LINE.format(who=lead.display, owner=owner or "公海") + _lacks(figure, lead))
            for lead, owner in rows
        ),
        buttons=tuple(buttons),
    )


def _lacks(figure: str, lead: Lead) -> str:
    """What its owner has to ask for; of the other figures nothing."""
    parts = {
        "姓名": lead.name, "公司": lead.company, "省市": lead.province or lead.city,
        "电话或邮箱": lead.phone_masked or lead.email_masked,
    }  # fmt: skip
    lacking = "、".join(label for label, value in parts.items() if not value)
    return f" · {LACKS.format(what=lacking)}" if figure == "incomplete" and lacking else ""


def _worst(rows: Sequence[Row]) -> str:
    """Where most is missing, the worst first."""
    poor = [row for row in rows if row.total >= _ENOUGH and row.incomplete]
    poor.sort(key=lambda row: (row.share("incomplete"), -row.total, row.name))
    return "、".join(WORST.format(name=row.name, share=row.share("incomplete")) for row in poor[:_WORST])
