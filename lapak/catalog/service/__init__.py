"""Changes to what shops offer, by use: listings, stock and capacity, categories."""
