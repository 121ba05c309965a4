"""A question in Chinese becomes a query, a question back, or an honest no; never a guess."""
