"""One server and one browser for all journeys."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from tests.chromium import find
from tests.journeys.stage import FLAGS, MakePerson, Person, Server, make_person, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("market")) as server:
        yield server


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def person(chromium: Browser, server: Server) -> Iterator[MakePerson]:
    people: list[Person] = []

    def make(width: int = 360, **options: Any) -> Person:
        people.append(make_person(chromium, server, width, **options))
        return people[-1]

    yield make
    for somebody in people:
        somebody.page.context.close()
