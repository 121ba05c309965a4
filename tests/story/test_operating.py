"""What whoever runs it sees of a working day: metrics, doctor, backup. All true, nothing private in it."""

from __future__ import annotations

import asyncio
import zipfile

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.cli import doctor
from bot.cli.diagnosis.finding import Level
from bot.store.backup import back_up
from tests.story.conftest import ShiftedClock, running

PHONE, MAIL, NAME, WORDS = "13912340077", "canary.bird@jinsique.cn", "金丝鸟", "秘密要求甲乙丙"


@pytest.fixture
async def day(sqlite_url):
    """A lead comes, is taken, its phone is looked at; a stranger is refused; wrong forms and addresses."""
    async with running(sqlite_url, clock=ShiftedClock()) as world:
        await world.form(
            "website", name=NAME, phone=PHONE, email=MAIL, city="上海", message=WORDS, consent=True
        )
        await world.tap("zhangsan", "领取")
        await world.tap("zhangsan", "看电话")
        await world.sees("zhangsan", PHONE)
        await world.people.say("lina", "看电话 L1")
        await world.quiet()
        yield world


async def errors(world):
    """What the door says to those whom it turns away."""
    said = []
    for method, path, given in (
        ("POST", f"/forms/website?phone={PHONE}", {"json": {"phone": PHONE * 9, "name": NAME}}),
        ("POST", "/forms/nope", {"json": {"phone": PHONE, "message": WORDS}}),
        ("POST", "/callback/wecom", {"data": f"{PHONE} {MAIL}"}),
        ("GET", f"/{NAME}/{PHONE}", {}),
    ):
        async with world.http.request(method, world.base + path, **given) as answer:
            said.append(await answer.text())
    return "\n".join(said)


async def test_nothing_private_leaves_by_metrics_errors_doctor_or_backup(day, sqlite_url, tmp_path, capfd):
    """Names may be read by whoever has the backup; numbers, addresses, words and keys may not."""
    refused = await errors(day)
    async with day.http.get(f"{day.base}/metrics") as answer:
        metrics = await answer.text()
    findings = [one async for one in doctor._everything(day.app.settings, quick=False)]
    file = tmp_path / "backup.zip"
    await asyncio.to_thread(
        back_up, sqlite_url, file, vault=day.app.bench.vault, now=day.clock(), program="0.1.0"
    )
    with zipfile.ZipFile(file) as archive:
        inside = b"\n".join(archive.read(name) for name in archive.namelist())
    outside = "\n".join([refused, metrics, *(one.line() for one in findings), "".join(capfd.readouterr())])

    app = day.simulator.world.app
    for canary in (
        PHONE,
        f"+86{PHONE}",
        MAIL,
        WORDS,
        app.token,
        app.aes_key,
        app.secret,
        "a secret of this test",
    ):
        for shape in (canary, ascii(canary)[1:-1]):
            assert shape not in outside, canary
            assert shape.encode() not in inside, canary
    assert NAME not in outside
    assert NAME.encode() in inside
    assert PHONE[:3] + "****" not in metrics


async def test_a_working_day_is_well(day):
    """Doctor finds nothing broken, the platform's answer included; /metrics counts what happened."""
    findings = [one async for one in doctor._everything(day.app.settings, quick=False)]
    by_what = {one.what: one.level for one in findings}
    async with day.http.get(f"{day.base}/metrics") as answer:
        families = {f.name: f for f in text_string_to_metric_families(await answer.text())}

    assert [
        one.line() for one in findings if one.level is Level.BROKEN and not one.what.startswith("work")
    ] == []
    for what in (
        *("settings.secret_key", "database.reached", "database.revision", "database.whole", "audit.chain"),
        *("platform.wecom", "clock.wecom", "address.running", "work.unsent", "work.unknown"),
    ):
        assert by_what[what] is Level.FINE, what
    assert by_what["address.public"] is Level.WORTH_A_LOOK
    sent = {s.labels["state"]: s.value for s in families["leadbell_outbox_messages"].samples}
    assert sent["sent"] > 0
    assert families["leadbell_audit_rows"].samples[0].value >= 2
    routes = {s.labels["route"] for s in families["leadbell_http_answers"].samples}
    assert {"/forms/{form}", "/callback/wecom"} <= routes


async def test_a_wrong_secret_and_a_closed_gate_are_said_with_their_cure(day):
    """The platform refuses: doctor says which setting to look at, and goes on with the rest."""
    from bot.cli.diagnosis import platforms
    from bot.kit.clock import system_clock

    block = {**day.app.settings.platforms["wecom"], "secret": "not-the-secret-of-this-app"}
    wrong = day.app.settings.model_copy(update={"platforms": {"wecom": block}})
    away = day.app.settings.model_copy(
        update={"platforms": {"wecom": {**block, "api_base": "http://127.0.0.1:9"}}}
    )

    refused = [one async for one in platforms.look(wrong, system_clock)]
    unreached = [one async for one in platforms.look(away, system_clock)]

    assert refused[0].level is Level.BROKEN
    assert "LEADBELL_WECOM__SECRET" in refused[0].line()
    assert "not-the-secret" not in refused[0].line()
    assert unreached[0].level is Level.BROKEN
    assert "127.0.0.1:9" in unreached[0].text
