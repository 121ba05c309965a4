"""What colleagues hear of customers who answered a message of ours."""

from __future__ import annotations

from collections.abc import Mapping

REPLIED_BY_SMS = "{lead}（{id}）回复了短信：\n{text}"
REPLIED_IN_WECHAT = "{lead}（{id}）在{where}里发来消息：\n{text}"
NO_WORDS = "（不是文字，请到后台查看）"
WHERE: Mapping[str, str] = {"wechat_official": "公众号", "mini_program": "小程序"}
