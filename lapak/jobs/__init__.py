"""Plumbing for background jobs: a registry that rooms fill, a queue on huey, and the worker that runs both."""
