"""What the index hears of."""

from lapak.search import service


def note_product(product_id: int) -> None:
    """A listing changed."""
    service.note_products([product_id])


def note_shop(shop_id: int) -> None:
    """A shop changed, and with it all its listings."""
    service.note_shop(shop_id)


def note_category(category_id: int) -> None:
    """A category changed, and with it all listings in it and below it."""
    service.note_category(category_id)
