"""Reads about orders, by use: what pages show, what making an order has to know, how a region and a shop want them handled."""
