"""Which product or stage was meant."""

from __future__ import annotations

from bot.crm.company import Company
from bot.crm.company.pipeline import Stage
from bot.kit.yaml_model import similar


def product_named(company: Company, said: str) -> str | None:
    """The product of this name or alias."""
    said = said.strip().lower()
    for product in company.catalogue.products:
        if said in {word.lower() for word in (product.name, *product.aliases)}:
            return product.name
    return None


def product_meant(company: Company, said: str) -> str | None:
    """The product that was probably meant by a name we do not know."""
    return similar(said, [product.name for product in company.catalogue.products])


def stage_named(company: Company, said: str) -> Stage | None:
    """The stage of this name or alias, or the only one whose name holds these words."""
    found = company.pipeline.get(said)
    if found is not None or not said:
        return found
    holding = [stage for stage in company.pipeline.stages if said in stage.name]
    return holding[0] if len(holding) == 1 else None
