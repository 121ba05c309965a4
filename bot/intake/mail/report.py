"""What mail that comes back tells of a mail of ours: undeliverable, called spam, or answered.

RFC 3464 (delivery status), RFC 5965 (feedback reports); others tell it in words, where at least the
address to which it came back says which mail it was.
"""

from __future__ import annotations

import email
import enum
import re
from dataclasses import dataclass
from email import policy
from email.message import Message

from bot.crm.stop_words import asks_to_stop, is_stop
from bot.intake.mail.decoding import addresses, body, header
from bot.intake.mail.verdict import OWN_HEADER

_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_CODE = re.compile(r"(?<!\d)([45])\d\d(?!\d)")
_TOUCH = re.compile(r"[a-z0-9._-]{1,40}")
_NAMED = re.compile(r"<([a-z0-9._-]{1,40})@[^<>\s]+>")
#: What a server did that gave nothing up (RFC 3464, 2.3.3).
_GOES_ON = frozenset({"delayed", "delivered", "expanded", "relayed"})
_UNKNOWN = "5.0.0"
_BACK_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_MOST_TEXT = 20_000
_FIRST_LINES = 2
#: Where the words of others begin, or who he is.
_QUOTED = re.compile(
    r">|--\s*$|-{3,}|_{3,}|On .+wrote:|.*写道[：:]|发件人[：:]|寄件者[：:]|From:|发自我的|Sent from|来自我的",
    re.IGNORECASE,
)


class Told(enum.StrEnum):
    """What it is about."""

    BOUNCED = "bounced"
    #: The server goes on trying.
    DELAYED = "delayed"
    COMPLAINED = "complained"
    REPLIED = "replied"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a mail of ours."""

    told: Told
    #: As the mail that came back names it; whether there is one, the store knows.
    touch_id: str
    #: RFC 3463, of a bounce.
    status: str = ""
    #: The words of an answer that ask for no more mail; empty if there are none.
    asks: str = ""


def read_report(raw: bytes) -> Report | None:
    """Read what came back; None if it says of no mail of ours what became of it."""
    try:
        mail = email.message_from_bytes(raw, policy=policy.compat32)
        touch_id = _touch_of(mail)
        if not touch_id:
            return None
        if "feedback-report" in str(mail.get("Content-Type", "")):
            return Report(Told.COMPLAINED, touch_id)
        status, is_delayed = _status(mail)
        return Report(Told.DELAYED if is_delayed else Told.BOUNCED, touch_id, status)
    except Exception:  # noqa: BLE001 - the parser meets whatever anybody sends
        return None


def read_reply(raw: bytes) -> Report | None:
    """Which mail of ours somebody answered; None for none."""
    try:
        mail = email.message_from_bytes(raw, policy=policy.compat32)
        found = _NAMED.findall(f"{header(mail, 'References')} {header(mail, 'In-Reply-To')}")
        asks = _asked(mail) if found else ""
    except Exception:  # noqa: BLE001 - the parser meets whatever anybody sends
        return None
    return Report(Told.REPLIED, found[-1], asks=asks) if found else None


def _asked(mail: Message) -> str:
    """What he asks for in the first lines of his own: not in our words below them, nor in his signature."""
    kinds = ("text/plain", "text/html")
    texts = (body(part) for kind in kinds for part in mail.walk() if part.get_content_type() == kind)
    own: list[str] = []
    for line in map(str.strip, next(texts, "")[:_MOST_TEXT].splitlines()):
        if _QUOTED.match(line) or len(own) == _FIRST_LINES:
            break
        own += [line] if line else []
    for line in own:
        if asks := line if is_stop(line, letters=False) else asks_to_stop(line, questions=True):
            return asks
    return ""


def _touch_of(mail: Message) -> str:
    """By the address to which it came back, else by the mail that is enclosed."""
    for _, address in addresses(mail, *_BACK_TO):
        _, plus, named = address.partition("@")[0].partition("+")
        if plus and _TOUCH.fullmatch(named):
            return named
    for part in mail.walk():
        inner = _enclosed(part)
        named = header(inner, OWN_HEADER) if inner is not None else ""
        if _TOUCH.fullmatch(named):
            return named
    return ""


def _enclosed(part: Message) -> Message | None:
    if part.get_content_type() == "text/rfc822-headers":
        raw = part.get_payload(decode=True)
        return email.message_from_bytes(raw, policy=policy.compat32) if isinstance(raw, bytes) else None
    if part.get_content_type() == "message/rfc822":
        inside = part.get_payload()
        first = inside[0] if isinstance(inside, list) and inside else None
        return first if isinstance(first, Message) else None
    return None


def _status(mail: Message) -> tuple[str, bool]:
    """The code, and whether it went on or is tried again; in words where nobody gives it by itself."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else ():
                if isinstance(block, Message) and block.get("Status"):
                    found = _STATUS.search(header(block, "Status"))
                    goes_on = header(block, "Action").strip().lower() in _GOES_ON
                    return (found[0] if found else _UNKNOWN), goes_on
    words = " ".join(
        body(part)[:_MOST_TEXT] for part in mail.walk() if part.get_content_type() == "text/plain"
    )
    if status := _STATUS.search(words):
        return status[0], False
    code = _CODE.search(words)
    return (f"{code[1]}.0.0" if code else _UNKNOWN), False
