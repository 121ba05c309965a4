"""REST for other systems: one table of operations, from which routes and OpenAPI are made."""
