"""Reads about editions: for everybody, for sellers, for the curators' desk, for the moment of publication."""
