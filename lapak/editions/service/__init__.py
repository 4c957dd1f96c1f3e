"""Changes to editions, by use: planning, entering, judging, choosing and publishing."""
