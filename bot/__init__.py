"""LeadBell (客铃): leads ring in the sales team's chat and are worked by tapping."""
