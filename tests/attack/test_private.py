"""Canaries through a whole day: no phone, address or word of a customer lies readable on disk or in a log."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.attack.conftest import Target

PHONES = ("13912340077", "13700001234", "15999990001")
MAILS = ("canary.bird@jinsique.cn", "second-canary@jinsique.cn")
WORDS = (
    "秘密要求甲乙丙",
    "私下跟进丁戊己",
    "提醒里的庚辛壬",
    "反馈里的子丑寅",
    "随口一问卯辰巳",
    "续写午未申",
    "戌亥备注",
)


async def test_a_days_canaries_are_readable_nowhere(
    target: Target, database_bytes: Callable[[], bytes], capfd
):
    """Names and firms may be read by who keeps the database; numbers, addresses and words may not."""
    world = target.world
    await world.form(name="金丝鸟", phone=PHONES[0], email=MAILS[0], company="金丝雀科技", city="上海",
                     message=WORDS[0])  # fmt: skip
    await world.tap("zhangsan", "领取")
    await world.tap("zhangsan", "看电话")
    await world.sees("zhangsan", PHONES[0])
    says = (
        f"跟进 L1 {WORDS[1]} 请打{PHONES[1]}",
        f"跟进 {PHONES[0]} 已电话",
        f"{WORDS[4]} {PHONES[1]}",
        f"提醒 L1 明天下午3点{WORDS[2]}",
        f"提醒 {PHONES[1]} {WORDS[2]}",
        f"反馈 {WORDS[3]} {MAILS[0]}",
        f"查 {PHONES[0]}",
        f"查 {MAILS[0]}",
        f"改 L1 电话 {PHONES[2]}",
        f"改 L1 邮箱 {MAILS[1]}",
        f"改 {PHONES[0]} 公司 云帆",
        f"改 L1 留言 {WORDS[6]}",
        f"录线索 王小明 {WORDS[5]}",
        f"{PHONES[1]}",
        f"转商机 {PHONES[0]}",
        f"领取 {PHONES[0]}",
        f"退回 L1 {WORDS[6]}",
        f"L1 改派 {PHONES[0]}",
        "转商机 L1 专业版 48000",
        f"商机 D1 产品 {WORDS[6]}{PHONES[0]}",
        f"D1 输单 {WORDS[6]}",
        "取消",
        f"录线索 王大明 {MAILS[0]}",
        f"@all {PHONES[1]} 本月业绩 {WORDS[4]}",
    )
    for said in says:
        await world.people.say("zhangsan", said)
        await world.quiet()
    for form, fields in (("website", {"phone": "1" * 60, "name": WORDS[0]}), ("nope", {"phone": PHONES[0]})):
        async with world.http.post(f"{world.base}/forms/{form}?phone={PHONES[0]}", json=fields) as answer:
            assert WORDS[0] not in await answer.text()
            assert PHONES[0] not in await answer.text()
    await target.post(*target.sealed(target.text("stranger", f"跟进 L1 {PHONES[0]}", 9)))
    await world.quiet()

    found = []
    disk, logged = database_bytes(), "".join(capfd.readouterr())
    for canary in (*PHONES, *MAILS, *WORDS):
        spelled = (canary, f"+86{canary}", canary.encode().hex(), ascii(canary)[1:-1])
        for shape in (*spelled, base64.b64encode(canary.encode()).decode().rstrip("=")[:-1]):
            found += [(canary, around(disk, shape.encode()))] if shape.encode() in disk else []
            found += [(canary, "in the log")] if shape in logged else []
    assert found == []
    for name in ("金丝鸟", "金丝雀", "王小明"):
        assert name not in logged
        assert ascii(name)[1:-1] not in logged
    secrets = world.simulator.world.app
    for secret in (secrets.token, secrets.aes_key, secrets.secret, "a secret of this test"):
        assert secret.encode() not in disk
        assert secret not in logged
    assert "token" not in repr(world.app.settings).lower() or secrets.token not in repr(world.app.settings)
    assert not any(secret in repr(world.app) for secret in (secrets.token, secrets.aes_key, secrets.secret))


def around(disk: bytes, canary: bytes) -> bytes:
    """Where it lies, for whoever mends it."""
    at = disk.index(canary)
    return disk[max(0, at - 120) : at + 60]
