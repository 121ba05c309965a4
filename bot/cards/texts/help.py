"""What can be said here, by role, short enough for one message."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.user import Role

REP = """直接发文字，或点菜单：
· 我的线索 / 我的任务 / 我的商机 / 公海
· 跟进 L7 已电话，客户要报价，下周二回访
· 查 张三（姓名、手机、公司都行）
· 录线索 张三 13800138000 星海制造 想了解专业版
· 转商机 L7，报价 D4 48000 九五折，D4 赢单
· 请假到周五 / 值班"""
MANAGER = """看团队：
· 逾期 / 未跟进：名单，可改派
· 改派 L7 李娜
问数据：
· 本月新增多少线索 / 本月业绩排名"""
MARKETER = """问数据：
· 本月各渠道线索数
· 本月线索转MQL率
· 渠道ROI"""
ADMIN = """你是管理员：可以收到大家的反馈；配置在 config/ 目录，用 leadbell check 检查。"""
MORE = "想细看：帮助 跟进 / 商机 / 任务 / 线索 / 值班。有意见发「反馈 …」。"
UNKNOWN = "还没有「{topic}」的说明。"

TOPICS: Mapping[str, str] = {
    "跟进": """写跟进：编号加一句话，日期会变成任务。
· 跟进 L7 已电话，客户要报价，下周二回访
· L7 已加微信，明天下午3点发资料
· 跟进 张三 拜访过了，月底签约
也可以点线索卡片上的「跟进」，再直接回复。""",
    "任务": """任务到点会提醒，逾期第二个工作日早上再提醒一次。
· 我的任务
· 完成 T5 / T5 推迟到明天下午3点 / T5 转交 李娜
· 提醒我 明天9点 给 L7 打电话""",
    "线索": """· 领取 L7 / L7 看电话
· 改 L7 公司 星海制造
· 退回 L7 联系不上 / L7 无效 空号
· 转交 L7 李娜
· 录线索 姓名 手机 公司 备注（会先查重）""",
    "商机": """· 转商机 L7 专业版 5万 12月底
· D4 到 商务谈判
· 商机 D4 金额 5万（产品、预计成交、名称一样改）
· 报价 D4 48000 折扣5%（或 九五折）
· D4 赢单 48000 / D4 输单 价格
· 回款 D4 2万 昨天""",
    "值班": """· 值班：开始接新线索
· 下班 / 请假 / 请假到周五 / 请假3天：不再推新线索给你""",
    #: Somebody sent a picture or a voice.
    "media": "我只看得懂文字，图片、语音和文件请改成文字再发。发「帮助」看看能说什么。",
}
#: Other words for the topics.
_SAME: Mapping[str, str] = {
    **dict.fromkeys(("完成", "推迟", "提醒", "待办"), "任务"),
    **dict.fromkeys(
        (
            "领取",
            "退回",
            "无效",
            "录",
            "录线索",
            "改",
            "转交",
            "改派",
            "查",
            "查重",
            "公海",
            "看电话",
            "搜索",
        ),
        "线索",
    ),
    **dict.fromkeys(("转商机", "报价", "赢单", "输单", "回款", "阶段", "推进", "金额"), "商机"),
    **dict.fromkeys(("请假", "下班", "上班"), "值班"),
}
_BY_ROLE: Mapping[Role, tuple[str, ...]] = {
    Role.REP: (REP,),
    Role.MANAGER: (MANAGER, REP),
    Role.DIRECTOR: (MANAGER, REP),
    Role.EXECUTIVE: (MANAGER, REP),
    Role.MARKETER: (MARKETER,),
    Role.ADMIN: (ADMIN,),
}


def text(role: Role, topic: str = "") -> str:
    """What this person can say, or how to say what he asked about."""
    if not topic:
        return "\n".join((*_BY_ROLE[role], MORE))
    found = TOPICS.get(_SAME.get(topic, topic))
    return found or "\n".join((UNKNOWN.format(topic=topic), *_BY_ROLE[role], MORE))
