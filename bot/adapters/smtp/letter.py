"""One mail as it goes over the wire: headers that let it be left, traced and told from a person's."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.adapters.smtp.config import Config
from bot.chat.channel import CustomerMessage
from bot.errors import PlatformRejectedError

#: Of the channel, in errors and logs.
PLATFORM = "email"
#: Every mail of ours carries it, so that its way back is known.
OWN_HEADER = "X-LeadBell"
_ADDRESS = re.compile(
    r"(?P<local>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@(?P<domain>[^@\s<>,;:\"()\[\]]{1,255})"
)
#: What may stand behind the plus of an address.
_PLAIN_ID = re.compile(r"[a-z0-9._-]{1,40}")


def letter(config: Config, message: CustomerMessage, *, now: datetime) -> EmailMessage:
    """Write it; PlatformRejectedError for one that nobody could be sent."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = Address(config.sender_name, addr_spec=config.sender)
        mail["To"] = Address(addr_spec=receiver(message.to))
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(now)
        # The same touch, the same id: a server that gets it twice may know.
        mail["Message-ID"] = f"<{message.touch_id}@{config.domain}>"
        mail[OWN_HEADER] = message.touch_id
        mail["Auto-Submitted"] = "auto-generated"
        if config.reply_to:
            mail["Reply-To"] = config.reply_to
        if message.is_marketing and message.unsubscribe_url:
            # RFC 2369 and 8058: one tap in the mailbox, no page.
            mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(message.text, charset="utf-8", cte="base64")
        if message.html:
            mail.add_alternative(message.html, subtype="html", charset="utf-8", cte="base64")
    except ValueError as exc:
        code = "bad_letter"
        raise PlatformRejectedError(PLATFORM, code, type(exc).__name__) from None
    return mail


def receiver(address: str) -> str:
    """One address as servers take it; PlatformRejectedError for none, for two, and for what is no address."""
    found = _ADDRESS.fullmatch(address.strip())
    try:
        if found is not None:
            domain = found["domain"].encode("idna").decode()
            return f"{found['local']}@{domain}"
    except UnicodeError:
        pass
    code = "bad_address"
    raise PlatformRejectedError(PLATFORM, code, "not one address")


def envelope_sender(config: Config, touch_id: str) -> str:
    """Where it goes back to if it cannot be delivered: an address that says which one it was."""
    local, _, domain = config.bounce.partition("@")
    if not local or not _PLAIN_ID.fullmatch(touch_id) or len(local) + len(touch_id) > 62:  # noqa: PLR2004 - RFC 5321: 64 with the plus
        return config.bounce or config.sender
    return f"{local}+{touch_id}@{domain}"
