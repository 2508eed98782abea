"""Settings: read from the environment, derived from one another, each explained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from hub import settings as module
from hub.settings import Settings, export, settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what a test set: `export` writes into the environment on purpose."""
    for name in Settings.model_fields:
        monkeypatch.setenv("HUB_" + name.upper(), "")
        monkeypatch.delenv("HUB_" + name.upper())
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_variable_sets_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_HOME", "/srv/hub home")
    monkeypatch.setenv("HUB_PORT", "8100")
    assert settings().home == Path("/srv/hub home")
    assert settings().port == 8100


def test_the_issuer_follows_the_port_unless_it_is_set() -> None:
    assert Settings(port=8100).issuer == "http://127.0.0.1:8100"
    assert Settings(port=8100, issuer="https://hub.example").issuer == "https://hub.example"


def test_introspection_is_open_in_demo_mode_alone() -> None:
    assert Settings().introspection_open is False
    assert Settings(demo=True).introspection_open is True
    assert Settings(demo=True, introspection_open=False).introspection_open is False


def test_export_reaches_processes_started_later() -> None:
    assert export(port=8200, home=None).port == 8200
    assert settings().port == 8200
    with pytest.raises(KeyError):
        export(prot=8200)


def test_a_misspelt_variable_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PROT", "8100")
    assert module.unknown() == ["HUB_PROT"]


def test_passwords_do_not_show() -> None:
    assert "secret" not in repr(Settings(database_url="postgresql://a:secret@b/c"))


def test_an_impossible_value_is_refused() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 65535"):
        Settings(port=70000)
