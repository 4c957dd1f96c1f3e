"""News for people: their inbox, and what they allowed to reach them elsewhere. One way to tell, whatever the channels."""
