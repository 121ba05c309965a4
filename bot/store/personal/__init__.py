"""What is held of one person: which rows, how to read them out, how to take them away."""
