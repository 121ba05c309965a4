"""Make the shipped font anew from a newer Noto Sans CJK, with the characters that the present one has.

Needs fontTools: `uv run --with fonttools python tools/subset_font.py NotoSansCJK-Regular.ttc`. What it
prints belongs into the notice beside the font.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

FONT = Path(__file__).parent.parent / "bot/insight/pictures/font/NotoSansCJKsc-Regular.otf"
FAMILY = "Noto Sans CJK SC"
#: For vertical text and for substitutions that pictures do not use.
UNUSED = ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]


def main(source: str, more: str = "") -> None:
    """Write the subset; `more` are characters that it shall have besides."""
    from fontTools import subset  # type: ignore[import-not-found]  # noqa: PLC0415 - only this tool needs it
    from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-not-found]  # noqa: PLC0415 - as above

    wanted = set(TTFont(FONT).getBestCmap()) | set(map(ord, more))
    font = next(one for one in TTCollection(source).fonts if one["name"].getDebugName(1) == FAMILY)
    # The same file from the same source, whenever it is made.
    font.recalcTimestamp = False
    options = subset.Options(hinting=False, layout_features=[], name_IDs=NAMES, notdef_outline=True)
    options.drop_tables += UNUSED
    maker = subset.Subsetter(options)
    maker.populate(unicodes=wanted)
    maker.subset(font)
    font.save(FONT)
    data = FONT.read_bytes()
    print(f"{len(font.getBestCmap())} characters, {len(data):,} bytes, {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
