"""The callback address that is measured: its token, key and company are known to all who take part."""

from __future__ import annotations

CORP_ID = "wwbench0000000001"
AGENT_ID = "1000002"
SECRET = "benchAppSecretOfNobody"
TOKEN = "benchCallbackToken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
#: Of the store's vault.
SECRET_KEY = "a secret key for measurements only"
PATH = "/callback/wecom"
