"""Lists that come in and go out: a table of listings and a folder of photos become a market, and a market becomes a table."""
