"""Regions of Indonesia by their Kemendagri codes, and the sites that regions run here (theme, texts, time zone)."""
