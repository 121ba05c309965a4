"""What people type, and the command that it is."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import unquote_plus

import orjson
import pytest

from bot.crm.commands import Ask
from bot.crm.phrases import explicit, parse
from bot.kit.wire import pack

#: One line: what is typed | the command, as a button would carry it.
TABLE = """
跟进 L7 已电话,客户要报价,下周二回访 | follow_up.record?lead_id=L7&text=已电话,客户要报价,下周二回访
跟进L7，已电话，客户要报价 | follow_up.record?lead_id=L7&text=已电话，客户要报价
跟进：L7 已上门 | follow_up.record?lead_id=L7&text=已上门
记录 L7 客户出差 | follow_up.record?lead_id=L7&text=客户出差
L7 跟进 已上门 | follow_up.record?lead_id=L7&text=已上门
L7 已加微信 | follow_up.record?lead_id=L7&text=已加微信
l7已加微信 | follow_up.record?lead_id=L7&text=已加微信
Ｌ７　已电话 | follow_up.record?lead_id=L7&text=已电话
线索L7 已电话 | follow_up.record?lead_id=L7&text=已电话
L7 电话没人接 | follow_up.record?lead_id=L7&text=电话没人接
L7 客户要报价 | follow_up.record?lead_id=L7&text=客户要报价
L7 今天已电话 | follow_up.record?lead_id=L7&text=今天已电话
D4 客户还在走流程，下周三再问 | follow_up.record?lead_id=D4&text=客户还在走流程，下周三再问
D4 已签合同 | follow_up.record?lead_id=D4&text=已签合同
D4 报价已发，下周二回访 | follow_up.record?lead_id=D4&text=报价已发，下周二回访
D4 跟进 已演示 | follow_up.record?lead_id=D4&text=已演示
跟进 张三 已电话，明天再打 | follow_up.record?lead_id=张三&text=已电话，明天再打
跟进 l7 | follow_up.begin?lead_id=L7
L7跟进 | follow_up.begin?lead_id=L7
跟进 张三 | follow_up.begin?lead_id=张三
我的线索 | leads.mine?
我的线索。 | leads.mine?
 我 的 线 索 | leads.mine?
私海 | leads.mine?
我的任务 | tasks.mine?
待办 | tasks.mine?
今天有什么任务？ | tasks.mine?
我的商机 | deals.mine?
公海 | leads.pool?
公海！ | leads.pool?
绑定 | account.code?
绑定钉钉 | account.code?
绑定 AB12CD | account.bind?code=AB12CD
绑定ab12cd | account.bind?code=AB12CD
绑定码：ＡＢ１２ＣＤ | account.bind?code=AB12CD
绑定本群 华东 | group.bind?pool=华东
有什么可领的 | leads.pool?
逾期 | tasks.overdue?
逾期任务 | tasks.overdue?
未跟进 | leads.stale?
5天未跟进 | leads.stale?days=5
超过7天没跟进的 | leads.stale?days=7
未跟进 3天 | leads.stale?days=3
查 张三 | lead.search?text=张三
查张三 | lead.search?text=张三
查一下云帆软件 | lead.search?text=云帆软件
帮我查一下 云帆 | lead.search?text=云帆
查客户 云帆 | lead.search?text=云帆
搜索：云帆 | lead.search?text=云帆
查13800138000 | lead.search?text=13800138000
查 lin@xinghe.cn | lead.search?text=lin@xinghe.cn
查重 13800138000 | lead.check?text=13800138000
找 云帆 | lead.search?text=云帆
13800138000 | lead.search?text=13800138000
138 0013 8000 | lead.search?text=138 0013 8000
改 L7 公司 云帆软件 | lead.change?lead_id=L7&field=公司&value=云帆软件
改L7公司云帆软件 | lead.change?lead_id=L7&field=公司&value=云帆软件
L7 公司 改成 云帆软件 | lead.change?lead_id=L7&field=公司&value=云帆软件
L7 公司 云帆软件 | lead.change?lead_id=L7&field=公司&value=云帆软件
L7公司改为云帆 | lead.change?lead_id=L7&field=公司&value=云帆
把L7的公司改成云帆 | lead.change?lead_id=L7&field=公司&value=云帆
修改 L7 电话 13800138000 | lead.change?lead_id=L7&field=电话&value=13800138000
L7 预算：5万 | lead.change?lead_id=L7&field=预算&value=5万
录线索 张三 13800138000 云帆软件 想了解专业版 | lead.enter?text=张三 13800138000 云帆软件 想了解专业版
录入线索：张三，13800138000 | lead.enter?text=张三，13800138000
录一条线索 张三 13800138000 | lead.enter?text=张三 13800138000
新增线索 张三 13800138000 | lead.enter?text=张三 13800138000
录 张三 13800138000 | lead.enter?text=张三 13800138000
录线索 | lead.enter?
L7 | lead.show?lead_id=L7
l07 | lead.show?lead_id=L7
查看 L7 | lead.show?lead_id=L7
L7怎么样了 | lead.show?lead_id=L7
领取 L7 | lead.claim?lead_id=L7
抢L7 | lead.claim?lead_id=L7
L7 领取 | lead.claim?lead_id=L7
L7 看电话 | lead.reveal?lead_id=L7
看电话L7 | lead.reveal?lead_id=L7
L7 联系方式 | lead.reveal?lead_id=L7
L7 退回 联系不上 | lead.release?lead_id=L7&reason=联系不上
退回L7：区域不符 | lead.release?lead_id=L7&reason=区域不符
退回 L7 | lead.release?lead_id=L7
L7 无效 空号 | lead.invalid?lead_id=L7&reason=空号
标为无效 L7 同行 | lead.invalid?lead_id=L7&reason=同行
转交 L7 给李娜 | lead.reassign?lead_id=L7&to=李娜
L7 改派 李娜 | lead.reassign?lead_id=L7&to=李娜
把L7转给李娜 | lead.reassign?lead_id=L7&to=李娜
改派 L7 | lead.reassign?lead_id=L7
转商机 L7 | lead.convert?lead_id=L7
L7转商机 | lead.convert?lead_id=L7
L7 转商机 专业版 5万 12月底 | lead.convert?lead_id=L7&product=专业版&amount=5万&expected_close_on=12月底
转商机 L7，48000，专业版 | lead.convert?lead_id=L7&product=专业版&amount=48000
T5 | task.show?task_id=T5
T5 完成 | task.complete?task_id=T5
完成T5 | task.complete?task_id=T5
t5 搞定了 | task.complete?task_id=T5
任务T5完成 | task.complete?task_id=T5
T5 推迟到明天下午3点 | task.postpone?task_id=T5&until=明天下午3点
T5改到周五 | task.postpone?task_id=T5&until=周五
推迟 T5 | task.postpone?task_id=T5
T5 转交 李娜 | task.hand_over?task_id=T5&to=李娜
T5给李娜 | task.hand_over?task_id=T5&to=李娜
提醒我明天下午3点给L7打电话 | task.plan?lead_id=L7&text=明天下午3点给L7打电话
提醒 L7 明天上午发合同 | task.plan?lead_id=L7&text=明天上午发合同
任务 L7 明天发合同 | task.plan?lead_id=L7&text=明天发合同
L7 明天下午回访 | task.plan?lead_id=L7&text=明天下午回访
提醒我周五交周报 | task.plan?lead_id=&text=周五交周报
D4 | deal.show?opportunity_id=D4
商机D4 | deal.show?opportunity_id=D4
D4 到方案报价 | deal.stage?opportunity_id=D4&stage=方案报价
D4 阶段 商务谈判 | deal.stage?opportunity_id=D4&stage=商务谈判
D4 方案报价 | deal.stage?opportunity_id=D4&stage=方案报价
D4推进到商务谈判阶段 | deal.stage?opportunity_id=D4&stage=商务谈判
推进D4到商务谈判 | deal.stage?opportunity_id=D4&stage=商务谈判
推进 D4 | deal.stage?opportunity_id=D4
商机 D4 金额 5万 | deal.change?opportunity_id=D4&field=amount&value=5万
D4 金额改成48,000 | deal.change?opportunity_id=D4&field=amount&value=48,000
改 D4 金额 5万 | deal.change?opportunity_id=D4&field=amount&value=5万
D4 产品 专业版 | deal.change?opportunity_id=D4&field=product&value=专业版
D4 预计成交 12月底 | deal.change?opportunity_id=D4&field=expected_close_on&value=12月底
D4 名称 云帆二期 | deal.change?opportunity_id=D4&field=name&value=云帆二期
报价 D4 48000 折扣5% | deal.quote?opportunity_id=D4&amount=48000.00&discount=5
报价 D4 48000 九五折 | deal.quote?opportunity_id=D4&amount=48000.00&discount=5
D4 报价 4.8万 打95折 | deal.quote?opportunity_id=D4&amount=48000.00&discount=5
D4 报价 折扣5% 48000 | deal.quote?opportunity_id=D4&amount=48000.00&discount=5
给D4报价5万 | deal.quote?opportunity_id=D4&amount=50000.00
d4报价48,000 | deal.quote?opportunity_id=D4&amount=48000.00
D4 报价 五万 八八折 | deal.quote?opportunity_id=D4&amount=50000.00&discount=12
报价 D4 | deal.quote?opportunity_id=D4
L7 报价 5万 | deal.quote?opportunity_id=L7&amount=50000.00
D4 赢单 | deal.win?opportunity_id=D4
D4赢单4.8w | deal.win?opportunity_id=D4&amount=48000.00
赢单 D4 5万 | deal.win?opportunity_id=D4&amount=50000.00
D4 签约 48000 | deal.win?opportunity_id=D4&amount=48000.00
D4 成交了 | deal.win?opportunity_id=D4
D4 输单 价格 | deal.lose?opportunity_id=D4&reason=价格
输单 D4 | deal.lose?opportunity_id=D4
D4 丢单：竞品 | deal.lose?opportunity_id=D4&reason=竞品
D4输单，原因价格 | deal.lose?opportunity_id=D4&reason=价格
回款 D4 2万 | deal.payment?opportunity_id=D4&amount=20000.00
回款 D4 2万 11月20日 | deal.payment?opportunity_id=D4&amount=20000.00&on=11月20日
D4 回款 20000 昨天 | deal.payment?opportunity_id=D4&amount=20000.00&on=昨天
D4 收到回款 2万 | deal.payment?opportunity_id=D4&amount=20000.00
D4到账3万 | deal.payment?opportunity_id=D4&amount=30000.00
值班 | duty.set?state=on
我上班了 | duty.set?state=on
销假 | duty.set?state=on
下班 | duty.set?state=off
下班了 | duty.set?state=off
请假 | duty.set?state=off
请假到明天 | duty.set?state=off&until=明天
请假 到周五 | duty.set?state=off&until=周五
请假到11月25日 | duty.set?state=off&until=11月25日
请假3天 | duty.set?state=off&until=3天后
我请假两天 | duty.set?state=off&until=两天后
明天请假 | duty.set?state=off&until=明天&since=明天
请假半天 | duty.set?state=off&until=4小时后
帮助 | help?
？ | help?
help | help?
你好 | help?
跟进 | help?topic=跟进
帮助 商机 | help?topic=商机
怎么转商机？ | help?topic=转商机
请假怎么用 | help?topic=请假
反馈 这个按钮不好用，太小 | feedback?text=这个按钮不好用，太小
建议增加导出 | feedback?text=增加导出
反馈 | feedback?
取消 | cancel?
算了 | cancel?
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in TABLE.strip().splitlines()]
#: Questions, small talk and sentences that only look like a command.
QUESTIONS = """
本月新增多少线索
上个月华东的赢单率
跟进次数
本月跟进了多少线索
新增线索
公海里有多少线索
逾期任务有多少
3天没跟进的线索
查本月业绩
查一下上周新增
我有几条线索
回款
本月回款
张三本月赢单
谁本月跟进最多
查了一下客户资料，不错
录音发你了
请客户吃饭
请假流程怎么走
谢谢
已电话客户
那华南呢
L
D 4 月
abcL7
""".strip().splitlines()


def test_the_table_is_large():
    assert len(CASES) >= 150


@pytest.mark.parametrize(("said", "command"), CASES)
def test_it_is_this_command(said: str, command: str):
    assert unquote_plus(pack(parse(said))) == command


@pytest.mark.parametrize("said", QUESTIONS)
def test_it_is_a_question(said: str):
    assert parse(said) == Ask(said)


def test_no_question_to_the_numbers_is_taken_for_a_command():
    """Every example of the query language, but for the greeting; what asks for no number may be a command."""
    examples = Path(__file__).parents[2] / "data" / "ask"
    turns = {
        turn
        for path in examples.glob("*.jsonl")
        for example in map(orjson.loads, path.read_bytes().splitlines())
        for turn in example["turns"]
        if example["status"] != "unknown"
    }

    taken = {turn for turn in turns if explicit(turn) is not None}

    assert len(turns) > 50
    # Words that list or do something are commands, whatever number they might also ask for.
    listing = {"公海线索", "我的线索", "我的单子", "重复线索", "为啥丢单"}
    assert taken <= {"你好", "怎么提高转化率", "把张三的线索转给李娜"} | listing


@pytest.mark.parametrize(
    "said", ["", "   ", "。。。", "x" * 5000, "跟进 L7 " + "很长" * 3000, "L" + "9" * 40]
)
def test_odd_texts_are_read_without_harm(said: str):
    assert parse(said) is not None


@pytest.mark.parametrize(
    "said", ["L7" + " " * 3000 + "x", "跟进" + ",," * 2000, "1" * 2000, "报价 D4 " + "1," * 900]
)
def test_a_hostile_text_is_read_in_no_time(said: str):
    """Patterns must not be led astray into trying everything."""
    before = time.perf_counter()
    parse(said)

    assert time.perf_counter() - before < 0.5
