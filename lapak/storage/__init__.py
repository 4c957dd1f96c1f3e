"""Where files are kept: a local folder today, behind an interface that an object store can take over. Plumbing without words."""
