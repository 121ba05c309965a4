"""A mail server and the mailboxes of customers: what was sent there can be read, opened and clicked."""
