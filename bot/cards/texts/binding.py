"""Binding one person's accounts on two chat apps."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.texts import economy

CODE = (
    "绑定码 {code}，{minutes} 分钟内有效，只能用一次。\n"
    "请用你自己的账号，在另一个聊天软件里对我说：绑定 {code}\n"
    "不要把绑定码发给别人：谁用了它，谁就是你。"
)
DONE = "绑定好了。两边从现在起是同一个人：线索、任务都在一起，提醒发到你最近用的那一边。"
TOLD = "你的账号刚刚和另一个聊天软件里的账号绑定了。不是你操作的，请马上告诉管理员。"
WRONG = "绑定码不对、用过了或已过期。请在另一边重新发「绑定」拿一个。"
TOO_OFTEN = "试得太多了，请一小时后再来。"
ALONE = "请在和我的私聊里绑定。"
ONE_PLATFORM = "公司现在只接了一个聊天软件，不用绑定。"
OTHER_CHAT = "这个绑定码就是从这边拿的，请到另一个聊天软件里发给我。"
BOUND_ELSEWHERE = (
    "其中一边已经绑定了别的账号，不能再绑。请管理员在 config/org.yaml 的 people 里用 logins 指定。"
)
OTHER_NAME = "两边的姓名不一样，不能自动绑定。请管理员在 config/org.yaml 的 people 里用 logins 指定。"
ALREADY = "你的{platforms}账号已经是同一个人，不用再绑定。"
#: Why a lead changed hands, in its history.
REASON = "账号合并"


def already(platforms: Sequence[str]) -> str:
    """Say that there is nothing to bind."""
    return ALREADY.format(platforms="、".join(economy.platform(one) for one in platforms))
