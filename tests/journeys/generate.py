"""Random journeys and random lives, from one seed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.journeys.simulate import Happening

EVENTS = ["mail_opened", "pricing_page_viewed", "key_page_viewed"]
TAGS = ["看重功能", "看重服务", "决策人", "采购", "有计划"]
CITIES = ["上海", "北京", "广州"]
FORMS = ["whitepaper", "event"]
PRODUCTS = ["基础版", "专业版"]
SPANS = ["30分钟", "2小时", "1天", "3天", "2个工作日", "1周", "4工作小时", "1个月"]
MOMENTS = ["周二 10:00", "工作日 09:30", "18:00", "周日 23:59", "02:30"]


class Maker:
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.may_join = True

    def condition(self, depth: int = 2) -> dict[str, Any]:  # noqa: PLR0911 - one case a kind
        dice = self.dice
        kinds = ["city", "tags", "event", "since", "employees", "orders"] + (
            ["all", "any", "not"] if depth else []
        )
        match dice.choice(kinds):
            case "city":
                return {"field": "city", "op": dice.choice(["=", "!="]), "value": dice.choice(CITIES)}
            case "tags":
                return {"field": "tags", "op": dice.choice(["in", "not_in"]), "value": dice.sample(TAGS, 2)}
            case "event":
                found = {
                    "event": dice.choice(EVENTS),
                    "times": dice.choice([">=", "<"]),
                    "value": dice.choice([1, 2]),
                }
                return found | ({"within_days": dice.choice([1, 7])} if dice.random() < 0.5 else {})
            case "since":
                key = dice.choice(["within_days", "over_days"])
                return {
                    "since": dice.choice(["created_at", "last_behaviour_at"]),
                    key: dice.choice([1, 3, 10]),
                }
            case "employees":
                return {"field": "employees", "op": dice.choice([">=", "<", "empty"])} | {"value": 100}
            case "orders":
                return {"orders": "count", "op": ">=", "value": dice.choice([1, 2])}
            case "not":
                return {"not": self.condition(depth - 1)}
            case both:
                return {both: [self.condition(depth - 1) for _ in range(2)]}

    def _sound(self, found: dict[str, Any]) -> dict[str, Any]:
        """`empty` takes no value."""
        if found.get("op") == "empty":
            found.pop("value", None)
        for key in ("all", "any"):
            for part in found.get(key, []):
                self._sound(part)
        if "not" in found:
            self._sound(found["not"])
        return found

    def asked(self) -> dict[str, Any]:
        return self._sound(self.condition())

    def happening(self) -> dict[str, Any]:
        dice = self.dice
        return dice.choice([
            {"event": dice.choice(EVENTS)},
            {"event": dice.choice(EVENTS), "object": "/a"},
            {"event": dice.choice(EVENTS), "nth": dice.choice([2, 3])},
            {"form": dice.choice(FORMS)},
            {"tagged": dice.choice(TAGS)},
            {"changed": "city"},
            {"changed": "city", "to": dice.choice(CITIES)},
            {"changed": "employees"},
            {"bought": dice.choice(["any", *PRODUCTS])},
        ])  # fmt: skip

    def steps(self, depth: int, most: int = 4) -> list[dict[str, Any]]:
        return [self.step(depth) for _ in range(self.dice.randint(1, most))]

    def step(self, depth: int) -> dict[str, Any]:  # noqa: C901, PLR0911, PLR0912 - one case a kind
        dice = self.dice
        plain = ["touch", "wait", "wait", "moment", "tag", "untag", "set", "lifecycle", "score", "enter", "leave",
                 "goal", "wait_until"]  # fmt: skip
        # No journey leaves or enters itself: `check` says so.
        plain = [one for one in plain if self.may_join or one not in {"enter", "leave"}]
        nested = ["branch", "split", "loop", "wait_for", "wait_for"] if depth else []
        match dice.choice(plain + nested * 2):
            case "touch":
                return {"touch": dice.choice(["a", "b", "c"])}
            case "wait":
                return {"wait": dice.choice(SPANS)}
            case "moment":
                return {"wait": dice.choice(MOMENTS)}
            case "wait_until":
                return {
                    "wait_until": "created_at",
                    "offset": dice.choice(["-3天", "5天", "1个月"]),
                    "at": "10:00",
                }
            case "tag":
                return {"tag": dice.choice(TAGS)}
            case "untag":
                return {"untag": dice.choice(TAGS)}
            case "set":
                return {"set": "employees", "to": dice.choice([50, 200])}
            case "lifecycle":
                return {"lifecycle": dice.choice(["认知", "考虑", "决策"])}
            case "score":
                return {"score": dice.choice([1, 2]), "reason": "旅程"}
            case "enter":
                return {"enter": "two"}
            case "leave":
                return {"leave": "two"}
            case "goal":
                return {"goal": self.asked()}
            case "branch":
                arms = [
                    {"when": self.asked(), "steps": self.steps(depth - 1, 2)}
                    for _ in range(dice.randint(1, 3))
                ]
                return {"branch": arms, "else": self.steps(depth - 1, 2) if dice.random() < 0.5 else []}
            case "split":
                arms = [{"name": "甲", "percent": 40, "steps": self.steps(depth - 1, 2)},
                        {"name": "乙", "percent": 40, "steps": self.steps(depth - 1, 2)}]  # fmt: skip
                return {"split": dice.choice(["题目", "时间"]), "arms": arms, "hold_out": 20}
            case "loop":
                found = {
                    "loop": [*self.steps(depth - 1, 2), {"wait": dice.choice(SPANS)}],
                    "times": dice.randint(1, 4),
                }
                return found | ({"until": self.asked()} if dice.random() < 0.4 else {})
            case _:
                return {"wait_for": self.happening(), "within": dice.choice(SPANS),
                        "then": self.steps(depth - 1, 2), "else": self.steps(depth - 1, 2)}  # fmt: skip

    def pair(self) -> dict[str, dict[str, Any]]:
        """Two journeys, of which the first may put people into the second and take them out."""
        self.may_join = True
        one = self.journey()
        self.may_join = False
        return {"one": one, "two": self.journey()}

    def journey(self) -> dict[str, Any]:
        dice = self.dice
        again = ["never", "always", "2天", "1周"] if dice.random() < 0.9 else ["always"]
        made: dict[str, Any] = {
            "enter": [self.happening() for _ in range(dice.randint(1, 2))],
            "again": dice.choice(again), "steps": self.steps(2), "priority": dice.choice([0, 5]),
        }  # fmt: skip
        if dice.random() < 0.15:
            made["enter"] = [{"date": "created_at", "offset": dice.choice(["2天", "1个月"]), "at": "09:00"}]
        if dice.random() < 0.1:
            made |= {"enter": [{"schedule": "每周一 09:00"}], "only": self.asked()}
        for name in ("only", "goal", "leave"):
            if dice.random() < 0.15:
                made[name] = self.asked()
        if dice.random() < 0.2:
            made["most_per_hour"] = 1
        return made

    def life(self, begins: datetime, days: int) -> list[Happening]:
        """What happens to one person; no two things at the same moment."""
        dice, at, found = self.dice, begins, []
        while True:
            at += timedelta(minutes=dice.choice([1, 37, 60 * 5, 60 * 24, 60 * 24 * 3]))
            if at > begins + timedelta(days=days):
                return found
            found.append(self._one(at))

    def _one(self, at: datetime) -> Happening:
        dice = self.dice
        return dice.choice([
            Happening(at, "event", dice.choice(EVENTS), dice.choice(["", "/a"])),
            Happening(at, "event", dice.choice(EVENTS)),
            Happening(at, "form", dice.choice(FORMS)),
            Happening(at, "tag", dice.choice(TAGS)),
            Happening(at, "untag", dice.choice(TAGS)),
            Happening(at, "set", "city", value=dice.choice(CITIES)),
            Happening(at, "set", "employees", value=str(dice.choice([50, 200]))),
            Happening(at, "order", dice.choice(PRODUCTS), value=Decimal(100)),
        ])  # fmt: skip
