"""What a rep can say."""

from __future__ import annotations

import pytest

from bot.crm.company import Company
from bot.crm.lead import LeadStatus
from bot.rules.script import script_for


@pytest.mark.parametrize(
    ("source", "stage", "part"),
    [
        ("官网", "new", "官网"),
        ("抖音", "assigned", "抖音"),
        ("官网", "working", "上次说到哪里"),
        ("官网", "方案报价", "逐项讲"),
        (None, None, "云帆软件"),
        ("没见过", "new", "云帆软件"),
    ],
)
def test_the_line_that_fits_best_is_chosen(
    company: Company, source: str | None, stage: str | None, part: str
):
    """The stage says more than the source; our own name is filled in."""
    assert part in script_for(company, source=source, stage=stage)


def test_there_is_a_line_for_every_situation(company: Company):
    """Every source of the catalogue, every status and stage; one line each, no holes left."""
    sources = [source.name for source in company.catalogue.sources]
    stages = [*(status.value for status in LeadStatus), *(stage.name for stage in company.pipeline.stages)]

    lines = [script_for(company, source=source, stage=stage) for source in sources for stage in stages]

    assert all(line and "\n" not in line and "{" not in line for line in lines)
