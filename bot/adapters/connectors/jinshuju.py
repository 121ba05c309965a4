"""金数据: each new entry of a form, as JSON; nothing signs it, so its address is the proof.

https://help.jinshuju.net/articles/http-push
"""

from __future__ import annotations

from bot.crm.connector import Brought, Connector
from bot.kit.pushed import document, flat


def read(body: bytes) -> Brought:
    """`{form, form_name?, entry: {serial_number, field_1, …}}`; a changed entry is another one."""
    sent = document(body)
    entry = sent["entry"] if isinstance(sent.get("entry"), dict) else {}
    form, number = str(sent.get("form", "")), entry.get("serial_number")
    if not form or number is None:
        msg = "no form or no serial number"
        raise ValueError(msg)
    changed = entry.get("updated_at") or entry.get("created_at") or ""
    return Brought(f"{form}:{number}:{changed}", form, flat(entry), str(sent.get("form_name") or ""))


CONNECTOR = Connector(title="金数据", read=read, answer={"success": True})
