"""What both simulated platforms are made of: events, the wire log, limits, faults, the company."""
