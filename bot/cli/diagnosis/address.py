"""The address by which the platform and the visitors reach us."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look

#: Seconds for one look.
_WITHIN = 6.0
_FINE, _FORGED, _NOT_FOUND, _PROXY_ALONE = 200, 401, 404, range(500, 600)
_NAME = "LEADBELL_PUBLIC_URL"


async def look(*, public: str, listen: str, callbacks: tuple[str, ...]) -> AsyncIterator[Finding]:
    """From here: is it running, and does the outer address lead to it?"""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_WITHIN)) as http:
        runs, _ = await _ask(http, f"http://{listen}/healthz")
        if runs == _FINE:
            yield fine("address.running", f"客铃正在 {listen} 上运行")
        else:
            yield worth_a_look("address.running", f"{listen} 上没有客铃在运行", "要收回调就运行 leadbell run")
        if not public:
            cure = f"请把 {_NAME} 设成外面打得开的地址，例如 https://crm.example.com"
            yield worth_a_look("address.public", f"{_NAME} 没有填：卡片和表单里的链接只有本机打得开", cure)
            return
        async for finding in _outside(http, public.rstrip("/"), callbacks):
            yield finding


async def _outside(
    http: aiohttp.ClientSession, public: str, callbacks: tuple[str, ...]
) -> AsyncIterator[Finding]:
    parts = urlsplit(public)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        cure = f"请写全，例如 {_NAME}=https://crm.example.com"
        yield broken("address.public", f"{_NAME}={public} 不是网址：少了 https://", cure)
        return
    if parts.scheme != "https":
        cure = "请在前面放一个带证书的反向代理，地址改成 https://"
        yield worth_a_look("address.https", f"{public} 不是 HTTPS，客户填的电话在路上是明文", cure)
    if await _is_private(parts.hostname or ""):
        cure = "这是内网地址，企业微信和客户从外面打不开；请换成公网域名，或改用智能机器人长连接"
        yield worth_a_look("address.private", f"{parts.hostname} 指向内网地址", cure)
    status, said = await _ask(http, f"{public}/healthz")
    if status != _FINE:
        yield broken("address.reached", f"{public} 打不开：{said or status}", _cure(status))
        return
    yield fine("address.reached", f"{public} 打得开")
    for platform in callbacks:
        status, said = await _ask(http, f"{public}/callback/{platform}")
        if status == _FORGED:
            yield fine("address.callback", f"{public}/callback/{platform} 通到客铃（没有签名的请求被拒绝）")
        else:
            cure = "反向代理要把 /callback/ 整个转给客铃，路径和参数都不要改"
            yield broken(
                "address.callback", f"{public}/callback/{platform} 答复 {said or status}，应该是 401", cure
            )


def _cure(status: int) -> str:
    if status in _PROXY_ALONE:
        return "反向代理在，后面的客铃没有答复：看客铃是否在运行，代理转发的端口对不对"
    if status == _NOT_FOUND:
        return "这个地址上不是客铃：看反向代理的域名和路径"
    return "请检查域名解析、端口、防火墙和证书"


async def _ask(http: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    """The status, or 0 and what went wrong."""
    try:
        async with http.get(url, allow_redirects=False) as response:
            return response.status, ""
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as exc:
        return 0, str(exc) or type(exc).__name__


async def _is_private(host: str) -> bool:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return any(not ipaddress.ip_address(one[4][0]).is_global for one in found)
