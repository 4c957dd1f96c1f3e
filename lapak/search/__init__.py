"""Finding listings: an index of words beside the database, fed by what happens to listings, shops and categories."""
