"""Results: what became of an edition's listings, before and after, beside those that were ready and did not go out."""
