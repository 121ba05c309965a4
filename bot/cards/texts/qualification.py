"""Words about a lead that marketing hands over, and what sales says of it."""

from __future__ import annotations

GOLDEN = "评分到 {score}，正是黄金窗口，趁热联系"
ACCEPTED = "已接受，市场会看到"
ACCEPTED_BEFORE = "已经接受过了"
REJECTED = "已退回市场：{reason}。评分再涨 {points} 分会重新分给销售"
NOT_HANDED_OVER = "这条线索不是市场转来的，退回请用「退回」，无效请用「无效」"
NOT_YOURS = "只有负责人和他的主管能接受或退回市场"
#: Kept in histories.
REASON_REJECTED = "退回市场：{reason}"
