"""Every sentence this room says, Chinese, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.crm.user import Role

WHICH_METRIC = "想看哪个指标？"
WHICH_PERSON = "有不止一位，你问的是哪一位？"
IS_IT_HIM = "你问的是这位吗？"
WHO_IS_HE = "你说的是谁？请说名字。"
WHICH_VALUE = "这个说法不止一个意思，你指的是哪一个？"
WHICH_READING = "这句话有两种理解，你指的是哪一种？"
WHICH_TEAM = "你指的是哪个组？"
TOP_OF_EACH = "暂不能在每一组里各取前几名。要按哪一个来排？"
WHICH_REGION = "你指的是哪个大区？"
ONLY_NOW = "这是一个随时变化的数字，只有现在的，没有某个时间段的。要看现在的吗？"
NOW_OPTION = "看现在的"
NOT_TOGETHER = "「现在的数字」和「一段时间的数字」不能放在一起，请分开问。"
NOT_TOGETHER_SCOPE = "这几个指标的范围不同，请分开问。"
FUNNEL_ALONE = "漏斗请单独看，可以按来源、组或人分开。"
NO_SUCH_DAY = "没有这一天，请检查日期。"
NOT_ADJACENT = "要把两段不相连的时间分开看，请分两次问。"
NOT_COMPARABLE = "只能和上一期（环比）或去年同期（同比）比较。"
COMPARE_WITH_WHAT = "要和谁比？请再说一个名字，或说「环比」「同比」。"
NOT_YET = "这段时间还没有到。要看销售预测吗？"
CLOSED_STAGE = "这个阶段的商机已经关闭。要看赢单数还是输单数？"
ATTRIBUTION_ONLY_ROI = "归因方式只用于渠道ROI。"
EXPORT = "导出在明细页面：点「明细」打开，页面上可以存成 csv 或 Excel。"
EXPORT_WHAT = "要导出什么？例如：导出本月新增线索。"
WHO_TO_WHOM = "没有看懂是谁给谁，请分开问"
GROWTH_RANKED = "还不能按涨跌排名，可以看每一个的变化"
NOT_ADDED = "这两个范围不能加在一起，请分开问。"
#: Conditions that no query holds; what can be asked instead stands in buttons below.
BEYOND: Mapping[str, str] = {
    "排除某些值": "还不能去掉其中几个再算，可以分开看每一个，或者看全部",
    "改动记录": "这里只回答数字。要转交线索，请发「转交 L7 李娜」，编号在线索卡片上",
    "算占比": "还不能直接算占比，可以把每一份分开看",
    "按数值大小筛选": "还不能按数值大小筛选，可以从高到低排出来看",
    "按人均或日均计算": "还不能算人均、日均，可以看总数，或者分开看",
    "按一天里的钟点筛选": "时间最细到天，可以看整天的",
    "只看工作日或节假日": "还不能只看工作日或节假日，可以按天看",
    "按星期几归类": "还不能按星期几归类，可以按天看",
    "看没有说出名字的人": "请直接说出名字，也可以把每个人列出来看",
    "问是哪一天": "还不能问是哪一天，可以按天看",
    "看某个人带的团队": "还不能看某个人带的团队，请说大区或组的名字，也可以分开看",
    "比较不是上期或去年同期的时间": "只能和上一期（环比）或去年同期（同比）比",
    "问名次": "还不能直接问第几名，可以看整个排名",
    "解释原因": "数字说不出原因，可以看变化了多少、从哪天开始",
    "按条件筛选": "还不能加这个条件，可以先看不加条件的",
    "看没做完的任务": "没做完的任务可以看逾期的，要看自己的全部任务请发「我的任务」",
    "推测未来的结果": "还说不准以后，可以看目标达成了多少、预计能做多少",
    "不确切的时间": "时间不确切，请说近7天、本月这样的时间",
    "按次序找一条记录": "还不能按次序找某一条，可以看排名或总数，再点「明细」找",
    "按不确切的天数筛选": "请说清楚是几天，例如「3天没跟进的线索」",
}
WHICH_PART = "要按什么分？可以说「按来源」「按人」「按组」"
MORE_THAN_WHAT = "是多是少要看和什么比，可以说「环比」「同比」或「排名」"
GROWN_FROM_WHAT = "要和什么比？可以说「环比」（上一期）或「同比」（去年同期）"
ENDS_APART = "最高和最低请分开问"
NO_RECORDS = "还不能给单条记录排名，可以按人、组或来源排，再点「明细」看记录"
HOW_LONG = "多久可以问首次响应时长、销售周期"
NO_MEAN = "这个指标不能求平均，可以看总数"
HIMSELF_OR_HIS = "要看他本人，还是他带的大区？请直接说名字或大区"
RELATED_HOW = "没有看懂这几个指标是什么关系，请分开问"
NO_START = "只说了到哪天为止，没有说从哪天开始"
ONE_COMPARISON = "环比和同比请分开问"
TOO_MANY_TIMES = "说了不止一个时间，请分开问"
ONLY_TIMES_ARE_QUICK = "快慢说的是用了多久，这个指标不是时长"
NOBODY_THERE = "这个部门里没有这个人。"
TEAM_ELSEWHERE = "这个组不在这个大区，请确认。"

REFUSED: Mapping[Role, str] = {
    Role.REP: "这个数字不在你的查看范围内。你可以问自己的线索、跟进、任务和业绩。",
    Role.MANAGER: "这个数字不在你的查看范围内。你可以问本大区的线索、跟进、商机和业绩。",
    Role.MARKETER: "你可以看各项总数，不能看某个人的数字。",
    Role.ADMIN: "管理员负责配置，不查看销售数字。",
    Role.DIRECTOR: "这个数字不在你的查看范围内。",
    Role.EXECUTIVE: "这个数字不在你的查看范围内。",
}
#: Behind how a question was understood, when it was not our own grammar.
BY_MODEL = "（由模型理解，请核对）"
STRANGER = "没有找到你的账号，请联系管理员。"


def unknown(pieces: Iterable[str], examples: Iterable[str]) -> str:
    """What was not understood, and what can be asked."""
    quoted = "".join(f"「{piece}」" for piece in pieces)
    head = f"没有看懂{quoted}。" if quoted else "这个问题我答不上来。"
    return f"{head}可以这样问：{'、'.join(examples)}。"


def did_you_mean(pieces: Iterable[str], names: Iterable[str]) -> str:
    """Near names, when there are any."""
    quoted = "".join(f"「{piece}」" for piece in pieces)
    return f"没有找到{quoted}。你是不是想问：{'、'.join(names)}？"


def cannot_cut(metric: str, dimension: str) -> str:
    """A metric has no such dimension."""
    return f"{metric}不能按{dimension}来看。"


def cannot_filter(metric: str, value: str) -> str:
    """A metric cannot be limited to this value."""
    return f"{metric}不能只看「{value}」。"


def parted_or_one(word: str) -> str:
    """A bare word for a dimension."""
    return f"「{word}」是要分{word}看，还是指其中一个？请说「按{word}」或说出名字"


def too_many_parts(unit: str, most: int) -> str:
    """A span with more days, weeks or months than one answer holds."""
    return f"时间太长，按{unit}超过 {most} 行，请缩短时间，或者换个单位看。"


def no_such(word: str) -> str:
    """A department that is none of this kind."""
    return f"没有这个{word}"


def which_of_them(number: str) -> str:
    """四个大区: a number of values that were not named."""
    return f"「{number}」指的是哪{number}？请说出名字，或者说「各…」全部分开看"


def amount_of_what(word: str) -> str:
    """多少钱 beside nothing that has an amount."""
    return f"「{word}」问的是什么的金额？可以问业绩、回款、在跟商机金额"


def sentence(what: str) -> str:
    """A problem as a sentence."""
    return what if what.endswith(("？", "。", "?")) else f"{what}。"


def corrected(pairs: Iterable[tuple[str, str]]) -> str:
    """Which typos were read as what."""
    return "".join(f"（「{wrong}」按「{right}」理解）" for wrong, right in pairs)


EXAMPLES: Mapping[Role, tuple[str, ...]] = {
    Role.EXECUTIVE: ("本月新增线索", "上月赢单率", "本季度业绩排名", "各渠道获客成本"),
    Role.DIRECTOR: ("本月新增线索", "上月赢单率", "本季度业绩排名", "各渠道获客成本"),
    Role.MANAGER: ("本月新增线索", "上月赢单率", "本季度业绩排名", "逾期任务有多少"),
    Role.REP: ("我本月新增线索", "我上月赢单数", "我的逾期任务", "公海线索"),
    Role.MARKETER: ("本月新增线索", "各渠道获客成本", "最近30天邮件打开率", "本月漏斗"),
    Role.ADMIN: ("帮助",),
}


def model_prompt(*, metrics: str, dimensions: str, today: str) -> str:
    """What a language model is told before a question."""
    return (
        "你把一句关于销售数据的中文问题翻译成一个 JSON 查询，只输出 JSON，不要解释。\n"
        f"今天是 {today}。\n"
        '格式: {"metrics":[指标id],"by":[维度],"where":{维度:[值]},"from":"YYYY-MM-DD"|null,'
        '"to":"YYYY-MM-DD"|null,"compare":null|"previous"|"last_year",'
        '"rank":null|{"order":"desc"|"asc","limit":整数|null}}\n'
        "from 含当天，to 不含当天；没有说时间就都是 null。where 里的值照抄问题里的说法，"
        "人用 owner，P1、P2 这样的代号照抄。\n"
        '漏斗只用指标 funnel，并加上 "view":"funnel"。多少天没跟进写 where.idle_days=[天数]。\n'
        '问题不是关于这些指标的，或者有条件写不进这个格式，就输出 {"metrics":[]}。不要猜。\n'
        f"指标:\n{metrics}\n维度: {dimensions}"
    )
