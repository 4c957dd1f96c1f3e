"""Products and services on sale, their prices, stock and categories."""
