"""What the words of a mail tell: who is behind a forwarded one, what is new, phone and company."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from bot.intake.clean.phone import read_phone
from bot.intake.clean.text import line

_FROM = re.compile(
    r"^[>\s*]*(?:发件人|寄件人|寄件者|From)\s*\**\s*[:：]\s*\**\s*(?P<who>\S.*)$", re.IGNORECASE
)
_HEAD = re.compile(
    r"^[>\s*]*(?:发送时间|发件时间|日期|时间|收件人|抄送|密送|主题|发送至|Sent|Date|To|Cc|Bcc|Subject|Reply-To|回复)\s*\**\s*[:：]",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^[>\s*]*(?:主题|Subject)\s*\**\s*[:：]\s*\**\s*(?P<said>.+)$", re.IGNORECASE)
_FORWARD = re.compile(r"^\s*(?:转发|转寄|fwd?|fw)\s*[:：]", re.IGNORECASE)
_MARK = re.compile(
    r"^\W{0,12}(?:原始邮件|转发的?邮件|转发邮件信息|Original Message|Forwarded [Mm]essage"
    r"|Begin forwarded message)"
)
_QUOTED = re.compile(
    r"^\s*(?:-{2,}\s*(?:原始邮件|回复的原邮件|Original Message)|在.{4,80}写道[:：]\s*$"
    r"|.{2,60}于.{4,60}写道[:：]\s*$|On .{4,120}wrote:\s*$)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MOBILE = re.compile(r"(?<![\d@.])(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)", re.ASCII)
_DIALLED = re.compile(
    r"(?:电话|手机|座机|联系方式|tel|mobile|phone|cell)\w{0,4}\s*[:：.]?\s*(?P<number>\+?[\d(（][\d\s\-()（）]{5,22}\d)",
    re.IGNORECASE,
)
_FIRM = re.compile(r"[\u4e00-\u9fffA-Za-z0-9()（）·&]{2,30}?(?:有限责任公司|股份有限公司|有限公司|集团)")
_LABELLED = re.compile(r"^\s*[-*·]?\s*(?P<label>[^\s:：]{1,12})\s*[:：]\s*(?P<value>\S.*)$")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The mail inside a forwarded one, as its header lines tell."""

    name: str
    address: str
    subject: str
    text: str


def is_forward(subject: str, text: str) -> bool:
    """Whether somebody passed on what another one wrote."""
    return bool(_FORWARD.match(subject)) or any(_MARK.match(one) for one in text.splitlines())


def forwarded(text: str) -> Forwarded | None:
    """The innermost sender that the header lines name, and what stands below them."""
    lines = text.splitlines()
    for at, one in enumerate(lines):
        found = _FROM.match(one)
        address = _ADDRESS.search(found["who"]) if found else None
        if found is None or address is None:
            continue
        name, _ = parseaddr(found["who"].replace("[mailto:", "<").replace("]", ">").replace('"', ""))
        subject, below = "", at + 1
        while below < len(lines) and (not lines[below].strip() or _HEAD.match(lines[below])):
            told = _SUBJECT.match(lines[below])
            subject = told["said"].strip() if told else subject
            below += 1
        rest = "\n".join(re.sub(r"^\s*>\s?", "", one) for one in lines[below:]).strip()
        return Forwarded(line(name), address[0].lower(), subject, rest)
    return None


def newest(text: str) -> str:
    """What is new in an answer: without what it quotes; all of it if nothing else is there."""
    kept: list[str] = []
    for one in text.splitlines():
        if _QUOTED.match(one) or _MARK.match(one):
            break
        if not one.lstrip().startswith(">"):
            kept.append(one)
    return "\n".join(kept).strip() or text.strip()


def phone(text: str) -> str:
    """The first mobile number, else the first that is called a phone; empty if there is none."""
    mobile = _MOBILE.search(text)
    if mobile and read_phone(mobile[0]) is not None:
        return mobile[0]
    for found in _DIALLED.finditer(text):
        if read_phone(found["number"]) is not None:
            return found["number"].strip()
    return ""


def company(text: str) -> str:
    """A registered name, the last one: people sign at the end."""
    found = _FIRM.findall(text)
    return line(found[-1]).removeprefix("来自").removeprefix("我是") if found else ""


def labelled(text: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Lines such as 姓名：张三, by our field; `labels` maps what people call a field to its key."""
    told: dict[str, str] = {}
    for one in text.splitlines():
        found = _LABELLED.match(one)
        key = labels.get(found["label"].lower()) if found else None
        if found and key and key not in told:
            told[key] = line(found["value"])
    return told
