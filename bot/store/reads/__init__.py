"""Questions to the database, one file each."""
