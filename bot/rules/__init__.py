"""The condition tree's Python and Chinese back ends, scoring, routing: pure, no I/O."""
