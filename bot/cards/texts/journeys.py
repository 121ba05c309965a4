"""What journeys say to colleagues."""

from __future__ import annotations

TASK = "{title}：{who}"
FROM = "来自旅程「{journey}」"
TOLD = "{text}\n{lead} {who}（旅程「{journey}」）"
#: To whoever sees no customers.
TOLD_TOTAL = "{text}\n（旅程「{journey}」）"
#: Before others: the number of the lead, nobody's name.
TOLD_GROUP = "{text}\n{lead}（旅程「{journey}」）"
NO_COUPON = (
    "「{stock}」的券码用完了，旅程「{journey}」里的客户这次没有拿到券。补码：发「补券 {stock} 码1 码2 …」。"
)
WILL_REST = "这个旅程暂停着：发布后仍然暂停，发「恢复旅程 {name}」才走"
WILL_RUN = "这个旅程停止着：发布后重新运行，原来在里面的人已经退出"
EMPTY_STOCK = (
    "“{stock}”里没有券码：走到发券那一步的客户拿不到券，写着优惠码的内容也发不出去。"
    "补码：发“补券 {stock} 码1 码2 …”"
)
LOOPED = (
    "「{journey}」今天已经让 {lead} 进了 {n} 次，像是和别的旅程、规则互相触发。今天不再让他进。"
    "请看 again 和触发条件，改好后「发布旅程 {journey}」。"
)
FAILED = (
    "「{journey}」里 {lead} 的一步怎么试都出错，已经请他退出，别人照常走。"
    "同样的错今天不再重复提醒，日志里每次都有（journey.step_failed）。"
)
RESTS = {
    "loop": "「{journey}」一天内有 {n} 位客户反复进入，已经自动暂停。改好后发「恢复旅程 {journey}」。",
    "failed": "「{journey}」一天内有 {n} 位客户出错，已经自动暂停。查清后发「恢复旅程 {journey}」。",
}
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
