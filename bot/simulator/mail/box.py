"""Letters that came, whoever they are for."""

from __future__ import annotations

import email
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage

from bot.kit.clock import Clock
from bot.simulator.common.shapes import Json

_WAY_OUT = re.compile(r"<(https?://[^>]+)>")


@dataclass(slots=True)
class Letter:
    """One mail in somebody's mailbox."""

    id: int
    at: datetime
    to: str = field(repr=False)
    envelope_from: str = field(repr=False)
    raw: bytes = field(repr=False)
    mail: EmailMessage = field(repr=False)
    is_read: bool = False
    #: Said stop with the mailbox's own button.
    has_left: bool = False

    @property
    def text(self) -> str:
        """The words."""
        part = self.mail.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    @property
    def html(self) -> str:
        """The page; empty if it has none."""
        part = self.mail.get_body(("html",))
        return str(part.get_content()) if part is not None else ""

    @property
    def way_out(self) -> str:
        """Where the mailbox's own button posts (RFC 8058); empty without one."""
        found = _WAY_OUT.search(str(self.mail.get("List-Unsubscribe", "")))
        one_click = str(self.mail.get("List-Unsubscribe-Post", "")) == "List-Unsubscribe=One-Click"
        return found[1] if found and one_click else ""

    def view(self) -> Json:
        """As the page lists it."""
        sender = self.mail["From"]
        who = sender.addresses[0] if sender is not None and sender.addresses else None
        return {
            "id": self.id, "at": self.at.isoformat(), "to": self.to,
            "subject": str(self.mail["Subject"] or ""),
            "from": (who.display_name or who.addr_spec) if who else "",
            "address": who.addr_spec if who else "",
            "text": self.text, "has_html": bool(self.html), "read": self.is_read,
            "can_leave": bool(self.way_out) and not self.has_left,
        }  # fmt: skip


class Box:
    """All mailboxes of one world."""

    def __init__(self, clock: Clock, publish: Callable[[Json], None]) -> None:
        self.letters: list[Letter] = []
        #: How mail is answered: as it should be if empty, `busy`, `refused`, or `lost` (taken, no answer).
        self.fault = ""
        self._clock = clock
        self._publish = publish

    def put(self, raw: bytes, *, to: str, envelope_from: str) -> Letter:
        """A mail has come."""
        mail = email.message_from_bytes(raw, policy=policy.default)
        letter = Letter(len(self.letters) + 1, self._clock(), to, envelope_from, raw, mail)
        self.letters.append(letter)
        self._publish({"type": "post", "kind": "mail", "id": letter.id})
        return letter

    def get(self, letter_id: int) -> Letter | None:
        """One by its number."""
        return self.letters[letter_id - 1] if 0 < letter_id <= len(self.letters) else None
