"""The JSON interface under /sim/api/dingtalk: for the browser page, and for whoever drives the simulator."""
