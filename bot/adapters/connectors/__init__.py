"""Form tools and ad platforms that push leads: one file each, which ends in `CONNECTOR = Connector(...)`."""

import importlib

from bot.kit.discover import discover

#: By name: the file's, the address's, and the map's in config/connectors.
CONNECTORS = discover(importlib.import_module(__name__), "CONNECTOR")
