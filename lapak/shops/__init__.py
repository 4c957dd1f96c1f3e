"""A seller's shop: its name, place and the number buyers write to."""
