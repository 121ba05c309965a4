"""What a journey brought: the first figures on a card, all of them as text, the page by a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.card import Button, Card, Field
from bot.crm.journey_commands import ShowJourney
from bot.crm.result_commands import ShowResults

TITLE = "旅程结果：{name}"
NOTE = "{version} · {window}{scope}"
OF_REGION = " · 只算{region}"
OPEN, EVERY_VERSION, RUNNING, THE_JOURNEY = "打开结果页", "全部版本", "当前版本", "每一步"
NOT_HERE = "旅程结果只能私聊问我。"
NOT_YOURS = "旅程结果给市场、经理和总监看；你可以看自己的线索在哪些旅程：发「L7 在哪些旅程」。"
NO_REGION = "你还没有所属大区，看不了旅程结果。请管理员在通讯录里把你放进一个大区。"
NEVER_PUBLISHED = "「{name}」还没有发布过，没有结果。"
NO_VERSION = "「{name}」没有第 {version} 版，有：{known}。"
NOBODY = "还没有人进入。"
NOBODY_HERE = "没有人算在这一版：换到别的版本的人，算在换去的那一版。"
TRIAL = "【分组「{name}」】"
STEP = "{n}. {words}：{count}"
SAID = "   {touches}"
MOST_STEPS = 12
MOST_FIELDS = 4
MORE = "…还有 {n} 步，见结果页"
NO_PAGE = "网页要有对外地址才能打开，请管理员设置 LEADBELL_PUBLIC_URL。"


@dataclass(frozen=True, slots=True)
class Step:
    """One step with its numbers in words."""

    words: str
    count: str
    touches: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One experiment in words."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All of it in words; nobody's name among them."""

    name: str
    version: str
    window: str
    region: str
    is_empty: bool
    #: (what, figure).
    fields: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    trials: tuple[Trial, ...]
    is_all: bool
    has_others: bool
    #: Where the page is; empty if nobody told how the outside reaches us.
    url: str = ""


def card(shown: Shown) -> Card:
    """The first figures and the ways on; a card has no room for more."""
    return Card(
        kind="results",
        title=TITLE.format(name=shown.name),
        note=_note(shown),
        fields=tuple(Field(label, value) for label, value in shown.fields[:MOST_FIELDS] if value),
        text=_nobody(shown) if shown.is_empty else "",
        buttons=tuple(_buttons(shown)),
    )


def _nobody(shown: Shown) -> str:
    return NOBODY_HERE if shown.has_others and not shown.is_all else NOBODY


def whole(shown: Shown) -> str:
    """All of it as text, which nothing is cut off from."""
    if shown.is_empty:
        return ""
    fields = (f"{label}：{value}" for label, value in shown.fields if value)
    return "\n".join((TITLE.format(name=shown.name), _note(shown), *fields, *_lines(shown)))


def _note(shown: Shown) -> str:
    scope = OF_REGION.format(region=shown.region) if shown.region else ""
    return NOTE.format(version=shown.version, window=shown.window, scope=scope)


def _lines(shown: Shown) -> Sequence[str]:
    lines: list[str] = []
    for trial in shown.trials:
        lines += [TRIAL.format(name=trial.name), *trial.lines]
    for n, step in enumerate(shown.steps[:MOST_STEPS], 1):
        lines.append(STEP.format(n=n, words=step.words, count=step.count))
        if step.touches:
            lines.append(SAID.format(touches=step.touches))
    if len(shown.steps) > MOST_STEPS:
        lines.append(MORE.format(n=len(shown.steps) - MOST_STEPS))
    return lines if shown.url else [*lines, NO_PAGE]


def _buttons(shown: Shown) -> list[Button]:
    found = [Button(OPEN, url=shown.url, style="primary")] if shown.url else []
    if shown.is_all:
        found.append(Button(RUNNING, ShowResults(shown.name)))
    elif shown.has_others:
        found.append(Button(EVERY_VERSION, ShowResults(shown.name, "all")))
    return [*found, Button(THE_JOURNEY, ShowJourney(shown.name))]


def no_version(name: str, version: str, known: Sequence[int]) -> str:
    """It has no such version."""
    if not known:
        return NEVER_PUBLISHED.format(name=name)
    return NO_VERSION.format(name=name, version=version, known="、".join(f"第 {n} 版" for n in known))
