"""A company's life in one world: customers write and scan, reps tap and type, managers ask, people leave.

Everybody acts on what he sees in his chat, at moments of his own choosing; the platform's rules say what
he can do. Nobody waits for the bot.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from bot.chat.outbound import Notice, OpenGroup
from bot.errors import StoreBusyError
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.company import new_customer
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import Customer, Message
from bot.simulator.wecom.taps import button_keys, questions
from bot.store import Tx, outbox
from tests.worlds.courier import Door
from tests.worlds.house import House
from tests.worlds.platform import Platform

MANAGERS, REPS = ("chenli", "wanglei", "zhaojing"), ("zhangsan", "lina", "wudi", "zhengs")
#: Nobody else has these: where they appear, something private has got out.
PHONE, NAME, MAIL = "1391357{:04d}", "甄宝{:s}", "canary{:d}@private.example"
CHEER, _GROUP = "大家加油", "leadbellwins"
_HAN = "金木水火土山川风云雷电雨雪日月星辰"
_FORMS, _CITIES = ("website", "website", "trial", "whitepaper"), ("上海", "北京", "杭州", "成都", "")
_LEAD, _TASK, _DEAL = (re.compile(rf"\b{letter}(\d{{1,4}})\b") for letter in "LTD")
_WORDS = (
    "我的线索", "公海", "我的任务", "领取 L{lead}", "看 L{lead}", "跟进 L{lead} 已电话,客户要报价,明天回访",
    "跟进 L{lead} 没接", "退回 L{lead} 联系不上", "无效 L{lead} 空号", "看电话 L{lead}", "T{task} 推迟到明天", "T{task} 完成",
    "转交 L{lead} 李娜", "转商机 L{lead} 标准版 5万", "转商机 L{lead} 标准版 5万", "赢单 D{deal} 5万",
    "赢单 D{deal} 50000", "赢单 D{deal} 6万", "请假2小时", "值班",
    "录线索 {name} {phone} 上海", "提醒 L{lead} 明天下午3点发合同", "取消", "帮助", "查 {name}", "下周二", "。",
)  # fmt: skip
_ASKS = (
    "本月业绩",
    "本周新增线索",
    "逾期",
    "未跟进",
    "上海组本月赢单",
    "公海",
    "改派 L{lead} 张三",
    "看 L{lead}",
    "谁最多",
)


@dataclass(frozen=True)
class Sent:
    """A form that somebody sent."""

    who: int
    phone: str
    status: int | None
    document: dict[str, Any]


@dataclass
class Life:
    """The hands of everybody."""

    seed: int
    platform: Platform
    hands: Hands
    houses: Callable[[], list[House]]
    until: float
    has_wecom: bool = True
    forms: list[Sent] = field(default_factory=list)
    #: Answers of our own pages and errors, as a stranger sees them: nothing private in them.
    strangers: list[bytes] = field(default_factory=list)

    def begin(self) -> list[asyncio.Task[None]]:
        """Let everybody live; the tasks end when the time is over."""
        chance = random.Random(f"life:{self.seed}")
        # Most worlds are small: many of them find more than a few that are long.
        busy = chance.choice((0.3, 0.5, 1.0))
        people = [
            self._person(user, random.Random(f"{self.seed}:{user}"), busy)
            for user in (*REPS, *MANAGERS)
            if chance.random() < 0.4 + busy
        ]
        count = chance.randint(1, 1 + round(6 * busy))
        enquirers = [self._enquirer(n, random.Random(f"{self.seed}:{n}")) for n in range(count)]
        colleagues = [*people, self._twins(chance), self._admin(chance), self._cheers(chance)]
        if not self.has_wecom:
            for one in colleagues:
                one.close()
            colleagues = []
        people, rest = colleagues[: len(people)], colleagues[len(people) :]
        return [self.platform.process.start(one) for one in (*people, *enquirers, *rest)]

    def doors(self) -> list[Door]:
        """Where the public can knock now."""
        return [one.door for one in self.houses()]

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _pause(self, chance: random.Random, most: float) -> bool:
        """Let some time go by; False when it is over."""
        # Often at once after something happened: that is when hands collide.
        spans = (chance.uniform(0.2, 8), chance.uniform(1, min(60, most)), chance.uniform(1, 2 * most))
        await asyncio.sleep(chance.choice(spans))
        return self._now() < self.until

    # --- customers ---

    async def _enquirer(self, n: int, chance: random.Random) -> None:
        """Writes, perhaps twice, perhaps again later, and adds whoever answers."""
        phone = PHONE.format(n)
        if not await self._pause(chance, self.until * 0.7):
            return
        thanks = await self._form(n, phone, chance)
        if chance.random() < 0.3:
            await asyncio.sleep(chance.uniform(0, 600))
            thanks = await self._form(n, phone, chance) or thanks
        if thanks and chance.random() < 0.7:
            await self._scan(n, thanks, chance)

    async def _form(self, n: int, phone: str, chance: random.Random) -> str:
        """Send a form until it is taken; where the page of thanks is, if there is one."""
        form, is_page = chance.choice(_FORMS), chance.random() < 0.6
        fields = {
            "name": name_of(n), "phone": phone, "email": MAIL.format(n), "company": f"甲乙{n}公司",
            "city": chance.choice(_CITIES), "title": chance.choice(("采购总监", "经理", "")), "message": "报价",
            "consent": "on",
        }  # fmt: skip
        key = f"{n}-{chance.randrange(10**9)}"
        for _ in range(4):
            twice = 1 + (chance.random() < 0.3)
            posts = [self._post(form, fields, key, is_page=is_page) for _ in range(twice)]
            for answer in await asyncio.gather(*posts):
                status, where, document = answer
                self.forms.append(Sent(n, phone, status, document))
                if status in {200, 303}:
                    return where
            if self._now() > self.until:
                return ""
            await asyncio.sleep(chance.uniform(1, 20))
        return ""

    async def _post(
        self, form: str, fields: dict[str, str], key: str, *, is_page: bool
    ) -> tuple[int | None, str, dict[str, Any]]:
        doors = self.doors()
        if not doors:
            return None, "", {}
        if is_page:
            body, kind = urlencode({**fields, "_request": key}).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = orjson.dumps(fields), "application/json"
        headers = {"Content-Type": kind, "Accept": "text/html" if is_page else "*/*", "Idempotency-Key": key}
        if is_page:
            del headers["Idempotency-Key"]
        answer = await self.platform.chance.choice(doors).ask("POST", f"/forms/{form}", body, headers)
        if answer is None:
            return None, "", {}
        self.platform.wire.write("form", form=form, status=answer.status)
        said = bytes(answer.body or b"") if isinstance(answer.body, bytes) else b""
        # A page that shows a form again shows what its sender wrote; nothing else may.
        if not (is_page and answer.status == 422):
            self.strangers.append(said)
        document = orjson.loads(said) if not is_page and answer.status == 200 else {}
        return answer.status, answer.headers.get("Location", ""), document

    async def _scan(self, n: int, thanks: str, chance: random.Random) -> None:
        """Look at the page of thanks until it shows a code, scan it, and sometimes regret it."""
        for path in (thanks, f"{thanks}/state", f"{thanks}/state"):
            doors = self.doors()
            answer = await chance.choice(doors).ask("GET", path) if doors else None
            if answer is not None and isinstance(answer.body, bytes):
                self.strangers.append(answer.body)
            await asyncio.sleep(chance.uniform(1, 12))
        ways = sorted(self.platform.world.ways.values(), key=lambda way: way.config_id)
        if not ways:
            return
        customer = new_customer(self.platform.world, name_of(n))
        way = chance.choice(ways)
        await self._add(customer, way, chance)

    async def _add(self, customer: Customer, way: Any, chance: random.Random) -> None:
        customers = self.hands.customers
        try:
            follow = customers.scan(customer.id, way, half=chance.random() < 0.2)
            await asyncio.sleep(chance.choice((0.0, chance.uniform(0, 5), chance.uniform(0, 40))))
            if not follow.confirmed:
                customers.confirm(customer.id, follow.userid)
            step = chance.random()
            if step < 0.3:
                customers.leave(customer.id, follow.userid)
                self.platform.wire.write("left", customer=customer.id, user=follow.userid)
                await asyncio.sleep(chance.uniform(0, 120))
                if chance.random() < 0.5:
                    customers.scan(customer.id, way)
            elif step < 0.5:
                customers.say(customer.id, follow.userid, "你好")
        except NotPossibleError:
            return

    async def _twins(self, chance: random.Random) -> None:
        """Two strangers add the same colleague in one second: two events that look alike."""
        while await self._pause(chance, self.until):
            ways = sorted(self.platform.world.ways.values(), key=lambda way: way.config_id)
            if not ways:
                continue
            way = chance.choice(ways)
            for _ in range(2):
                stranger = new_customer(self.platform.world, "路人")
                try:
                    self.hands.customers.scan(stranger.id, way, userid=way.users[0])
                except NotPossibleError:
                    break
            return

    # --- colleagues ---

    async def _person(self, user: str, chance: random.Random, busy: float) -> None:
        """Taps what he sees and says what comes to his mind."""
        acts = round(chance.randint(1, 14) * busy)
        while acts > 0 and await self._pause(chance, self.until / acts):
            acts -= 1
            try:
                person = self.hands.members.find(user)
                cards = [m for m in person.messages[-8:] if m.card is not None and m.task_id and _keys(m)]
                if cards and chance.random() < 0.7:
                    self._tap(user, chance.choice(cards), chance)
                elif chance.random() < 0.06:
                    self._menu(user, chance)
                else:
                    words = _ASKS if user in MANAGERS and chance.random() < 0.6 else _WORDS
                    self._say(user, chance.choice(words), chance)
            except NotPossibleError:
                continue

    def _tap(self, user: str, shown: Message, chance: random.Random) -> None:
        key = chance.choice(_keys(shown))
        chosen = {
            q["question_key"]: [chance.choice(q["option_list"])["id"]]
            for q in questions(shown.card or {})
            if q["option_list"] and chance.random() < 0.8
        }
        task = self.hands.members.tap(user, shown.id, key, chosen)
        wire = self.platform.wire
        wire.write("tap", user=user, card=shown.task_id, event=_last_event(wire))
        if chance.random() < 0.15:
            # He is impatient and presses again before anything has changed.
            self.hands.members.tap(user, shown.id, key, chosen)
            wire.write("tap", user=user, card=shown.task_id, event=_last_event(wire))
        del task

    def _menu(self, user: str, chance: random.Random) -> None:
        keys = [
            sub["key"]
            for button in self.platform.world.app.menu
            for sub in button.get("sub_button") or [button]
        ]
        if keys:
            self.hands.members.press_menu(user, chance.choice(keys))

    def _say(self, user: str, words: str, chance: random.Random) -> None:
        n = chance.randint(50, 58)
        said = words.format(
            lead=self._number(user, _LEAD, chance), task=self._number(user, _TASK, chance),
            deal=self._number(user, _DEAL, chance), name=name_of(n), phone=PHONE.format(n),
        )  # fmt: skip
        self.hands.members.write(user, said)
        wire = self.platform.wire
        wire.write("said", user=user, words=words, event=_last_event(wire))

    async def _cheers(self, chance: random.Random) -> None:
        """Words to the whole team now and then: a group knows no key, so none may be said twice."""
        for n in range(chance.randint(1, 6)):
            if not await self._pause(chance, self.until / 6):
                return
            houses = self.houses()
            if houses:
                one = chance.choice(houses)
                one.process.start(self._cheer(one, f"{CHEER}{n}"))

    async def _cheer(self, one: House, text: str) -> None:
        opened = OpenGroup(chat_id=_GROUP, name="喜报", members=REPS)
        said = Notice(to=f"wecom:{_GROUP}", key=text, text=text, group=True)

        async def unit(tx: Tx) -> None:
            desk = one.bench.desk(tx)
            await outbox.effect(
                desk, platform="wecom", outgoing=opened, key="group", lane_key=f"wecom:{_GROUP}"
            )
            await outbox.post(desk, said)

        with contextlib.suppress(StoreBusyError):
            await one.bench.store.write(unit)

    def _number(self, user: str, letter: re.Pattern[str], chance: random.Random) -> str:
        """Mostly one that he has before him, sometimes any."""
        person = self.hands.members.find(user)
        shown = [orjson.dumps(m.card).decode() if m.card else m.text for m in person.messages[-12:]]
        found = sorted({number for text in shown for number in letter.findall(text)})
        return chance.choice(found) if found and chance.random() < 0.85 else str(chance.randint(1, 6))

    async def _admin(self, chance: random.Random) -> None:
        """Somebody leaves, somebody comes."""
        if chance.random() < 0.5:
            return
        gone = chance.choice(REPS)
        await asyncio.sleep(chance.uniform(0.2, 0.9) * self.until)
        self.hands.admin.dismiss(gone)
        self.platform.wire.write("dismissed", user=gone)
        await asyncio.sleep(chance.uniform(0, 600))
        if chance.random() < 0.5:
            self.hands.admin.hire("钱多", department_id=3, userid="qianduo")


def name_of(n: int) -> str:
    return NAME.format(_HAN[n % len(_HAN)] + _HAN[n // len(_HAN) % len(_HAN)])


def _keys(message: Message) -> list[str]:
    card = message.card or {}
    return [] if card.get("replace_text") else button_keys(card)


def _last_event(wire: Any) -> str:
    return next(act.facts["key"] for act in reversed(wire.acts) if act.what == "event")
