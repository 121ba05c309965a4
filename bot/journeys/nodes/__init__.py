"""One file per kind of step; the folder is the register (`NODE`)."""
