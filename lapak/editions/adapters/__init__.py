"""Pillow and segno behind plain values: the pictures that are posted for an edition."""
