"""Short answers about the QR code by which a customer adds one of us."""

from __future__ import annotations

CAPTION = "把上面的二维码给客户用微信扫一扫，加上以后 {lead_id} 会自动记为已加微信。"
COMING = "{lead_id} 的加微二维码正在生成，马上发来。"
INSTEAD = "{lead_id} 的加微二维码打不开图片，请点开这个地址：{url}"
ALREADY = "{lead_id} 的客户已经加上微信了。"
NOT_ABLE = "现在拿不到加微二维码：你在企业微信里还没有「客户联系」账号，请找管理员。"
ONLY_IN_PRIVATE = "二维码只在私聊里发，请私聊我。"
FAILED = "{lead_id} 的加微二维码没有生成成功，请过一会儿再试；还不行就找管理员看看「客户联系」权限。"
