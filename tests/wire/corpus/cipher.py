"""Signed, but the sealed text is broken: blocks, padding, length, receive id, keys of others."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from tests.wire import genuine as g
from tests.wire.corpus.case import Case, Expect, refused

_PLAIN = g.everyday()[0]
_CORP = g.CORP.encode()


def _spelled(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def cases() -> Iterator[Case]:
    yield from _blocks()
    yield from _padding()
    yield from _lengths()
    yield from _receivers()


def _blocks() -> Iterator[Case]:
    raw = g.encrypt(g.padded(g.wrapped(_PLAIN)))
    n = len(raw)
    altered = bytearray(raw)
    altered[-1] ^= 1
    broken = {
        "nothing": b"", "16 bytes": raw[:16], "31 bytes": raw[:31], "33 bytes": raw[:33], "32 bytes": raw[:32],
        "one byte less": raw[:-1], "one byte more": raw + b"\0", "16 bytes less": raw[:-16],
        "a block less": raw[:-32], "a block more": raw + raw[-32:], "first block gone": raw[32:],
        "last byte altered": bytes(altered), "last block altered": raw[:-16] + b"\xaa" * 16,
        "backwards": raw[::-1],
        "a block twice": raw[:64] + raw[32:64] + raw[64:], "zeros": bytes(n), "ones": b"\xff" * n,
        "not sealed": g.padded(g.wrapped(_PLAIN)), "another key": g.encrypt(
            g.padded(g.wrapped(_PLAIN)), aes_key=g.OTHER_KEY), "sealed twice": g.encrypt(g.padded(raw)),
    }  # fmt: skip
    for name, blocks in broken.items():
        yield refused(f"sealed {name}", g.signed(_spelled(blocks)))
    for cut in range(48, n, 48):
        yield refused(f"sealed, {cut} bytes gone in front", g.signed(_spelled(raw[cut:])))
    yield _noise(0, raw[:32] + raw[64:96] + raw[32:64] + raw[96:])
    for at in range(32, n, 16):
        bent = bytearray(raw)
        bent[at] ^= 0x80
        yield _noise(at, bytes(bent))
    first = bytearray(raw)
    first[0] ^= 1
    # Only random bytes and the length of the first two blocks change.
    yield refused("sealed, first block altered", g.signed(_spelled(bytes(first))))


def _noise(at: int, raw: bytes) -> Case:
    """One block is noise: where it falls on text, length and receiver still hold, and it is let in.

    Who can sign has the token; what he cannot read he cannot write either.
    """
    text = g.decrypt(raw)
    knock = g.signed(_spelled(raw))
    pad = text[-1]
    whole = 1 <= pad <= 32 and text.endswith(bytes([pad]) * pad) and text[: len(text) - pad].endswith(_CORP)
    if not whole:
        return refused(f"sealed, byte {at} altered", knock)
    return Case(f"sealed, noise at {at}", knock.wire(), Expect.KEPT, text[20 : 20 + len(_PLAIN)])


def _padding() -> Iterator[Case]:
    text = g.wrapped(_PLAIN)
    room = 32 - len(text) % 32
    for pad in (0, room + 1, room - 1 or 31, 33, 48, 64, 255):
        yield refused(f"padding says {pad}", _closed(text + bytes([pad]) * room))
    yield refused("padding of different bytes", _closed(text + bytes(room - 1) + bytes([room])))
    yield refused("padding of zeros", _closed(text + bytes(room)))
    yield refused(
        "padding of 16", _closed(text + b"\x10" * 16) if len(text) % 16 == 0 else _closed(text[:-1] + b"\0")
    )
    yield refused("all padding", _closed(b"\x20" * 32))
    yield refused("a block of padding too many", _closed(g.padded(text) + b"\x20" * 32))


def _closed(blocks: bytes) -> g.Knock:
    """Sealed as it is; made whole blocks with zeros."""
    return g.signed(_spelled(g.encrypt(blocks + bytes(-len(blocks) % 16))))


def _lengths() -> Iterator[Case]:
    n = len(_PLAIN)
    for length in (0, 1, n - 1, n + 1, n + len(_CORP), n + 10**6, 2**31, 2**32 - 1, 2**32 - n):
        text = g.wrapped(_PLAIN, length=length)
        yield refused(f"length {length}", g.signed(_spelled(g.encrypt(g.padded(text)))))
    for size in range(0, 20, 4):
        yield refused(f"{size} bytes in all", g.signed(_spelled(g.encrypt(g.padded(b"r" * size)))))


def _receivers() -> Iterator[Case]:
    for name, receiver in {
        "none": b"", "another company": b"ww0123456789abcdef", "a suite": g.SUITE.encode(), "longer": _CORP + b"x",
        "shorter": _CORP[:-1], "upper case": _CORP.upper(), "NUL": _CORP + b"\0", "space": _CORP + b" ",
        "in front": b"x" + _CORP, "twice": _CORP * 2, "one letter": _CORP[:-1] + b"9",
    }.items():  # fmt: skip
        text = g.wrapped(_PLAIN, receive_id=receiver)
        yield refused(f"receiver {name}", g.signed(_spelled(g.encrypt(g.padded(text)))))
