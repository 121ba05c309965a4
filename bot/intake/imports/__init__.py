"""Files of many records brought in at once: read, mapped, tried, taken, and undone."""
