"""Every public name has a docstring; those of the packages tell parameters, shapes and errors."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import spicegen

PACKAGE = Path(spicegen.__file__).parent
ROOMS = [
    "spicegen",
    *(f"spicegen.{each.name}" for each in pkgutil.iter_modules(spicegen.__path__) if each.ispkg),
]
Definition = ast.FunctionDef | ast.ClassDef


def definitions(
    node: ast.Module | ast.ClassDef, where: str
) -> Iterator[tuple[str, ast.Module | Definition]]:
    """A module or class, and everything public that is defined in it."""
    yield where, node
    for each in node.body:
        if isinstance(each, ast.ClassDef) and not each.name.startswith("_"):
            yield from definitions(each, f"{where}.{each.name}")
        elif isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
            yield f"{where}.{each.name}", each


@pytest.fixture(scope="module")
def everything() -> list[tuple[str, ast.Module | Definition]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_files" not in path.parts:
            name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            found += definitions(ast.parse(path.read_text(encoding="utf-8")), name)
    return found


def test_every_public_name_has_a_docstring(
    everything: list[tuple[str, ast.Module | Definition]],
) -> None:
    without = [where for where, node in everything if not ast.get_docstring(node)]
    assert len(everything) > 1000
    assert not without


def test_errors_are_told(everything: list[tuple[str, ast.Module | Definition]]) -> None:
    """A function that raises says what and when; help texts of commands do not."""
    silent = [
        where
        for where, node in everything
        if isinstance(node, ast.FunctionDef)
        and not where.startswith("spicegen.cli.")
        and any(isinstance(each, ast.Raise) and each.exc for each in ast.walk(node))
        and "Raises:" not in (ast.get_docstring(node) or "")
    ]
    assert not silent


def public() -> dict[str, Callable[..., Any]]:
    """Functions that the packages list in __all__, and public methods of their classes."""
    found: dict[str, Callable[..., Any]] = {}
    for room in ROOMS:
        module = importlib.import_module(room)
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            thing = getattr(thing, name) if inspect.ismodule(thing) else thing
            if inspect.isfunction(thing):
                found[f"{thing.__module__}.{name}"] = thing
            elif inspect.isclass(thing) and thing.__module__.startswith("spicegen."):
                for key, member in vars(thing).items():
                    function = getattr(member, "__func__", member)
                    if not key.startswith("_") and inspect.isfunction(function):
                        found[f"{thing.__module__}.{thing.__qualname__}.{key}"] = function
    return found


def test_every_parameter_of_a_public_function_is_told() -> None:
    """By its name, where there are several; with its shape, where it is an array."""
    untold, unshaped = [], []
    functions = {
        name: each for name, each in public().items() if each.__qualname__ == each.__name__
    }
    assert len(functions) > 60
    for where, function in functions.items():
        text = inspect.getdoc(function) or ""
        parameters = inspect.signature(function).parameters
        if len(parameters) > 1:
            untold += [f"{where}: {name}" for name in parameters if name not in text]
        kinds = [str(each.annotation) for each in parameters.values()]
        kinds.append(str(inspect.signature(function).return_annotation))
        if any("Array" in kind for kind in kinds) and not re.search(r"\([^)]*[,)]", text):
            unshaped.append(where)
    assert not untold
    assert not unshaped


@pytest.mark.parametrize("name", ["run", "emit", "batch", "load_network", "load_inputs"])
def test_what_users_call_tells_arguments_and_errors(name: str) -> None:
    thing = getattr(spicegen, name)
    text = inspect.getdoc(getattr(thing, name) if inspect.ismodule(thing) else thing) or ""
    assert "Args:" in text and "Raises:" in text
