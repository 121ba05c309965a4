"""Bring a signed body to an address of another system, and nowhere else.

The name is resolved once, each address it has must be a public one, and the connection goes to those
addresses and to no other: a name that answers differently a moment later gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.crm.hook import Posted

#: Seconds for all of it, the answer's head included.
_WITHIN = 20.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: The library calls these open: site-local, a cloud's metadata, relays that nobody runs any more.
_INSIDE = tuple(map(ipaddress.ip_network, ("fec0::/10", "192.0.0.0/24", "192.88.99.0/24")))
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class _UnsafeError(OSError):
    """The name leads where we must not go."""


class _Pinned(AbstractResolver):
    """Gives the addresses that were looked at, and no others."""

    def __init__(self, *, internal: bool) -> None:
        self._internal = internal

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Look the name up, and refuse it if one of its addresses is not a public one."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        results = []
        for kind, _, proto, _, address in found:
            ip = str(address[0])
            if not self._internal and not is_public(ip):
                raise _UnsafeError(host)
            results.append(
                ResolveResult(
                    hostname=host, host=ip, port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST
                )
            )
        return results

    async def close(self) -> None:
        """Nothing is held."""


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet; also the one hidden in another kind of address."""
    try:
        ip: IPAddress = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if hidden is not None:
            return is_public(str(hidden))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if any(ip in one for one in _INSIDE):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class WebPoster:
    """Posts over HTTP."""

    def __init__(self, *, within: float = _WITHIN) -> None:
        self._within = within

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes, internal: bool) -> Posted:
        """See Poster. Each try has a connection of its own: addresses are looked at every time."""
        try:
            target = URL(url)
            host = target.host or ""
        except ValueError:
            return Posted(None, "bad_address")
        # An address in the URL itself asks no resolver.
        if not internal and (target.scheme != "https" or (_is_literal(host) and not is_public(host))):
            return Posted(None, "unsafe_address")
        try:
            return await self._posted(target, headers, body, internal=internal)
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            return Posted(None, _why(exc))

    async def _posted(self, url: URL, headers: Mapping[str, str], body: bytes, *, internal: bool) -> Posted:
        connector = aiohttp.TCPConnector(resolver=_Pinned(internal=internal), use_dns_cache=False, limit=1)
        session = aiohttp.ClientSession(
            connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._within),
        )  # fmt: skip
        async with session, session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return Posted(answer.status, retry_after=_seconds(answer.headers.get("Retry-After", "")))

    async def close(self) -> None:
        """Nothing is held between tries."""


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _why(exc: Exception) -> str:
    """Why there was no answer, in one word: an exception's own text may name what is inside."""
    if _is_unsafe(exc):
        return "unsafe_address"
    if isinstance(exc, TimeoutError):
        return "timeout"
    if isinstance(exc, aiohttp.ClientConnectorDNSError):
        return "name"
    return "tls" if isinstance(exc, aiohttp.ClientSSLError) else type(exc).__name__


def _is_unsafe(exc: BaseException | None) -> bool:
    while exc is not None:
        if isinstance(exc, _UnsafeError) or isinstance(getattr(exc, "os_error", None), _UnsafeError):
            return True
        exc = exc.__cause__ or exc.__context__
    return False


def _seconds(text: str) -> int | None:
    """Whole seconds; a date there is taken as nothing said."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None  # noqa: PLR2004


POSTER = WebPoster
