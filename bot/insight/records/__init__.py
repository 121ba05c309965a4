"""The records behind a number."""
