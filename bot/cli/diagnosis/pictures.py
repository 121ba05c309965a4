"""Whether numbers can be drawn: the renderer is there, and the font has the letters that pictures need."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.diagnosis.finding import Finding, fine, worth_a_look
from bot.insight import charts
from bot.insight.pictures.process import Painter

_SAMPLE = charts.ranking_chart("业绩排名", ["张三", "李娜"], [1_234_567, 60_000], unit="money")
_CURE = "重新安装客铃（需要 resvg-py 和随包的字体）；在此之前回答只有文字"


def look() -> Iterator[Finding]:
    """Draw one."""
    try:
        painter = Painter()
        _, lacking = painter.paint(_SAMPLE)
    except (ImportError, OSError, ValueError) as exc:
        yield worth_a_look("pictures.drawn", f"图片：画不出来（{type(exc).__name__}）", _CURE)
        return
    if lacking:
        yield worth_a_look("pictures.drawn", f"图片：字体缺 {lacking} 个常用字，会显示成 □", _CURE)
    else:
        yield fine("pictures.drawn", f"图片：能画，随包字体有 {len(painter.letters):,} 个字")
