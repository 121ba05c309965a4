"""The box opens what WeCom sealed, and nothing else."""

from __future__ import annotations

import base64
import itertools
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadDeliveryError
from bot.kit.wecom_box import Sealed, WeComBox, decoded_key

VECTORS = json.loads((Path(__file__).parents[1] / "data/vectors/wecom.json").read_text())
SEALED = VECTORS["public"] + VECTORS["generated"]
BY_NAME = {vector["name"]: vector for vector in SEALED}

TOKEN = "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme"
KEY = "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws"
CORP = "ww6a112864f8022910"
RANDOM = bytes(range(16))


@pytest.fixture
def box() -> WeComBox:
    return WeComBox(TOKEN, KEY, CORP)


def opened(box: WeComBox, sealed: Sealed, **changes: str) -> bytes:
    parts = {
        "timestamp": sealed.timestamp,
        "nonce": sealed.nonce,
        "signature": sealed.signature,
        "encrypted": sealed.encrypted,
    }
    return box.open(**{**parts, **changes})


def signed(box: WeComBox, encrypted: str) -> Sealed:
    """Sign any text, as somebody would who knows the token."""
    return Sealed(encrypted, box.signature("1700000000", "n", encrypted), "1700000000", "n")


def encrypted(padded: bytes, key: str = KEY) -> str:
    raw = decoded_key(key)
    return base64.b64encode(AES.new(raw, AES.MODE_CBC, iv=raw[:16]).encrypt(padded)).decode()


def padded(text: bytes) -> bytes:
    pad = 32 - len(text) % 32
    return text + bytes([pad]) * pad


@pytest.mark.parametrize("vector", SEALED, ids=lambda v: v["name"])
def test_known_answers_open(vector):
    """What others sealed opens to the byte."""
    box = WeComBox(vector["token"], vector["encoding_aes_key"], vector["receive_id"])

    plain = box.open(
        timestamp=vector["timestamp"],
        nonce=vector["nonce"],
        signature=vector["msg_signature"],
        encrypted=vector["encrypted"],
    )

    assert plain.decode() == vector["plaintext"]


@pytest.mark.parametrize("vector", SEALED, ids=lambda v: v["name"])
def test_known_answers_seal(vector):
    """With the same random bytes, we seal to the same text and signature."""
    box = WeComBox(vector["token"], vector["encoding_aes_key"], vector["receive_id"])

    sealed = box.seal(
        vector["plaintext"].encode(),
        timestamp=vector["timestamp"],
        nonce=vector["nonce"],
        random16=bytes.fromhex(vector["random16_hex"]),
    )

    assert (sealed.encrypted, sealed.signature) == (vector["encrypted"], vector["msg_signature"])


@pytest.mark.parametrize("negative", VECTORS["negative"], ids=lambda v: v["name"])
def test_known_negatives_are_refused(negative):
    vector = {**BY_NAME[negative["based_on"]], **negative}
    if negative["name"] == "neg_wrong_receiveid":
        vector["receive_id"] = "wwffffffffffffffff"
    box = WeComBox(vector["token"], vector["encoding_aes_key"], vector["receive_id"])

    with pytest.raises(BadDeliveryError):
        box.open(
            timestamp=vector["timestamp"],
            nonce=vector["nonce"],
            signature=vector["msg_signature"],
            encrypted=vector["encrypted"],
        )


def test_spare_bits_of_the_key_mean_nothing():
    """All spellings of a key's last character open the same text."""
    for key, lasts in VECTORS["encoding_aes_key_notes"]["equivalent_last_characters"].items():
        assert {decoded_key(key[:42] + last) for last in lasts} == {decoded_key(key)}


@pytest.mark.parametrize(
    "key", ["", KEY[:42], KEY + "=", KEY + "A", " " + KEY[1:], "é" + KEY[1:], KEY + "\n"]
)
def test_a_key_of_another_shape_is_refused(key):
    with pytest.raises(ValueError, match="43"):
        WeComBox(TOKEN, key, CORP)


def test_an_empty_token_is_refused():
    with pytest.raises(ValueError, match="token"):
        WeComBox("", KEY, CORP)


@given(plain=st.binary(max_size=300), random16=st.binary(min_size=16, max_size=16), corp=st.text(max_size=20))
def test_what_is_sealed_opens(plain, random16, corp):
    """Any text, of any length, with any random bytes."""
    box = WeComBox(TOKEN, KEY, corp)

    sealed = box.seal(plain, timestamp="1700000000", nonce="a1", random16=random16)

    assert opened(box, sealed) == plain


def test_the_shape_of_each_part_is_checked(box):
    sealed = box.seal(b"hello", timestamp="1763700000", nonce="abc", random16=RANDOM)
    stamps = ["", "0", "-1", "+176370000", " 176370000", "1763700000\n", "1_763_7000", "１７６３７０００００"]
    stamps += ["1763700000000", "99999999999", "1" * 5000]
    nonces = ["", "a" * 33, "a" * 8000, "\x00", "\ufffd\ufffd", "😀", "a\r\n", "../", "a b"]
    signatures = [sealed.signature[:39], sealed.signature + "0", sealed.signature.upper(), "é" * 40]
    signatures += [sealed.signature + " ", "0" * 1_000_000, ""]

    for name, values in {"timestamp": stamps, "nonce": nonces, "signature": signatures}.items():
        for value in values:
            with pytest.raises(BadDeliveryError):
                opened(box, sealed, **{name: value})


def resplit(token: str, sealed: Sealed) -> Iterator[dict[str, str]]:
    """Every other way to cut the signed text into three parts under the same signature."""
    joined = "".join(sorted((token, sealed.timestamp, sealed.nonce, sealed.encrypted)))
    before, _, after = joined.partition(token)
    original = (sealed.timestamp, sealed.nonce, sealed.encrypted)
    for left, right in ((before, after), (before + after, "")):
        for i, j in itertools.combinations(range(min(len(left), 60)), 2):
            pieces = (left[:i], left[i:j], left[j:]) if not right else (left[:i], left[i:], right)
            for parts in itertools.permutations(pieces):
                if "".join(sorted((token, *parts))) == joined and parts != original:
                    yield dict(zip(("timestamp", "nonce", "encrypted"), parts, strict=True))


def test_boundary_shifts_are_refused():
    """The signature joins its parts without separators; only their shapes keep them apart."""
    random = Random(4)
    tried = 0
    for n in range(40):
        token = "".join(random.choices("ABCxyz0189", k=16))
        box = WeComBox(token, KEY, CORP)
        nonce = "".join(random.choices("0123456789abcXYZ", k=random.randint(1, 32)))
        sealed = box.seal(b"<xml/>" * n, timestamp="1763700000", nonce=nonce, random16=random.randbytes(16))
        for parts in itertools.islice(resplit(token, sealed), 300):
            assert box.signature(*parts.values()) == sealed.signature
            with pytest.raises(BadDeliveryError):
                opened(box, sealed, **parts)
            tried += 1

    assert tried > 1000


@pytest.mark.parametrize(
    "spelling",
    [
        lambda t: t[:-1],
        lambda t: t + "=",
        lambda t: t[:40] + "\n" + t[40:],
        lambda t: t[:40] + " " + t[40:],
        lambda t: t[:40] + "!" + t[40:],
        lambda t: t[:4] + "=" + t[5:],
        lambda t: t.replace("+", "-").replace("/", "_") + "_",
        lambda _: "",
        lambda _: "A",
        lambda _: "é" * 44,
        lambda t: t[:-2] + chr(ord(t[-2]) + 1) + "=",
    ],
)
def test_base64_has_one_spelling(box, spelling):
    """Signed but badly spelled text is refused, also where Python would read it."""
    good = box.seal(b"x" * 3, timestamp="1700000000", nonce="n", random16=RANDOM).encrypted
    assert good.endswith("=")

    with pytest.raises(BadDeliveryError):
        opened(box, signed(box, spelling(good)))


def test_spare_bits_of_the_ciphertext_are_refused(box):
    """32 bytes end in one `=`: the two spare bits of the last letter must be zero."""
    good = box.seal(b"", timestamp="1700000000", nonce="n", random16=RANDOM).encrypted
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    stem, last = good.rstrip("=")[:-1], good.rstrip("=")[-1]
    twin = stem + alphabet[alphabet.index(last) + 1] + "=" * good.count("=")
    assert base64.b64decode(twin) == base64.b64decode(good)

    with pytest.raises(BadDeliveryError):
        opened(box, signed(box, twin))


HEAD = RANDOM + struct.pack(">I", 5)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("nothing", b""),
        ("half a block", b"x" * 16),
        ("not whole blocks", b"x" * 33),
        ("padding 0", HEAD + b"hello" + CORP.encode() + b"\x00" * 21),
        ("padding 33", (b"x" * 31 + b"\x21") * 2),
        ("padding 255", b"x" * 31 + b"\xff"),
        ("uneven padding", padded(HEAD + b"hello" + CORP.encode())[:-3] + b"\x00" + b"\x15\x15"),
        ("only padding", b"\x20" * 32),
        ("no length", padded(RANDOM)),
        ("length too long", padded(RANDOM + struct.pack(">I", 6) + b"hello" + CORP.encode())),
        ("length too short", padded(RANDOM + struct.pack(">I", 4) + b"hello" + CORP.encode())),
        ("length enormous", padded(RANDOM + struct.pack(">I", 2**32 - 1) + b"hello" + CORP.encode())),
        ("length zero", padded(RANDOM + struct.pack(">I", 0) + b"hello" + CORP.encode())),
        ("receive id empty", padded(HEAD + b"hello")),
        ("receive id longer", padded(HEAD + b"hello" + CORP.encode() + b"0")),
        ("receive id with a NUL", padded(HEAD + b"hello" + CORP.encode() + b"\x00")),
        ("receive id in capitals", padded(HEAD + b"hello" + CORP.upper().encode())),
        ("front cut off", padded(HEAD + b"h" * 100 + CORP.encode())[48:]),
    ],
)
def test_signed_nonsense_is_refused(box, what, text):
    """The signature does not cover the key, so everything behind it is checked too."""
    raw = decoded_key(KEY)
    cipher = AES.new(raw, AES.MODE_CBC, iv=raw[:16])
    whole = cipher.encrypt(text) if len(text) % 16 == 0 else text

    with pytest.raises(BadDeliveryError):
        opened(box, signed(box, base64.b64encode(whole).decode()))


def test_an_empty_receive_id_does_not_widen_the_length(box):
    """With an empty receive id the length alone must use up the text."""
    robot = WeComBox(TOKEN, KEY, "")

    for length in (4, 6, 2**32 - 1):
        text = padded(RANDOM + struct.pack(">I", length) + b"hello")
        with pytest.raises(BadDeliveryError):
            opened(robot, signed(robot, encrypted(text)))


def test_blocks_may_not_be_moved(box):
    """Swapped, doubled or dropped blocks do not carry the signature."""
    sealed = box.seal(b"m" * 100, timestamp="1700000000", nonce="n", random16=RANDOM)
    raw = base64.b64decode(sealed.encrypted)
    blocks = [raw[i : i + 16] for i in range(0, len(raw), 16)]
    for moved in (blocks[2:], blocks[::-1], blocks + blocks[-2:], blocks[:-2]):
        text = base64.b64encode(b"".join(moved)).decode()
        with pytest.raises(BadDeliveryError):
            opened(box, sealed, encrypted=text)
        with pytest.raises(BadDeliveryError):
            opened(box, signed(box, text))


def test_sixteen_random_bytes_are_wanted(box):
    with pytest.raises(ValueError, match="16"):
        box.seal(b"", timestamp="1700000000", nonce="n", random16=b"short")
