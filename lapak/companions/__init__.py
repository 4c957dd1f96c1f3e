"""Companions at a counter: sellers they register, and the link by which each takes their shop over."""
