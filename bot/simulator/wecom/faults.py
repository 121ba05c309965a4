"""What can be made to go wrong, switched at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: kind → what it does, in the words of the page.
KINDS = {
    "slow": "接口变慢（value 秒）",
    "http_500": "接口返回 HTTP 500",
    "busy": "接口返回 -1 系统繁忙",
    "frequency": "接口返回 45009 超过频率",
    "drop": "断开连接，不处理",
    "lost_answer": "处理之后断开连接，不回答",
    "token_expired": "令牌提前失效（40014）",
    "ip_not_trusted": "来源 IP 不可信（60020）",
    "no_permission": "没有接口权限（48002）",
    "welcome_sending": "欢迎语正在由别的应用发送（41096）",
    "callback_duplicate": "回调重复投递",
    "callback_out_of_order": "回调乱序",
    "callback_slow": "回调晚到（value 秒）",
    "callback_drop": "回调丢失",
    "state_missing": "添加客户事件不带 State",
    "welcome_code_missing": "添加客户事件不带 WelcomeCode",
}
_DEFAULT_SECONDS = 3.0


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong: `times` times (None: until switched off), on paths that start so."""

    times: int | None = None
    path: str = ""
    value: float = _DEFAULT_SECONDS


@dataclass(slots=True)
class Faults:
    """The faults that are on; nothing is on at the start."""

    active: dict[str, Fault] = field(default_factory=dict)

    def take(self, kind: str, path: str = "") -> Fault | None:
        """Use up one occurrence of `kind` for `path`, if it is on and meant for it."""
        fault = self.active.get(kind)
        if fault is None or not path.startswith(fault.path):
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                del self.active[kind]
        return fault

    def turn_on(
        self, kind: str, *, times: int | None = None, path: str = "", value: float | None = None
    ) -> None:
        """Switch one fault on; an unknown kind raises ValueError."""
        if kind not in KINDS:
            msg = f"unknown fault {kind!r}; there are: {', '.join(KINDS)}"
            raise ValueError(msg)
        self.active[kind] = Fault(times, path, _DEFAULT_SECONDS if value is None else value)

    def turn_off(self, kind: str) -> None:
        """Switch one fault off; one that is off stays off."""
        self.active.pop(kind, None)

    def set_from(self, wanted: Mapping[str, object]) -> None:
        """Apply `{kind: true | false | times | {times, path, value}}`; other kinds stay as they are."""
        for kind, wish in wanted.items():
            if kind not in KINDS:
                self.turn_on(kind)
            if wish is None or wish is False or wish == 0:
                self.turn_off(kind)
            elif wish is True:
                self.turn_on(kind)
            elif isinstance(wish, int):
                self.turn_on(kind, times=wish)
            else:
                self._turn_on_from(kind, wish)

    def _turn_on_from(self, kind: str, wish: object) -> None:
        if not isinstance(wish, Mapping) or not set(wish) <= {"times", "path", "value"}:
            msg = f"{kind}: true, false, a number of times, or an object with times, path, value"
            raise ValueError(msg)
        times, value = wish.get("times"), wish.get("value")
        are_numbers = isinstance(times, int | None) and isinstance(value, int | float | None)
        if not are_numbers:
            msg = f"{kind}: times and value are numbers"
            raise ValueError(msg)
        path = str(wish.get("path") or "")
        self.active[kind] = Fault(times, path, _DEFAULT_SECONDS if value is None else float(value))
