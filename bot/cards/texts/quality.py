"""Short answers about records: merging, likely duplicates, who was first, how good the rows are."""

from __future__ import annotations

from collections.abc import Mapping

#: What speaks for two leads being one person.
EVIDENCE: Mapping[str, str] = {
    "same_name": "姓名相同",
    "similar_name": "姓名相近",
    "same_company": "同一家公司",
    "same_city": "同城",
    "phone_close": "电话只差一位",
    "phone_swapped": "电话有两位颠倒",
    "same_mailbox": "邮箱 @ 前相同",
    "same_landline": "同一座机",
    "same_unionid": "同一个微信",
    "same_wecom": "同一个企业微信联系人",
    "same_openid": "同一个公众号粉丝",
}
MERGED = "已合并：{gone} 并入 {kept}"
UNDO_HINT = "30 天内可撤销：发「撤销合并 {gone}」"
APART = "记下了：{one} 和 {other} 不是同一个，不再提醒"
UNMERGED = "已撤销：{gone} 和 {kept} 恢复成合并前的样子"
UNMERGED_LEFT = "已撤销：{gone} 和 {kept} 已分开；合并后改过的 {left} 处保留现在的内容"
MERGED_BY = "{by}把 {gone} 并入了 {kept}，{whose}。"
IS_YOURS, IS_HIS = "由你负责", "由{owner}负责"
SAME = "要写两个不同的编号，例如：合并 L7 L9"
UNKNOWN_PAIR = "没有这条线索，或者不在你能看的范围里。"
ALREADY = "{one} 和 {other} 已经是同一条了"
ELSEWHERE = "其中一条已并入别的线索，请用它现在的编号"
NOT_YOURS = "两条都归你负责、或都归你管，才能合并"
ASKED = "你只负责其中一条，已请{name}决定要不要合并"
NOBODY_ASKED = "你只负责其中一条，要由同时管两边的经理或总监合并"
NOTHING_MERGED = "没有可以撤销的合并：{said}"
TOO_LATE = "已超过 30 天，或资料已按要求删除，不能撤销了"
LATER = "之后又有合并 {which}，请先发「撤销合并 {which}」"
OWNER_LEFT = "不能撤销：{gone} 原来的负责人{which}已离职，撤销后没人跟。请先定好由谁接手"
KEY_GONE = "不能撤销：{gone} 的电话或邮箱现在属于 {which}"
NO_QUALITY = "数据质量由销售和经理看；管理员看不到客户数据。"
ONLY_PRIVATE = "客户资料只能私聊看，请私聊发我。"
MET = "{name}刚{how}了你的客户 {lead_id}（{matched}相同）。他看不到客户资料。"
HOW: Mapping[str, str] = {"entered": "录入", "checked": "查重到"}
MATCHED: Mapping[str, str] = {
    "phone": "手机号",
    "email": "邮箱",
    "external_id": "外部编号",
    "unionid": "微信",
    "wecom": "企业微信联系人",
    "openid": "公众号",
    "landline": "座机",
    "company": "公司",
}
TENURES: Mapping[str, str] = {
    "claimed": "领取",
    "assigned": "分配",
    "transferred": "转交",
    "created": "自己录入",
}
FIGURES: Mapping[str, str] = {
    "incomplete": "资料不全",
    "invalid": "格式可疑",
    "stale": "久未更新",
    "duplicate": "疑似重复",
}


def evidence(keys: tuple[str, ...]) -> str:
    """What speaks for it, in words."""
    return "、".join(EVIDENCE.get(key, key) for key in keys)
