"""Words of the page with a journey's results."""

from __future__ import annotations

from bot.insight.results.compare import FEWEST, FEWEST_SUCCESSES

NO_RESULTS = "这个旅程还没有发布过，没有结果。"
ALL_VERSIONS, VERSION = "全部版本", "第 {n} 版"
NO_VERDICT = "不能比"
OPEN = "其中 {n:,} 人还没过完观察期，数字还会变。"
ELSEWHERE = "另有 {n} 个旧版本的步骤没有列出，切到那一版看。"
HOW = (
    "人数按人算，一个人在一步里走几次都只算一次；合并过的线索算一个人；打了测试标签的、已删除的不算。",
    "比率的范围是 95% 区间，用 Wilson。",
    "目标每一步都看，另外每天夜里看一次，所以没走到下一步的、对照组的也算得到。",
    "打开数不准：有的邮箱替人打开，有的不让看。点击已去掉邮件网关的自动点击。比例都除以发出数。",
)
HOW_COMPARED = (
    f"每组不到 {FEWEST} 人，或两组合起来不到 {FEWEST_SUCCESSES} 人做到，先不下结论。",
    "分到哪一组以第一次为准，以后怎么走都算在那一组；对照组不走各组的步骤，照样算。",
    "比对照的差用 Newcombe，人均金额的差用 Welch，也都是 95% 区间；跨过 0，就是还看不出差别。",
)
