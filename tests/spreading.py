"""How tests are spread over the workers of pytest-xdist.

Groups marked with `xdist_group` would say the same, were it not that pytest 9.2 and xdist 3.8 together pass over the mark in silence
(pytest-dev/pytest-xdist, issue 1386).
"""

from xdist.scheduler import LoadScopeScheduling

SERVED = "tests/journeys/"
SWEEPS = (
    "tests/architecture/", "tests/bad_input/", "tests/photos/test_views.py",
    "tests/web/test_assets.py", "tests/web/test_cache.py", "tests/web/test_csrf.py", "tests/web/test_headers.py",
)  # fmt: skip
"""Where a file's tests share a market."""


class Spreading(LoadScopeScheduling):
    """Keeps on one worker what shares something dear: all journeys their server, each sweep its market. All else goes out test by test.

    The parent hands out what has most tests first, so no long piece is left for the end, when the other worker has nothing more to do.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(SERVED):
            return SERVED
        return nodeid.partition("::")[0] if nodeid.startswith(SWEEPS) else nodeid
