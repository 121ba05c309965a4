"""What happens in a story, and in which order: equal seeds are equal plots."""

from __future__ import annotations

from dataclasses import dataclass

REPS = {"zhangsan": "张三", "lina": "李娜"}
CLAIM, RELEASE, CONFIRM = "领取", "退回", "确定"
REVEAL, FOLLOW_UP = "看电话", "跟进"

#: Each begins when nothing is left to do of the one before it, and can be played from a copy of the database.
CHAPTERS = (
    "form", "claim", "lying", "claim_again", "code", "reveal", "added", "follow_up", "deal", "quote", "won",
    "question", "cheer",
)  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """One course of events; equal seeds are equal plots."""

    seed: int
    #: The platform on which the company reads.
    on: str = "wecom"

    @property
    def people(self) -> int:
        """Who send a form."""
        return 1 + self.seed % 2

    @property
    def is_returned(self) -> bool:
        """The first owner gives his lead back, and somebody else takes it."""
        return self.seed % 2 == 1

    @property
    def is_left_lying(self) -> bool:
        """No owner answers in time: the clocks run out."""
        return self.seed % 3 == 2

    @property
    def asks_by_button(self) -> bool:
        """The follow-up begins with a press, and the words are the answer to a question."""
        return self.seed % 4 >= 2

    @property
    def chapters(self) -> tuple[str, ...]:
        """What happens, in order."""
        left_out = () if self.is_left_lying else ("lying", "claim_again")
        # Customers and their codes are WeCom's.
        left_out += () if self.on == "wecom" else ("code", "added")
        return tuple(name for name in CHAPTERS if name not in left_out)

    def forms(self) -> list[dict[str, str]]:
        """What they send; each of them presses the button twice."""
        return [
            {
                "name": f"王{i}",
                "phone": f"1391234567{i}",
                "city": "上海",
                "title": "采购总监",
                "message": "报价",
            }
            for i in range(self.people)
        ]
