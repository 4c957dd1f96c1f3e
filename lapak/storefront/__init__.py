"""Pages for buyers. They show several rooms at once and own no tables."""
