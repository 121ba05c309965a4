"""How likely a lead is to be won: points with reasons, learned from the company's own outcomes."""
