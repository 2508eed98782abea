"""Every setting of the hub: environment variables `HUB_*`, read once.

A setting without a description does not exist: `hub doctor` compares the environment with this
page, so that a misspelt name is told and not silently ignored.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent
PREFIX = "HUB_"


class Settings(BaseSettings):
    """The settings of one process; frozen, so that what was checked at the start stays true."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    home: Path = Field(
        default=CHECKOUT / ".hub",
        description="Directory of everything that this machine keeps: the embedded database, "
        "keys, demo credentials.",
    )
    demo: bool = Field(
        default=False,
        description="Demo mode: synthetic data, demo clients, open introspection. `hub up` turns "
        "it on unless told otherwise.",
    )

    # Where to serve
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that serve, one core each.")
    issuer: str = Field(
        default_factory=lambda given: f"http://127.0.0.1:{given.get('port', 8000)}",
        description="Public URL of the hub as clients see it: the `iss` of its tokens and the base "
        "of its metadata (RFC 8414). Never taken from a request's Host.",
    )

    resources: list[str] = Field(
        default=[],
        description="Further APIs for which the hub issues tokens, as a JSON list of absolute URIs "
        "(RFC 8707); the hub's own is <issuer>/graphql.",
    )
    trusted_issuers: Path | None = Field(
        default=None,
        description="YAML or JSON file of authorization servers elsewhere whose tokens are taken "
        "too, each with what they may give. Unset: the hub's own tokens alone.",
    )
    city_login: Path | None = Field(
        default=None,
        description="YAML or JSON file of the city's own OpenID Connect provider, by which people "
        "may sign in too. Unset: by user name and password alone.",
    )

    # The database
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="PostgreSQL 18 or newer, as the owner of the tables "
        "(postgresql://user:password@host/database). Unset: the embedded server is used.",
    )
    app_database_url: str | None = Field(
        default=None,
        repr=False,
        description="The same database as the role `hub_app`, which may read and write rows but "
        "not change tables or the audit. Unset: the owner's connection serves.",
    )
    pool_size: int = Field(default=10, ge=1, description="Database connections of each worker.")
    statement_timeout_ms: int = Field(
        default=10_000, ge=100, description="A statement that runs longer is cancelled (TIMEOUT)."
    )
    statement_cache_size: int = Field(
        default=500, ge=0, description="Prepared statements kept on each database connection."
    )
    plan_cache_bytes: int = Field(
        default=64 * 2**20,
        ge=2**20,
        description="Memory for operations and compiled plans of each worker, least used dropped "
        "first.",
    )

    # What a request may ask for
    queue_length: int = Field(
        default=256,
        ge=1,
        description="Requests of a worker that may wait for a database connection; one more is "
        "answered 503 with Retry-After.",
    )
    body_limit_bytes: int = Field(
        default=1_048_576, ge=1_024, description="Largest request body that is read."
    )
    token_limit: int = Field(
        default=10_000,
        ge=100,
        description="Lexical tokens of a document, refused before it is parsed.",
    )
    depth_limit: int = Field(
        default=16, ge=2, description="Nested levels of a document's selections."
    )
    alias_limit: int = Field(default=200, ge=1, description="Aliases in a document.")
    directive_limit: int = Field(default=100, ge=1, description="Directives in a document.")
    field_limit: int = Field(
        default=2_000, ge=1, description="Fields of an operation, its fragments written out."
    )
    overlap_limit: int = Field(
        default=1_000,
        ge=1,
        description="Pairs of fields with one response key in one place; validation compares each.",
    )
    source_limit: int = Field(
        default=60,
        ge=1,
        description="Lists, edges and look-ups of an operation, each a subquery of its statement.",
    )
    comparison_limit: int = Field(
        default=100, ge=1, description="Comparisons of all filters of an operation."
    )
    page_limit: int = Field(default=100, ge=1, description="Rows of one page.")
    node_limit: int = Field(
        default=50_000,
        ge=100,
        description="Nodes that an operation may select: the product of the `first`s on each "
        "path, summed.",
    )
    change_limit: int = Field(
        default=20, ge=1, description="Root fields of a mutation, each a transaction."
    )
    introspection_open: bool = Field(
        default_factory=lambda given: bool(given.get("demo", False)),
        description="Whether introspection needs no token. Unset: open in demo mode only.",
    )

    # Secrets, where no file may be kept
    signing_key: str | None = Field(
        default=None,
        repr=False,
        description="Private key that signs tokens, as a JWK, or a JWK Set with the newest first. "
        "Unset: files in the home.",
    )
    data_key: str | None = Field(
        default=None,
        repr=False,
        description="Key that seals personal fields, 32 bytes in base64url. Unset: a file in the "
        "home.",
    )

    # Operation
    jobs: bool = Field(
        default=True,
        description="Whether this process does recurring work too; one of all must.",
    )
    access_token_seconds: int = Field(default=600, ge=60, description="Life of an access token.")
    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="What is logged, and above.",
    )


@cache
def settings() -> Settings:
    """The process's settings; tests make their own with `Settings(...)`."""
    return Settings()


def export(**changes: Any) -> Settings:
    """Change settings for this process and those that it starts, such as uvicorn's workers."""
    for name, value in changes.items():
        if name not in Settings.model_fields:
            raise KeyError(name)
        if value is not None:
            os.environ[PREFIX + name.upper()] = str(value)
    settings.cache_clear()
    return settings()


def unknown() -> list[str]:
    """Variables that look like settings and are none."""
    names = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in names)
