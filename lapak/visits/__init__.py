"""Visits: how often a listing's page was opened and its order form after it, by day and by where people came from; never who."""
