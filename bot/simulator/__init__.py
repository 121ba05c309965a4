"""The platforms LeadBell speaks to, simulated as documented; the bot knows nothing of this room."""
