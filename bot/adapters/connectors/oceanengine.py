"""巨量引擎 and 飞鱼: leads by a push rule of the console, whose field names the user may choose.

The rule's answer is set there too: code 200 and message success. No public page tells of a signature.
"""

from __future__ import annotations

from bot.crm.connector import Brought, Connector
from bot.kit.pushed import digest, document, flat


def read(body: bytes) -> Brought:
    """Flat fields; `clue_id` names the lead, `remark_dict` is a JSON text with the form's own questions."""
    sent = document(body)
    if not sent:
        msg = "nothing in it"
        raise ValueError(msg)
    number = sent.get("clue_id") or sent.get("id")
    # Who did not map the id still gets his leads: the same bytes are the same lead then.
    key = f"clue:{number}" if number else f"body:{digest(body)}"
    return Brought(key, str(sent.get("site_id") or ""), flat(sent), str(sent.get("module_name") or ""))


CONNECTOR = Connector(title="巨量引擎（飞鱼）", read=read, answer={"code": 200, "message": "success"})
