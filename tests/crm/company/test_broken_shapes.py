"""Files that are wrong in themselves: each mistake is named at its line and column, in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crm.company.broken import Break, broken, whole

CASES = [
    Break(
        "calendar",
        "hours_of: {}",
        "hours_of: §{mon: [], tue: [], wed: [], thu: [], fri: []}",
        "周一到周五没有任何上班时间",
    ),
    Break(
        "response",
        "manager_after_minutes: 60",
        "manager_after_minutes: §5",
        "manager_after_minutes 不能小于 again_after_minutes",
    ),
    # the language of the files
    whole("targets", "targets:\n§\t- a", "这里不能用这个字符（缩进请用空格，不要用 Tab；特殊字符请加引号）"),
    whole("targets", 'targets: "§', "引号没有成对"),
    whole("targets", "targets§：[]\nx: 1", "这里用了中文冒号，请换成英文冒号加一个空格"),
    whole("targets", "targets: §&all []", "不支持 & 锚点和 * 引用，请把内容直接写出来"),
    whole(
        "targets",
        "targets: §!!python/name:os.system []",
        "不支持标签 tag:yaml.org,2002:python/name:os.system",
    ),
    whole("targets", "targets: []\n§targets: []", "“targets”重复了，同一处只能写一次"),
    whole("targets", "targets: []\n§---\nx: 1", "一个文件只能有一份内容，请去掉多余的 ---"),
    whole("targets", "§- 1", "这里应该是“键: 值”的形式"),
    whole("targets", "§随便写写", "这里应该是“键: 值”的形式"),
    Break(
        "org",
        "roles: {}",
        "roles: {}\npeople: §[{userid: a, name: 甲, logins: {dingtalk: x}}, {userid: b, name: 乙, logins: {dingtalk: x}}]",
        "dingtalk 的 x 同时写给了 a 和 b，一个账号只能属于一个人",
    ),
    Break(
        "org",
        "roles: {}",
        "roles: {}\npeople: [{userid: a, name: 甲, logins: {§dingding: x}}]",
        "“dingding”不在可选值里，可以写：wecom、dingtalk",
    ),
    # unknown and missing keys
    Break("org", "timezone:", "§timezon:", "没有“timezon”这个设置，是不是“timezone”？"),
    Break("org", "aliases: [华东]", "§alias: [华东]", "没有“alias”这个设置，是不是“aliases”？"),
    Break(
        "response",
        "  times:",
        "  §qqq: 1\n  times:",
        "没有“qqq”这个设置（可以写：again_after_minutes、manager_after_minutes、times）",
    ),
    Break("scoring", "    points: 20", "    §point: 20", "没有“point”这个设置，是不是“points”？"),
    Break(
        "scoring",
        "    reason: 提交了表单\n",
        "    reason: 提交了表单\n    §reason: 填了表单\n",
        "“reason”重复了，同一处只能写一次",
    ),
    Break("scoring", "  - id: form\n    reason: 提交了表单\n", "  - §id: form\n", "缺少“reason”"),
    Break(
        "forms",
        "  - id: website\n    name: 官网询价\n    ring: at_once\n",
        "  - §id: website\n    name: 官网询价\n",
        "缺少“ring”",
    ),
    Break(
        "channels",
        "per_member_per_minute: 25, ",
        "§per_member_per_minut: 25, ",
        "没有“per_member_per_minut”这个设置，是不是“per_member_per_minute”？",
    ),
    Break(
        "channels",
        "wecom: {per",
        "wecom: {§per_member: 3, per",
        "没有“per_member”这个设置，是不是“per_member_per_hour”？",
    ),
    Break(
        "routing",
        "to: {region_pool: true}",
        "to: {§regionpool: true}",
        "没有“regionpool”这个设置，是不是“region_pool”？",
    ),
    Break(
        "scoring",
        "{field: source, op",
        "{§feild: x, field: source, op",
        "没有“feild”这个设置，是不是“field”？",
    ),
    # wrong types
    Break("response", "act_after_minutes: 120", 'act_after_minutes: §"120"', "需要整数"),
    Break("response", "act_after_minutes: 120", "act_after_minutes: §2.5", "需要整数"),
    Break("response", "act_after_minutes: 120", "act_after_minutes: §两小时", "需要整数"),
    Break("response", "act_after_minutes: 120", "act_after_minutes:§", "需要整数"),
    Break("pools", "on_duty_only: true", "on_duty_only: §on", "需要 true 或 false"),
    Break("pools", "on_duty_only: true", "on_duty_only: §1", "需要 true 或 false"),
    Break("org", "company: 云帆软件", "company: §2026", "需要文字，数字样子的文字请加引号"),
    Break("org", "company: 云帆软件", 'company: §""', "不能少于 1 个字"),
    Break("org", "provinces: [上海", "provinces: §上海\n    cities: [苏州", "需要一个列表，每项前面写短横线"),
    Break("org", "roles: {}", "roles: §[]", "这里应该是“键: 值”的形式"),
    Break("catalogue", "list_price: 9800", "list_price: §九千八", "需要数字"),
    Break("catalogue", "list_price: 9800", "list_price: §-1", "不能小于 0"),
    Break("catalogue", "list_price: 9800", 'list_price: §"1.005"', "最多 2 位小数"),
    Break(
        "catalogue",
        "industries:\n  - {name: 制造, aliases: [制造业]}",
        "industries:\n  - §制造",
        "这里应该是“键: 值”的形式",
    ),
    Break("scoring", "op: contains, value: 总监", "op: contains, value: §{x: 1}", "这里的值写法不对"),
    # wrong values
    Break("response", "remind_after_minutes: 30", "remind_after_minutes: §0", "不能小于 1"),
    Break("pipeline", "probability_percent: 10}", "probability_percent: §101}", "不能大于 100"),
    Break(
        "response", "act: back_to_pool", "act: §back", "“back”不在可选值里，可以写：reassign、back_to_pool"
    ),
    Break("forms", "ring: at_once", "ring: §now", "“now”不在可选值里，可以写：at_once、when_sales_qualified"),
    Break(
        "org",
        "roles: {}",
        "roles: {wang: §boss}",
        "“boss”不在可选值里，可以写：executive、director、manager、rep、marketer、admin",
    ),
    Break(
        "fields",
        "type: number",
        "type: §int",
        "“int”不在可选值里，可以写：text、number、money、date、datetime、choice、flag、tags",
    ),
    Break(
        "scoring",
        'op: "="',
        'op: §"=="',
        "“==”不在可选值里，可以写：=、!=、>、>=、<、<=、in、not_in、contains、empty、filled",
    ),
    Break(
        "fields",
        "key: employees",
        "key: §员工数",
        "“员工数”的写法不对：这里要写编号，小写字母开头，只能用小写字母、数字、_ 和 -，不是名称（一条一个文件的，编号就是文件名）",
    ),
    Break(
        "org",
        "timezone: Asia/Shanghai",
        "timezone: §Asia/Shangai",
        "没有“Asia/Shangai”这个时区，例如 Asia/Shanghai",
    ),
    Break("org", "currency: CNY", "currency: §rmb", "“rmb”的写法不对"),
    Break("calendar", '"09:00-12:00"', '§"9点到12点"', "“9点到12点”不是时间段，例如 09:00-12:00"),
    Break("calendar", '"09:00-12:00"', '§"12:00-09:00"', "“12:00-09:00”的结束要晚于开始；跨零点请分成两段"),
    Break("calendar", '"09:00-12:00"', '§"20:00-24:30"', "“20:00-24:30”超过了 24:00"),
    Break(
        "calendar",
        'hours: ["09:00-12:00", "13:30',
        'hours: §["09:00-12:00", "11:30',
        "时间段要按先后排列且不重叠：“09:00-12:00”之后的一段开始得太早",
    ),
    Break(
        "calendar",
        "hours_of: {}",
        "hours_of: {§周五: []}",
        "“周五”不在可选值里，可以写：mon、tue、wed、thu、fri、sat、sun",
    ),
    Break("calendar", "holidays: {}", "holidays: {§2026-02-30: 假}", "需要日期，例如 2026-10-01"),
    Break("calendar", "worked: []", "worked: [§明天]", "需要日期，例如 2026-10-01"),
    Break(
        "targets",
        "targets: []",
        "targets:\n  - {owner: li, month: §2026-13, amount: 1}",
        "“2026-13”不是月份，例如 2026-11",
    ),
    # things that contradict each other within a file
    Break(
        "response",
        "act_after_minutes: 120",
        "act_after_minutes: §20",
        "remind_after_minutes 要小于 act_after_minutes：先提醒，后收回",
    ),
    Break(
        "scoring",
        "marketing_qualified_at: 40",
        "marketing_qualified_at: §70",
        "marketing_qualified_at（MQL 线）不能高于 sales_qualified_at（SQL 线）",
    ),
    Break(
        "targets",
        "targets: []",
        "targets:\n  - §{owner: li, team: 上海组, month: 2026-11, amount: 1}",
        "owner、team、region 要写一个，且只写一个",
    ),
    Break(
        "scoring",
        "  - id: form\n    reason: 提交了表单\n    event: form_submitted\n    counts: each_object",
        "  - §id: form\n    reason: 提交了表单",
        "加分规则至少要写 when（字段条件）或 event（行为）之一",
    ),
    Break(
        "scoring",
        "    points: 20\n  - id: core",
        "    points: 20\n    counts: §daily\n  - id: core",
        "counts 只用于行为（event）加分",
    ),
    Break(
        "scoring",
        "tiers:\n  - {key: hot, label: 重点, at_least: 60",
        "tiers:\n  §- {key: hot, label: 重点, at_least: 20",
        "tiers 要从高分到低分排列，分数线不能相同",
    ),
    Break("scoring", "    points: 20", "    points: §0", "分数不能是 0"),
    Break("fields", "- {key: employees", "- {key: §score", "“score”是系统保留字，请换一个 key"),
    Break(
        "fields",
        "- {key: phone, label: 手机, type: text",
        "- {key: phone, label: 手机, type: §number",
        "内置字段“phone”的类型是 text，不能改成 number",
    ),
    Break(
        "fields",
        "- {key: employees, label: 员工数, type: number",
        "- {key: employees, label: 员工数, type: §choice",
        "choice 类型的字段要写 choices 或 choices_from",
    ),
    Break(
        "fields",
        "- {key: employees, label: 员工数, type: number",
        "- {key: employees, label: 员工数, type: §number, choices: [少, 多]",
        "number 类型的字段不能有选项，选项只给 choice 和 tags",
    ),
    Break(
        "fields",
        "type: choice, choices_from: industries",
        "type: choice, choices: §[甲], choices_from: industries",
        "choices 和 choices_from 只能写一个",
    ),
    Break(
        "fields",
        "- {key: budget, label: 预算, type: money",
        "- {key: budget, label: 预算, type: money, max_length: §9",
        "max_length 只给 text 类型的字段",
    ),
    Break(
        "calendar",
        "holidays: {}\nworked: []",
        "holidays: {2026-12-25: 年会}\nworked: [2026-12-26, §2026-12-25]",
        "2026-12-25 既写成放假又写成上班",
    ),
    Break(
        "calendar",
        "notices: {}",
        "notices: {2027: §{source: 通知, holidays: {2026-01-01: 元旦}}}",
        "2026-01-01 不在 2027 年",
    ),
    Break(
        "pipeline",
        "stages:\n  - {name: 初步接触, ",
        "stages:\n  §- {name: 初步接触, kind: won, ",
        "stages 先写进行中的阶段（kind: open），最后依次写一个 won 和一个 lost",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, case: Break):
    """The message points at the very character, and nothing else is reported."""
    errors, wanted = broken(tmp_path / "config", case)

    assert wanted in errors
    assert len(errors) == 1
