"""What an edition is called."""

from lapak.kernel.words import say


def title(series_name: str, number: int) -> str:
    """Return what an edition is called: "Edisi 47", "Edisi Musisi 3"."""
    return say("Edisi %(series)s %(number)s", series=series_name, number=number) if series_name else say("Edisi %(number)s", number=number)
