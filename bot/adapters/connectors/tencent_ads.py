"""腾讯广告: leads pushed as JSON or as a form; what the form asked besides is a JSON text in `bundle`.

No public page tells of a signature.
"""

from __future__ import annotations

from bot.crm.connector import Brought, Connector
from bot.kit.pushed import document, flat


def read(body: bytes) -> Brought:
    """`leads_id` names the lead, `page_id` the landing page."""
    sent = document(body)
    number = sent.get("leads_id")
    if not number:
        msg = "no leads_id"
        raise ValueError(msg)
    page = str(sent.get("page_id") or "")
    return Brought(str(number), page, flat(sent), str(sent.get("page_name") or ""))


CONNECTOR = Connector(title="腾讯广告", read=read, answer={"code": 0, "message": "success"})
