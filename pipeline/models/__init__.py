"""Trained weights that travel with the package, and the registry that says what each one is."""
