"""How calls to 阿里云 and 腾讯云 are signed.

ACS3-HMAC-SHA256: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
TC3-HMAC-SHA256: https://cloud.tencent.com/document/api/382/52072
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import quote

_ACS3, _TC3 = "ACS3-HMAC-SHA256", "TC3-HMAC-SHA256"
_SAFE = "-_.~"


def query_of(params: Mapping[str, str]) -> str:
    """Spell a query as 阿里云 signs it: sorted, and only letters, digits and -_.~ as they are."""
    return "&".join(
        f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}" for name, value in sorted(params.items())
    )


def acs3(
    *,
    key_id: str,
    secret: str,
    method: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
) -> str:
    """The Authorization of a call to 阿里云; `headers` are those signed, in lower case."""
    names = ";".join(sorted(headers))
    spelled = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = "\n".join((method, "/", query_of(query), spelled, names, _hash(body)))
    signature = hmac.digest(secret.encode(), f"{_ACS3}\n{_hash(canonical.encode())}".encode(), "sha256").hex()
    return f"{_ACS3} Credential={key_id},SignedHeaders={names},Signature={signature}"


def tc3(
    *, key_id: str, secret: str, service: str, timestamp: int, headers: Mapping[str, str], body: bytes
) -> str:
    """The Authorization of a call to 腾讯云; `headers` are those signed, in lower case."""
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    names = ";".join(sorted(headers))
    spelled = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in sorted(headers))
    canonical = "\n".join(("POST", "/", "", spelled, names, _hash(body)))
    scope = f"{date}/{service}/tc3_request"
    to_sign = f"{_TC3}\n{timestamp}\n{scope}\n{_hash(canonical.encode())}"
    key = f"TC3{secret}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{_TC3} Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
