"""One small chart of each kind, as they come in real use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.insight import charts, pictures

NOTE = "数据截至 2026-11-18 10:00；业绩＝这段时间赢单的商机的金额合计"
REGIONS = ["华东大区", "华南大区", "华北大区"]
ABOUT = {"subtitle": "2026年11月，全部", "note": NOTE}

SAMPLES: dict[str, dict[str, Any]] = {
    "number": charts.number_chart(
        "赢单金额", 12_345_678.5, unit="money", before=("上月", 11_034_000), good="up", **ABOUT
    ),
    "funnel": charts.funnel_chart("线索转化漏斗", [[1280, 610, 288, 140, 61, 23]], **ABOUT),
    "line": charts.trend_chart(
        "按日看新增线索",
        [f"11月{day}日" for day in range(16, 23)],
        [charts.series_of("新增线索", [12, 18, 9, 22, 31, None, 6])],
        **ABOUT,
    ),
    "bar": charts.ranking_chart(
        "按销售看业绩排名",
        ["张三", "李娜", "欧阳娜娜·阿不都热西提·买买提", "吴迪", "未分配"],
        [1_234_567, 60_000.5, 345_000, 0, None],
        unit="money",
        **ABOUT,
    ),
    "compare": charts.comparison_chart(
        "各大区赢单金额", REGIONS, [3_450_000, 2_100_000, 980_000], [2_900_000, 2_500_000, 980_000],
        names=("本月", "上月"), unit="money", good="up", **ABOUT,
    ),
    "heat": charts.heat_chart(
        "新增线索在什么时候来", ["9", "10", "11"], {"周一": [1, 12, None], "周二": [0, 5, 7]}, **ABOUT
    ),
    "interval": charts.interval_chart(
        "各大区销售预测", REGIONS, [14.5e6, 9.8e6, 6e6], [(12e6, 17e6), (8e6, 12.5e6), (4.8e6, 7e6)],
        target=[15e6, 9e6, None], done=[8e6, 5e6, 2.2e6], **ABOUT,
    ),
}  # fmt: skip

GOLDEN = Path(__file__).parent / "golden"

if __name__ == "__main__":
    # After a wanted change of looks: write them anew, and look at each.
    for name, chart in SAMPLES.items():
        (GOLDEN / f"{name}.svg").write_text(pictures.draw(chart) + "\n")
