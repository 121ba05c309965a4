"""The numbers, in SQL: one file per family of the registry; nobody else counts."""
