"""How a record enters: cleaned, matched with whom we know, entered, scored, handed on."""
