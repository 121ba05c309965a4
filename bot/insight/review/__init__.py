"""Why deals were won and lost."""
