"""The company's own website, as far as links in messages lead there: a page for each address."""

from __future__ import annotations

from html import escape

from aiohttp import web

#: Where it is; what follows is the page.
PATH = "/sim/site/"
_TITLES = {
    "product": "产品介绍",
    "pricing": "价格",
    "quote-guide": "报价说明",
    "whitepaper": "选型白皮书",
    "cases": "客户案例",
    "pro": "专业版",
    "tips": "使用技巧",
    "whats-new": "更新内容",
}
_PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>'
    "<body><main><h1>{title}</h1><p>演示用的官网页面。这一下点击收到了：几秒后记在客户名下；发出两秒内就点的按安全扫描算，不记。</p></main></body></html>"
)


def routes() -> list[web.RouteDef]:
    """Paths and what answers them."""
    return [web.get(PATH + "{page:.*}", _show)]


async def _show(request: web.Request) -> web.Response:
    page = request.match_info["page"].strip("/")
    title = escape(_TITLES.get(page, page or "官网"))
    return web.Response(
        text=_PAGE.format(title=title),
        content_type="text/html",
        headers={"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer"},
    )
