"""The database: base classes and column types, one write transaction at a time, reads beside it, and the outbox."""
