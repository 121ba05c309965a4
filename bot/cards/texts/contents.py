"""What is said about texts for customers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.crm.touching import Purpose

CHANNELS = {
    "email": "邮件",
    "sms": "短信",
    "wecom": "企业微信",
    "wechat_service": "微信客服",
    "wechat_official": "公众号",
    "mini_program": "小程序",
}
PURPOSES = {
    Purpose.REPLY: "答复",
    Purpose.TRANSACTIONAL: "服务通知",
    Purpose.MARKETING: "营销",
    Purpose.ADDED: "刚加微信",
}
EMPTY = "还没有素材，请在 config/content/ 或 config/assets/ 里写。"
NONE_ABOUT = "没有找到“{about}”的素材。发「素材」看全部。"
UNKNOWN = "没有叫“{name}”的内容。{meant}发「素材」看全部。"
MEANT = "是不是「{name}」？"
SEVERAL = "“{about}”有好几条，请写全名：{names}"
ONLY_PRIVATE = "客户的内容只能私聊看。"
HEAD = "共 {n} 条素材"
LINE = "· {name}（{what}）"
HOW = "素材 价格：按名称、标签找；预览 {name} L7：看发给这位客户是什么样；素材 {name} L7：拿去直接发给他"
SAMPLE = "示例客户（王先生，示例公司）"
PREVIEW_HEAD = "「{name}」发给{whom}："
MAIL = "【邮件】{subject}\n{text}"
SMS = "【短信】计 {pieces} 条\n{text}"
OTHER = "【{channel}】\n{text}"
BATCH_LINKS = "（企业群发一批客户收到同一个链接，点击只按整批合计，不知道是谁；单独发的才记到人）"
TEMPLATE = "平台模板 {template}：{params}"
MISSING = "【{channel}】缺“{field}”，这位客户发不了"
BROKEN = "【{channel}】模板填不出来，请检查 config/content/"
NO_CHAT_TEXT = "「{name}」没有能在聊天里发的版本，请在 config/content/ 里给 wecom 写一个。"
NEEDS = "「{name}」要用到{words}，由流程给出，不能直接拿去发。"
SHARE_HEAD = "复制下面这段发给{lead}，链接是他专属的，点了会记在他名下："
WAY_OUT = "（末尾自动加上退订链接）"
ONLY_IF_ASKED = "{lead}{at} 说过不要再收营销消息：只在他自己问起时发。"
SAID_STOP = (
    "{lead}{at} 说过不要再收营销消息，「{name}」是营销内容，不给你去发。他自己问起，用自己的话回答就好；"
    "他说想再收，发「恢复订阅 {lead_id} 本人要求」。"
)
#: Characters of one version in a preview.
MOST = 500


def listed(lines: Sequence[str], *, name: str) -> str:
    """All of them."""
    return "\n".join((HEAD.format(n=len(lines)), *lines, HOW.format(name=name)))


def shortened(text: str) -> str:
    """As much as a preview shows."""
    return text if len(text) <= MOST else f"{text[:MOST]}……"
