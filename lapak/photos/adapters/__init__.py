"""Pillow behind a process of its own, and the store that keeps what comes out."""
