"""Is a mail somebody's enquiry? Bounces, automatic answers, bulk mail and our own are none.

RFC 3464 and 6522 (bounces), RFC 3834 (automatic answers), RFC 2919 and 2369 (lists).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import Message

from bot.intake.mail.decoding import addresses, header

#: Every mail of ours carries it.
OWN_HEADER = "X-LeadBell"
BOUNCE, AUTO_REPLY, BULK, OWN, OWN_ADDRESS, NO_SENDER = (
    "bounce",
    "auto_reply",
    "bulk",
    "own",
    "own_address",
    "no_sender",
)
_DAEMONS = frozenset({"mailer-daemon", "maildaemon", "mail-daemon", "postmaster", "bounce", "bounces"})
_RETURNED = re.compile(
    r"退信|投递失败|无法投递|发送失败|未能送达|邮件被退回|undeliver|delivery (?:status|fail|has failed)"
    r"|returned mail|mail delivery|failure notice",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"^\W*(?:自动(?:回复|答复|应答)|外出自动|休假自动|auto(?:matic)?[\s-]?(?:reply|response|answer)"
    r"|out of (?:the )?office|ooo\b|已读[:：]|read[:：]|vacation (?:reply|notice))",
    re.IGNORECASE,
)
_ANSWERERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autoresponse")
_PRECEDENCES = {"bulk": BULK, "junk": BULK, "list": BULK, "auto_reply": AUTO_REPLY}


def is_own(address: str, own: frozenset[str]) -> bool:
    """Whether an address is ours, by itself or by its domain."""
    domain = address.rpartition("@")[2]
    parents = (domain.split(".", n)[-1] for n in range(domain.count(".") + 1))
    return address in own or any(parent in own for parent in parents)


def why_not(mail: Message, *, own: frozenset[str], host: str) -> str:
    """Why it is nobody's enquiry; empty if it may be one. Who wrote it is not looked at."""
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        (OWN, lambda: _is_ours(mail, host)),
        (BOUNCE, lambda: _is_bounce(mail)),
        (AUTO_REPLY, lambda: _is_answer(mail)),
        (BULK, lambda: _is_bulk(mail, own)),
    )
    return next((reason for reason, holds in checks if holds()), "")


def _is_ours(mail: Message, host: str) -> bool:
    """Sent by this program, whatever way it came back."""
    domain = header(mail, "Message-ID").strip("<> ").rpartition("@")[2].lower()
    return mail.get(OWN_HEADER) is not None or (bool(host) and domain == host)


def _is_bounce(mail: Message) -> bool:
    if any(part.get_content_type() == "message/delivery-status" for part in mail.walk()):
        return True
    if mail.get("X-Failed-Recipients") is not None:
        return True
    local = {address.partition("@")[0] for _, address in addresses(mail, "From")}
    is_null = header(mail, "Return-Path").replace(" ", "") == "<>"
    return bool(local & _DAEMONS) or (is_null and bool(_RETURNED.search(header(mail, "Subject"))))


def _is_answer(mail: Message) -> bool:
    auto = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        auto not in ("", "no")
        or any(mail.get(name) is not None for name in _ANSWERERS)
        or _PRECEDENCES.get(header(mail, "Precedence").lower()) == AUTO_REPLY
        or mail.get_content_type() == "multipart/report"
        or header(mail, "Return-Path").replace(" ", "") == "<>"
        or bool(_ANSWERED.search(header(mail, "Subject")))
    )


def _is_bulk(mail: Message, own: frozenset[str]) -> bool:
    """Sent to many; a list of our own (sales@) hands on what people write to it."""
    listed = f"{header(mail, 'List-Id')} {header(mail, 'List-Unsubscribe')}".lower()
    if any(domain in listed for domain in own):
        return False
    return bool(listed.strip()) or _PRECEDENCES.get(header(mail, "Precedence").lower()) == BULK
