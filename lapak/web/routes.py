"""Routes that start quickly."""

from collections.abc import Callable

from werkzeug.routing import Rule


class QuickRule(Rule):
    """A route that compiles the builder of its address when first asked for one.

    Werkzeug compiles two for each route at the start, half a millisecond each, and pages of ours never ask for them: they link through
    `kernel/paths.py`. Should a later Werkzeug compile them elsewhere, routes work as ever and start as slowly as before.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build
