"""How a lead finds its owner, keeps him, and finds another: offer, claim, release, hand-over, clocks."""
