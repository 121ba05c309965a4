"""The closed words of the grammar that belong to no metric, person or value."""

from __future__ import annotations

from collections.abc import Iterator

from bot.crm.metrics.metric import Subject
from bot.crm.metrics.spoken import spoken
from bot.crm.query import Compare, Order
from bot.insight.ask import meanings as m
from bot.insight.ask.meanings import Act, Meaning, Measure, Shape, Whose

NOISE = spoken(
    "为止 呃 唉 唔 欸 诶 哟 哇 喔 提供 提供一下 提供下 给一下 发一下 小铃 客铃 leadbell 机器人 小助手 因为 "
    "剩 剩余 剩下 还剩 还剩下 余下 算 来算 老板好 领导好 领导 大家好 各位好 "
    "老板要看 领导要看 老板要 领导要 老板问 领导问 老板想看 领导想看 "
    "给 只要 就要 由于 来着 合起来 多少了 有多少了 多少条了 多少个了 主要 主要是 基本 "
    "们 给出 一览 一览表 概况 总览 一览无余 整个的 这部分 板块 那些人 这几个 那几个 之一 麻烦您 您 帮我们 "
    "给我们 业务员们 一眼 的线 "
    "请 请问 麻烦 帮 帮我 帮忙 帮我看 帮我查 给我 给我看 给我看下 给我看看 告诉我 跟我说 和我说 跟我说说 "
    "告诉 我想看 我想看看 我想知道 我想问 我想问下 我想了解 我要看 我要 想看 想看看 想知道 想了解 想问 "
    "想问下 我看 我看看 我看下 我看一下 我查 我查下 我查一下 让我看看 让我看下 帮我看看 帮我看下 "
    "帮我看一下 帮我查下 帮我查一下 帮我统计 帮我统计下 帮我算 帮我算下 帮我拉 帮我拉下 帮我拉一下 发我 "
    "发给我 给我发 查 查下 查查 查一下 查询 看 看看 看下 看一下 瞧瞧 瞅瞅 瞅一眼 看一眼 查看 算下 算一下 "
    "算算 拉一下 拉下 统计 统计下 统计一下 汇总 汇总下 汇总一下 报一下 报下 汇报 汇报一下 列一下 列出 "
    "列下 列出来 展示 展示一下 显示 说说 说下 说一下 讲讲 讲下 来 来个 来一份 来一下 的 了 过 是 有 "
    "没有多少了 在 里 里面 里边 里头 中 上面 当中 其中 内 得 地 着 把 呢 吗 吧 啊 呀 哦 哈 嘛 么 咯 啦 "
    "噢 哎 哎呀 嗯 喂 嗨 哈喽 那个 这个 个 条 件 笔 单 套单 次 位 名 家 多少 多少个 多少条 多少人 多少次 "
    "多少件 多少位 几 几个 几条 几次 几件 几人 几家 几位 多少家 好多 多大 多高 怎么样 "
    "怎样 如何 什么样 什么 什么情况 啥样 咋样 啥 是多少 有多少 有几个 是啥 情况 状况 表现 数据 数字 数值 "
    "指标 信息 明细 详情 名单 列表 清单 报表 报告 表格 表 图 图表 饼图 柱状图 折线图 曲线图 条形图 一下 "
    "热力图 热图 "
    "下 一共 总共 共 合计 总计 一起 加起来 加总 总的 总 总量 总数 整体 总体 累计 所有 全部 全部的 整个 "
    "都 也 还 还有 又 再 就 只 只看 就看 才 已 已经 正在 正 大概 大约 到底 究竟 具体 具体的 详细 实际 "
    "真实 最新 最新的 现有 的话 方面 这块 那块 那边 这边 以及 产生 产生的 带来 带来的 贡献 贡献的 做 "
    "做了 做的 拿 拿了 拿到 拿下了 完成了 有没有 是不是 谢谢 感谢 多谢 谢了 谢谢啦 老板 亲 你好 您好 hi "
    "hello 在吗 早 早上好 下午好 晚上好 好的 ok 行 可以 能 能不能 能否 可否 能看到 排 按 按照 依 为 于 "
    "由 从 自 让 被 来自 通过 用 关于 针对 其 各自的 业务上 维度 角度 口径 展开 细分 拆 拆开 拆分 拆解 "
    "分开 分开看 分一下 分 分下 来分 来看 来看看 来看下 去看 划分 分类 归类 看的话 看呢 出 出来 出了 "
    "一个 我需要 需要 是什么 是什么样 公布 今 这些 那些 他 他的 她 她的 他们 他们的 一直 全部加起来 "
    "到了 到手 目 数字是 结果 结果如何 水平 一块 完成 做到 达到 做成 达到了 呗 撒 滴 想 问 问下 请教 "
    "下呢 时候 时间 为止 处于 阶段的 新 收 客户的 做得 干得 干了 干 打 发生 发生了 收到了 一天 总的来说 "
    "平时 期间 之间 期间内 这段时间 每 推广 的量 量 率是 "
    "你帮我 你给我 你看 你看看 你查下 你说 你能 封 "
    "画 画个 画一个 画一下 画下 画出 画张 画一张 画幅 绘制 绘个 做个图 做张图 来张 来张图 出张图 出个 "
    "出一个 弄个 弄一个 "
    "整个图 整一个 拉个 拉一个 拉张 拉一张 拉出来 调出来 调一下 调个 翻一下 找一下 "
    "百分之多少 百分之几 老是 总是 卡在 停在 停留在 离 距 距离 "
    "高不高 多不多 大不大 好不好 快不快 长不长 低不低 慢不慢 贵不贵 多吗 高吗 好吗 大吗 快吗 慢吗 贵吗 低吗 "
    "咋样了 咋样啊 怎么样了 怎样了 如何了 咋个 哪样 到底有 究竟有 眼看 大家看看 老铁 兄弟 各位 "
    "嗯嗯 那啥 就是说 就是 呃那个 嗯那个 这会 我想 我想要 想要 我要查 我要问 我问下 我问一下 问一下 "
    "说一声 讲一下 "
    "帮我瞅瞅 帮我瞧瞧 瞅一下 瞅下 瞧一下 瞧下 看一看 查一查 算一算 帮我画 帮我画个 帮我画一下 给我画 "
    "给我画个 "
    "给我拉 给我拉个 给我整个 帮我整个 给我弄个 给我出个 帮我出个 帮我拉个"
)

#: These are words of the grammar only together with others; alone they would swallow meaning.
_NOT_NOISE = {"每", "推广", "率是", "目", "总数字", "打", "新", "收", "一直", "时间", "这段时间", "平时"}

LINKS = spoken("还是 加 加上 外加 和 跟 与 及 以及 同 还有 、 & + 和我们的")
TURNS = spoken(
    "换成 改成 改为 换 换作 变成 那 那么 那换成 再看 再看看 再看下 换一下 改看 然后 那如果 如果是 如果 "
    "换到 那要是 要是 改一下 切换到 切到 换为 也看看 再来 那就"
)
SUBJECTS = {
    Subject.LEAD: spoken("线索 名单线索 潜客 潜在客户 销售线索 商机线索 资源"),
    Subject.DEAL: ("商机", "销售机会", "机会", "商机们", "项目机会"),
    Subject.CUSTOMER: ("客户", "顾客", "客人"),
    Subject.TASK: ("任务", "待办", "待办任务", "跟进任务", "待办事项"),
}
ACTS = {
    Act.NEW: spoken(
        "新增 新增了 新进 新来 新来的 来了 进了 进来 进来了 收到 获得 获取 新建 创建 录入 新录入 增加 "
        "增加了 新进来 来的 拿到的新 新开 新产生 接到 收获 新接 流入 新到 进来的 新进来的 引入 "
        "多了多少新 新拉 拉来 拉来了 拉到 接了 来过"
    ),
    Act.FOLLOW: spoken(
        "跟进 跟进了 跟了 跟过 联系了 联系过 回访 回访了 跟进过 拜访 拜访了 沟通了 跟单 联系 回访过 跟踪 "
        "跟踪了 沟通 跟得 跟客户"
    ),
    Act.WIN: spoken(
        "赢单 赢单了 成交 成交了 签单 签单了 签约 签约了 签 签了 成单 成单了 出单 出单了 开单 开单了 赢 "
        "赢了 拿下 拿下了 关单 中标 签下 签下了 签成 谈成 谈成了 签到 成了 赢下 赢得 签回来 签一单 "
        "签下一单 成交一单 成一单 出一单 开一单 谈成一单 拿下一单 赢一单"
    ),
    Act.SELL: spoken("卖 卖了 卖得 卖的 卖出 卖出了 卖掉 售出 卖出去 销售了 卖出去了"),
    Act.HOLD: spoken(
        "在手 手上 手里 手头 名下 持有 在跟 跟进中 手中 手头上 在跟进 正在跟进 正在跟 握着 存量 在谈 "
        "进行中 手上还 保有 在途 未关闭 压着 压了 捏着 攥着 手上压着 手里压着 手上捏着 手里捏着"
    ),
    Act.FINISH: spoken("完成 完成了 做完 做完了 办完 办结 搞定 干完 处理完 已完成"),
}
MEASURES = {
    Measure.AMOUNT: spoken(
        "多少钱了 "
        "金额 总额 总金额 多少钱 额 价值 钱 多少万 几万 多少元 多少块 值多少钱 总价值 规模 合计金额 总价 "
        "款 金额是多少 多少金额"
    ),
    Measure.COUNT: spoken(
        "数 数量 个数 单数 笔数 几单 多少单 几笔 多少笔 几个单子 多少个单子 单子 总单数 单量 订单数 "
        "几张单 多少张单 条数 件数 订单 人数 几张单子 家数 几个单 合同 单子数"
    ),
    Measure.TIMES: ("次数", "几次", "多少次", "总次数", "频次"),
    Measure.LENGTH: spoken(
        "多久 多长 多快 要多久 多长时间 多少时间 要多长时间 需要多久 得多久 需要多长时间 用了多久 "
        "花了多久 花多久 用多久 "
        "多少天 几天 要几天 要多少天 需要几天 需要多少天 得几天 用了几天 多少分钟 几分钟 要几分钟 "
        "多少小时 几个小时 "
        "平均多少天 平均几天 平均多久 有多快 有多慢 多慢"
    ),
    Measure.AVERAGE: spoken("平均 均 平均值 均值 平均的 平均下来"),
}
TRENDS = spoken("走势 趋势 变化趋势 走向 曲线 走势图 趋势图 变动趋势 增长趋势 发展趋势 变化曲线 时间趋势")
SPREADS = spoken(
    "占多少 占了多少 占几成 占百分之几 占多大比例 各占多少 分布 占比 构成 比例 结构 分布情况 占比情况 "
    "分布图 比重 组成"
)
EACH = spoken(
    "分别 各多少 各有多少 各是多少 各自 各自多少 各有几个 各几个 各几条 各几单 各有几条 各自有多少 "
    "分别是 分别有 各为多少 各有 各是 各多少条 各多少个 各签了几单 各自的 单独看 分开统计 分别多少 "
    "各多少单 各有几单"
)
UNGROUPED = spoken(
    "不分组 不分了 取消分组 去掉分组 不用分了 不分 不用分 不要分组 合并 合在一起 看总数 看合计"
)
GROUPED = ("分组", "分组看", "分组统计", "分组看看")
VERSUS = spoken(
    "对比 比较 比 较 相比 相较 相较于 比起 pk vs 对比一下 比较一下 比一比 做对比 做个对比 对比下 比一下 "
    "对照 相对 比比 对比看 对比分析 比较下 相比较 相对于 对比情况"
)
SUPERLATIVES = {
    Order.DESC: (
        "多 高 大 好 强 长 慢 久 贵 佳 优 厉害 牛 棒 猛 突出 靠前 多的 优秀 拔尖 领先 狠 出色 优异 旺 "
        "勤 积极 努力 活跃 勤快 不及时 能 会 给力 划算 合算 值 值得投 容易成交 易成交 好成交 容易签 "
        "容易签单 容易成单 容易赢单 容易出单 勤奋 亮眼 能干 能打 频繁"
    ),
    Order.ASC: (
        "少 低 小 差 短 快 弱 便宜 不好 糟 烂 靠后 惨 落后 糟糕 差劲 不行 省 及时 迅速 拉胯 拉垮 惨淡 菜 "
        "不给力 难看 难成交 难签 不理想 不好看"
    ),
}
COMPARATIVES = {
    Order.DESC: "多 高 大 好 强 长 慢 久 厉害 更多 更高 更大 更好 更强 更慢 更长 更久",
    Order.ASC: "少 低 小 差 短 快 更少 更低 更差 更短 更快 更小",
}
FIRSTS = {
    Order.DESC: spoken(
        "冠军 榜首 状元 第一 第一名 排第一 排名第一 头名 排行第一 no1 top1 排在第一 领跑 居首"
    ),
    Order.ASC: spoken(
        "垫底 末位 吊车尾 倒数第一 最后一名 倒数第一名 排最后 排名最后 末尾 排名垫底 倒一 最末 最后一位 "
        "殿后 末名"
    ),
}
ORDERINGS = {
    Order.DESC: spoken(
        "排名 排行 排行榜 龙虎榜 榜单 排序 从高到低 由高到低 从多到少 从大到小 降序 倒序 排个名 排名榜 "
        "排名情况 由多到少 由大到小 排个序 名次 排一下 排一下名 排排名 英雄榜 榜 高到低 从高往低 多到少 "
        "排个队 从高到低排 从高到低排列 风云榜 光荣榜 战报榜 从多到少排 排列"
    ),
    Order.ASC: spoken(
        "从低到高 由低到高 从少到多 从小到大 升序 正序 由少到多 由小到大 低到高 从低往高 少到多 倒着排 "
        "从低到高排 从低到高排列 从快到慢 从少到多排"
    ),
}
COMPARES = {
    Compare.PREVIOUS: spoken(
        "环比 环比增长 环比增长率 环比增幅 环比变化 较上期 比上期 跟上期比 与上期相比 和上期比 环比增速 "
        "环比情况 环比数据 环比涨幅 环比下降 较上一期 比上一期 跟上一期比"
    ),
    Compare.LAST_YEAR: spoken(
        "同比 同比增长 同比增长率 同比增幅 同比变化 去年同期 同期 上年同期 去年同月 去年同一时期 "
        "同比增速 同比情况 去年这个时候 同比数据 同比涨幅 同比下降 去年同时期 去年同季 去年同季度 "
        "上一年同期 去年同一时间 去年同日 去年同周 去年同一天"
    ),
}
GROWTH = spoken(
    "上涨 上升 下跌 增长率 增长 增长了 增幅 涨幅 增速 变化 涨了 跌了 下降 下降了 多了 少了 变化率 "
    "涨跌 变动 增减 提升 提升了 涨 降了 下滑 跌 降 差多少 相差 差异 差距 变化情况 变多了 变少了 高了 低了 "
    "涨了没 涨了吗 涨没 跌了没 跌了吗 降了没 降了吗 涨了还是跌了 多了还是少了 升了没 升了还是降了 "
    "有没有涨 有没有跌 "
    "升了 减少 减少了 降低 降低了 变化幅度 幅度 增量 涨没涨 是涨是跌 涨还是跌"
)
WHOSE = {
    Whose.MINE: spoken("我 我的 我自己 自己 本人 我个人 我自己的 俺 我这边 我这里 我这 我本人 我名下的 我今"),
    Whose.OURS: spoken("我们 咱们 咱 我们的 咱们的 我们这边 我们这 咱们这边"),
    Whose.OUR_TEAM: spoken(
        "我们团队 我的团队 我团队 我手下 手下 下属 我的人 团队 我的组员 我手下的人 我们部门 本部门 我部门 "
        "咱们团队 我的下属 我的部门"
    ),
    Whose.OUR_GROUP: spoken("我们组 本组 我组 我们小组 咱们组 咱组 我的组 我们这组 我们这个组 我所在的组"),
    Whose.OUR_REGION: spoken(
        "我们大区 本大区 本区 我区 我们区 我们区域 本区域 咱们大区 咱们区 我的大区 我的区域 我大区 "
        "我负责的区域 我负责的大区"
    ),
    Whose.EVERYONE: spoken(
        "全公司 公司 我们公司 咱们公司 公司整体 全国 整个公司 我司 本公司 全公司的 公司总体 公司全部 "
        "公司所有 全司 不限区域 所有大区 全部大区 所有区域 不分区域 公司全体 全部区域 所有组 全部组 "
        "各大区合计 所有团队 集团 全集团 公司上下 整个集团"
    ),
    Whose.ALL_PEOPLE: spoken(
        "所有人 全体 全员 大家 所有销售 全部人员 所有员工 全体销售 全部销售 全体员工 所有人员 所有同事 "
        "销售团队 全体人员 所有的人"
    ),
}
ATTRIBUTIONS = {
    "last": spoken(
        "末次 末次归因 末次触点 最后触点 最后一次触点 末次触达 末触 末次点击 最后点击 末次触点归因 "
        "最后触点归因 lasttouch last_touch 末次互动 末触归因"
    ),
    "linear": spoken("线性 线性归因 平均归因 均分归因 线性模型 linear 线性分配"),
    "first": spoken(
        "首次归因 首次触点 首触 首次触点归因 首触归因 首次触达归因 firsttouch first_touch 首次点击归因 "
        "默认归因"
    ),
}
NOW = spoken(
    "现在 目前 当前 此刻 眼下 现阶段 截至目前 截止目前 截至现在 截止现在 到目前为止 截止到现在 截至今天 "
    "截止今天 到现在为止 截止到目前 当下 现如今 如今 眼前 这会儿 现今 截至当前 截止当前 截至今日 "
    "实时 现时"
)
UNTIL_NOW = spoken(
    "至今 以来 起 开始 到现在 到今天 到目前 迄今 至现在 到如今 到此刻 至今天 到今日 至今日 到当前 "
    "到今天为止 至目前 开始到现在 起至今 以来到现在 至今为止 到眼下 -今天 -至今 -现在 ~今天 ~至今 ~现在 "
    "到今 开始至今"
)
RANGE_TO = spoken("到 至 - ~ -- 到了 一直到 截至 截止 截止到")
VAGUE_TIMES = spoken(
    "未来 接下来 往后 今后 将来 未来几天 未来一段时间 "
    "最近 近期 近来 这几天 前几天 这两天 这阵子 前阵子 这段时间 前段时间 最近一段时间 近段时间 这几周 "
    "这几个月 前两天 前些天 过去 这些天 近几天 近几个月 近几周 最近几天 最近几周 最近几个月 近日 往年 "
    "历年 以前 之前 过去几个月 前几个月 月初 月末 月底 年初 年底 年末 周初 季度初 季度末 季初 季末 "
    "有史以来 历史 历史上 一直以来 成立以来 以往 同一时间 近一段时间 最近这段时间 平时 旺季 淡季 前两周 "
    "前两个月 前三个月 前几周"
)
UNSPEAKABLE = {
    "改动记录": spoken("分给 转给 派给 交给 分配给 移交给 让给 指派给 改派给 划给 分派给"),
    "算占比": spoken("占 占全公司 占全部 占总的 占整体 占大盘 占到 占了 占总"),
    "看没做完的任务": spoken(
        "没完成 未完成 没有完成 没做 未做 没做完 没做完的 没干完 没办完 没完成的 未完成的 没弄完"
    ),
    "排除某些值": spoken(
        "除了 除去 除开 不含 不包括 不包含 排除 剔除 以外 之外 不算 去掉 刨除 扣除 除 除外 不计 非 不是 "
        "而不是 没有算 抛开 撇开 外 不要算 别算 不包 不含着"
    ),
    "按数值大小筛选": spoken(
        "超过 大于 高于 多于 不少于 不低于 至少 低于 小于 少于 不到 不足 以上 以下 超出 满 起步 介于 >= "
        "<= > < 等于 比他 比她 比他们 比这个 比那个 大额 高价值 高意向 大单 小单 大客户 重点客户 "
        "为负 是负的 负数 为零 为0 零业绩 零成交 挂零 没业绩 没有业绩 一单都没签 一单没签 一单都没有 "
        "一单没有 一单没开 "
        "一单都没开 没开单 没签单 没出单 不达标 没达标 未达标 没有达标 没开张 达标 达标的 过百万 上百万 "
        "以内的"
    ),
    "按人均或日均计算": spoken(
        "日均 人均 月均 周均 平均每天 平均每人 平均每个人 平均每月 平均每周 每天平均 每人平均 均每天 "
        "平均每日 每日平均 每月平均 平均到人 中位数 最大值 最小值 平均一天 平均一个月 季均 年均 "
        "平均每个月 标准差 众数"
    ),
    "按一天里的钟点筛选": spoken(
        "上午 下午 晚上 早上 凌晨 中午 夜里 夜间 傍晚 昨晚 今晚 今早 明早 小时 分钟内 点前 点后 点钟 "
        "半夜 白天 前天晚上 午后 一小时"
    ),
    "只看工作日或节假日": spoken("工作日 节假日 非工作日 休息日 双休日 交易日 个工作日"),
    "看没有说出名字的人": spoken(
        "老板的 领导的 这个人 那个人 这人 那人 某人 某个人 那谁 那个谁 某位 某位销售 那位 那位销售"
    ),
    "问是哪一天": spoken("什么时候 啥时候 何时 几时 哪一刻 什么时间 啥时间 几月几号"),
    "看某个人带的团队": spoken(
        "他手下 她手下 他的手下 她的手下 他的团队 她的团队 他团队 她团队 他们组 她们组 他们团队 他们大区 "
        "他那个组 她那个组 他那组 他的下属 她的下属 他带的人 她带的人 他的组员 她的组员 他那个大区 那个大区"
    ),
    "比较不是上期或去年同期的时间": spoken(
        "去年这时候 去年此时 去年这会儿 "
        "上月同期 上个月同期 上周同期 上季度同期 上季同期 昨天同期 前年同期 历史同期 昨日同期"
    ),
    "问名次": spoken(
        "排第几 第几名 第几 排名第几 排多少名 第二名 第三名 第二 第三 第四名 第五名 排第二 倒数第二 "
        "倒数第三 第四 第五 排在第几"
    ),
    "解释原因": spoken("为什么 为啥 为何 怎么回事 凭什么 怎么会 怎么办 怎么提高 怎么提升 怎么改善 怎么做到"),
    "按条件筛选": spoken(
        "部分 一部分 大部分 一些 有些 某些 个别 少数 多数 大多数 一些 有些 某些 个别 少数 多数 大多数 "
        "没签 没成交 未成交 没赢 只有 但 但是 并且 而且 同时 却 没有 没 "
        "未 不 仅 其他 其它 另外 首次 第一次 二次 再次 成功 或 或者 要么"
    ),
    "推测未来的结果": spoken(
        "目标还剩 目标还剩多少 剩余目标 还剩多少目标 能不能完成 能完成吗 能否完成 完得成 够不够 会不会 "
        "能达成吗 缺口 还差多少 差多少完成 还差"
    ),
}


def entries() -> Iterator[tuple[str, Meaning]]:
    """Every closed word with what it means."""
    yield from ((word, m.Noise()) for word in NOISE if word not in _NOT_NOISE)
    yield from ((word, m.Link()) for word in LINKS)
    yield from ((word, m.Turn()) for word in TURNS)
    yield from ((word, m.Verb(key)) for key, words in ACTS.items() for word in words)
    yield from ((word, m.Measured(key)) for key, words in MEASURES.items() for word in words)
    yield from _shapes()
    yield from _rankings()
    yield from ((word, m.Compared(key)) for key, words in COMPARES.items() for word in words)
    yield from ((word, m.Growth()) for word in GROWTH)
    yield from ((word, m.Belonging(key)) for key, words in WHOSE.items() for word in words)
    yield from ((word, m.Attributed(key)) for key, words in ATTRIBUTIONS.items() for word in words)
    yield from ((word, m.Now()) for word in NOW)
    yield from ((word, m.UntilNow()) for word in UNTIL_NOW)
    yield from ((word, m.RangeTo()) for word in RANGE_TO)
    yield from ((word, m.Beyond("不确切的时间")) for word in VAGUE_TIMES)
    yield from ((word, m.Beyond(what)) for what, words in UNSPEAKABLE.items() for word in words)


def nouns() -> Iterator[tuple[str, Meaning]]:
    """What is counted; these beat a metric's own words, since a verb may stand beside them."""
    yield from ((word, m.Noun(key)) for key, words in SUBJECTS.items() for word in words)


def _shapes() -> Iterator[tuple[str, Meaning]]:
    yield from ((word, m.Shaped(Shape.TREND)) for word in TRENDS)
    yield from ((word, m.Shaped(Shape.SPREAD)) for word in SPREADS)
    yield from ((word, m.Shaped(Shape.EACH)) for word in EACH)
    yield from ((word, m.Shaped(Shape.UNGROUPED)) for word in UNGROUPED)
    yield from ((word, m.Shaped(Shape.GROUPED)) for word in GROUPED)
    yield from ((word, m.Versus()) for word in VERSUS)


def _rankings() -> Iterator[tuple[str, Meaning]]:
    for order, words in SUPERLATIVES.items():
        yield from (
            (f"{most}{word}", m.Superlative(order)) for word in words.split() for most in ("最", "最为")
        )
    for order, words in COMPARATIVES.items():
        yield from ((word, m.Comparative(order)) for word in words.split())
    for order, firsts in FIRSTS.items():
        yield from ((word, m.Ranked(order, 1)) for word in firsts)
    for order, sorts in ORDERINGS.items():
        yield from ((word, m.Ranked(order, None)) for word in sorts)
