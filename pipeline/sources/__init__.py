"""Where catalogues come from, one dialect per file."""
