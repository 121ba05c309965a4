"""Mails to a shared address: which are enquiries, and what they say."""
