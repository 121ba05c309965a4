"""百度营销 (基木鱼): one lead as JSON, sometimes wrapped in `params`; the form's answers are in `formDetail`.

No public page tells of a signature.
"""

from __future__ import annotations

from bot.crm.connector import Brought, Connector
from bot.kit.pushed import document, flat


def read(body: bytes) -> Brought:
    """`clueId` names the lead, `solutionType` by which tool it came: form, call, chat."""
    sent = document(body)
    wrapped = sent.get("params")
    inner = wrapped if isinstance(wrapped, dict) else sent
    number = inner.get("clueId")
    if not number:
        msg = "no clueId"
        raise ValueError(msg)
    name = str(inner.get("solutionTypeName") or "")
    return Brought(str(number), str(inner.get("solutionType") or ""), flat(inner), name)


CONNECTOR = Connector(title="百度营销", read=read, answer={"code": 0, "message": "success"})
