"""简道云: data pushes, signed over the raw body.

https://hc.jiandaoyun.com/open/11507
"""

from __future__ import annotations

import hashlib
import hmac

from bot.crm.connector import Brought, Connector, NoLead, Push
from bot.kit.pushed import digest, document, flat

_CREATED = "data_create"


def verify(push: Push, sign_key: str) -> bool:
    """`X-JDY-Signature` is the SHA-1 of `nonce:body:secret:timestamp`."""
    nonce, timestamp = push.only("nonce"), push.only("timestamp")
    if not (nonce and timestamp and sign_key):
        return False
    head, tail = f"{nonce}:".encode(), f":{sign_key}:{timestamp}".encode()
    # SHA-1 is the platform's choice.
    expected = hashlib.sha1(head + push.body + tail).hexdigest()  # noqa: S324 - the platform's algorithm
    told = push.headers.get("x-jdy-signature", "")
    # What is not ASCII cannot be a signature, and must not reach the comparison.
    return told.isascii() and hmac.compare_digest(expected, told)


def read(body: bytes) -> Brought | NoLead:
    """`{op, data: {appId, entryId, _id, _widget_…}}`: a new row is a lead, all else is none.

    X-JDY-DeliverId is not signed, so the row's own id names it: a repeat has the same under any delivery.
    """
    sent = document(body)
    op, data = str(sent.get("op", "")), sent.get("data")
    if not op or not isinstance(data, dict):
        msg = "no op or no data"
        raise ValueError(msg)
    entry, row = str(data.get("entryId", "")), str(data.get("_id", ""))
    if op != _CREATED:
        return NoLead(digest(body), op)
    if not row:
        msg = "a row without an id"
        raise ValueError(msg)
    return Brought(f"{entry}:{row}", entry, flat(data), str(data.get("formName") or ""))


CONNECTOR = Connector(title="简道云", read=read, answer={"code": 0}, verify=verify, signs="always")
