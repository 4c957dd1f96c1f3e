"""A market to play with: two regions, their sellers, products and editions. All names and numbers are invented."""
