"""An admin changes the configuration by message: shown, confirmed, written, gone by, taken back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.router import Router
from bot.crm import phrases
from bot.crm.company import Company
from bot.crm.company.load import load
from bot.crm.knobs import KNOBS
from bot.crm.setting_commands import ChangeSetting, UndoSetting
from bot.crm.user import Role
from bot.errors import SettingsError
from bot.handlers import Scope
from bot.store import setting_changes
from bot.store.tables.machinery import audit as audit_table
from bot.worker.bench import Bench
from bot.worker.configuring import ConfigKeeper
from tests.fakes import FakeAdapter
from tests.handlers.workday import ADMIN, LINA, ROUTER, WANG, ZHOU, staff

CONFIG = Path(__file__).resolve().parents[2] / "config"


class Office:
    """An installation whose config/ may be written."""

    def __init__(self, bench: Bench, directory: Path) -> None:
        self.bench = bench
        self.directory = directory
        self.keeper = ConfigKeeper(bench, directory, build=load, adopt=self.adopt, writes=True)

    def adopt(self, company) -> None:
        self.bench.company = company

    def text(self, file: str) -> str:
        return (self.directory / f"{file}.yaml").read_text(encoding="utf-8")

    async def does(self, who, command):
        async def unit(tx):
            return await ROUTER.route(command).handler(command, Scope(self.bench.desk(tx), who))

        return await self.bench.store.write(unit)

    async def says(self, who, text: str):
        return await self.does(who, phrases.parse(text))

    async def confirms(self, who, text: str):
        reply = await self.says(who, text)
        assert reply.card is not None, reply.text
        return await self.does(who, reply.card.buttons[0].command)

    async def change(self, who, text: str) -> None:
        await self.confirms(who, text)
        await self.keeper.step()


@pytest.fixture
async def office(store, unit, vault, clock, random_bytes, tmp_path) -> Office:
    await unit(staff)
    shutil.copytree(CONFIG, tmp_path / "config")
    bench = Bench(
        store=store, adapters={"wecom": FakeAdapter()}, router=Router(), company=load(tmp_path / "config"),
        vault=vault, clock=clock, random_bytes=random_bytes, name="test",
    )  # fmt: skip
    made = Office(bench, tmp_path / "config")
    await made.keeper.step()
    return made


async def test_it_is_shown_confirmed_written_and_gone_by(office: Office):
    before = office.text("pools")
    reply = await office.says(ADMIN, "每日领取上限改成8")
    assert reply.card is not None
    assert {field.label: field.value for field in reply.card.fields} == {
        "项目": "每日领取上限", "现在": "10 条", "改成": "8 条", "文件": "config/pools.yaml",
    }  # fmt: skip
    await office.keeper.step()
    assert office.text("pools") == before

    said = await office.does(ADMIN, reply.card.buttons[0].command)
    await office.keeper.step()

    assert said.card is not None
    assert "正在写入" in said.card.note
    assert said.card.buttons == ()
    assert office.text("pools") == before.replace("daily_claims: 10 ", "daily_claims: 8 ", 1)
    assert office.bench.company.pools.terms_of("east").daily_claims == 8
    assert await office.says(ADMIN, "每日领取上限 8") is not None
    assert "现在就是 8 条" in (await office.says(ADMIN, "每日领取上限改成8")).text


async def test_it_is_taken_back_to_the_letter(office: Office):
    before = office.text("response")
    await office.change(ADMIN, "首响提醒改成20分钟")
    assert office.bench.company.response.first_response.remind_after_minutes == 20

    await office.change(ADMIN, "撤销配置")

    assert office.text("response") == before
    assert office.bench.company.response.first_response.remind_after_minutes == 30
    assert "已经撤销过" in (await office.says(ADMIN, "撤销配置 1")).text


async def test_one_pool_may_have_its_own(office: Office):
    before = office.text("pools")
    await office.change(ADMIN, "华东公海的持有上限改成30条")

    assert office.bench.company.pools.terms_of("east").holding == 30
    assert office.bench.company.pools.terms_of("south").holding == 50
    assert "terms: {holding: 30}" in office.text("pools")
    await office.change(ADMIN, "撤销配置 1")
    assert load(office.directory).pools == load(CONFIG).pools
    assert office.text("pools").count("\n") == before.count("\n")


async def test_a_role_is_given_and_taken(office: Office):
    await office.change(ADMIN, "把李娜设为市场")
    assert office.bench.company.org.role_of("lina") is Role.MARKETER
    assert office.bench.directory_changed.is_set()

    await office.change(ADMIN, "李娜的角色按通讯录")
    assert office.bench.company.org.role_of("lina") is None
    assert office.text("org") == (CONFIG / "org.yaml").read_text(encoding="utf-8")


async def test_targets_of_people_and_regions(office: Office):
    await office.change(ADMIN, "李娜 11月目标 50万")
    await office.change(ADMIN, "华东 2026年12月的目标改成120万")
    await office.change(ADMIN, "李娜11月目标60万")

    found = {
        (one.owner or one.region, one.month): int(one.amount)
        for one in load(office.directory).targets.targets
    }
    assert found == {("lina", "2026-11"): 600_000, ("华东大区", "2026-12"): 1_200_000}
    await office.change(ADMIN, "撤销配置 2")
    assert [one.owner for one in load(office.directory).targets.targets] == ["lina"]


async def test_a_rule_rests_and_works_again(office: Office):
    await office.change(ADMIN, "停用规则 提交了表单")
    assert next(one for one in office.bench.company.scoring.rules if one.id == "form").paused
    assert "现在就是 停用" in (await office.says(ADMIN, "停用规则 提交了表单")).text

    await office.change(ADMIN, "启用规则 form")
    assert not any(one.paused for one in office.bench.company.scoring.rules)
    assert "没有「别的」这条规则" in (await office.says(ADMIN, "停用规则 别的")).text


@pytest.mark.parametrize("who", [LINA, WANG, ZHOU], ids=lambda who: who.role.value)
@pytest.mark.parametrize("text", ["每日领取上限改成8", "把李娜设为高管", "撤销配置", "李娜11月目标50万"])
async def test_nobody_else_changes_anything(office: Office, who, text):
    reply = await office.says(who, text)
    assert "只有管理员能改配置" in reply.text
    assert reply.card is None
    rows = await office.bench.store.write(lambda tx: tx.all(select(audit_table.c.action)))
    assert [row.action for row in rows] == ["setting.refused"]


async def test_who_is_named_in_the_file_may(office: Office):
    org = office.directory / "org.yaml"
    org.write_text(org.read_text(encoding="utf-8").replace("also_admins: []", "also_admins: [wang]"), "utf-8")
    office.adopt(load(office.directory))
    await office.change(WANG, "冷却期 5天")
    assert office.bench.company.pools.terms.cool_down_days == 5


async def test_what_would_not_hold_together_is_not_written(office: Office):
    """The files' own check has the last word, and says why."""
    before = office.text("response")
    await office.change(ADMIN, "首响超时改成10分钟")

    assert office.text("response") == before
    (kept,) = await office.bench.store.write(lambda tx: setting_changes.last(tx, most=9))
    assert kept.state == "refused"
    assert "remind_after_minutes 要小于 act_after_minutes" in kept.reason
    assert "没有生效过" in (await office.says(ADMIN, f"撤销配置 {kept.id}")).text


async def test_a_stale_card_does_nothing(office: Office):
    first = await office.says(ADMIN, "每日领取上限改成8")
    await office.change(ADMIN, "每日领取上限改成9")
    said = await office.does(ADMIN, first.card.buttons[0].command)
    await office.keeper.step()

    assert "已经改成了 9 条" in said.text
    assert office.bench.company.pools.terms.daily_claims == 9


async def test_what_people_wrote_by_hand_meanwhile_is_not_overwritten(office: Office):
    await office.confirms(ADMIN, "每日领取上限改成8")
    pools = office.directory / "pools.yaml"
    pools.write_text(office.text("pools").replace("daily_claims: 10", "daily_claims: 25", 1), "utf-8")
    await office.keeper.step()

    assert "daily_claims: 25" in office.text("pools")
    (kept,) = await office.bench.store.write(lambda tx: setting_changes.last(tx, most=9))
    assert (kept.state, "已经被人改过" in kept.reason) == ("refused", True)


async def test_a_crash_after_writing_writes_nothing_twice(office: Office):
    """The file has it, the row does not know yet: the next look only says so."""
    await office.confirms(ADMIN, "每日领取上限改成8")
    office.keeper._write((await office.bench.store.write(setting_changes.waiting))[0].change)
    written = office.text("pools")

    again = ConfigKeeper(office.bench, office.directory, build=load, adopt=office.adopt, writes=True)
    await again.step()

    assert office.text("pools") == written
    assert (await office.bench.store.write(lambda tx: setting_changes.find(tx, 1))).state == "applied"


async def test_another_process_goes_by_it_too(office: Office):
    other = Office(replace(office.bench, name="other"), office.directory)
    other.keeper = ConfigKeeper(other.bench, office.directory, build=load, adopt=other.adopt, writes=False)
    await other.keeper.step()
    await office.change(ADMIN, "库容 60")
    assert other.bench.company.pools.terms.holding == 50
    await other.keeper.step()
    assert other.bench.company.pools.terms.holding == 60


async def test_a_folder_that_cannot_be_written_is_said(office: Office):
    await office.confirms(ADMIN, "每日领取上限改成8")
    (office.directory / "pools.yaml").unlink()
    await office.keeper.step()
    (kept,) = await office.bench.store.write(lambda tx: setting_changes.last(tx, most=9))
    assert kept.reason.startswith("写不进 config/pools.yaml")


async def test_a_link_stays_a_link(office: Office):
    """Whose config/ points elsewhere finds the change there, and the link where it was."""
    elsewhere = office.directory.parent / "elsewhere.yaml"
    (office.directory / "pools.yaml").rename(elsewhere)
    (office.directory / "pools.yaml").symlink_to(elsewhere)

    await office.change(ADMIN, "每日领取上限改成8")

    assert (office.directory / "pools.yaml").is_symlink()
    assert "daily_claims: 8 " in elsewhere.read_text(encoding="utf-8")


async def test_what_no_file_says_is_told_too(office: Office):
    """Settings besides config/ may refuse it: that is an answer, not the end of whoever writes."""

    def refuses(directory: Path) -> Company:
        raise SettingsError(directory.name)

    office.keeper = ConfigKeeper(
        office.bench, office.directory, build=refuses, adopt=office.adopt, writes=True
    )

    await office.change(ADMIN, "每日领取上限改成8")

    (kept,) = await office.bench.store.write(lambda tx: setting_changes.last(tx, most=9))
    assert (kept.state, kept.reason) == ("refused", "config")


async def test_an_admin_does_not_lock_himself_out(office: Office):
    await office.change(ADMIN, "把运维设为管理员")
    assert "不能去掉自己的管理员角色" in (await office.says(ADMIN, "把运维设为销售")).text
    assert "不能去掉自己的管理员角色" in (await office.says(ADMIN, "撤销配置")).text


async def test_an_older_change_is_not_taken_back_over_a_newer_one(office: Office):
    await office.change(ADMIN, "每日领取上限改成8")
    await office.change(ADMIN, "每日领取上限改成6")
    assert "后来又改成了 6 条" in (await office.says(ADMIN, "撤销配置 1")).text


async def test_the_list_says_how_everything_stands(office: Office):
    await office.change(ADMIN, "华东公海持有上限改成30")
    said = (await office.says(ADMIN, "配置")).text
    assert "· 每日领取上限：10 条" in said
    assert "· 持有上限：50 条（华东公海 30 条）" in said
    assert "运维 持有上限（华东公海） 同默认，50 条 → 30 条" in said
    assert "只有管理员" in (await office.says(LINA, "配置")).text


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.key)
def test_each_thing_is_where_it_is_said_to_be(knob):
    """By each of its names, in the file that ships."""
    from bot.kit.yaml import parse
    from bot.kit.yaml_edit import get

    data = parse((CONFIG / f"{knob.file}.yaml").read_text(encoding="utf-8"), file="").data
    assert get(data, knob.place) is not None
    value = next(iter(knob.words)) if knob.words else "7"
    for name in knob.names:
        assert phrases.parse(f"{name}改成{value}") == ChangeSetting(knob.key, "", value)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("把每日领取上限改成 8 条", ChangeSetting("daily_claims", "", "8 条")),
        ("南京 冷却期 3天", ChangeSetting("cool_down_days", "南京", "3天")),
        ("首响超时调到2小时", ChangeSetting("act_after_minutes", "", "2小时")),
        ("超时处理改成换人", ChangeSetting("act", "", "换人")),
        ("只推给值班 关", ChangeSetting("on_duty_only", "", "关")),
        ("设置 李娜 角色 大区经理", ChangeSetting("role", "李娜", "大区经理")),
        ("将王磊改为总监", ChangeSetting("role", "王磊", "总监")),
        ("恢复李娜的角色", ChangeSetting("role", "李娜")),
        ("上海组下月目标 80万", ChangeSetting("target", "上海组", "下月 80万")),
        ("暂停评分规则 核心行业的 CEO", ChangeSetting("rule", "核心行业的 CEO", "off")),
        ("撤销上次配置", UndoSetting("")),
        ("撤回设置 12", UndoSetting("12")),
    ],
)
def test_the_words_of_an_admin(text, command):
    assert phrases.parse(text) == command


@pytest.mark.parametrize(
    "text",
    ["本月目标完成率", "华东11月目标多少", "每日领取上限是多少", "李娜本月业绩", "各渠道MQL", "MQL转SQL率"],
)
def test_questions_stay_questions(text):
    assert type(phrases.parse(text)).__name__ == "Ask"


async def test_what_is_too_small_is_said_before_anything_is_shown(office: Office):
    reply = await office.says(ADMIN, "每日领取上限改成0")
    assert reply.card is None
    assert "至少是 1" in reply.text
    assert (await office.says(ADMIN, "冷却期改成0天")).card is not None


async def test_a_card_that_was_answered_asks_no_more(office: Office):
    shown = await office.says(ADMIN, "每日领取上限改成8")
    left = await office.does(ADMIN, shown.card.buttons[1].command)
    await office.keeper.step()
    assert left.card.buttons == ()
    assert office.bench.company.pools.terms.daily_claims == 10


async def test_what_somebody_writes_by_hand_is_gone_by(office: Office):
    """No row of ours says so; a fault in it leaves what was good, and its mending is read."""
    file, before = office.directory / "org.yaml", office.text("org")
    office.bench.directory_changed.clear()
    built = office.bench.company

    file.write_text(before + "roles: {lina: marketer}\nroles: {}\n", encoding="utf-8")
    await office.keeper.step()
    assert office.bench.company is built
    assert not office.bench.directory_changed.is_set()
    refused = (await office.says(ZHOU, "发布旅程 白皮书跟进")).text
    assert "还没有读进来" in refused
    assert "\nconfig/org.yaml:" in refused

    file.write_text(before.replace("\nroles: {}", "\nroles: {lina: marketer}", 1), encoding="utf-8")
    await office.keeper.step()
    assert office.bench.company.org.roles["lina"] is Role.MARKETER
    assert office.bench.directory_changed.is_set()
    assert "读进来" not in (await office.says(ZHOU, "发布旅程 白皮书跟进")).text

    adopted = office.bench.company
    await office.keeper.step()
    assert office.bench.company is adopted
