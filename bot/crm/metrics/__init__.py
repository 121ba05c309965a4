"""What the company's numbers are: each has an id, a name, a meaning, a unit, and those who may ask."""
