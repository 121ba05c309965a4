"""Pages for customers: small, without cookies, without anything from elsewhere."""
