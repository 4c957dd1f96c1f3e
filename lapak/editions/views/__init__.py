"""Pages of editions: the curators' desk, the sellers' calls, the admins' programme."""
