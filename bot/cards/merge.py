"""Two leads that may be one person: side by side, what would become of them, and who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.texts import quality as texts
from bot.chat.card import Button, Card, Choice, Field
from bot.crm.lead import LEAD_STATUS_LABELS, Lead
from bot.crm.quality_commands import KeepApart, ListLookalikes, MergeLeads, UnmergeLeads

KEY = "prefers"
TITLE, TITLE_ASKED = "合并 {gone} → {kept}？", "疑似同一个客户：{kept} 和 {gone}"
EARLIER = "{kept} 先来，保留它的编号；两边的记录都在，30 天内可撤销。"
PREFERS, FIRST, SECOND = "资料不同时以谁为准", "{lead_id}（先来）", "{lead_id}（后来）"
MERGE, APART, UNDO, MORE = "合并", "不是同一个", "撤销合并", "更多"
TAKES_OVER, MOVES, CONVERTED = "合并后由{owner}负责", "{owner}的{what}转给{to}", "合并后为已转商机"
TASKS, DEALS = "{n} 个任务", "{n} 个商机"
LIST_TITLE, LIST_NONE = "疑似重复 {count} 对", "没有疑似重复的线索"
LINE = "{who} / {other}：{evidence}"
_SHOWN = 4
AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Face:
    """Both leads and what merging does, as the card shows it."""

    kept: Lead
    gone: Lead
    owner: str
    others_owner: str
    #: (label, kept, gone) of each field that differs.
    conflicts: Sequence[tuple[str, str, str]] = ()
    evidence: str = ""
    #: The lead that goes on has no owner of its own and gets the other's.
    takes_over: bool = False
    becomes_deal: bool = False
    tasks: int = 0
    deals: int = 0


def card(face: Face, *, note: str = "", may_merge: bool = True) -> Card:
    """Ask whether they are one; conflicts stand side by side, and whose words count can be chosen."""
    kept, gone = face.kept, face.gone
    title = (TITLE_ASKED if face.evidence else TITLE).format(kept=kept.id, gone=gone.id)
    fields = [Field(kept.id, _who(kept, face.owner)), Field(gone.id, _who(gone, face.others_owner))]
    fields += [Field(label, f"{one} ｜ {other}") for label, one, other in face.conflicts[:_SHOWN]]
    choice = Choice(
        KEY, PREFERS,
        (("kept", FIRST.format(lead_id=kept.id)), ("gone", SECOND.format(lead_id=gone.id))), "kept",
    )  # fmt: skip
    apart = Button(APART, KeepApart(kept.id, gone.id))
    merge = Button(MERGE, MergeLeads(kept.id, gone.id, "yes"), style="primary")
    return Card(
        kind="merge",
        title=title,
        note=note or face.evidence,
        fields=tuple(fields),
        text="\n".join(line for line in (EARLIER.format(kept=kept.id), _outcome(face)) if line),
        choice=choice if face.conflicts and may_merge else None,
        buttons=(merge, apart) if may_merge else (),
    )


def done(kept: Lead, gone_id: str, *, may_undo: bool = True) -> Card:
    """They are one now."""
    undo = (Button(UNDO, UnmergeLeads(gone_id)),) if may_undo else ()
    return Card(
        kind="merge",
        title=texts.MERGED.format(gone=gone_id, kept=kept.id),
        note=kept.display,
        text=texts.UNDO_HINT.format(gone=gone_id),
        buttons=undo,
    )


def over(title: str, *, text: str = "") -> Card:
    """Decided: nothing is left to press."""
    return Card(kind="merge", title=title, text=text)


def listed(pairs: Sequence[tuple[Lead, Lead, str]], *, page: int, has_more: bool) -> Card:
    """Pairs that he may decide; a press shows one side by side."""
    if not pairs:
        return Card(kind="lookalikes", title=LIST_NONE)
    buttons = [Button(f"{one.id} {other.id}", MergeLeads(one.id, other.id)) for one, other, _ in pairs]
    if has_more:
        buttons.append(Button(MORE, ListLookalikes(str(page + 1))))
    return Card(
        kind="lookalikes",
        title=LIST_TITLE.format(count=f"{len(pairs)}+" if has_more else len(pairs)),
        fields=tuple(
            Field(f"第{n}对", LINE.format(who=_named(one), other=_named(other), evidence=said))
            for n, (one, other, said) in enumerate(pairs, 1)
        ),
        buttons=tuple(buttons),
    )  # fmt: skip


def _named(lead: Lead) -> str:
    return f"{lead.id} {lead.display}"


def _who(lead: Lead, owner: str) -> str:
    parts = (lead.display, lead.phone_masked or lead.email_masked, LEAD_STATUS_LABELS[lead.status], owner)
    return " · ".join(part for part in parts if part)


def _outcome(face: Face) -> str:
    lines = []
    if face.takes_over:
        lines.append(TAKES_OVER.format(owner=face.others_owner))
    if face.becomes_deal:
        lines.append(CONVERTED)
    moved = [said.format(n=n) for said, n in ((TASKS, face.tasks), (DEALS, face.deals)) if n]
    if moved:
        lines.append(MOVES.format(owner=face.others_owner, what="、".join(moved), to=face.owner))
    return "；".join(lines)
