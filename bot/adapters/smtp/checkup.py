"""Does the mail server take us: connected, greeted, logged in; no mail is begun."""

from __future__ import annotations

import asyncio
import ssl

import aiosmtplib
from aiosmtplib import SMTPException

from bot.adapters.smtp.config import Config
from bot.chat.adapter import Remark

_FINE = "发信邮箱：连得上 {host}:{port}，{login}"
_IN, _OPEN = "账号能登录", "不用登录"
_LOCKED = "发信邮箱：{host} 不让登录（{code}）"
_LOCKED_CURE = "请核对 LEADBELL_EMAIL__USER、__PASSWORD；多数邮箱要先开通 SMTP，密码用「授权码」"
_TLS = "发信邮箱：和 {host}:{port} 谈不成加密（{said}）"
_TLS_CURE = "LEADBELL_EMAIL__TLS 和端口要配对：465 用 ssl，587 用 starttls；证书要和 __HOST 的名字一致"
_GONE = "发信邮箱：连不上 {host}:{port}（{said}）"
_GONE_CURE = "请核对 LEADBELL_EMAIL__HOST、__PORT；有的云主机默认封 25 端口"


async def look(config: Config) -> tuple[Remark, ...]:
    """Say hello, log in, say goodbye."""
    client = aiosmtplib.SMTP(
        hostname=config.host, port=config.port, timeout=config.within, use_tls=config.tls == "ssl",
        start_tls=config.tls == "starttls", local_hostname=config.domain,
    )  # fmt: skip
    where = {"host": config.host, "port": config.port}
    try:
        async with asyncio.timeout(config.within):
            await client.connect()
            if config.user:
                await client.login(config.user, config.password.get_secret_value())
            await client.quit()
    except aiosmtplib.SMTPAuthenticationError as exc:
        return (Remark(False, _LOCKED.format(**where, code=exc.code), _LOCKED_CURE),)
    except ssl.SSLError as exc:
        return (Remark(False, _TLS.format(**where, said=exc.reason or type(exc).__name__), _TLS_CURE),)
    except (SMTPException, OSError, ValueError, TimeoutError) as exc:
        cause = exc.__cause__
        if isinstance(cause, ssl.SSLError):
            return (Remark(False, _TLS.format(**where, said=cause.reason or "SSL"), _TLS_CURE),)
        return (Remark(False, _GONE.format(**where, said=type(exc).__name__), _GONE_CURE),)
    finally:
        client.close()
    return (Remark(True, _FINE.format(**where, login=_IN if config.user else _OPEN)),)
