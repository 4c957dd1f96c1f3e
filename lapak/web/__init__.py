"""Plumbing between HTTP and the rooms: access, errors, headers, links, regions' prefix, assets, filters."""
