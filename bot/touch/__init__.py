"""May this customer be touched, over which channel, and when."""
