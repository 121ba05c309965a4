"""What somebody typed, ready for reading: the numbers of leads, tasks and deals, and what is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.crm.written import half_width

#: Characters; a longer text is read up to here.
LONGEST = 2000
_NUMBER = r"(?<![A-Za-z0-9]){letter}(?P<{name}>\d{{1,9}})(?![A-Za-z0-9])"
#: People also say what sort of thing it is: 线索L7, 商机 D4.
LEAD = r"(?:线索|客户)?\s*" + _NUMBER.format(letter="[Ll]", name="lead")
TASK = r"(?:任务|待办)?\s*" + _NUMBER.format(letter="[Tt]", name="task")
DEAL = r"(?:商机|单子)?\s*" + _NUMBER.format(letter="[Dd]", name="deal")
#: A lead or a deal: what is said of a deal may name its lead.
SUBJECT = r"(?:线索|客户|商机|单子)?\s*" + _NUMBER.format(letter="(?P<letter>[LlDd])", name="subject")
GAP = r"[\s,:;、]*"
#: Commas belong to sentences; a name or a reason has none.
_SENTENCE = re.compile(r"[,。;!?、]")
_QUESTION = re.compile(
    r"[?]|多少|几[个条单天次]|哪|谁|吗$|呢$|率|排名|排行|前[三五十\d]|最[高低多少快慢好]|对比|趋势|走势|分布|漏斗|预测|同比|环比"
)
_TIDY = re.compile(r"[\s。.!~]+$")


@dataclass(frozen=True, slots=True)
class Said:
    """The text as typed, and the same with half-width signs; both have the same length."""

    raw: str
    plain: str

    @property
    def tight(self) -> str:
        """Without blanks and closing signs, in lower case: for fixed words."""
        return re.sub(r"[\s。.!~,?]+", "", self.plain).lower()

    @property
    def is_question(self) -> bool:
        """Whether it asks for numbers rather than for something to be done."""
        return _QUESTION.search(self.plain) is not None

    def part(self, found: re.Match[str], group: str | int) -> str:
        """What a group of a match over `plain` stands for, as it was typed; empty if it took no part."""
        return self.raw[found.start(group) : found.end(group)].strip() if found.start(group) >= 0 else ""


Rule: TypeAlias = Callable[[Said], "object | None"]


def said(text: str) -> Said:
    """Prepare a text for reading."""
    raw = _TIDY.sub("", text.strip()[:LONGEST])
    return Said(raw, half_width(raw))


def whole(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that has to fit a whole text, whatever its case."""
    return re.compile(rf"\s*(?:{pattern})\s*", re.IGNORECASE | re.DOTALL)


def words(*alternatives: str) -> str:
    """A pattern of one of these words, the longest first."""
    return "(?:" + "|".join(sorted(alternatives, key=len, reverse=True)) + ")"


def is_sentence(text: str) -> bool:
    """Whether a text is more than a name: it has commas or is long."""
    return _SENTENCE.search(half_width(text)) is not None or len(text) > 20  # noqa: PLR2004 - characters


def subject_id(found: re.Match[str]) -> str:
    """`L7` or `D4`, however it was typed."""
    return f"{found['letter'].upper()}{int(found['subject'])}"


def lead_id(found: re.Match[str]) -> str:
    """`L7`, however it was typed."""
    return f"L{int(found['lead'])}"


def task_id(found: re.Match[str]) -> str:
    """`T5`, however it was typed."""
    return f"T{int(found['task'])}"


def deal_id(found: re.Match[str]) -> str:
    """`D4`, however it was typed."""
    return f"D{int(found['deal'])}"
