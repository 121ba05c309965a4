"""What can be said here, by role, short enough for one message."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards.texts import metrics
from bot.crm.user import Role

BY_WORDS, BY_WORDS_OR_MENU = "直接发文字：", "直接发文字，或点菜单："
REP = """· 我的线索 / 我的任务 / 我的商机 / 公海 / 看板
· 跟进 L7 已电话，客户要报价，下周二回访
· 查 张三（姓名、手机、公司都行）
· 录线索 张三 13800138000 星海制造 想了解专业版
· 转商机 L7，报价 D4 48000 九五折，D4 赢单
· 承诺 本月 50万 / 输单分析 / KPI
· 为什么没发 L7 / 同意记录 L7 / L7 在哪些旅程 / 素材 / 待我审批
· 早报 / 日报 / 我的订阅
· 请假到周五 / 值班"""
MANAGER = """看团队：
· 逾期 / 未跟进：名单，可改派
· 疑似重复 / 数据质量
· 改派 L7 李娜 / 改派 L7,L8 给 李娜 / 交接 李四 给 李娜
· 为什么 L7 给了张三 / 回收预览 / 分配公平
· 分群 / 分群 高意向未成交：人数、条件和样例
· 导入：把 csv 或 Excel 发给我，先试后导"""
#: Of whoever may change settings beside his role.
CONFIGURES = """改配置：
· 配置 / 每日领取上限改成8 / 撤销配置；细看：帮助 配置"""
#: Answered alone, never before others.
NUMBERS = """问数据：
· 看板：一页看全，可切换本周到今年
· 本月新增多少线索 / 本月业绩排名
· 周报 / 月报 / 每周一9点发上周漏斗给我 / 我的订阅
· 本季度预测 / 承诺汇总 / 输单分析 / KPI；细看：帮助 预测"""
MARKETER = """旅程：
· 旅程 / 旅程 白皮书跟进 / 发布旅程 白皮书跟进；细看：帮助 旅程
看人群：
· 分群 / 分群 高意向未成交：人数和条件
看内容：
· 素材 / 预览 产品介绍：每个渠道发出去是什么样
问数据：
· 看板：来源、成本、触达一页看全
· 本月各渠道线索数
· 本月线索转MQL率
· 渠道花费 / 线索成本
· 每周一9点发上周各渠道线索数给我 / 我的订阅
导入：把 csv 或 Excel 发给我，先试后导；导入记录 / 撤销导入 I7
接线索：
· 活码 / 活码 展会：渠道活码和获客链接
· 接入情况 / 重试 金数据"""
ADMIN = """你是管理员：
· 配置：能用一句话改什么、现在是多少、最近改过什么
· 接入情况：表单工具、广告平台、邮箱各收了多少，推送地址；重试 金数据
· 每日领取上限改成8 / 把李娜设为市场 / 撤销配置
· 导入：把 csv 或 Excel 发给我，先试后导；导入记录 / 撤销导入 I7
别的配置在 config/ 目录里改，用 leadbell check 检查。大家的反馈也会发给你。"""
GROUPS = """把公海绑到群：
· 绑定本群 华东：这个公海的新线索在群里提醒
· 解绑本群"""
NUMBERS_ALONE = "数字只能私聊问我。"
MORE = "想细看：帮助 跟进 / 商机 / 任务 / 线索 / 旅程 / 素材 / 值班 / 指标。有意见发「反馈 …」。"
#: What there is to read more of, for those who handle no leads.
_MORE: Mapping[Role, str] = {
    Role.MARKETER: "想细看：帮助 指标 / 订阅 / 看板。有意见发「反馈 …」。",
    Role.ADMIN: "想细看：帮助 配置。有意见发「反馈 …」。",
}
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
· L7 二维码：给客户用微信扫，加上你就算加微
· 改 L7 公司 星海制造
· 退回 L7 联系不上 / L7 无效 空号
· 接受 L7 / 退回市场 L7 没有需求：市场转来的线索合不合格
· 打标签 L7 价格敏感 / 去掉标签 L7 价格敏感
· 转交 L7 李娜 / 转交 L7,L8 给 李娜
· 为什么 L7 没给我
· 录线索 姓名 手机 公司 备注（会先查重）
· 查重 手机或公司 / 撞单 L7 / 时间线 L7
· 为什么没发 L7 / 触达记录 L7 / 同意记录 L7
· 退订 L7 邮件 原因 / 恢复订阅 L7 邮件 原因
· 素材 报价 L7：拿一段带专属链接的话发给客户；预览 产品介绍 L7
· 合并 L7 L9 / 撤销合并 L9 / 疑似重复""",
    "素材": """发给客户的话和文件：
· 素材：都有哪些
· 素材 报价 L7：拿一段带专属链接的话发给客户
· 预览 产品介绍 / 预览 产品介绍 L7：每个渠道发出去是什么样""",
    "商机": """· 转商机 L7 专业版 5万 12月底
· D4 到 商务谈判
· 商机 D4 金额 5万（产品、预计成交、名称一样改）
· 报价 D4 48000 折扣5%（或 九五折）
· D4 赢单 48000 / D4 输单 价格
· 回款 D4 2万 昨天""",
    "成交可能": """按公司自己的成交结果推算，每天凌晨学一次：
· 成交可能 L7：大约几成，哪些加分、哪些减分
· 预测模型：学了多少条、准不准（经理以上和市场）""",
    "旅程": """市场和总监管旅程：
· 旅程：都有哪些、各有几人；旅程 白皮书跟进：每一步的数字
· 旅程 白皮书跟进 结果：达成、分组对比、触达、花费
· 暂停旅程 / 恢复旅程 / 停止旅程 白皮书跟进
· 画 旅程 白皮书跟进：流程图和人数；模拟 旅程 白皮书跟进：一天一天会发什么
· 试算 旅程 沉默唤醒 分群 老客户；回测 旅程 沉默唤醒：会找谁、每天发几条，什么也不发
· 发布旅程 白皮书跟进：先看会影响谁，再确认；回退旅程 白皮书跟进
· 补券 新客券 A1 A2 / 券码
旅程请你定的：待我审批 / 批准 P3 / 拒绝 P3 理由
负责人：模拟 旅程 沉默唤醒 L7 / L7 加入旅程 沉默唤醒 / L7 退出旅程 沉默唤醒 / L7 在哪些旅程""",
    "预测": """按公司自己的历史推算，带区间，说明以往偏差：
· 本季度预测 / 下月预计业绩 / 华东这个月能做多少 / 各大区本月销售预测
· 承诺 本月 50万：自己说，随时可改；取消承诺 本月
· 承诺汇总：承诺、预测、已赢单、目标放在一起（经理看自己的人）
· 输单分析 本季度 / 赢单分析：原因、来源、产品、人、阶段、时长，点按钮看明细
· KPI / KPI 本季度：先看先行指标，再看结果
历史不够就不预测，会说还差多少。""",
    "配置": """管理员用一句话改，先给你看，点「确认修改」才生效，可以撤销：
· 每日领取上限改成8 / 华东公海的持有上限改成30
· 首响提醒改成20分钟 / 超时处理改成换人
· 把李娜设为市场 / 李娜的角色按通讯录
· 华东 11月目标 120万
· 停用规则 提交了表单 / 启用规则 提交了表单
· 配置：都是多少；撤销配置 3
本人来要自己的信息：
· L7 的同意：同意过什么；导出 L7 的个人信息；删除 L7 的个人信息 原因""",
    "值班": """· 值班：开始接新线索
· 下班 / 请假 / 请假到周五 / 请假3天：不再推新线索给你
· 请假 明天到周五，由李娜代班：客户来找先给李娜，回来还你""",
    "订阅": """到点自动发给你，随时能改、能停：
· 每周一9点发上周漏斗给我
· 每天18点发今天新增线索 / 每月1号上午9点发上月业绩排名
· 改成周二 / 把漏斗改成每周二10点 / 停掉漏斗
· 我的订阅：都有哪些，点按钮停
· 每周五17点把本周业绩发到群（经理以上，群里只发全公司或大区的合计）
系统按角色发的：早报、日报、周报、月报、异常提醒，也能停：停掉周报 / 订阅周报。""",
    "看板": """一页看全你该看的数字，链接只给你，别人打不开：
· 看板：点「打开看板」，可切换本周、本月、本季度、今年
· 每个数字旁边有「口径」和「明细」，明细能导出 csv 和 Excel
· 图下面点「看数字」，是同样内容的文字
· KPI：看板里的关键指标，在聊天里看
只在私聊里给。链接过期了，重新发「看板」。""",
    "日报": """下班前按当天的跟进起草一份：
· 日报：看草稿，点「发给经理」「改一改」「今天不发」
· 不点不会发出去""",
    "前后对比": """改了规则，看有没有用（经理以上）：
· 改规则前后对比：选一次修改
· 配置3前后对比：改前改后各取同样多的工作日""",
    "绑定": """企业微信和钉钉都用的话，绑定一次，两边就是同一个你：
· 在一边发「绑定」，拿到绑定码
· 10 分钟内，用你另一边的账号发「绑定 AB12CD」
绑定码不要给别人。""",
    #: Somebody sent a picture or a voice.
    "media": "我只看得懂文字和表格文件，图片、语音请改成文字再发。发「帮助」看看能说什么。",
}
#: Words after which the numbers are listed that may be asked for.
METRICS = frozenset({"指标", "数据", "数字", "口径", "问数", "报表", "数据指标", "指标口径"})
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
            "撞单",
            "合并",
            "时间线",
            "公海",
            "看电话",
            "加微码",
            "二维码",
            "搜索",
        ),
        "线索",
    ),
    **dict.fromkeys(("转商机", "报价", "赢单", "输单", "回款", "阶段", "推进", "金额"), "商机"),
    **dict.fromkeys(("自动化", "营销自动化", "规则"), "旅程"),
    **dict.fromkeys(("成交概率", "预测模型"), "成交可能"),
    **dict.fromkeys(("承诺", "销售预测", "输单分析", "赢单分析", "KPI", "kpi"), "预测"),
    **dict.fromkeys(("设置", "改配置", "角色", "目标"), "配置"),
    **dict.fromkeys(("请假", "下班", "上班"), "值班"),
    **dict.fromkeys(("推送", "定时", "周报", "月报", "早报", "异常提醒"), "订阅"),
    **dict.fromkeys(("改规则前后对比", "效果"), "前后对比"),
    **dict.fromkeys(("仪表盘", "仪表板", "驾驶舱", "打开看板", "我的看板", "明细"), "看板"),
}
_BY_ROLE: Mapping[Role, tuple[str, ...]] = {
    Role.REP: (REP,),
    Role.MANAGER: (MANAGER, NUMBERS, REP),
    Role.DIRECTOR: (MANAGER, NUMBERS, REP),
    Role.EXECUTIVE: (MANAGER, NUMBERS, REP),
    Role.MARKETER: (MARKETER,),
    Role.ADMIN: (ADMIN,),
}

_NUMBERS = (NUMBERS, MARKETER)
_MAY_BIND = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE, Role.ADMIN})


def text(
    role: Role, topic: str = "", *, is_private: bool = True, has_menu: bool = False, may_bind: bool = False
) -> str:
    """What this person can say here, or how to say what he asked about.

    Before others nothing is listed that is answered alone; `may_bind` for whoever may by more than his role.
    """
    if topic in METRICS:
        return metrics.listed(role)
    found = TOPICS.get(_SAME.get(topic, topic)) if topic else None
    if found is not None:
        return found
    said = _by_role(role, is_private=is_private, has_menu=has_menu)
    groups = (GROUPS,) if not is_private and (may_bind or role in _MAY_BIND) else ()
    unknown = (UNKNOWN.format(topic=topic),) if topic else ()
    config = (CONFIGURES,) if is_private and may_bind and role is not Role.ADMIN else ()
    return "\n".join((*unknown, *said, *config, *groups, _MORE.get(role, MORE)))


def _by_role(role: Role, *, is_private: bool, has_menu: bool) -> tuple[str, ...]:
    parts = _BY_ROLE[role]
    alone = () if is_private or not any(part in _NUMBERS for part in parts) else (NUMBERS_ALONE,)
    head = BY_WORDS_OR_MENU if has_menu and is_private else BY_WORDS
    heard = tuple(part for part in parts if is_private or part not in _NUMBERS)
    return (*(f"{head}\n{part}" if part is REP else part for part in heard), *alone)
