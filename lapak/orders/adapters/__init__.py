"""Libraries behind plain values: the browser's memory, paper, spreadsheets, and pictures kept as evidence."""
