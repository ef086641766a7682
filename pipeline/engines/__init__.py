"""The engines, one per file: its options and its class. `choose` knows them all."""
