"""Mistakes in journeys are named where they stand, with what may be written instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.crm.company.load import ConfigErrors, load
from bot.crm.touching import CARRIES, Purpose
from bot.touch import ways
from tests.crm.company.broken import Break, broken, copy_of_config, whole

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
    Break(_UPGRADE, "again: 90天", "again: §有时", "“有时”看不懂，可以写 never（一生一次）"),
    Break(_WIN_BACK, "每周二 10:00", "§周二有空时", "“周二有空时”不是时间，例如 每周一 09:00、每月1号 09:00"),
    Break(_WIN_BACK, "event: link_clicked", "event: §link_click", "没有“link_click”这个行为，是不是“link_clicked”？"),
    Break(_WIN_BACK, "within: 7天", "within: §7", "“7”不是时长，例如 30分钟、3天、2个工作日、1个月"),
    Break(_WIN_BACK, "aliases: [沉默唤醒, 唤醒]", "aliases: [沉默唤醒, §续费提醒]",
          "旅程“续费提醒”重复了，journeys/renewal.yaml 里已经有了"),
    Break(_UPGRADE, "bought: 基础版", "bought: §基本版", "没有“基本版”这个产品，是不是“基础版”？"),
    Break(_UPGRADE, "wait: 15天", "wait: §-15天", "“-15天”看不懂，可以写 3天、2个工作日、周二 10:00"),
    Break(_UPGRADE, "touch: recommend_pro", "touch: §recommend", "没有“recommend”这个内容，是不是“recommend_pro”？"),
    Break("journeys/quote_opened", "notify: owner", "notify: §boss", "“boss”不在可选值里，可以写：owner、manager"),
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
    _steps("  - {§send: recommend_pro}", "没有“send”这个设置，是不是“touch”？"),
    _steps("  - {task: 回访, §due: 2天}", "没有“due”这个设置，是不是“within”？"),
    _steps("  - {task: 回访, §colour: 红}", "没有“colour”这个设置（可以写：id、task、urgent、within）"),
    _steps("  - branch: [{when: {field: score, op: '>', value: 3}, §then: [{wait: 1天}]}]",
           "没有“then”这个设置，是不是“steps”？"),
    _steps("  - {touch: recommend_pro, channels: [§邮件]}", "没有“邮件”这个渠道，邮件写作 email"),
    _steps("  - {touch: recommend_pro, channels: [§企业群发]}", "没有“企业群发”这个渠道，企业群发写作 wecom"),
    _steps("  - {touch: recommend_pro, channels: [§wework]}", "没有“wework”这个渠道，是不是“wecom”？"),
    _steps("  - {survey: satisfaction, channels: [§emial]}", "没有“emial”这个渠道，是不是“email”？"),
    _steps("  - {touch: recommend_pro, channels: [§sms]}", "内容“升级推荐”没有写短信（sms）的版本"),
    _steps("  - {touch: renewal, purpose: transactional, channels: [§wecom]}",
           "企业微信（wecom）不能发服务通知，可以写：email"),
    _steps("  - {touch: §service_welcome}", "内容“微信客服欢迎语”写了的渠道都不能发营销消息，可以写：email"),
    _steps("  - {touch: §trial_coupon}", "内容“试用优惠券”里要写券码，前面却没有 coupon 步骤"),
    _steps("  - {touch: §trial_coupon}\n  - {coupon: 新客券}", "内容“试用优惠券”里要写券码，前面却没有 coupon 步骤"),
    _steps("  - {touch: §wechat_greeting, purpose: added}", "内容“加好友欢迎语”要“欢迎语”，旅程给不出，发不出去"),
    _steps("  - {webhook: §nowhere}", "没有“nowhere”这个要通知的地址：webhooks.yaml 里还没有写地址"),
    _steps("  - branch: [{when: {field: §scroe, op: '>', value: 3}}]", "没有“scroe”这个字段"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.put[-24:]}")
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, case: Break):
    """The line, the column, and what was probably meant."""
    errors, wanted = broken(tmp_path / "config", case)

    assert any(error.startswith(wanted) for error in errors), errors


def _told(tmp_path: Path, steps: str, **files: str) -> tuple[str, ...]:
    """What is said of one journey of these steps in a company that is sound."""
    directory = copy_of_config(tmp_path / "config", folders=True)
    text = f"name: 续费提醒\nenter: [{{manual: true}}]\nsteps:\n{steps}\n"
    (directory / "journeys/renewal.yaml").write_text(text, encoding="utf-8")
    for name, said in files.items():
        (directory / f"{name}.yaml").write_text(said, encoding="utf-8")
    return load(directory).journey_notices("renewal")


_ERP = "endpoints:\n  - {key: erp, url: 'https://erp.example.com/x', events: [%s]}\n"


def test_an_address_that_hears_of_journeys_may_be_named(tmp_path: Path):
    """Its key is what stands in webhooks.yaml."""
    assert _told(tmp_path, "  - {webhook: erp}", webhooks=_ERP % "journey.step") == ()


def test_an_address_that_hears_of_other_things_is_told_what_is_missing(tmp_path: Path):
    """Else the step would go by as if it had told somebody."""
    with pytest.raises(ConfigErrors) as wrong:
        _told(tmp_path, "  - {webhook: erp}", webhooks=_ERP % "deal.won")

    assert "“erp”不收旅程的通知，请在 webhooks.yaml 它的 events 里加上 journey.step" in str(wrong.value)


def test_a_channel_that_is_passed_by_is_a_notice(tmp_path: Path):
    """The message goes by the others; whoever named it wants to know all the same."""
    told = _told(tmp_path, "  - {touch: recommend_pro, channels: [email, sms]}")

    assert told == ("旅程“续费提醒”：内容“升级推荐”没有写短信（sms）的版本，这条渠道会跳过",)


def test_a_coupon_of_one_way_is_enough_for_what_follows(tmp_path: Path):
    """Whether everybody comes by it is the marketer's matter; in a loop it is there the second time."""
    branch = (
        "  - branch: [{when: {field: score, op: '>', value: 3}, steps: [{coupon: 新客券}]}]\n"
        "  - {touch: trial_coupon}"
    )

    assert _told(tmp_path, branch) == ()


def test_steps_behind_an_exit_are_a_notice(tmp_path: Path):
    """Nobody ever comes to them, at the top or in an arm."""
    top = _told(tmp_path, "  - {exit: 不做了}\n  - {wait: 1天}\n  - {tag: 重点客户}")

    assert top == ("旅程“续费提醒”的“exit: 不做了”后面还有 2 步，永远走不到",)


def test_no_shipped_journey_gives_a_notice(company):
    """What ships is an example of how it is written."""
    assert company.journey_notices() == ()


def test_what_a_channel_takes_is_what_the_ways_take():
    """The check knows no ways; their table is the one that counts."""
    able = {
        purpose: {one.channel for one in ways.WAYS.values() if purpose in one.purposes} for purpose in Purpose
    }

    assert {purpose: set(channels) for purpose, channels in CARRIES.items()} == able
