"""Binding a group to a pool."""

from __future__ import annotations

BOUND = (
    "好的，{pool}的新线索会在本群里提醒。群里只显示打码后的姓名，谁先点归谁，详情发到领取人的私聊。"
    "说「解绑本群」可以取消。"
)
ALREADY = "本群已经绑定{pool}。"
FREED = "好的，本群不再提醒新线索。"
NOT_BOUND = "本群没有绑定公海。"
IN_A_GROUP = "请先把机器人加进群，再在群里 @它 说：绑定本群 华东。"
WHICH = "要绑定哪个公海？可以说：{choices}。"
NOT_YOURS = "只有{pool}的大区经理、总监、高管和管理员可以绑定或解绑。"


def which(pools: list[str]) -> str:
    """Ask which pool was meant."""
    return WHICH.format(choices="、".join(f"绑定本群 {one}" for one in pools))
