"""By which rules a listing passes or waits for a person, as each region sets them; what may be said of it."""
