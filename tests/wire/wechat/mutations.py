"""Genuine deliveries of official accounts, bent by chance: each seed gives one, and what it may do at most."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from tests.wire import genuine as wecom
from tests.wire.bending import bent_bytes, bent_text, bent_xml, recased
from tests.wire.genuine import STAMP
from tests.wire.wechat import genuine as g
from tests.wire.wechat.genuine import ACCOUNTS, Account, Knock

_SHAPES = {
    "msg_signature": re.compile("[0-9a-f]{40}"), "timestamp": re.compile("[0-9]{10}"),
    "nonce": re.compile("[0-9A-Za-z]{1,32}"), "encrypt_type": re.compile("aes"),
}  # fmt: skip
_BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    b"<xml><Encrypt>&c;&c;&c;</Encrypt></xml>"
)
_OUTSIDE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>'
#: Bytes: beyond what the door reads, and below it.
_LARGE = (70_000, 270_000, 1_100_000)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A request, and everything that it may ever make us keep or say."""

    kind: str
    wire: bytes
    #: Under which account which text was sealed and signed: only these may be let in.
    may: frozenset[bytes] = frozenset()
    #: As genuine as what it was made of: it must be answered 200.
    is_genuine: bool = False
    #: HTTP itself is bent: its own 4xx, or no answer while half of it is missing, are right too.
    is_raw: bool = False
    #: Too large to be read: 413 is right too.
    is_large: bool = False
    #: What an address check may be answered with.
    echoes: bytes = b""


@cache
def _everyday(of: Account) -> tuple[tuple[bytes, Knock], ...]:
    return tuple((plain, g.delivery(of, plain)) for plain in g.everyday())


@cache
def _texts(of: Account) -> frozenset[bytes]:
    return frozenset(g.kept_as(of, plain) for plain in g.everyday())


def mutant(seed: int) -> Mutant:
    """The mutant of this seed."""
    rng = random.Random(f"wechat {seed}")
    of = rng.choice(ACCOUNTS)
    plain, knock = rng.choice(_everyday(of))
    kind = rng.choices(list(_KINDS), weights=[weight for weight, _ in _KINDS.values()])[0]
    made = _KINDS[kind][1](rng, of, plain, knock)
    if isinstance(made, Mutant):
        return replace(made, kind=kind)
    return Mutant(
        kind, made.wire(), _texts(of) if made.account == of.name and _is_shaped(made) else frozenset()
    )


def _is_shaped(knock: Knock) -> bool:
    """Whether each parameter that counts comes once, looks as the platform writes it, and is of today."""
    values = dict(knock.query)
    return (
        knock.method == "POST"
        and sorted(name for name, _ in knock.query if name in _SHAPES) == sorted(_SHAPES)
        and all(shape.fullmatch(values[name]) for name, shape in _SHAPES.items())
        and -86400 <= int(values["timestamp"]) - int(STAMP) <= 300
    )


def _encrypted(knock: Knock) -> str:
    found = re.search(rb"<Encrypt><!\[CDATA\[(.*?)\]\]>", knock.body)
    assert found is not None
    return found[1].decode()


def _body(rng: random.Random, of: Account, _plain: bytes, knock: Knock) -> Knock:
    return replace(knock, body=bent_bytes(rng, knock.body, rng.choice(_everyday(of))[1].body))


def _envelope(rng: random.Random, _of: Account, _plain: bytes, knock: Knock) -> Knock:
    return replace(knock, body=bent_xml(rng, knock.body))


def _values(rng: random.Random, of: Account, _plain: bytes, knock: Knock) -> Knock:
    """One value bent; sometimes signed again, by somebody who has the token."""
    name, value = rng.choice(knock.query)
    bent = knock.asking(**{name: bent_text(rng, value)})
    values = dict(bent.query)
    if rng.random() < 0.3 and name in {"timestamp", "nonce"}:
        told = wecom.sign(values["timestamp"], values["nonce"], _encrypted(knock), token=of.token)
        bent = bent.asking(msg_signature=told)
    return bent


def _parameters(rng: random.Random, _of: Account, _plain: bytes, knock: Knock) -> Knock:
    query = list(knock.query)
    at = rng.randrange(len(query))
    name, value = query[at]
    match rng.randrange(5):
        case 0:
            del query[at]
        case 1:
            query.insert(
                rng.randrange(len(query)), (name, bent_text(rng, value) if rng.random() < 0.5 else value)
            )
        case 2:
            query[at] = (recased(rng, name), value)
        case 3:
            query[at] = (f"{name}[]", value)
        case _:
            query[at] = (name, query[rng.randrange(len(query))][1])
    return replace(knock, query=tuple(query))


def _forged(rng: random.Random, of: Account, plain: bytes, knock: Knock) -> Knock:
    """Whole, and signed with another token, with none, or with the signature that proves nothing."""
    other = next(one for one in ACCOUNTS if one is not of)
    match rng.randrange(4):
        case 0:
            return replace(g.signed(of, _encrypted(knock), token=rng.choice((other.token, wecom.TOKEN, " "))))
        case 1:
            return knock.asking(msg_signature=dict(knock.query)["signature"])
        case 2:
            return knock.asking(msg_signature=rng.randbytes(20).hex())
        case _:
            # Sealed under the other's key, signed with ours.
            return g.signed(of, g.sealed(other, plain))


def _account(rng: random.Random, of: Account, _plain: bytes, knock: Knock) -> Knock:
    """Another's letter at this address, or at one that is nobody's."""
    other = next(one for one in ACCOUNTS if one is not of)
    names = (
        other.name, of.name.upper(), f"{of.name}%20", f"{of.name}%00", f"{of.name}.", "nobody", "..%2Fmain", "%E5%85%AC",
        "x" * 300, f"{of.name};a=b", f"{of.name}%2F", "main%0d%0aX: y",
    )  # fmt: skip
    return replace(knock, account=rng.choice(names))


def _in_the_clear(rng: random.Random, of: Account, plain: bytes, knock: Knock) -> Knock:
    """明文模式 and 兼容模式: the words beside the sealed ones, or alone, with a right plain signature."""
    clear = g.in_the_clear(of, plain)
    match rng.randrange(5):
        case 0:
            return clear
        case 1:
            return replace(
                clear, query=(*clear.query, ("encrypt_type", rng.choice(("raw", "AES", "", "aes "))))
            )
        case 2:
            return replace(clear, query=(*clear.query, ("encrypt_type", "aes"), ("msg_signature", "0" * 40)))
        case 3:
            return replace(clear, query=knock.query)
        case _:
            both = plain.replace(
                b"</xml>", knock.body.removeprefix(b"<xml>").partition(b"<Encrypt>")[2] + b"</xml>"
            )
            return replace(knock, body=both)


def _blocks(rng: random.Random, of: Account, _plain: bytes, knock: Knock) -> Mutant:
    """The cipher moved, doubled or altered, signed by who has the token but not the key."""
    raw = base64.b64decode(_encrypted(knock))
    size = rng.choice((16, 32))
    blocks = [raw[at : at + size] for at in range(0, len(raw), size)]
    at, other = rng.randrange(len(blocks)), rng.randrange(len(blocks))
    match rng.randrange(5):
        case 0:
            del blocks[at]
        case 1:
            blocks.insert(other, blocks[at])
        case 2:
            blocks[at], blocks[other] = blocks[other], blocks[at]
        case 3:
            blocks[at] = rng.randbytes(size)
        case _:
            blocks = blocks[: at + 1]
    bent = base64.b64encode(b"".join(blocks)).decode()
    return Mutant("", g.signed(of, bent).wire(), _opened(of, bent))


def _opened(of: Account, encrypted: str) -> frozenset[bytes]:
    """What the platform's own description makes of a sealed text; nothing if it is broken."""
    raw = base64.b64decode(encrypted)
    if not raw or len(raw) % 32:
        return frozenset()
    text = wecom.decrypt(raw, aes_key=of.aes_key)
    pad = text[-1]
    if not 1 <= pad <= 32 or not text.endswith(bytes([pad]) * pad) or len(text) - pad < 20:
        return frozenset()
    text = text[:-pad]
    n = int.from_bytes(text[16:20], "big")
    whole = text[20 + n :] == of.app_id.encode() and 20 + n <= len(text)
    return frozenset({g.kept_as(of, text[20 : 20 + n])}) if whole else frozenset()


def _wrapping(rng: random.Random, of: Account, plain: bytes, _knock: Knock) -> Mutant:
    """The right key and token around a wrong length, receiver or padding."""
    other = next(one for one in ACCOUNTS if one is not of)
    app = of.app_id.encode()
    match rng.randrange(4):
        case 0:
            wrong = rng.choice((0, len(plain) + rng.randint(-40, 40), rng.getrandbits(32)))
            text = wecom.padded(wecom.wrapped(plain, receive_id=app, length=wrong))
        case 1:
            text = wecom.padded(
                wecom.wrapped(plain, receive_id=rng.choice((other.app_id.encode(), b"", app + b"x")))
            )
        case 2:
            text = wecom.wrapped(plain, receive_id=app)
            text += rng.randbytes(32 - len(text) % 32)
        case _:
            text = wecom.padded(bent_bytes(rng, wecom.wrapped(plain, receive_id=app), app))
    bent = base64.b64encode(wecom.encrypt(text, aes_key=of.aes_key)).decode()
    return Mutant("", g.signed(of, bent).wire(), _opened(of, bent))


def _inside(rng: random.Random, of: Account, plain: bytes, _knock: Knock) -> Mutant:
    """Sealed and signed as it should be; what stands inside is broken."""
    bent = bent_xml(rng, plain) if rng.random() < 0.6 else bent_bytes(rng, plain, rng.choice(g.everyday()))
    return Mutant(
        "", g.fresh(of, bent, rng).wire(), frozenset({g.kept_as(of, bent)}), is_genuine=len(bent) < 30_000
    )


def _raw(rng: random.Random, of: Account, _plain: bytes, knock: Knock) -> Mutant:
    """Bytes of the head: at whose address it arrives then is HTTP's to say."""
    wire = knock.wire()
    head = wire.index(b"\r\n\r\n") + 4
    bent = bent_bytes(rng, wire[:head], b"Transfer-Encoding: chunked\r\n") + wire[head:]
    return Mutant("", bent, _texts(of), is_raw=True)


def _echo(rng: random.Random, of: Account, _plain: bytes, _knock: Knock) -> Mutant:
    """The address check: whole, bent, forged, or at the other's address."""
    text = rng.choice((str(rng.getrandbits(62)), "a-b_c", "<b>x</b>", "x" * 65, "%0d%0a", ""))
    knock = g.echo(of, text)
    good = re.fullmatch(r"[0-9A-Za-z_-]{1,64}", text) is not None
    match rng.randrange(4):
        case 0:
            return Mutant("", knock.wire(), is_genuine=good, echoes=text.encode() if good else b"")
        case 1:
            return Mutant(
                "", replace(knock, account=next(one.name for one in ACCOUNTS if one is not of)).wire()
            )
        case 2:
            return Mutant("", knock.asking(signature=rng.randbytes(20).hex()).wire())
        case _:
            name, value = rng.choice([pair for pair in knock.query if pair[0] != "echostr"])
            bent = bent_text(rng, value)
            return Mutant(
                "", knock.asking(**{name: bent}).wire(), echoes=text.encode() if bent == value else b""
            )


def _moment(rng: random.Random, of: Account, plain: bytes, _knock: Knock) -> Mutant:
    """Rightly signed at another moment: too old, from the future, or as good."""
    by = rng.choice((-90_000, -86_500, -80_000, -10, 290, 320, 10**8))
    knock = g.fresh(of, plain, rng, stamp=str(int(STAMP) + by))
    good = -86_400 <= by <= 300
    return Mutant(
        "", knock.wire(), frozenset({g.kept_as(of, plain)}) if good else frozenset(), is_genuine=good
    )


def _bomb(rng: random.Random, of: Account, _plain: bytes, knock: Knock) -> Mutant:
    """XML that unfolds, points outside or goes deep: around the letter (forged), or inside (signed)."""
    deep = b"<a>" * 5_000 + b"</a>" * 5_000
    many = b"<xml>" + b"<a/>" * 30_000 + b"</xml>"
    text = rng.choice((_BOMB, _OUTSIDE, deep, many, b"<xml><Encrypt>" + b"A" * 50_000 + b"</Encrypt></xml>"))
    if rng.random() < 0.6:
        return Mutant("", replace(knock, body=text).wire(), is_large=len(text) > min(_LARGE))
    return Mutant("", g.fresh(of, text, rng).wire(), frozenset({g.kept_as(of, text)}), is_large=True)


def _oversize(rng: random.Random, _of: Account, _plain: bytes, knock: Knock) -> Mutant:
    """More than any callback has, in the body or beside it."""
    size = rng.choice(_LARGE)
    if rng.random() < 0.7:
        body = knock.body.replace(b"</xml>", b"<a>" + b"x" * size + b"</a></xml>")
        # Another element beside the letter alters nothing that is signed.
        return Mutant("", replace(knock, body=body).wire(), _texts(_of), is_large=True)
    return Mutant("", knock.asking(nonce="5" * (size // 100)).wire(), is_raw=True)


def _innocent(rng: random.Random, of: Account, plain: bytes, _knock: Knock) -> Mutant:
    """A repeat, sealed anew, its parameters in another order: it must be answered."""
    knock = g.fresh(of, plain, rng)
    query = list(knock.query)
    rng.shuffle(query)
    body = rng.choice(
        (knock.body, b'<?xml version="1.0" encoding="utf-8"?>\n' + knock.body, knock.body + b"\n")
    )
    wire = replace(knock, query=tuple(query), body=body).wire()
    return Mutant("", wire, frozenset({g.kept_as(of, plain)}), is_genuine=True)


Maker = Callable[[random.Random, Account, bytes, Knock], Knock | Mutant]
#: How often, and how.
_KINDS: dict[str, tuple[int, Maker]] = {
    "body": (14, _body), "envelope": (12, _envelope), "values": (12, _values), "parameters": (12, _parameters),
    "forged": (10, _forged), "account": (8, _account), "in_the_clear": (8, _in_the_clear), "blocks": (10, _blocks),
    "wrapping": (8, _wrapping), "inside": (3, _inside), "raw": (8, _raw), "echo": (5, _echo), "moment": (4, _moment),
    "bomb": (2, _bomb), "oversize": (1, _oversize), "innocent": (2, _innocent),
}  # fmt: skip
KINDS = frozenset(_KINDS)
