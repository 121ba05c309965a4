"""How characters look: those that a hurried hand or a scanner takes for each other."""

from __future__ import annotations

from bot.crm.metrics.spoken import spoken

#: Each group is written for any of its members. Only characters of the words of questions.
_ALIKE = spoken(
    "未末 绩债积 线钱浅 索素 赢嬴羸蠃 商啇 率卒 款歉 回因 退腿 邮由 短矩 信倍 触独 到倒 打找 开井 点占 "
    "成戌戍 交父 客容 周同 期斯朝 复夏 失矢 满蒲 投没 诉拆 渠梁 化华 漏涌 预顶 测侧 逾偷愈 务备 海每悔 "
    "池地 配酉 东车 区匹 大太 季李委 度渡 各名 按案 排徘 新斩 增曾 领令 效郊 微徽徵 跟根限 响向 时对 "
    "输榆 单早 额颔 数教 金全 价介 析折 源原 类粪 组祖 队认 龄令 签箬 约纳 订汀 漏满 活话 登签 "
    "环坏 比此 同问 历厉 赚嫌 谈淡 审申 报扳 手毛 在再 己已巳 潜替 抢枪 捞涝 掉悼 保堡 加如 好奶 "
    "友右 次欠 无元 完宪 及乃 最撮 垫执 底低 末未 "
)
_FIRST = {ord(char): group[0] for group in reversed(_ALIKE) for char in group}


def look(text: str) -> str:
    """The text with each character as the first of those that look like it."""
    return text.translate(_FIRST)
