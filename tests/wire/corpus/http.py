"""HTTP itself bent: lengths, framing, heads too long, versions, packed bodies."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace

from tests.wire import genuine as g
from tests.wire.corpus.case import Case, Expect, some
from tests.wire.genuine import PATH

_LINE = b"POST " + PATH + b"?a=1 HTTP/1.1\r\n"
_HOST = b"Host: bot.example.cn\r\n"


def cases() -> Iterator[Case]:
    yield from _framing()
    yield from _heads()
    yield from _lines()
    yield from _packed()
    yield from _bodies()
    yield from _paths()


def _bad(name: str, wire: bytes) -> Case:
    return Case(f"HTTP {name}", wire, Expect.HTTP, lone=True)


def _genuine_head(extra: bytes, *, body: bytes) -> bytes:
    """A genuine delivery with other framing lines."""
    knock = some()
    asked = g.spelled(knock.query)
    return b"POST %s?%s HTTP/1.1\r\n%s%s\r\n%s" % (PATH, asked, _HOST, extra, body)


def _framing() -> Iterator[Case]:
    body = some().body
    n = len(body)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (n, body)
    bad = {
        "length with a plus": b"Content-Length: +%d\r\n" % n, "length with minus": b"Content-Length: -1\r\n",
        "length with spaces": b"Content-Length: 1 2\r\n", "hex length": b"Content-Length: 0x10\r\n",
        "two lengths": b"Content-Length: %d\r\nContent-Length: 5\r\n" % n, "list of lengths": b"Content-Length: 1, 1\r\n",
        "full-width length": "Content-Length: １２\r\n".encode(), "underscored length": b"Content-Length: 1_0\r\n",
        "huge length": b"Content-Length: " + b"9" * 40 + b"\r\n", "length and chunked": b"Content-Length: %d\r\n"
        b"Transfer-Encoding: chunked\r\n" % n, "chunked and length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "unknown coding": b"Transfer-Encoding: xchunked\r\n", "chunked then identity":
        b"Transfer-Encoding: chunked, identity\r\n", "folded": b"X-A: b\r\n c\r\nContent-Length: 0\r\n", "no colon": b"X-A b\r\n",
        "space before colon": b"Content-Length : %d\r\n" % n, "NUL in a head": b"X-A: a\0b\r\n", "bare CR": b"X-A: a\rb\r\n",
        "name of odd letters": b"X(A): b\r\n", "name not ascii": "X-é: b\r\n".encode(), "empty name": b": b\r\n",
    }  # fmt: skip
    for name, lines in bad.items():
        yield _bad(name, _genuine_head(lines, body=chunked if b"hunked" in lines else body))
    for name, chunks in {
        "chunk of no number": b"zz\r\nabc\r\n0\r\n\r\n", "chunk of minus": b"-1\r\nabc\r\n", "chunk with 0x": b"0x3\r\nabc\r\n0\r\n\r\n",
        "huge chunk": b"f" * 20 + b"\r\n", "chunk with junk": b"3\r\nabcdef\r\n0\r\n\r\n", "chunk with underscore": b"1_0\r\na",
    }.items():  # fmt: skip
        yield _bad(name, _genuine_head(b"Transfer-Encoding: chunked\r\n", body=chunks))
    right = _genuine_head(b"Transfer-Encoding: chunked\r\n", body=chunked)
    yield Case("HTTP chunked", right, Expect.REPEAT, lone=True)
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(body[i : i + 7]), body[i : i + 7]) for i in range(0, n, 7))
    many = _genuine_head(b"Transfer-Encoding: chunked\r\n", body=pieces + b"0\r\n\r\n")
    yield Case("HTTP chunked in small pieces", many, Expect.REPEAT, lone=True)
    trailer = chunked[:-2] + b"X-Trailer: 1\r\n\r\n"
    yield Case(
        "HTTP trailer",
        _genuine_head(b"Transfer-Encoding: chunked\r\n", body=trailer),
        Expect.REPEAT,
        lone=True,
    )
    short = _genuine_head(b"Content-Length: %d\r\n" % (n + 5), body=body)
    yield Case("HTTP body shorter than said", short, Expect.SILENT, lone=True)
    yield _bad("body longer than said", _genuine_head(b"Content-Length: 9\r\n", body=body))
    yield Case("HTTP no length", _genuine_head(b"", body=b""), lone=True)


def _heads() -> Iterator[Case]:
    body = b"Content-Length: 0\r\n\r\n"
    yield _bad("9 KB header", _LINE + _HOST + b"X-A: " + b"a" * 9000 + b"\r\n" + body)
    yield _bad("9 KB name", _LINE + _HOST + b"a" * 9000 + b": a\r\n" + body)
    yield _bad("9 KB target", b"POST " + PATH + b"?" + b"a" * 9000 + b" HTTP/1.1\r\n" + _HOST + body)
    yield _bad("two hosts", _LINE + _HOST + b"Host: evil.cn\r\n" + body)
    yield _bad("no host", _LINE + body)
    lines = b"".join(b"X-%d: a\r\n" % n for n in range(3000))
    yield _bad("3,000 headers", _LINE + _HOST + lines + body)
    for name in (b"Host: bot.example.cn:99999", b"Host: @", b"Host: a b", b"Host: \xff", b"Host:"):
        yield Case(f"HTTP {name!r}", _LINE + name + b"\r\n" + body, lone=True)
    for said in (
        b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-For: \xed\xa0\x80", b"Content-Type: text/html", b"Content-Type: \xff",
        b"Content-Type: application/json", b"Content-Type:", b"X-HTTP-Method-Override: GET", b"Cookie: a=\xff", b"Accept: \xff",
        b"Authorization: Basic !!!", b"Range: bytes=0-", b"If-None-Match: *", b"Connection: upgrade\r\nUpgrade: h2c",
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x", b"User-Agent: " + b"\x1b[31m",
    ):  # fmt: skip
        if b"\x1b" in said:
            yield _bad(f"{said[:30]!r}", _LINE + _HOST + said + b"\r\n" + body)
        else:
            yield Case(f"HTTP {said[:30]!r}", _LINE + _HOST + said + b"\r\n" + body, lone=True)
        if b"Upgrade" not in said and b"\x1b" not in said:
            knock = replace(some(), headers=(tuple(said.split(b":", 1)),))
            yield Case(f"genuine with {said[:30]!r}", knock.wire(), Expect.REPEAT, lone=True)


def _lines() -> Iterator[Case]:
    rest = b"\r\n" + _HOST + b"Content-Length: 0\r\n\r\n"
    for line in (
        b"POST " + PATH + b" HTTP/9.9", b"POST " + PATH + b" HTTP/1.1 x", b"BREW " + PATH + b" HTTP/1.1", b"\x16\x03\x01\x02\x00\x01",
        b"PRI * HTTP/2.0", b"post " + PATH + b" HTTP/1.1", b"POST " + PATH + b"\xff HTTP/1.1", b"POST \x00 HTTP/1.1",
        b"P\xc3\x96ST " + PATH + b" HTTP/1.1", b"POST " + PATH + b" http/1.1", b"POST " + PATH + b" HTTP/1.1\x00",
        b"CONNECT evil.cn:443 HTTP/1.1", b"OPTIONS * HTTP/1.1",
    ):  # fmt: skip
        yield _bad(f"{line[:40]!r}", line + rest)
    for line in (
        b"POST " + PATH,
        b"POST " + PATH + b" HTTP/0.9",
        b"POST " + PATH + b" HTTP/2.0",
        b"POST  " + PATH + b" HTTP/1.1",
    ):
        yield Case(f"HTTP {line!r}", line + rest, lone=True)
    absolute = b"POST http://evil.cn" + PATH + b"?a=1 HTTP/1.1" + rest
    yield Case("HTTP absolute target", absolute, lone=True)
    old = replace(some(), version=b"1.0")
    yield Case("HTTP 1.0", old.wire(), Expect.REPEAT, lone=True)
    alive = replace(old, headers=((b"Connection", b"keep-alive"),))
    yield Case("HTTP 1.0 kept alive", alive.wire(), Expect.REPEAT, lone=True)
    for half in (b"", b"P", b"POST ", _LINE, _LINE + _HOST, _LINE + _HOST + b"X-A: "):
        yield Case(f"HTTP half {half[-9:]!r}", half, Expect.SILENT, lone=True)


def _packed() -> Iterator[Case]:
    body = some().body
    bomb = gzip.compress(b"<" * 10_000_000)
    packed = {
        b"gzip": gzip.compress(body), b"deflate": zlib.compress(body), b"br": b"\x0b\x02\x80" + body, b"x": body,
        b"gzip,gzip": gzip.compress(gzip.compress(body)), b"zstd": b"\x28\xb5\x2f\xfd" + body,
    }  # fmt: skip
    for coding, content in packed.items():
        for named in (coding, coding.upper()):
            knock = replace(some(), body=content, headers=((b"Content-Encoding", named),))
            yield Case(f"HTTP packed {named!r}", knock.wire(), lone=True)
    yield Case(
        "HTTP bomb", replace(some(), body=bomb, headers=((b"Content-Encoding", b"gzip"),)).wire(), lone=True
    )
    yield Case("HTTP packed, unsaid", replace(some(), body=gzip.compress(body)).wire(), lone=True)
    half = replace(some(), body=gzip.compress(body)[:-9], headers=((b"Content-Encoding", b"gzip"),))
    yield Case("HTTP packed, cut", half.wire(), lone=True)
    lied = replace(some(), headers=((b"Content-Encoding", b"gzip"),))
    yield Case("HTTP said to be packed", lied.wire(), lone=True)
    plain = replace(some(), headers=((b"Content-Encoding", b"identity"),))
    yield Case("HTTP said to be plain", plain.wire(), Expect.REPEAT, lone=True)


def _bodies() -> Iterator[Case]:
    knock = some()
    largest = replace(knock, body=b"<" * 65_536)
    yield Case("body of 64 KiB", largest.wire(), lone=True)
    for more in (1, 1000, 200_000):
        yield _bad(f"body of 64 KiB and {more}", replace(knock, body=b"<" * (65_536 + more)).wire())
    endless = b"".join(b"2000\r\n" + b"<" * 8192 + b"\r\n" for _ in range(12))
    yield _bad("chunks without end", _genuine_head(b"Transfer-Encoding: chunked\r\n", body=endless))
    asked = _genuine_head(b"Content-Length: 10737418240\r\n", body=b"<" * 70_000)
    yield _bad("10 GiB announced", asked)
    expected = _genuine_head(b"Expect: 100-continue\r\nContent-Length: 10\r\n", body=b"")
    yield Case("HTTP Expect", expected, Expect.SILENT, lone=True)
    odd = _genuine_head(b"Expect: a-miracle\r\nContent-Length: 0\r\n", body=b"")
    yield _bad("Expect of another kind", odd)


def _paths() -> Iterator[Case]:
    rest = b" HTTP/1.1\r\n" + _HOST + b"Content-Length: 0\r\n\r\n"
    for path in (
        b"/callback/wecom/", b"/callback", b"/callback/dingtalk", b"/callback/../callback/wecom", b"//callback/wecom", b"/callback/wecom%2f",
        b"/callback/WECOM", b"/callback/wecom;a=1", b"/callback/%77ecom/x", b"/.env", b"/admin", b"/callback/wecom%00", b"/%ff", b"/%ed%a0%80",
    ):  # fmt: skip
        yield _bad(f"path {path!r}", b"POST " + path + rest)
