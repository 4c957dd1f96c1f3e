"""Themed editions: about ten listings, chosen by curators, numbered by lot, published for good."""
