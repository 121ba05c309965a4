"""What a won deal brings: by product, few of one count against all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.crm.deal_history import Deal

_EQUAL = 5


@dataclass(frozen=True, slots=True)
class Worth:
    """Cents: the mean of won deals, by product, and the mean of their squares."""

    mean: float
    square: float
    products: Mapping[str, float]

    def of(self, amount: int | None, product: str) -> float:
        """What an open deal would bring; its own amount if there is one."""
        return float(amount) if amount is not None else self.products.get(product, self.mean)


def learn(deals: Iterable[Deal]) -> Worth:
    """From the won ones."""
    # Won without an amount brought none: so it counts as won amount too.
    won = [(deal.product, deal.amount or 0) for deal in deals if deal.won]
    if not won:
        return Worth(0.0, 0.0, {})
    mean = sum(amount for _, amount in won) / len(won)
    by_product: dict[str, list[int]] = {}
    for product, amount in won:
        by_product.setdefault(product, []).append(amount)
    products = {
        product: (sum(found) + mean * _EQUAL) / (len(found) + _EQUAL) for product, found in by_product.items()
    }
    return Worth(mean, sum(amount * amount for _, amount in won) / len(won), products)
