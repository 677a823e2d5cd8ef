"""docs/compose.yaml and its image: real commands, known variables, nothing that a container must not have."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from moo_markets.celery import app as celery_app
from moo_markets.wsgi import application
from tests.conftest import ROOT

COMPOSE = yaml.safe_load((ROOT / "docs/compose.yaml").read_text())
DOCKERFILE = (ROOT / "docs/Dockerfile").read_text()
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
OF_COMPOSE = {"POSTGRES_PASSWORD"}  # not the site's


def test_services_are_the_site_its_scheduler_and_what_they_need() -> None:
    assert set(COMPOSE["services"]) == {"database", "migrate", "site", "scheduler", "worker", "redis"}
    optional = {name for name, service in COMPOSE["services"].items() if service.get("profiles")}
    assert optional == {"worker", "redis"}


def commands() -> dict[str, list[str]]:
    image: list[str] = yaml.safe_load(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1])
    return {name: service.get("command", image) for name, service in OURS.items()}


@pytest.mark.parametrize("name", [name for name, words in commands().items() if words[0] == "python"])
def test_management_command_exists_and_takes_its_arguments(name: str) -> None:
    _python, script, command, *arguments = commands()[name]
    assert (ROOT / script).is_file()
    parser = load_command_class(get_commands()[command], command).create_parser(script, command)
    parser.parse_args(arguments)


@pytest.mark.parametrize("name", [name for name, words in commands().items() if words[0] != "python"])
def test_other_program_is_installed_and_finds_our_application(name: str) -> None:
    program, *arguments = commands()[name]
    scripts = {entry.name for entry in distribution(program).entry_points if entry.group == "console_scripts"}
    assert program in scripts
    ours = {"moo_markets.wsgi": application, "moo_markets": celery_app}
    assert [ours[word] for word in arguments if word in ours]


def test_every_variable_is_explained() -> None:
    known = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    given = {variable for service in OURS.values() for variable in service["environment"]}
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docs/compose.yaml").read_text()))
    assert (given | asked) - known == OF_COMPOSE


def test_every_setting_of_the_env_file_reaches_the_containers_with_its_default() -> None:
    told = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    given = COMPOSE["x-app"]["environment"]
    assert told.keys() - given.keys() == {
        "DEBUG",
        "STATIC_ROOT",
    }  # the image is for production, and has its files

    defaults = {
        name: found[1]
        for name, text in given.items()
        if (found := re.fullmatch(rf"\$\{{{name}:-(.*)\}}", text))
    }
    differing = {name for name, default in defaults.items() if default != told[name]}
    assert differing == {"ALLOWED_HOSTS"}
    assert given.keys() - defaults.keys() == {
        "SECRET_KEY",
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "JQUANTS_FILES_DIR",
    }


def test_image_can_write_parquet() -> None:
    assert "-r requirements-parquet.txt" in DOCKERFILE


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docs/compose.yaml").read_text()
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        uses = re.findall(rf"\$\{{{secret}(.*?)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_services_wait_for_what_exists() -> None:
    def waits(service: dict[str, Any]) -> set[str]:
        return set(service.get("depends_on", {}))

    assert all(waits(service) <= set(COMPOSE["services"]) for service in COMPOSE["services"].values())
    assert all("migrate" in waits(service) for name, service in OURS.items() if name != "migrate")


def test_image_is_not_run_by_root_and_copies_what_is_there() -> None:
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["moo"]
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for word in line.split()[:-1]
    ]
    assert copied
    assert all((ROOT / word).exists() for word in copied)
    let_through = set(
        re.findall(r"^!(.*)$", (ROOT / "docs/Dockerfile.dockerignore").read_text(), re.MULTILINE)
    )
    assert let_through == set(copied)
