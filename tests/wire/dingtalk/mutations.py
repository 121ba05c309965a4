"""Genuine deliveries of DingTalk, bent by chance: each seed gives one, and what it may do at the most.

Robots and cards sign the moment and not the body, so any body may come with their signature: then it
has to name our robot and company, and only what it says may be kept.
"""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from tests.wire import genuine as wecom
from tests.wire.bending import bent_bytes, bent_text, recased
from tests.wire.dingtalk import genuine as g
from tests.wire.dingtalk.genuine import CARD, EVENT, ROBOT, Json, Knock

_DIGITS = re.compile(r"[0-9]{13}")
_EVENT_STAMP = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_HOUR, _DAY, _AHEAD = 3_600_000, 86_400_000, 300_000
#: JSON that stands for something: swapped in for values.
_ODD = (
    None, "", 0, -1, 1e308, 2**53, "x" * 3000, [], {}, [[]], True, "1", "\u202e", "'; DROP TABLE leads; --", "{{7*7}}",
    "../../etc/passwd", ["d-lina"], {"content": None}, "null", "é" * 40, 1.5, "https://evil.invalid/x",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A request, and everything that it may ever make us keep."""

    kind: str
    door: str
    wire: bytes
    #: What may be kept, in one spelling.
    may: frozenset[bytes] = frozenset()
    #: It must be answered 200.
    is_genuine: bool = False
    #: HTTP itself is bent: its own 4xx, or no answer while half of it is missing, are right too.
    is_raw: bool = False


def spelled(data: object) -> bytes:
    """JSON in one spelling."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def may(knock: Knock) -> frozenset[bytes]:
    """What this request could make us keep, by the platform's own description; nothing if it is broken."""
    data = _read(knock.body)
    if data is None:
        return frozenset()
    if knock.door == EVENT:
        return _may_event(knock, data)
    names = ("timestamp", "sign") if knock.door == ROBOT else [name for name, _ in g.card_headers()]
    stamp, sign = (_header(knock, name) for name in names)
    right = g.robot_headers(stamp)[1][1] if knock.door == ROBOT else g.card_headers(stamp)[1][1]
    if not _DIGITS.fullmatch(stamp) or sign != right or not -_HOUR <= int(stamp) - int(g.STAMP) <= _AHEAD:
        return frozenset()
    corp = data.get("chatbotCorpId" if knock.door == ROBOT else "corpId")
    is_ours = corp in (None, g.CORP) and (
        knock.door == CARD or (data.get("robotCode", g.CLIENT_ID) == g.CLIENT_ID and bool(data.get("msgId")))
    )
    return frozenset({spelled(data)}) if is_ours else frozenset()


def _may_event(knock: Knock, data: Json) -> frozenset[bytes]:
    values = dict(knock.query)
    signatures = [value for name, value in knock.query if name in {"signature", "msg_signature"}]
    stamps = [value for name, value in knock.query if name in {"timestamp", "timeStamp"}]
    nonces = [value for name, value in knock.query if name == "nonce"]
    encrypted = data.get("encrypt")
    if [len(one) for one in (signatures, stamps, nonces)] != [1, 1, 1] or not isinstance(encrypted, str):
        return frozenset()
    stamp, nonce = stamps[0], values["nonce"]
    if not _EVENT_STAMP.fullmatch(stamp) or not re.fullmatch(r"[0-9A-Za-z]{1,32}", nonce):
        return frozenset()
    age = int(g.STAMP) - int(stamp) * (1 if len(stamp) == 13 else 1000)
    if not -_AHEAD <= age <= _DAY or signatures[0] != wecom.sign(stamp, nonce, encrypted, token=g.TOKEN):
        return frozenset()
    inner = _unsealed(encrypted)
    if inner is None or (inner.get("CorpId") or inner.get("corpId") or g.CORP) != g.CORP:
        return frozenset()
    return frozenset({spelled(inner)})


def _unsealed(encrypted: str) -> Json | None:
    try:
        raw = base64.b64decode(encrypted.encode("ascii"), validate=True)
    except (ValueError, UnicodeEncodeError):
        return None
    if not raw or len(raw) % 32:
        return None
    text = wecom.decrypt(raw, aes_key=g.AES_KEY)
    pad = text[-1]
    if not 1 <= pad <= 32 or not text.endswith(bytes([pad]) * pad) or len(text) - pad < 20:
        return None
    text = text[:-pad]
    n = int.from_bytes(text[16:20], "big")
    if text[20 + n :] != g.CLIENT_ID.encode() or 20 + n > len(text):
        return None
    return _read(text[20 : 20 + n])


def _read(body: bytes) -> Json | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _header(knock: Knock, name: str) -> str:
    values = [value for key, value in knock.headers if key.strip().lower() == name]
    # HTTP takes white space from both ends; the first of several counts.
    return values[0].strip(" \t") if values else ""


def mutant(seed: int) -> Mutant:
    """The mutant of this seed."""
    rng = random.Random(f"dingtalk {seed}")
    knock = rng.choice(_EVERYDAY)
    kind = rng.choices(list(_KINDS), weights=[weight for weight, _ in _KINDS.values()])[0]
    made = _KINDS[kind][1](rng, knock)
    if isinstance(made, Mutant):
        return made
    allowed = may(made)
    plain = kind in {"innocent", "values"} and not any("\n" in v or "\r" in v for _, v in made.headers)
    return Mutant(kind, made.door, made.wire(), allowed, is_genuine=bool(allowed) and plain)


def _body(rng: random.Random, knock: Knock) -> Knock:
    return replace(knock, body=bent_bytes(rng, knock.body, rng.choice(_EVERYDAY).body))


def _values(rng: random.Random, knock: Knock) -> Knock:
    """Values of the JSON swapped for odd ones, signed all the same."""
    if knock.door == EVENT:
        inner = _unsealed(orjson.loads(knock.body)["encrypt"])
        assert inner is not None
        return g.of_event(_swapped(rng, inner))
    return replace(knock, body=orjson.dumps(_swapped(rng, orjson.loads(knock.body))))


def _swapped(rng: random.Random, data: Json) -> Json:
    for _ in range(rng.choice((1, 1, 2, 4))):
        name = rng.choice(list(data))
        match rng.randrange(4):
            case 0:
                data = {key: value for key, value in data.items() if key != name}
            case 1 | 2:
                data = {**data, name: rng.choice(_ODD)}
            case _:
                data = {**data, recased(rng, name): data[name]}
        if not data:
            break
    return data


def _headers(rng: random.Random, knock: Knock) -> Knock | Mutant:
    """One header or parameter bent."""
    if knock.door == EVENT:
        name, value = rng.choice(knock.query)
        return knock.asking(**{name: bent_text(rng, value)})
    at = rng.randrange(len(knock.headers))
    headers = list(knock.headers)
    name, value = headers[at]
    match rng.randrange(4):
        case 0:
            del headers[at]
        case 1:
            headers.insert(at, (name, bent_text(rng, value)))
        case _:
            headers[at] = (name, bent_text(rng, value))
    bent = replace(knock, headers=tuple(headers))
    is_raw = any(not value.isprintable() or not value.isascii() or not name for name, value in headers)
    allowed = frozenset({spelled(orjson.loads(knock.body))}) if is_raw else may(bent)
    return Mutant("headers", knock.door, bent.wire(), allowed if not is_raw else may(knock), is_raw=is_raw)


def _moment(rng: random.Random, knock: Knock) -> Knock:
    """Another moment, rightly signed: too old, from the future, or as good."""
    stamp = str(
        int(g.STAMP) + rng.choice((-90_000_000, -3_700_000, -3_500_000, -1000, 250_000, 310_000, 10**9))
    )
    if knock.door == ROBOT:
        return replace(knock, headers=g.robot_headers(stamp))
    if knock.door == CARD:
        return replace(knock, headers=g.card_headers(stamp))
    return g.of_event(b"", stamp=stamp, encrypted=orjson.loads(knock.body)["encrypt"])


def _forged(rng: random.Random, knock: Knock) -> Knock:
    """Whole, and signed with somebody else's secret, or with the other door's."""
    if knock.door == EVENT:
        values = dict(knock.query)
        encrypted = orjson.loads(knock.body)["encrypt"]
        token = rng.choice((g.OTHER_TOKEN, "", g.SECRET))
        return knock.asking(
            msg_signature=wecom.sign(values["timestamp"], values["nonce"], encrypted, token=token)
        )
    secret = rng.choice((g.OTHER_SECRET, g.TOKEN, "0"))
    other = g.card_headers() if knock.door == ROBOT else g.robot_headers()
    own = g.robot_headers(secret=secret) if knock.door == ROBOT else g.card_headers(secret=secret)
    return replace(knock, headers=rng.choice((own, other, ())))


def _elsewhere(rng: random.Random, knock: Knock) -> Knock:
    """At another door, or by another method."""
    if rng.random() < 0.3:
        return replace(knock, method=rng.choice(("GET", "PUT", "HEAD", "OPTIONS", "DELETE")))
    return replace(knock, door=rng.choice([one for one in (ROBOT, EVENT, CARD) if one != knock.door]))


def _blocks(rng: random.Random, _knock: Knock) -> Knock:
    """An event's cipher moved, doubled or altered, signed by who has the token but not the key."""
    knock = rng.choice([one for one in _EVERYDAY if one.door == EVENT])
    raw = base64.b64decode(orjson.loads(knock.body)["encrypt"])
    blocks = [raw[at : at + 16] for at in range(0, len(raw), 16)]
    at, other = rng.randrange(len(blocks)), rng.randrange(len(blocks))
    match rng.randrange(4):
        case 0:
            del blocks[at]
        case 1:
            blocks[at], blocks[other] = blocks[other], blocks[at]
        case 2:
            blocks[at] = rng.randbytes(16)
        case _:
            blocks = blocks[: at + 1]
    text = base64.b64encode(b"".join(blocks)).decode()
    return g.of_event(b"", encrypted=text if rng.random() < 0.7 else bent_text(rng, text) or "A")


def _raw(rng: random.Random, knock: Knock) -> Mutant:
    """Bytes of the head."""
    wire = knock.wire()
    head = wire.index(b"\r\n\r\n") + 4
    bent = bent_bytes(rng, wire[:head], b"Transfer-Encoding: chunked\r\n") + wire[head:]
    # Which body a bent head belongs to is HTTP's to say; nothing else than these may be kept.
    allowed = frozenset().union(*(may(one) for one in _EVERYDAY))
    return Mutant("raw", knock.door, bent, allowed, is_raw=True)


def _innocent(rng: random.Random, knock: Knock) -> Knock:
    """As good as the one it was made of."""
    if knock.door == EVENT:
        inner = _unsealed(orjson.loads(knock.body)["encrypt"])
        stamp = str(int(g.STAMP) - rng.randrange(80_000_000))
        return g.of_event(
            inner or {}, stamp=stamp if rng.random() < 0.5 else stamp[:10], nonce=f"{rng.getrandbits(60)}"
        )
    stamp = str(int(g.STAMP) - rng.randrange(3_500_000))
    return replace(knock, headers=g.robot_headers(stamp) if knock.door == ROBOT else g.card_headers(stamp))


_EVERYDAY = g.everyday()
Maker = Callable[[random.Random, Knock], Knock | Mutant]
#: How often, and how.
_KINDS: dict[str, tuple[int, Maker]] = {
    "body": (20, _body), "values": (8, _values), "headers": (20, _headers), "moment": (6, _moment),
    "forged": (14, _forged), "elsewhere": (8, _elsewhere), "blocks": (10, _blocks), "raw": (10, _raw),
    "innocent": (4, _innocent),
}  # fmt: skip
KINDS = frozenset(_KINDS)
