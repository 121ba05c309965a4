"""A card as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.rules.scorecard.bins import Bins, Cut, Numbers, Texts
from bot.rules.scorecard.card import Proof, Scorecard
from bot.rules.scorecard.check import Band


def spell(card: Scorecard, proof: Proof) -> dict[str, Any]:
    """What `read` reads."""
    return {
        "fields": [_spelled(name, bins) for name, bins in card.cut.fields],
        "intercept": card.intercept,
        "weights": list(card.weights),
        "middle": list(card.middle),
        "proof": {
            "leads": proof.leads,
            "auc": proof.auc,
            "bands": [[band.leads, band.said, band.came] for band in proof.bands],
        },
    }


def read(body: Mapping[str, Any]) -> tuple[Scorecard, Proof]:
    """The card and how it did; KeyError if it is another's JSON."""
    cut = Cut(tuple((one["name"], _bins(one)) for one in body["fields"]))
    told = body["proof"]
    proof = Proof(told["leads"], told["auc"], tuple(Band(*band) for band in told["bands"]))
    return Scorecard(cut, body["intercept"], tuple(body["weights"]), tuple(body["middle"])), proof


def _spelled(name: str, bins: Bins) -> dict[str, Any]:
    if isinstance(bins, Texts):
        return {"name": name, "values": list(bins.values)}
    return {"name": name, "borders": list(bins.borders)}


def _bins(one: Mapping[str, Any]) -> Bins:
    return Texts(tuple(one["values"])) if "values" in one else Numbers(tuple(one["borders"]))
