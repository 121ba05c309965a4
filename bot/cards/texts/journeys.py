"""What journeys say to colleagues."""

from __future__ import annotations

TASK = "{title}：{who}"
FROM = "来自旅程「{journey}」"
TOLD = "{text}\n{lead} {who}（旅程「{journey}」）"
#: To whoever sees no customers.
TOLD_TOTAL = "{text}\n（旅程「{journey}」）"
NO_COUPON = (
    "「{stock}」的券码用完了，旅程「{journey}」里的客户这次没有拿到券。补码：发「补券 {stock} 码1 码2 …」。"
)
STOCKS, NO_STOCKS = "券码还剩：", "还没有券码。补码：发「补券 新客券 码1 码2 …」。"
STOCK_LINE = "· {stock}：{n} 个"
STOCKED = "「{stock}」补了 {n} 个码（{known} 个已经有过），现在还剩 {left} 个。"
NOT_YOURS = "{lead} 不在你名下，不能放进或移出旅程。"
NOT_BY_HAND = "「{journey}」不能手工加入，它按自己的条件进。"
NOT_RUNNING = "「{journey}」没有在跑。"
JOINED = "{lead} 已进入「{journey}」。"
REFUSED = "{lead} 进不了「{journey}」：{why}。"
QUIT = "{lead} 已退出「{journey}」，后面的不再发。"
NOT_IN = "{lead} 不在「{journey}」里。"
WHERE, NOWHERE = "{lead} 的旅程：", "{lead} 没有进过旅程。"
IS_IN = "· {journey}：正在「{step}」"
WAS_IN = "· {journey}：{how}"
NOT_ADMITTED = {
    "already_in": "已经在里面了",
    "once": "这个旅程一人只走一次，走过了",
    "too_soon": "离上次进入还不够久",
    "same_key": "这一单已经走过了",
    "not_for_him": "不符合进入条件",
    "gone": "线索不在了",
    "stopped": "旅程已停止",
    "too_old": "事情过去太久",
    "loop": "一天内进入太多次",
    "no_key": "没有对应的单号",
}
