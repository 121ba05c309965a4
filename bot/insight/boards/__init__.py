"""Dashboards and KPI pages: what stands on them, and how it is read."""
