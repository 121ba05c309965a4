"""The JSON interface under /sim/api: for the browser page, and for whoever drives the simulator."""
