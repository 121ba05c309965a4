"""What adapters share in reaching a platform: a call, a connection, a token; no platform's own words."""
