"""Genuine deliveries, bent by chance: each seed gives one, and what it may do at the most."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from tests.wire import genuine as g
from tests.wire.bending import bent_bytes, bent_text, bent_xml, recased
from tests.wire.corpus.case import encrypted_of
from tests.wire.genuine import Knock

#: Different nonces, so that letters can move between the parts in many ways.
_NONCES = ("n0nce", "5", "0123456789", "abcDEF0123456789abcDEF0123456789", g.STAMP)
_SHAPES = {
    "msg_signature": re.compile("[0-9a-f]{40}"),
    "timestamp": re.compile("[0-9]{10}"),
    "nonce": re.compile("[0-9A-Za-z]{1,32}"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A request, and everything that it may ever make us keep or say."""

    kind: str
    wire: bytes
    #: Texts that the platform did seal and sign: only these may be let in.
    sealed: frozenset[bytes] = frozenset()
    #: It is as genuine as the delivery it was made of: it must be answered 200.
    is_genuine: bool = False
    #: HTTP itself is bent: its own 4xx, or no answer while half of it is missing, are right too.
    is_raw: bool = False
    #: Its parameters are not those of a genuine delivery, whatever it carries: never a 200.
    is_misshapen: bool = False


@cache
def _deliveries() -> tuple[tuple[bytes, Knock], ...]:
    return tuple((plain, g.delivery(plain, nonce=nonce)) for plain in g.everyday() for nonce in _NONCES)


@cache
def _texts() -> frozenset[bytes]:
    return frozenset(g.everyday())


def mutant(seed: int) -> Mutant:
    """The mutant of this seed."""
    rng = random.Random(seed)
    plain, knock = rng.choice(_deliveries())
    kind = rng.choices(list(_KINDS), weights=[weight for weight, _ in _KINDS.values()])[0]
    made = _KINDS[kind][1](rng, plain, knock)
    if isinstance(made, Mutant):
        return made
    return Mutant(kind, made.wire(), _texts(), is_misshapen=made.raw_query is None and not _is_shaped(made))


def _is_shaped(knock: Knock) -> bool:
    """Whether each parameter comes once, looks as the platform writes it, and is of today."""
    values = dict(knock.query)
    stamp = values.get("timestamp", "")
    return (
        sorted(name for name, _ in knock.query if name in _SHAPES) == sorted(_SHAPES)
        and all(shape.fullmatch(values[name]) for name, shape in _SHAPES.items())
        and -86400 <= int(stamp) - int(g.STAMP) <= 300
    )


def _body(rng: random.Random, _plain: bytes, knock: Knock) -> Knock:
    return replace(knock, body=bent_bytes(rng, knock.body, rng.choice(_deliveries())[1].body))


def _envelope(rng: random.Random, _plain: bytes, knock: Knock) -> Knock:
    return replace(knock, body=bent_xml(rng, knock.body))


def _values(rng: random.Random, _plain: bytes, knock: Knock) -> Knock:
    """One value bent; sometimes signed again, by somebody who has the token."""
    name, value = rng.choice(knock.query)
    bent = knock.asking(**{name: bent_text(rng, value)})
    if rng.random() < 0.3 and name != "msg_signature":
        values = dict(bent.query)
        signature = g.sign(values["timestamp"], values["nonce"], encrypted_of(knock))
        bent = bent.asking(msg_signature=signature)
    return bent


def _parameters(rng: random.Random, _plain: bytes, knock: Knock) -> Knock:
    query = list(knock.query)
    at = rng.randrange(len(query))
    name, value = query[at]
    match rng.randrange(7):
        case 0:
            del query[at]
        case 1:
            query.insert(rng.randrange(4), (name, bent_text(rng, value) if rng.random() < 0.5 else value))
        case 2:
            query[at] = (recased(rng, name), value)
        case 3:
            other = rng.randrange(len(query))
            query[at], query[other] = (name, query[other][1]), (query[other][0], value)
        case 4:
            query[at] = (bent_text(rng, name), value)
        case 5:
            query[at] = (name, dict(rng.choice(_deliveries())[1].query)[name])
        case _:
            raw = bytearray(g.spelled(tuple(query)))
            for _ in range(rng.randint(1, 4)):
                raw.insert(rng.randrange(len(raw) + 1), rng.choice(b"%&=;+?#[].0aF\xff/"))
            return replace(knock, raw_query=bytes(raw).replace(b"#", b"%23"))
    return replace(knock, query=tuple(query))


def _recut(rng: random.Random, _plain: bytes, knock: Knock) -> Knock:
    """The same signed letters with other borders; the signature is left as it was."""
    query = dict(knock.query)
    encrypted = encrypted_of(knock)
    parts = [query["timestamp"], query["nonce"], encrypted]
    rng.shuffle(parts)
    letters = "".join(parts)
    first = rng.choice((10, rng.randint(0, 40)))
    second = first + rng.choice((rng.randint(0, 34), rng.randint(0, len(letters))))
    cut = [letters[:first], letters[first:second], letters[second:]]
    if rng.random() < 0.5:
        rng.shuffle(cut)
    bent = g.signed(cut[2], nonce=cut[1], stamp=cut[0])
    return bent.asking(msg_signature=query["msg_signature"])


def _spelling(rng: random.Random, _plain: bytes, knock: Knock) -> Mutant:
    """Base64 that is not spelled as it should be, signed."""
    bent = bent_text(rng, encrypted_of(knock))
    return Mutant("spelling", g.signed(bent).wire(), _texts() | _opened(bent))


def _opened(encrypted: str) -> frozenset[bytes]:
    """What a base64 text opens to, by the platform's own description; nothing if it is broken."""
    try:
        raw = base64.b64decode(encrypted.encode("ascii"), validate=True)
    except ValueError:
        return frozenset()
    text = _text_of(g.decrypt(raw)) if raw and len(raw) % 32 == 0 else None
    return frozenset() if text is None else frozenset({text})


def _blocks(rng: random.Random, _plain: bytes, knock: Knock) -> Mutant:
    """Blocks of the cipher moved, doubled or altered, signed by who has the token but not the key."""
    raw = base64.b64decode(encrypted_of(knock))
    size = rng.choice((16, 32))
    blocks = [raw[at : at + size] for at in range(0, len(raw), size)]
    at, other = rng.randrange(len(blocks)), rng.randrange(len(blocks))
    match rng.randrange(6):
        case 0:
            del blocks[at]
        case 1:
            blocks.insert(other, blocks[at])
        case 2:
            blocks[at], blocks[other] = blocks[other], blocks[at]
        case 3:
            blocks[at] = rng.randbytes(size)
        case 4:
            flipped = bytearray(blocks[at])
            flipped[rng.randrange(size)] ^= 1 << rng.randrange(8)
            blocks[at] = bytes(flipped)
        case _:
            blocks = blocks[: at + 1]
    bent = base64.b64encode(b"".join(blocks)).decode()
    return Mutant("blocks", g.signed(bent).wire(), _texts() | _opened(bent))


def _text_of(text: bytes) -> bytes | None:
    """What stands in an opened text, by the platform's own description of it; None if it is broken."""
    pad = text[-1]
    if not 1 <= pad <= 32 or not text.endswith(bytes([pad]) * pad) or len(text) - pad < 20:
        return None
    text = text[:-pad]
    n = int.from_bytes(text[16:20], "big")
    return text[20 : 20 + n] if text[20 + n :] == g.CORP.encode() and 20 + n <= len(text) else None


def _wrapping(rng: random.Random, plain: bytes, _knock: Knock) -> Mutant:
    """The right key and token around a wrong length, receiver, padding or frame."""
    match rng.randrange(5):
        case 0:
            text = g.padded(
                g.wrapped(
                    plain, length=rng.choice((0, len(plain) + rng.randint(-40, 40), rng.getrandbits(32)))
                )
            )
        case 1:
            text = g.padded(g.wrapped(plain, receive_id=bent_bytes(rng, g.CORP.encode(), b"ww0123")))
        case 2:
            text = g.wrapped(plain)
            room = 32 - len(text) % 32
            text += bytes(rng.randrange(256) for _ in range(room))
        case 3:
            text = bent_bytes(rng, g.padded(g.wrapped(plain)), b"\x20" * 64)
            text += bytes(-len(text) % 16)
        case _:
            text = g.padded(bent_bytes(rng, g.wrapped(plain), g.CORP.encode()))
    bent = base64.b64encode(g.encrypt(text)).decode()
    return Mutant("wrapping", g.signed(bent).wire(), _opened(bent))


def _inside(rng: random.Random, plain: bytes, _knock: Knock) -> Mutant:
    """Sealed and signed as it should be; what stands inside is broken."""
    bent = bent_xml(rng, plain) if rng.random() < 0.6 else bent_bytes(rng, plain, rng.choice(g.everyday()))
    return Mutant(
        "inside", g.signed(g.sealed(bent, rng=rng)).wire(), frozenset({bent}), is_genuine=len(bent) < 40_000
    )


def _raw(rng: random.Random, _plain: bytes, knock: Knock) -> Mutant:
    """Bytes of the whole request, its head above all."""
    wire = knock.wire()
    head = wire.index(b"\r\n\r\n") + 4
    bent = bent_bytes(rng, wire[:head], b"Transfer-Encoding: chunked\r\n") + wire[head:]
    return Mutant("raw", bent, _texts(), is_raw=True)


def _echo(rng: random.Random, _plain: bytes, _knock: Knock) -> Mutant:
    said = str(rng.getrandbits(62)).encode()
    knock = g.echo(said)
    name, value = rng.choice(knock.query)
    bent = knock if rng.random() < 0.1 else knock.asking(**{name: bent_text(rng, value)})
    return Mutant("echo", bent.wire(), frozenset({said}), is_genuine=bent is knock)


def _innocent(rng: random.Random, plain: bytes, _knock: Knock) -> Mutant:
    """A repeat with everything fresh that may be: it must be answered, and it is the same delivery."""
    nonce = "".join(rng.choices("0123456789abcdefXYZ", k=rng.randint(1, 32)))
    stamp = str(int(g.STAMP) + rng.randint(-3600, 290))
    knock = g.signed(g.sealed(plain, rng=rng), nonce=nonce, stamp=stamp)
    query = list(knock.query)
    rng.shuffle(query)
    body = rng.choice(
        (knock.body, b'<?xml version="1.0" encoding="utf-8"?>\n' + knock.body, knock.body + b"\n")
    )
    names = (
        (b"User-Agent", b"Mozilla/4.0"),
        (b"Content-Type", b"text/xml"),
        (b"Accept", b"*/*"),
        (b"X-Real-IP", b"1.2.3.4"),
    )
    headers = tuple(rng.sample(names, rng.randint(0, 4)))
    return Mutant("innocent", replace(knock, query=tuple(query), body=body, headers=headers).wire(), frozenset({plain}),
                  is_genuine=True)  # fmt: skip


Maker = Callable[[random.Random, bytes, Knock], Knock | Mutant]
#: How often, and how.
_KINDS: dict[str, tuple[int, Maker]] = {
    "body": (14, _body), "envelope": (12, _envelope), "values": (12, _values), "parameters": (12, _parameters),
    "recut": (12, _recut), "spelling": (10, _spelling), "blocks": (10, _blocks), "wrapping": (8, _wrapping),
    "inside": (3, _inside), "raw": (10, _raw), "echo": (4, _echo), "innocent": (2, _innocent),
}  # fmt: skip
KINDS = frozenset(_KINDS)
