"""Tell a secret from what people leave in its place."""

from __future__ import annotations

import re

#: Letters and digits only, lower case.
_PLACEHOLDERS = frozenset(
    {
        "aeskey",
        "appsecret",
        "change",
        "changeme",
        "changethis",
        "clientid",
        "clientsecret",
        "default",
        "demo",
        "encodingaeskey",
        "example",
        "password",
        "placeholder",
        "secret",
        "test",
        "todo",
        "token",
        "wecomtoken",
        "youraeskey",
        "yourappsecret",
        "yourclientid",
        "yourclientsecret",
        "yourencodingaeskey",
        "yoursecret",
        "yourtoken",
    }
)


def is_placeholder(value: str) -> bool:
    """Say whether it is empty, an example, or one sign again and again: anybody could guess it."""
    bare = re.sub(r"[^a-z0-9]", "", value.lower())
    return not bare or bare in _PLACEHOLDERS or len(set(bare)) == 1
