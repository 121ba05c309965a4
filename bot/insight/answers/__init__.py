"""The answer to a question in numbers: rows, words, charts."""
