"""问卷星: one answer sheet as JSON; it signs when the account has a push key.

https://www.showdoc.com.cn/wjxopenapi
"""

from __future__ import annotations

import hashlib
import hmac

from bot.crm.connector import Brought, Connector, Push
from bot.kit.pushed import document, flat


def verify(push: Push, sign_key: str) -> bool:
    """`sign` is the SHA-1 of activity, index and key; without a key of ours it is not looked at."""
    if not sign_key:
        return True
    try:
        sent = document(push.body)
    except ValueError:
        return False
    text = f"{sent.get('activity', '')}{sent.get('index', '')}{sign_key}"
    expected = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - the platform's algorithm
    told = str(sent.get("sign", "")).lower()
    return told.isascii() and hmac.compare_digest(expected, told)


def read(body: bytes) -> Brought:
    """`{activity, name, index, joinid, submittime, q1, q2, …}`; several choices come as `1,2`."""
    sent = document(body)
    activity = str(sent.get("activity", ""))
    number = sent.get("joinid") or sent.get("index")
    if not activity or not number:
        msg = "no activity or no number"
        raise ValueError(msg)
    answers = {key: value for key, value in sent.items() if key != "sign"}
    return Brought(f"{activity}:{number}", activity, flat(answers), str(sent.get("name") or ""))


CONNECTOR = Connector(title="问卷星", read=read, answer={"success": True}, verify=verify, signs="by_choice")
