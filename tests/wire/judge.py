"""Whether what came back is what must come back."""

from __future__ import annotations

from tests.wire.corpus.case import Case, Expect
from tests.wire.room import Answer

#: Nothing but the date may differ between two refusals.
REFUSAL = Answer(401, (("Content-Length", "0"), ("Server", "web")), b"")
#: Where the client asked for its last answer, one line more says so.
LAST_REFUSAL = Answer(401, (("Connection", "close"), *REFUSAL.headers), b"")
#: What the HTTP layer may say of what is no request of ours; never a word of what it is.
OF_HTTP = frozenset((400, 404, 405, 413, 417))
#: Milliseconds of work that one request may cost the loop.
MOST_WORK = 50.0
#: Words that say which program answers, where it lies, or what went wrong inside.
TELLING = (b"aiohttp", b"Python", b"Traceback", b"leadbell", b".py", b"sqlite", b"bot/", b"/site-packages")


def outcome(answer: Answer | None, arrived: list[bytes]) -> Expect | None:
    """What the door did; None for what it must never do."""
    if answer is None:
        return None if arrived else Expect.SILENT
    if answer.status == 200:
        return Expect.KEPT if arrived else Expect.ECHOED if _is_echo(answer) else Expect.REPEAT
    if arrived or tells(answer):
        return None
    if answer in (REFUSAL, LAST_REFUSAL):
        return Expect.REFUSED
    return Expect.HTTP if answer.status in OF_HTTP else None


def _is_echo(answer: Answer) -> bool:
    return ("X-Content-Type-Options", "nosniff") in answer.headers


def tells(answer: Answer) -> list[bytes]:
    """What it lets a stranger know of us."""
    said = answer.body + repr(answer.headers).encode()
    return [word for word in TELLING if word.lower() in said.lower()]


def complaint(case: Case, answer: Answer | None, arrived: list[bytes]) -> str:
    """What is wrong with the fate of this case; empty if nothing is."""
    became = outcome(answer, arrived)
    told = None if answer is None else (answer.status, answer.body[:60])
    if became is not case.expect:
        return f"{case.name}: expected {case.expect.value}, became {became and became.value} {told}"
    if case.expect is Expect.KEPT and arrived != [case.plain]:
        return f"{case.name}: let in as another text"
    if case.expect is Expect.ECHOED and answer is not None and answer.body != case.plain:
        return f"{case.name}: echoed {answer.body[:60]!r}"
    return ""
