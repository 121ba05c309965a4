"""Query parameters: missing, doubled, misspelt, too long, cut elsewhere; and the check of the address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.wire import genuine as g
from tests.wire.corpus.case import Case, Expect, encrypted_of, kept, refused, some
from tests.wire.genuine import Knock

NAMES = ("msg_signature", "timestamp", "nonce")
#: Every one of the first eight is a number to Python's `int`.
STAMPS = (
    "+1794967200", " 1794967200", "1794967200\n", "1794967200 ", "1_794_967_200", "１７９４９６７２００", "٣٤٥٦٧٨٩٠١٢",
    "01794967200", "0", "-1", "-1794967200", "1794967200000", "1e9", "99999999999", "0x6af8a020", "9" * 5000,
    "1794967200.0", "NaN", "Infinity", "", "null", "1794967200;", "1794967200\x00", "0000000000", "9999999999",
)  # fmt: skip
NONCES = (
    "", "0" * 33, "n" * 8000, "\x00", "a\x00", "�", "😀", "a\r\nb", "../", "a b", "a+b", "n0nce\n", "ｎ", "é", "-1",
    "n0nce&x=1", "%", "{{7*7}}", "' OR 1=1", "\ud800",
)  # fmt: skip


def cases() -> Iterator[Case]:
    yield from _shapes()
    yield from _stamps()
    yield from _signatures()
    yield from _cut_elsewhere()
    yield from _echoes()


def _shapes() -> Iterator[Case]:
    knock = some()
    for name in NAMES:
        rest = tuple(pair for pair in knock.query if pair[0] != name)
        value = dict(knock.query)[name]
        yield refused(f"without {name}", replace(knock, query=rest))
        yield refused(f"empty {name}", knock.asking(**{name: ""}))
        yield refused(f"{name} twice", replace(knock, query=(*knock.query, (name, value))))
        yield refused(f"{name} twice, other", replace(knock, query=((name, "1"), *knock.query)))
        for other in (f"{name}[]", name.upper(), f" {name}", f"{name}\x00", f"{name}.0"):
            yield refused(f"{name} as {other!r}", replace(knock, query=(*rest, (other, value))))
        raw = g.spelled(rest)
        yield refused(f"{name} without =", replace(knock, raw_query=raw + b"&" + name.encode()))
        for junk in (b"%", b"%zz", b"%ff%fe", b"%00", b"%ed%a0%80"):
            bent = raw + b"&" + name.encode() + b"=" + value.encode() + junk
            yield refused(f"{name} then {junk!r}", replace(knock, raw_query=bent))
    yield refused("no query", replace(knock, query=()))
    yield refused("semicolons", replace(knock, raw_query=g.spelled(knock.query).replace(b"&", b";")))
    yield refused("a thousand parameters", replace(knock, query=tuple((f"a{n}", "1") for n in range(700))))
    more = replace(knock, query=(("debug", "1"), *knock.query, ("callback", "<script>")))
    yield Case("parameters of no meaning beside the right ones", more.wire(), Expect.REPEAT)


def _stamps() -> Iterator[Case]:
    for stamp in STAMPS:
        yield refused(f"timestamp {stamp[:20]!r}", g.delivery(g.everyday()[0], stamp=stamp))
    for nonce in NONCES:
        yield refused(f"nonce {nonce[:12]!r}", g.delivery(g.everyday()[0], nonce=nonce))
    ages = {
        "25 hours old": -25 * 3600,
        "6 minutes ahead": 360,
        "a month old": -30 * 86400,
        "10 years": 315360000,
    }
    for name, seconds in ages.items():
        yield refused(name, g.delivery(g.everyday()[0], stamp=str(int(g.STAMP) + seconds)))
    late = str(int(g.STAMP) - 1200)
    fresh = g.xml(g.text("wx-lina", "迟到", "880000001"))
    yield kept("20 minutes old, never seen", fresh, "done", g.delivery(fresh, stamp=late))
    yield Case("20 minutes old, seen", g.delivery(g.everyday()[0], stamp=late).wire(), Expect.REPEAT)
    for nonce in ("0", "9" * 32, "A", "z" * 32):
        yield Case(f"nonce {nonce!r}", g.delivery(g.everyday()[0], nonce=nonce).wire(), Expect.REPEAT)


def _signatures() -> Iterator[Case]:
    knock = some()
    right = dict(knock.query)["msg_signature"]
    encrypted = encrypted_of(knock)
    wrong = {
        "one less": right[:-1],
        "one more": right + "0",
        "upper case": right.upper(),
        "with a space": right + " ",
        "with a newline": right + "\n",
        "full-width": right.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}),
        "not ascii": "é" * 40,
        "surrogates": "\udcff" * 40,
        "zeros": "0" * 40,
        "long": "a" * 6000,
        "reversed": right[::-1],
        "another company's": g.sign(g.STAMP, "n0nce", encrypted, token=g.OTHER_TOKEN),
        "of an empty token": g.sign(g.STAMP, "n0nce", encrypted, token=""),
        "of nothing": g.sign("", "", "", token=""),
        "without the text": g.sign(g.STAMP, "n0nce", ""),
        "of another nonce": g.sign(g.STAMP, "n0ncf", encrypted),
        "of another second": g.sign(str(int(g.STAMP) + 1), "n0nce", encrypted),
    }
    for name, signature in wrong.items():
        yield refused(f"signature {name}", knock.asking(msg_signature=signature))
    yield refused("timestamp and nonce changed places", knock.asking(timestamp="1234567890", nonce=g.STAMP))


def _cut_elsewhere() -> Iterator[Case]:
    """The same signed letters, cut elsewhere: the signature itself holds for many of them."""
    for nonce in ("5", "abcDEF", "0123456789", g.STAMP):
        knock = g.delivery(g.everyday()[0], nonce=nonce)
        encrypted, signature = encrypted_of(knock), dict(knock.query)["msg_signature"]
        letters = "".join(sorted((g.TOKEN, g.STAMP, nonce, encrypted))).replace(g.TOKEN, "", 1)
        for first in range(1, 24):
            for second in (1, 7, 10, 12, 32):
                stamp, other = letters[:first], letters[first : first + second]
                bent = g.signed(letters[first + second :], nonce=other, stamp=stamp)
                if (stamp, other) != (g.STAMP, nonce):
                    yield refused(
                        f"cut at {nonce[:3]} {first} {second}", bent.asking(msg_signature=signature)
                    )


def _echoes() -> Iterator[Case]:
    for said in (b"1616140317555161061", b"<script>alert(1)</script>", "你好".encode(), b"", b"a" * 3000):
        yield Case(f"echo of {said[:12]!r}", g.echo(said).wire(), Expect.ECHOED, said)
    knock = g.echo(b"plus and slash")
    raw = g.spelled(knock.query)
    unencoded = raw.replace(b"%2B", b"+").replace(b"%2F", b"/").replace(b"%3D", b"=")
    bare = replace(knock, raw_query=unencoded)
    yield Case("echo with raw + / =", bare.wire(), Expect.ECHOED, b"plus and slash")
    with_body = replace(knock, body=b"<xml/>")
    yield Case("echo with a body", with_body.wire(), Expect.ECHOED, b"plus and slash")
    yield refused("echo that is no text", g.echo(b"\xff\xfe"))
    yield refused("echo by POST", replace(knock, method="POST"))
    yield refused("echo with a wrong signature", knock.asking(msg_signature="0" * 40))
    yield refused("echo twice", replace(knock, query=(*knock.query, knock.query[-1])))
    yield refused("no echo", replace(knock, query=knock.query[:-1]))
    yield refused("empty echo", knock.asking(echostr=""))
    foreign = g.base64.b64encode(g.encrypt(g.padded(g.wrapped(b"x")), aes_key=g.OTHER_KEY)).decode()
    signature = g.sign(g.STAMP, "n0nce", foreign)
    yield refused("echo under another key", knock.asking(echostr=foreign, msg_signature=signature))
    yield refused("a delivery by GET", replace(some(), method="GET"))
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        asked = Knock(some().query, some().body, method=method)
        yield Case(f"{method}", asked.wire(), Expect.HTTP, lone=True)
