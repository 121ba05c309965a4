"""What `leadbell doctor` looks at, one file per subject."""
