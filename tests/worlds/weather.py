"""How bad it gets in one world: which things go wrong, how often, and until when."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

#: What can go wrong with a call of ours, and up to how often.
CALLS = {
    "refused": 0.10,  # no connection: nothing left us
    "lost_request": 0.08,  # it left us and never arrived
    "http_500": 0.10,  # before anything was done
    "http_502_after": 0.06,  # it was done, and the answer came from a gateway
    "busy": 0.15,  # -1
    "frequency": 0.03,  # 45009
    "lost_answer": 0.12,  # done, and the connection broke
    "hang": 0.06,  # done late or never, and no answer
    "slow": 0.15,  # done, and the answer takes seconds
    "page": 0.05,  # 200 with a page of some proxy
    "token_dead": 0.05,  # 40014 from now on
}
#: What can go wrong with a delivery to us.
DELIVERIES = {
    "duplicate": 0.35,  # again though it was taken, with a fresh nonce
    "late": 0.30,  # later ones overtake it
    "ack_lost": 0.15,  # taken, and the platform did not hear so
}
#: What else can go wrong with a call to DingTalk, a frame of its stream, or a delivery by it.
DINGTALK = {
    "gateway_504": 0.06,  # done, and the gateway had no patience
    "undelivered": 0.06,  # 200, and the card hangs nowhere
    "flow_control": 0.08,  # 200, and whom it was for is held back
    "session_gone": 0.30,  # where an answer is free it is refused
    "ticket_refused": 0.25,  # 503 at the opening of the stream
    "ticket_stale": 0.20,  # the ticket is not taken
    "line_cut": 0.06,  # the stream breaks with a frame under way
    "new_message_id": 0.60,  # a repeat bears another id
}
#: What befalls the stream itself: how many times in a world, at most.
LINES = {"closed": 4, "broken": 4, "told_to_go": 4, "half_open": 2}
#: What befalls the machine: how many times in a world, at most.
MACHINE = {"kill": 3, "freeze": 4, "clock": 2, "busy": 3}
#: In how many worlds.
_OFTEN = {"kill": 0.55, "freeze": 0.35, "clock": 0.25, "busy": 0.35}


@dataclass
class Weather:
    """The faults of one seed; `is_calm` switches all of them off."""

    seed: int
    chance: random.Random = field(init=False)
    rates: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    #: What befalls the stream, and how many times.
    lines: dict[str, int] = field(default_factory=dict)
    slow_disk: float = 0.0
    is_calm: bool = False
    #: What happened, by kind.
    happened: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"weather:{self.seed}")
        chance = self.chance
        # A third of what can go wrong does in each world, so that each is met with and without the others.
        for kind, most in sorted({**CALLS, **DELIVERIES}.items()):
            self.rates[kind] = chance.uniform(0.2, 1) * most if chance.random() < 0.35 else 0.0
        for kind, most in sorted(MACHINE.items()):
            self.counts[kind] = chance.randint(1, most) if chance.random() < _OFTEN[kind] else 0
        self.slow_disk = chance.choice([0.0, 0.0, 0.003, 0.02])
        # Chance of its own: the weather of the other platform changes nothing on this one.
        apart = random.Random(f"weather of dingtalk:{self.seed}")
        for kind, most in sorted(DINGTALK.items()):
            self.rates[kind] = apart.uniform(0.2, 1) * most if apart.random() < 0.4 else 0.0
        self.lines = {
            kind: apart.choice((0, 0, apart.randint(1, most))) for kind, most in sorted(LINES.items())
        }

    def strikes(self, kind: str) -> bool:
        """Whether it goes wrong this time."""
        rate = self.rates[kind]
        if self.is_calm or not rate or self.chance.random() >= rate:
            return False
        self.count(kind)
        return True

    def count(self, kind: str) -> None:
        """Take down that it happened."""
        self.happened[kind] = self.happened.get(kind, 0) + 1
