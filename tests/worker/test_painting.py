"""The process that draws: it may die, hang or be missing, and nothing waits for it for long."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from bot.chat.outbound import IMAGE_MOST
from bot.insight import charts
from bot.worker.painting import NoPicture, Painting

CHART = charts.ranking_chart("业绩排名", ["张三", "李娜"], [3, 2])
OTHER = charts.ranking_chart("业绩排名", ["张三", "李娜"], [3, 1])
PNG = b"\x89PNG\r\n\x1a\n"
READY = "import sys, time, struct; out = sys.stdout.buffer; out.write(struct.pack('>BII', 0, 0, 1) + b'1'); out.flush();"


def program(what: str) -> tuple[str, ...]:
    """A painter that is ready and then does this."""
    return (sys.executable, "-c", READY + what)


async def test_a_chart_becomes_a_png_that_every_platform_takes():
    """Drawn once: the next who gets the same picture gets the same bytes."""
    painting = Painting()
    try:
        png = await painting.paint(CHART)
        assert isinstance(png, bytes)
        assert png.startswith(PNG)
        assert len(png) < IMAGE_MOST / 4
        assert await painting.paint(dict(CHART)) is png
        assert await painting.paint(OTHER) != png
    finally:
        await painting.close()
    assert painting.pid is None


async def test_a_killed_painter_is_started_again():
    """The next picture does not notice."""
    painting = Painting()
    try:
        await painting.paint(CHART)
        was = painting.pid
        assert was is not None
        os.kill(was, signal.SIGKILL)

        assert isinstance(await painting.paint(OTHER), bytes)
        assert painting.pid not in {None, was}
    finally:
        await painting.close()


async def test_killed_while_it_draws_it_spoils_no_picture():
    """At whichever moment: that picture is drawn by the next process, or given up; the one after it is right."""
    painting, killed = Painting(), 0
    try:
        right = await painting.paint(OTHER)
        for at, after_s in enumerate((0, 0.005, 0.02, 0.05)):
            big = charts.ranking_chart(f"第{at}张", [f"销售{n}" for n in range(12)], list(range(12)))
            drawing = asyncio.create_task(painting.paint(big))
            await asyncio.sleep(after_s)
            if painting.pid is not None and not drawing.done():
                os.kill(painting.pid, signal.SIGKILL)
                killed += 1
            found = await drawing
            assert found is NoPicture.DIED or (isinstance(found, bytes) and found.startswith(PNG))
            painting._kept.clear()
            assert await painting.paint(OTHER) == right
    finally:
        await painting.close()
    assert killed >= 2
    assert painting.pid is None


async def test_a_picture_over_which_it_dies_twice_is_given_up(tmp_path):
    """Started twice, not for ever."""
    started = tmp_path / "started"
    painting = Painting(
        program(f"open({str(started)!r}, 'a').write('x'); sys.stdin.buffer.read(1); sys.exit(1)")
    )
    assert await painting.paint(CHART) is NoPicture.DIED
    assert started.read_text() == "xx"
    assert painting.pid is None


async def test_one_that_hangs_is_stopped():
    """It is not waited for, and it does not stay."""
    painting = Painting(program("time.sleep(600)"), picture_s=0.05)
    assert await painting.paint(CHART) is NoPicture.LATE
    assert painting.pid is None


async def test_half_an_answer_is_never_taken_for_the_next_ones():
    """Whoever gives up leaves no process behind that still has something to say."""
    painting = Painting(program("time.sleep(600)"))
    waiting = asyncio.create_task(painting.paint(CHART))
    async with asyncio.timeout(30):
        while painting.pid is None:  # noqa: ASYNC110 - it tells nobody that it has started
            await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert painting.pid is None


async def test_without_the_renderer_it_says_so():
    """A reason, and no process that is started again and again for one picture."""
    missing = "import sys, struct; said = b'ImportError: resvg'; sys.stdout.buffer.write(struct.pack('>BII', 1, 0, len(said)) + said)"
    for command in ((sys.executable, "-c", missing), ("/nowhere/python",)):
        painting = Painting(command)
        assert await painting.paint(CHART) is NoPicture.NOT_SET_UP
        assert painting.pid is None


async def test_what_is_no_chart_is_refused_and_the_painter_lives_on():
    """One bad chart costs one picture."""
    painting = Painting()
    try:
        assert await painting.paint({"kind": "pie"}) is NoPicture.REFUSED
        assert await painting.paint({"kind": object()}) is NoPicture.REFUSED
        was = painting.pid
        assert isinstance(await painting.paint(CHART), bytes)
        assert painting.pid == was
    finally:
        await painting.close()
