"""Lapak: a storefront that a regional government runs for its small businesses."""
