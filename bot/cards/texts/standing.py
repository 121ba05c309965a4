"""Short words about standing codes and links."""

from __future__ import annotations

REASON = "客户扫了活码「{name}」"
YOURS = "客户扫活码「{name}」加了你，归你跟进。"
#: Of whoever added a colleague by no code of ours.
SOURCE_ADDED = "企业微信"
REASON_ADDED, YOURS_ADDED = "客户直接加了微信", "客户直接加了你的微信，归你跟进。"
NOT_YOURS = "活码由市场同事和管理者看；你自己的活码也能看。"
NONE = "还没有活码：在 config/contact_ways.yaml 里加。"
HEAD = "活码和链接（发「活码 名称」拿）："
UNKNOWN = "没有叫「{said}」的活码，有的是：{known}。"
NOT_ABLE = "「{name}」后面的同事都还没有「客户联系」账号，请找管理员。"
COMING = "「{name}」正在生成，马上发来。"
CODE = "上面是「{name}」的二维码，可以保存、打印。客户扫码加上同事，来源记为{source}。"
CODE_INSTEAD = "「{name}」的二维码打不开图片，请点开这个地址：{url} （长按复制）"
#: The address stands on a line of its own and not at the end, where a platform may add what nobody sees.
LINK = "「{name}」的链接：\n{url}\n可以放到广告、短信或网页里，来源记为{source}。"
FAILED = "「{name}」没有生成成功，请过一会儿再试；还不行就找管理员看看「客户联系」和获客助手的权限、额度。"
SCENE = "「{name}」是公众号的码，参数填 {state}（公众号后台或接口生成带参数二维码），来源记为{source}。"
#: A card that was changed once may not be changed again, so it is said too.
NAMED = "{lead_id} 的微信名是「{name}」。"
FORM = "上面的二维码打开「{name}」的页面，可以保存、打印：\n{url}\n来源记为{source}。"
FORM_INSTEAD = "「{name}」的页面：\n{url}\n（图片打不开时用这个地址）"
_KINDS = {"form": "表单页", "code": "二维码", "link": "获客链接", "scene": "公众号码"}


def line(name: str, kind: str, source: str, campaign: str) -> str:
    """One of the list."""
    return f"· {name}（{_KINDS.get(kind, kind)}）：来源{source}{f'，活动{campaign}' if campaign else ''}"
