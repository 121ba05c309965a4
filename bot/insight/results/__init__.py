"""What a journey brought: by step, by arm of an experiment, against those who got nothing of it."""
