"""Words that several cards share, and short answers."""
