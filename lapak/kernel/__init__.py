"""Plain Python that every room may lean on: errors, money, time, codes, paths, text."""
