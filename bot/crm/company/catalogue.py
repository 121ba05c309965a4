"""config/catalogue.yaml: the words of the company: sources, industries, products, campaigns."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from bot.crm.company.words import Label, Named
from bot.kit.yaml_model import Strict


class Product(Named):
    """Something we sell."""

    #: In the company's currency; for comparing a quote with.
    list_price: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None


class Campaign(Named):
    """A marketing campaign; costs are booked on it."""

    source: Label | None = None


class Catalogue(Strict):
    """Every list of words that people choose from and ask about."""

    sources: tuple[Named, ...] = Field(min_length=1)
    industries: tuple[Named, ...] = Field(min_length=1)
    products: tuple[Product, ...] = Field(min_length=1)
    campaigns: tuple[Campaign, ...] = ()
