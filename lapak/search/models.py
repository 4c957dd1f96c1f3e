"""What the index still has to learn."""

from sqlalchemy.orm import Mapped, mapped_column

from lapak.db.base import Base


class SearchChange(Base):
    """A listing that changed since the index last looked; rows go once the index has them on disk."""

    __tablename__ = "search_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int]
