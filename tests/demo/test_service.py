"""The demo market fills an empty instance once, and goes on where it was cut off."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from lapak.catalog.models import Product
from lapak.db.base import db
from lapak.db.session import Query, transaction
from lapak.demo import service
from lapak.regions.models import SiteRow
from lapak.testimonials import models
from lapak.visits.models import VisitDay


def _cut(_site: object) -> None:
    raise KeyboardInterrupt


def _views() -> int:
    return Query(select(func.coalesce(func.sum(VisitDay.views), 0)), int).all()[0]


def test_a_filling_that_was_cut_off_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        db.session.execute(delete(SiteRow))
    steps: list[str] = []

    def progress(text: str) -> None:
        steps.append(text)
        if len(steps) == 3:
            raise KeyboardInterrupt

    market = service.market()
    monkeypatch.setattr(
        service,
        "market",
        lambda: {**market, "shops": market["shops"][:3], "editions": [], "edits": [], "reports": [], "orders": market["orders"]},
    )
    with pytest.raises(KeyboardInterrupt):
        service.fill(key=b"k" * 40, base="http://localhost", now=datetime.now(UTC), progress=progress)
    with monkeypatch.context() as patch:
        patch.setattr(service, "_open_site", _cut)
        with pytest.raises(KeyboardInterrupt):
            service.fill(key=b"k" * 40, base="http://localhost", now=datetime.now(UTC), progress=steps.append)
    seen = _views()
    assert service.fill(key=b"k" * 40, base="http://localhost", now=datetime.now(UTC), progress=steps.append)
    assert Query(select(func.count()).select_from(Product), int).first() == 6
    states = select(models.Testimonial.state, func.count()).group_by(models.Testimonial.state)
    assert dict(Query(states, lambda *row: row).all()) == {"shown": 2, "waiting": 1}
    assert _views() == seen > 0
    assert not service.fill(key=b"k" * 40, base="http://localhost", now=datetime.now(UTC), progress=steps.append)
