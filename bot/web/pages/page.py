"""One page: a template, a nonce, and the headers that keep it to itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.web.site import Site

_NONCE = 16
_NOWHERE = "'none'"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    site: Site,
    template: str,
    *,
    status: int = 200,
    image: str = "",
    images: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    **facts: object,
) -> web.Response:
    """Draw `template`; `image` and `images` are the pictures from elsewhere that it may show."""
    nonce = base64.b64encode(site.random_bytes(_NONCE)).decode()
    text = (
        _templates()
        .get_template(template)
        .render(nonce=nonce, firm=site.company.org.company, image=image, **facts)
    )
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers={**_secure(nonce, *((image, *images) if images else (image,))), **(headers or {})},
    )


def _secure(nonce: str, *images: str) -> dict[str, str]:
    # No frame-ancestors: companies show these pages in frames on their own sites, and nothing
    # on them acts for a person who is logged in anywhere.
    policy = (
        "default-src 'none'; "
        f"style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
        f"img-src {_origins(images)}; form-action 'self'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _origins(addresses: Sequence[str]) -> str:
    found = {_origin(address) for address in addresses} - {_NOWHERE}
    return " ".join(sorted(found)) or _NOWHERE


def _origin(address: str) -> str:
    """Where a picture comes from, as a policy names it."""
    parts = urlsplit(address)
    host = parts.netloc
    is_plain = all(sign.isalnum() or sign in ".-:[]" for sign in host) and host.isascii()
    return f"{parts.scheme}://{host}" if parts.scheme in ("http", "https") and host and is_plain else _NOWHERE
