"""Words about what colleagues are asked to send to customers, and about 微信客服."""

from __future__ import annotations

from collections.abc import Mapping

SOURCE_LINE = "企业微信群发"
TITLE = "请您点一下发送：{what}"
REMINDED = "还没有发送：{what}"
NOTE = "在企业微信「工作台 → 客户联系 → 群发助手」里点“发送”，一次发给全部"
WHOM, TEXT, UNTIL, RESULT = "客户", "内容", "截止", "结果"
WHOM_SOME = "{names} 等 {n} 位"
WHOM_ALL = "{names}（{n} 位）"
BUTTON_SENT, BUTTON_DECLINE = "已发送", "不发了"
#: By how it ended.
ENDS: Mapping[str, str] = {
    "sent": "已发送",
    "declined": "没有发送，改用别的办法联系",
    "expired": "过期没有发送，改用别的办法联系",
    "refused": "企业微信没有收下，改用别的办法联系",
    "unknown": "不知道有没有建成，请在群发助手里看一下",
    "withdrawn": "已收回，有客户刚刚表示不再接收，或已要求删除",
    "gathering": "正在准备",
    "sending": "正在交给企业微信",
    "lost": "正在核对企业微信有没有收到",
}
COUNTS = "已送达 {sent}、没送达 {failed}、等待 {waiting}"
CLICKS, CLICKS_OF_ALL = "链接点击", "{n} 次（这一批合计，不知道是谁点的）"
ONLY_PRIVATE = "这里人多，请单独发给我"
AND_MORE = "另外还有 {n} 个等您发送：{names}"
NONE_WAITING = "现在没有等您发送的客户消息"
LOOKING = "正在向企业微信核对结果，发出去的马上会记到每位客户名下"
DECLINING = "好的，正在收回这次群发；这些客户会改用别的办法联系，或转成您的任务"
OVER = "这次群发已经结束：{state}"
NOT_YOURS = "这次群发不是交给您的"
LOST = (
    "《{what}》的群发交给企业微信后没有回音，列表里也没有找到。"
    "为了不重复打扰客户，不会再自动建；请在群发助手里看一下"
)
NOT_TAKEN_BACK = "《{what}》的群发没能收回（企业微信返回 {code}）。{why}请不要再点发送"
#: Whether somebody in it was erased, or only said stop.
NOT_TAKEN_BACK_WHY: Mapping[bool, str] = {
    True: "里面有客户已要求删除个人信息，",
    False: "里面有客户表示不再接收，",
}

WROTE = "{lead}（{id}）在微信客服说：\n{text}\n要亲自接待，发：接待 {id}"
WROTE_MEDIA: Mapping[str, str] = {
    "image": "［图片］",
    "voice": "［语音］",
    "video": "［视频］",
    "file": "［文件］",
    "location": "［位置］",
    "link": "［链接］",
    "miniprogram": "［小程序］",
    "business_card": "［名片］",
    "channels": "［视频号］",
    "channels_shop_product": "［商品］",
    "channels_shop_order": "［订单］",
}
OTHER_MEDIA = "［其他消息］"
SOURCE = "微信客服"
REASON = "在微信客服里找到我们"
STOP_TEXT = "在微信客服回复“{said}”"
NO_SESSION = "{who}（{lead_id}）没有在微信客服里说过话，没有会话可以接"
SESSION_GIVEN = "正在把 {lead_id} 的微信客服会话转给您，请在企业微信里直接回复；期间不会自动发客服消息"
SESSION_YOURS = "{lead_id} 的微信客服会话已经在您手里"
SERVICE_OFF = "没有开通微信客服。管理员可以在设置里打开，见管理员手册"
#: By the platform's word or number: why a message did not arrive.
FAILURES: Mapping[str, str] = {
    "41050": "欢迎码过期了（加好友后 20 秒）",
    "41051": "客户已经在和同事聊，或已经打过招呼",
    "84061": "已经不是微信好友",
    "95001": "客户发消息后已经回了 5 条",
    "95002": "客户上次发消息超过 48 小时",
    "95018": "会话在同事手里，或已经结束",
    "48002": "应用没有这个接口的权限",
    "84074": "应用没有加进「可调用接口的应用」",
    "fail_list": "企业微信不收这位客户",
    "no_contact": "已经不是微信好友",
    "platform_limit": "客户当天已经收到过一次群发",
    "left_out": "同事发送时没有选这位客户",
    "45015": "客户上次互动过了可以回复的时间",
    "45047": "客户互动之后能回的条数用完了",
    "43004": "客户没有关注公众号",
    "40003": "客户没有关注，或不再用小程序",
    "43101": "客户没有订阅，或订阅次数用完了",
    "43019": "客户在公众号的黑名单里",
    "40037": "模板编号不对，请核对内容里的 template",
    "45002": "文字太长，公众号和小程序最多 2048 字节",
    "no_secret": "这个公众号没有填 AppSecret",
    # What stands behind the colon is put in.
    "47003:": "模板字段 {} 的内容平台不收，请核对字段的种类和长度",
    "alone": "公众号群发至少要两个人一起",
    "kf_fail_1": "客服账号已删除",
    "kf_fail_2": "应用已关闭",
    "kf_fail_4": "超过 48 小时",
    "kf_fail_5": "会话已关闭",
    "kf_fail_6": "超过 5 条",
    "kf_fail_10": "客户拒收",
    "kf_fail_11": "没有成员登录",
}
