"""One file per card: facts in, Card out. All texts that people see on cards live here."""
