"""Mistakes in journeys are named where they stand, with what may be written instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crm.company.broken import Break, broken, whole

_RENEWAL, _UPGRADE, _WIN_BACK = "journeys/renewal", "journeys/upgrade", "journeys/win_back"
_AROUND = 'enter: [{date: contract_end, offset: -30天, at: "10:00"}]'


def _steps(steps: str, message: str) -> Break:
    """One journey of these steps."""
    return whole(_RENEWAL, f"name: 续费提醒\nenter: [{{manual: true}}]\nsteps:\n{steps}\n", message)


CASES = [
    Break(_RENEWAL, _AROUND, 'enter: [{date: contract_end, offset: §30, at: "10:00"}]',
          "“30”不是天数，例如 -30天、7天、前2个工作日、1个月"),
    Break(_RENEWAL, _AROUND, 'enter: [{date: contract_end, offset: §2小时, at: "10:00"}]',
          "“2小时”不是天数，例如 -30天、7天、前2个工作日、1个月"),
    Break(_RENEWAL, _AROUND, 'enter: [{date: contract_end, offset: -30天, at: §"十点"}]',
          "“十点”不是几点几分，例如 10:00"),
    Break(_RENEWAL, _AROUND, 'enter: [{date: §contract_ends, offset: -30天, at: "10:00"}]',
          "没有“contract_ends”这个日期字段，是不是“contract_end”？"),
    Break(_RENEWAL, "again: 90天", "again: §有时", "“有时”看不懂，可以写 never（一生一次）"),
    Break(_WIN_BACK, "每周二 10:00", "§周二有空时", "“周二有空时”不是时间，例如 每周一 09:00、每月1号 09:00"),
    Break(_WIN_BACK, "event: link_clicked", "event: §link_click", "没有“link_click”这个行为，是不是“link_clicked”？"),
    Break(_WIN_BACK, "within: 7天", "within: §7", "“7”不是时长，例如 30分钟、3天、2个工作日、1个月"),
    Break(_WIN_BACK, "aliases: [沉默唤醒, 唤醒]", "aliases: [沉默唤醒, §续费提醒]", "旅程“续费提醒”重复了"),
    Break(_UPGRADE, "bought: 基础版", "bought: §基本版", "没有“基本版”这个产品，是不是“基础版”？"),
    Break(_UPGRADE, "wait: 15天", "wait: §-15天", "“-15天”看不懂，可以写 3天、2个工作日、周二 10:00"),
    Break(_UPGRADE, "touch: recommend_pro", "touch: §recommend", "没有“recommend”这个内容，是不是“recommend_pro”？"),
    Break("journeys/quote", "notify: owner", "notify: §boss", "“boss”不在可选值里，可以写：owner、manager"),
    Break("journeys/welcome", "{form: trial}", "{form: §trail}", "没有“trail”这个表单，是不是“trial”？"),
    Break("journeys/keen_reader", "tag: 重点客户", "tag: §重点", "没有“重点”这个标签"),
    _steps("  - {set: §titel, to: 经理}", "没有“titel”这个字段，是不是“title”？"),
    _steps("  - {stage: §赢单}", "没有“赢单”这个进行中的商机阶段"),
    _steps("  - {lifecycle: §成熟}", "没有“成熟”这个生命周期"),
    _steps("  - {status: invalid, reason: §不想要}", "没有“不想要”这个无效原因"),
    _steps("  - {enter: §nowhere}", "没有“nowhere”这个旅程"),
    _steps("  - {enter: §renewal}", "没有“renewal”这个旅程"),
    _steps("  - {wait_until: §birthdy}", "没有“birthdy”这个日期字段，是不是“birthday”？"),
    _steps("  - {id: a, wait: 1天}\n  - {id: §a, wait: 1天}", "步骤“a”重复了"),
    _steps("  - {split: 试, arms: §[{name: 甲, percent: 50}, {name: 乙, percent: 40}]}",
           "各组 percent 加上 hold_out 要正好 100"),
    _steps("  - {split: 试, arms: §[{name: 甲, percent: 50}, {name: 甲, percent: 50}]}", "两组不能同名"),
    _steps("  - {loop: [{wait: 1天}], times: §51}", "不能大于 50"),
    _steps("  - branch: [{when: {field: §scroe, op: '>', value: 3}}]", "没有“scroe”这个字段"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.put[-24:]}")
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, case: Break):
    """The line, the column, and what was probably meant."""
    errors, wanted = broken(tmp_path / "config", case)

    assert any(error.startswith(wanted) for error in errors), errors
