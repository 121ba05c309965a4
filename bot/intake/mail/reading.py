"""From a raw mail to a lead to be taken, or the reason why it is none."""

from __future__ import annotations

import email
import hashlib
from dataclasses import dataclass, replace
from email import policy
from email.message import Message
from urllib.parse import urlsplit

from bot.crm.company import Company
from bot.crm.connector import Brought
from bot.intake.doors.reading import UNREADABLE, Failed, Ready, Skipped, mapped
from bot.intake.mail import words
from bot.intake.mail.decoding import addresses, body, header
from bot.intake.mail.verdict import NO_SENDER, OWN_ADDRESS, is_own, why_not

DOOR = "mailbox"
FORWARD_UNCLEAR = "forward_unclear"
_TITLE = "邮件询盘"
_MOST_ATTACHMENTS = 20
#: Fields that a line `姓名：张三` of a mail may fill.
_LABELLED = frozenset({"name", "phone", "company", "title", "city", "industry"})


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a mail, and who sent it (empty where nobody can be counted)."""

    what: Ready | Failed | Skipped
    sender: str = ""


@dataclass(frozen=True, slots=True)
class _Letter:
    name: str
    address: str
    subject: str
    text: str


def read_mail(company: Company, raw: bytes, *, own: frozenset[str]) -> Found:
    """Read a mail; never raises, since one that cannot be read must not stop the next."""
    try:
        return _read(company, raw, own)
    except Exception:  # noqa: BLE001 - the parser meets whatever anybody sends
        return Found(Failed(f"raw:{hashlib.sha256(raw).hexdigest()}", UNREADABLE))


def _read(company: Company, raw: bytes, own: frozenset[str]) -> Found:
    mail = email.message_from_bytes(raw, policy=policy.compat32)
    key = _key(mail, raw)
    host = urlsplit(company.doors.base_url).hostname or ""
    if why := why_not(mail, own=own, host=host):
        return Found(Skipped(key, why))
    sent_by = addresses(mail, "Reply-To") or addresses(mail, "From")
    if not sent_by:
        return Found(Skipped(key, NO_SENDER))
    text, attached = _content(mail)
    letter = _Letter(*sent_by[0], header(mail, "Subject"), text)
    if is_own(letter.address, own):
        inner = _inside(mail, letter)
        if inner is None:
            return Found(Skipped(key, OWN_ADDRESS))
        if not inner.address or is_own(inner.address, own):
            return Found(Failed(key, FORWARD_UNCLEAR), letter.address)
        letter = inner
    else:
        letter = replace(letter, text=words.newest(letter.text))
    to = next((one for _, one in addresses(mail, "Delivered-To", "To", "Cc") if is_own(one, own)), "")
    brought = Brought(key, to, _fields(company, letter, attached), _TITLE)
    return Found(mapped(company, DOOR, _TITLE, brought), letter.address)


def _key(mail: Message, raw: bytes) -> str:
    """The Message-ID, which copies of one mail share; the mail itself where it has none."""
    named = header(mail, "Message-ID").strip("<> ")
    return f"id:{named}" if named else f"raw:{hashlib.sha256(raw).hexdigest()}"


def _content(mail: Message) -> tuple[str, list[str]]:
    """The words, plain before HTML, and the names of what is attached."""
    plain = html = ""
    attached: list[str] = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        name = part.get_filename()
        if name or part.get_content_disposition() == "attachment":
            attached.append(_file_name(part))
        elif part.get_content_type() == "text/plain" and not plain:
            plain = body(part)
        elif part.get_content_type() == "text/html" and not html:
            html = body(part)
    return plain or html, attached[:_MOST_ATTACHMENTS]


def _file_name(part: Message) -> str:
    named = Message()
    named["Name"] = part.get_filename() or part.get_content_type()
    return header(named, "Name")[:100]


def _inside(mail: Message, letter: _Letter) -> _Letter | None:
    """The mail that a colleague passed on, attached or quoted; None if he wrote himself."""
    for part in mail.walk():
        if part.get_content_type() != "message/rfc822":
            continue
        inside = part.get_payload()
        for inner in inside if isinstance(inside, list) else ():
            if isinstance(inner, Message) and (by := addresses(inner, "From")):
                return _Letter(*by[0], header(inner, "Subject"), _content(inner)[0])
    if not words.is_forward(letter.subject, letter.text):
        return None
    found = words.forwarded(letter.text)
    if found is None:
        return _Letter("", "", letter.subject, letter.text)
    return _Letter(found.name, found.address, found.subject or letter.subject, found.text)


def _fields(company: Company, letter: _Letter, attached: list[str]) -> dict[str, object]:
    labels = {
        word.lower(): one.key
        for one in company.fields.fields
        if one.key in _LABELLED
        for word in (one.label, one.key, *one.aliases)
    }
    told = words.labelled(letter.text, labels)
    # A name that is an address says no more than the address does.
    name = letter.name if "@" not in letter.name else ""
    return {
        **told,
        "name": told.get("name") or name,
        "email": letter.address,
        "phone": told.get("phone") or words.phone(letter.text),
        "company": told.get("company") or words.company(letter.text),
        "subject": letter.subject,
        "text": letter.text,
        "attachments": attached,
    }
