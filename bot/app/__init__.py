"""Puts everything together; the only room that knows every part."""
