"""Dependencies point one way, and the environment is read in one place. Held by reading the imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("moo_markets", "scheduler", "jquants")

# What a package or module may not import, by the beginnings of names. Imports for the type checker count too,
# but for those named in ONLY_TYPES.
FORBIDDEN = {
    "scheduler": ("jquants",),
    "scheduler.schedules": ("django", "scheduler.", "jquants"),
    "scheduler.models": (
        "scheduler.dispatch",
        "scheduler.runner",
        "scheduler.executors",
        "scheduler.service",
        "scheduler.rescue",
        "scheduler.control",
        "scheduler.admin",
        "scheduler.api",
    ),
    "scheduler.job_types": ("scheduler.models", "scheduler.admin", "scheduler.api"),
    "scheduler.dispatch": ("scheduler.executors", "scheduler.service", "scheduler.admin", "scheduler.api"),
    "scheduler.runner": ("scheduler.executors", "scheduler.service", "scheduler.admin", "scheduler.api"),
    "scheduler.rescue": ("scheduler.executors", "scheduler.service", "scheduler.admin", "scheduler.api"),
    "scheduler.executors": ("scheduler.service", "scheduler.admin", "scheduler.api"),
    "scheduler.service": ("scheduler.admin", "scheduler.api"),
    "scheduler.admin": ("scheduler.api", "scheduler.executors", "scheduler.service", "scheduler.runner"),
    "scheduler.api": ("scheduler.admin", "scheduler.executors", "scheduler.service", "scheduler.runner"),
    "jquants.client": ("django", "scheduler", "jquants.models"),
    "jquants.answers": ("django", "scheduler", "jquants.models"),
    "jquants.errors": ("django", "scheduler", "jquants.models"),
    "jquants.ratelimit": ("django", "scheduler", "jquants.models"),
    "jquants.standin": ("django", "scheduler", "jquants.", "moo_markets"),
    "moo_markets.settings": ("scheduler", "jquants"),
}
# A package may always import itself.
ONLY_TYPES = {"scheduler.job_types": ("scheduler.runner",)}

# Who may touch os.environ besides settings.py, and what for.
ENVIRONMENT = {
    "moo_markets/asgi.py": {"setdefault"},  # which settings to read
    "moo_markets/wsgi.py": {"setdefault"},
    "moo_markets/celery.py": {"setdefault"},
    "scheduler/executors/preload.py": {"setdefault"},
    "scheduler/crontab.py": {"get"},  # what cron will not have
    "jquants/demo.py": {"|"},  # handed on to child processes
}


def modules() -> dict[str, Path]:
    """Return the files of our packages by module name."""
    files = {path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    named = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): ROOT / path for path in files}
    assert len(named) > 100
    return named


def imports(path: Path) -> Iterator[str]:
    """Yield the full names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_under(name: str, top: str) -> bool:
    return f"{name}.".startswith(top if top.endswith(".") else f"{top}.")


@pytest.mark.parametrize("part", FORBIDDEN)
def test_dependencies_point_one_way(part: str) -> None:
    files = {name: path for name, path in modules().items() if is_under(name, part)}
    assert files
    wrong = [
        f"{name} imports {imported}"
        for name, path in files.items()
        for imported in imports(path)
        if any(is_under(imported, top) for top in FORBIDDEN[part])
        and not is_under(imported, part)
        and not any(is_under(imported, top) for top in ONLY_TYPES.get(name, ()))
    ]
    assert not wrong


def environment_uses(path: Path) -> Iterator[str]:
    """Yield how a file uses os.environ or os.getenv: a method, an operator, or another kind of node."""
    tree = ast.parse(path.read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (alias.name for alias in node.names if alias.name in ("environ", "getenv", "environb"))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"):
            parent = parents[node]
            if isinstance(parent, ast.Attribute):
                yield parent.attr
            else:
                yield "|" if isinstance(parent, ast.BinOp) else type(parent).__name__


def test_only_the_settings_read_the_environment() -> None:
    found = {
        str(path.relative_to(ROOT)): uses
        for path in modules().values()
        if (uses := set(environment_uses(path)))
    }
    assert "moo_markets/settings.py" not in found  # it reads through django-environ alone
    unexpected = {name: uses for name, uses in found.items() if not uses <= ENVIRONMENT.get(name, set())}
    assert not unexpected


def test_only_the_settings_use_environ() -> None:
    def users(module: str) -> set[str]:
        return {
            name for name, path in modules().items() if any(is_under(each, module) for each in imports(path))
        }

    assert users("environ") == {"moo_markets.environment"}
    assert users("moo_markets.environment") == {"moo_markets.settings"}
