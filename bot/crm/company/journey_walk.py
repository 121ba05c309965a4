"""Every step of a journey, those inside others too, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.crm.company import journey_steps as s
from bot.kit.yaml import Path


def walk(steps: s.Steps, path: Path) -> Iterator[tuple[Path, Any]]:
    """In the order of the file."""
    for index, step in enumerate(steps):
        at: Path = (*path, index)
        yield at, step
        for place, inner in inside(step):
            yield from walk(inner, (*at, *place))


def walk_steps(steps: s.Steps) -> Iterator[Any]:
    """The same without their places."""
    return (step for _, step in walk(steps, ()))


def inside(step: Any) -> Iterator[tuple[Path, s.Steps]]:  # noqa: ANN401 - any kind
    """The steps within a step, and under which keys they stand."""
    match step:
        case s.Branch():
            for n, arm in enumerate(step.branch):
                yield ("branch", n, "steps"), arm.steps
            yield ("else",), step.otherwise
        case s.Split():
            for n, share in enumerate(step.arms):
                yield ("arms", n, "steps"), share.steps
        case s.WaitFor():
            yield ("then",), step.then
            yield ("else",), step.otherwise
        case s.Approve():
            yield ("then",), step.then
            yield ("else",), step.otherwise
            yield ("timeout",), step.timeout or ()
        case s.Loop():
            yield ("loop",), step.loop
        case _:
            pass
