"""Compare our scorecard with scikit-learn on the X Education leads: same rows, same split.

Usage: python tools/realdata_scorecard.py DIR
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from bot.rules.scorecard.card import Outcome, fitted, prove

NUMBERS = ("TotalVisits", "TotalTime", "PageViews")
TEXTS = ("LeadOrigin", "LeadSource", "Specialization", "Occupation")
#: Ours may be better, but not worse by more than this.
_APART, _TRAINED, _SEEDS = 0.01, 0.7, 5


def outcomes(file: Path) -> list[Outcome]:
    """Each lead of the file."""
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return [
            Outcome(
                {name: float(row[name]) if row[name] else None for name in NUMBERS}
                | {name: row[name] or None for name in TEXTS},
                row["Converted"] == "1",
            )
            for row in csv.DictReader(rows)
        ]


def theirs(older: list[Outcome], later: list[Outcome]) -> float:
    """The area under scikit-learn's curve, numbers scaled and texts one-hot, as its manual has it."""
    model = make_pipeline(
        ColumnTransformer(
            [
                ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), [*range(len(NUMBERS))]),
                ("texts", OneHotEncoder(handle_unknown="ignore"), [*range(len(NUMBERS), 7)]),
            ]
        ),
        LogisticRegression(max_iter=1000),
    )
    model.fit(_rows(older), [one.won for one in older])
    return float(roc_auc_score([one.won for one in later], model.predict_proba(_rows(later))[:, 1]))


def _rows(found: list[Outcome]) -> list[list[object]]:
    return [
        [
            *(float("nan") if (n := one.facts[name]) is None else n for name in NUMBERS),
            *(one.facts[name] or "" for name in TEXTS),
        ]
        for one in found
    ]


def main() -> int:
    """0 when ours is as good on each split."""
    found, bad = outcomes(Path(sys.argv[1]) / "xedu_leads.csv"), 0
    for seed in range(_SEEDS):
        random.Random(seed).shuffle(found)  # noqa: S311 - a split, not a secret
        border = round(len(found) * _TRAINED)
        ours = prove(fitted(found[:border], (*NUMBERS, *TEXTS)), found[border:]).auc
        other = theirs(found[:border], found[border:])
        bad += ours < other - _APART
        print(f"X Education split {seed}: AUC ours {ours:.4f}, scikit-learn {other:.4f}")
    print(f"{_SEEDS - bad} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
