"""Time phrases: from words to half-open local days."""
