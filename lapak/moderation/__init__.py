"""Where listings are checked: the queue of new and changed ones, what the public reports, and the log of who did what."""
