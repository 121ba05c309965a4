"""Ways to bend bytes, words and XML by chance."""

from __future__ import annotations

import random
import re

_WORDS = (
    "", " ", "\n", "\x00", "=", "==", "+", "-", "_", "%", "0", "9", "a", "Z", "é", "٣", "１", "Ａ", "😀", "\u200b", "\u202e",
    "\ufeff", "\ud800", "'", '"', "<", "&", "../", "null", "true", "-1", "1e9", "{{1}}",
)  # fmt: skip
_PIECES = (
    b"<!-- -->", b"<?x y?>", b"<![CDATA[", b"]]>", b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "b">]>', b"&a;", b"&lt;", b"&#0;",
    b"&#x41;", b"<Encrypt>", b"</Encrypt>", b"<Encrypt/>", b"<xml>", b"</xml>", b"<ToUserName>x</ToUserName>", b"<a/>", b' a="b"',
    b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\x00", b'<?xml version="1.0" encoding="utf-16"?>', b"\r\n", b"xmlns='u'", b"<MsgId>1</MsgId>",
    b"<MsgType>event</MsgType>", b"<Event>click</Event>", "甲".encode(), b"<FromUserName>wx-gao</FromUserName>",
)  # fmt: skip
_TAG = re.compile(rb"<(/?)([A-Za-z]+)>")


def bent_bytes(rng: random.Random, given: bytes, other: bytes) -> bytes:
    """One to four blows: bits, cuts, doubles, and pieces of another."""
    made = bytearray(given)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        at, until = sorted((rng.randrange(len(made) + 1), rng.randrange(len(made) + 1)))
        match rng.randrange(7):
            case 0 | 1 if made:
                made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
            case 2:
                del made[at : min(until, at + rng.choice((1, 4, 5000)))]
            case 3:
                made[at:at] = made[at:until]
            case 4:
                del made[at:]
            case 5:
                start = rng.randrange(len(other) + 1)
                made[at:until] = other[start : start + rng.choice((1, 8, 64, 9999))]
            case _:
                made[at:at] = rng.choice((rng.randbytes(rng.randint(1, 8)), rng.choice(_PIECES)))
    return bytes(made[:60_000])


def bent_text(rng: random.Random, given: str) -> str:
    """One or two blows to a word."""
    made = given
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(made) + 1)
        match rng.randrange(7):
            case 0:
                made = made[:at] + made[at + rng.randint(1, 3) :]
            case 1:
                made = made[:at] + rng.choice(_WORDS) + made[at:]
            case 2:
                made = made[:at] + rng.choice(_WORDS) + made[at + 1 :]
            case 3:
                made = recased(rng, made)
            case 4:
                made = made * rng.choice((2, 2, 40))
            case 5:
                made = made[::-1]
            case _:
                made = rng.choice(_WORDS) + made + rng.choice(_WORDS)
    return made[:6000]


def recased(rng: random.Random, given: str) -> str:
    """Letters in the other case."""
    return rng.choice((given.upper(), given.lower(), given.swapcase(), given.title()))


def bent_xml(rng: random.Random, given: bytes) -> bytes:
    """Blows to the tags of a document, or something beside them."""
    made = given
    for _ in range(rng.choice((1, 1, 2, 3))):
        tags = list(_TAG.finditer(made))
        if not tags:
            return made + rng.choice(_PIECES)
        tag = rng.choice(tags)
        name = tag.group(2)
        match rng.randrange(8):
            case 0:
                made = made[: tag.start()] + made[tag.end() :]
            case 1:
                made = made[: tag.start()] + rng.choice(_PIECES) + made[tag.start() :]
            case 2:
                made = made[: tag.end()] + rng.choice(_PIECES) + made[tag.end() :]
            case 3:
                other = rng.choice(tags).group(2)
                made = made.replace(b"<%s>" % name, b"<%s>" % other).replace(
                    b"</%s>" % name, b"</%s>" % other
                )
            case 4:
                made = made.replace(name, name.swapcase())
            case 5:
                made = re.sub(rb"(<%s>.*?</%s>)" % (name, name), rb"\1\1", made, count=1, flags=re.DOTALL)
            case 6:
                made = re.sub(rb"<%s>.*?</%s>" % (name, name), b"", made, count=1, flags=re.DOTALL)
            case _:
                made = made.replace(b"<![CDATA[", b"").replace(b"]]>", b"")
    return made[:60_000]
