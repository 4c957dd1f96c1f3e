"""The templates: every one is used, and every text in them can be translated without an accident."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates

import lapak

ROOM = Path(lapak.__file__).parent
TEMPLATES = sorted(str(path.relative_to(ROOM / "templates")) for path in (ROOM / "templates").rglob("*.html"))
MODULES = sorted(str(path.relative_to(ROOM)) for path in ROOM.rglob("*.py"))
TRANSLATED = {"_", "gettext", "ngettext", "lazy_gettext"}
SPOKEN = {"DomainError", "NotFound", "NotAllowed", "Conflict", "TooMany"}
PLAIN_PERCENT = re.compile(r"%(?!\(\w+\)[sd]|%)")


@cache
def parsed(name: str) -> nodes.Template:
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    return environment.parse((ROOM / "templates" / name).read_text(encoding="utf-8"))


def rendered_by(module: str) -> set[str]:
    tree = ast.parse((ROOM / module).read_text(encoding="utf-8"))
    return {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in TEMPLATES
    }


def test_every_template_is_used() -> None:
    used = set().union(*(rendered_by(module) for module in MODULES))
    used |= {name for template in TEMPLATES for name in find_referenced_templates(parsed(template)) if name and name != template}

    assert sorted(set(TEMPLATES) - used) == []


def test_every_template_can_be_read_and_refers_only_to_those_there(app: Flask) -> None:
    for name in TEMPLATES:
        assert app.jinja_env.get_template(name)
        assert {one for one in find_referenced_templates(parsed(name)) if one} <= set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_translated_text_in_a_template_has_no_plain_percent_sign(name: str) -> None:
    for call in parsed(name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATED:
            texts = [one.value for one in call.args if isinstance(one, nodes.Const) and isinstance(one.value, str)]
            assert [text for text in texts if PLAIN_PERCENT.search(text)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_gives_every_value_that_its_text_names(name: str) -> None:
    for call in parsed(name).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext"} and isinstance(call.args[0], nodes.Const):
            wanted = set(re.findall(r"%\((\w+)\)", str(call.args[0].value)))
            assert wanted == {one.key for one in call.kwargs}, call.args[0].value


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_trusts_no_text_and_holds_neither_style_nor_script(name: str) -> None:
    text = (ROOM / "templates" / name).read_text(encoding="utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape false|Markup\(", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|javascript:|<script(?! type=\"application/ld\+json\">|[^>]*\ssrc=)", text)


def calls(module: str, names: set[str]) -> list[ast.Call]:
    tree = ast.parse((ROOM / module).read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names]


@cache
def refusals() -> list[ast.Call]:
    """Every call in our modules that says something to a person."""
    return [call for module in MODULES for call in calls(module, TRANSLATED | SPOKEN) if call.args]


def test_a_translated_text_in_a_module_has_no_plain_percent_sign_beside_values() -> None:
    for call in refusals():
        texts = [str(one.value) for one in ast.walk(call.args[0]) if isinstance(one, ast.Constant)]
        assert not (call.keywords and any(PLAIN_PERCENT.search(text) for text in texts)), ast.unparse(call)


def test_a_refusal_names_its_values_and_builds_no_text_that_cannot_be_translated() -> None:
    assert [ast.unparse(call) for call in refusals() if isinstance(call.args[0], ast.JoinedStr)] == []
