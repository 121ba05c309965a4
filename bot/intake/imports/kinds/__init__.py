"""One file per kind of record: what a row wants to know, and what becomes of it."""
