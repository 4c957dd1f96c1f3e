"""Testimonials: what buyers say of an order that reached them, shown once a moderator has read it, with the seller's answer."""
