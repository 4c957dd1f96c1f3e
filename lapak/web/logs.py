"""Structured logs, one JSON object a line. They hold routes and codes, not what people typed; a filter masks the rest."""

import logging
import re
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, g, request
from flask.wrappers import Response

_PHONE = re.compile(r"(?<!\d)(?:\+?62|0)8\d{1,3}[\s-]?\d{3,4}[\s-]?\d{3,5}(?!\d)")
_LONG_DIGITS = re.compile(r"(?<!\d)\d{15,19}(?!\d)")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")


def configure(level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON, masked."""
    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _framed, _masked]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer()))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("alembic.runtime.plugins", "alembic.autogenerate", "httpx", "httpcore", "huey"):
        logging.getLogger(name).setLevel(logging.WARNING)


def install(app: Flask) -> None:
    """Write one line a request: method, route pattern, status, milliseconds. Never the path, which may hold a capability."""
    log = structlog.get_logger("request")

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        took = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
        rule = request.url_rule.rule if request.url_rule else None
        log.info("request", method=request.method, route=rule, status=response.status_code, ms=took)
        return response


def mask(text: str) -> str:
    """Return `text` without phone numbers, mail addresses and identity numbers."""
    return _MAIL.sub("[mail]", _LONG_DIGITS.sub("[number]", _PHONE.sub("[phone]", text)))


def frames(error: BaseException) -> list[str]:
    """Return where an exception came from, the innermost place last; never its message, which may hold what a person typed."""
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-12:]]


def _framed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else told[1] if isinstance(told, tuple) else sys.exc_info()[1] if told else None
    if error is not None:
        event.update(error=type(error).__name__, trace=frames(error))
    return event


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _deep(value) for name, value in event.items()}


def _deep(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: _deep(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_deep(inner) for inner in value]
    return value
