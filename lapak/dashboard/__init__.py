"""Pages for sellers and admins that show several rooms at once. No tables."""
