"""Assembly: finds the rooms, seals the registry, joins the engine to its doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import strawberry
from graphql import GraphQLSchema
from starlette.types import ASGIApp

import hub.subgraphs
from hub import reference
from hub.engine import Engine, Limits
from hub.engine.jobs import Jobs
from hub.identity.city import provider
from hub.identity.city.provider import CityProvider
from hub.identity.service import Identity
from hub.identity.tokens import key_files, trusted
from hub.identity.tokens.trusted import TrustedIssuer
from hub.kit import crypto, data_key, db
from hub.kit.errors import SetupError
from hub.model.collect import rooms_of
from hub.model.registry import Registry
from hub.model.sdl import merged_schema
from hub.model.seal import seal
from hub.settings import Settings, settings
from hub.web import app, oauth
from hub.web.logs import configure_logging

CONTRACT_HEADER = """\
# The whole API as /graphql serves it. Written by `hub schema write` from the declarations of the
# rooms; never edited by hand. A change here is a change of the contract: read it in the diff.

"""


@cache
def registry() -> Registry:
    """The sealed registry of this process."""
    return seal(rooms_of(hub.subgraphs))


@cache
def schema() -> strawberry.Schema:
    """The merged schema, that of `/graphql`."""
    return merged_schema(registry())


def contract() -> str:
    """The merged schema as it is published, in `schema/` and at `/schema.graphql`."""
    return CONTRACT_HEADER + schema().as_str() + "\n"


def limits(given: Settings) -> Limits:
    """The settings that bound an operation, as the engine takes them."""
    return Limits(
        tokens=given.token_limit,
        depth=given.depth_limit,
        aliases=given.alias_limit,
        directives=given.directive_limit,
        fields=given.field_limit,
        overlaps=given.overlap_limit,
        sources=given.source_limit,
        comparisons=given.comparison_limit,
        nodes=given.node_limit,
        page=given.page_limit,
        changes=given.change_limit,
        hide_suggestions=not given.introspection_open,
    )


def trusted_issuers(given: Settings) -> tuple[TrustedIssuer, ...]:
    """The issuers elsewhere that the settings name; SetupError where that is not in order."""
    return trusted.load(given.trusted_issuers, given.issuer, registry().scopes)


def city_login(given: Settings) -> CityProvider | None:
    """The city's own provider that the settings name; SetupError where that is not in order."""
    return provider.load(given.city_login, given.issuer)


def create() -> ASGIApp:
    """The application of one worker, as the settings say; what uvicorn is given."""
    configure_logging(settings().log_level)
    return app.Served(lambda: opened(settings()))


@asynccontextmanager
async def opened(given: Settings) -> AsyncIterator[ASGIApp]:
    """The rooms of one process, open until the block is left."""
    url = given.app_database_url or given.database_url
    if url is None:
        raise SetupError(
            "No database is named.",
            next_step="Set HUB_DATABASE_URL, or start the hub with `./run up`.",
        )
    sealer = crypto.load(given.home / "keys", given.data_key)
    identity = Identity(
        url=url,
        issuer=given.issuer,
        keys=key_files.load(given.home / "keys", given.signing_key),
        scopes=sorted(registry().scopes),
        sealer=sealer,
        lifetime=given.access_token_seconds,
        resources=given.resources,
        words={entry.scope: (entry.en, entry.zh) for entry in reference.scopes().values()},
        trusted=trusted_issuers(given),
        city=city_login(given),
    )
    pool = await db.connect_pool(
        url,
        size=given.pool_size + 1,  # the engine keeps its connections; one is for readiness
        statement_timeout_ms=given.statement_timeout_ms,
        statement_cache_size=given.statement_cache_size,
    )
    kept = db.Kept(pool, given.pool_size)
    engine = Engine(
        registry(),
        core_schema(schema()),
        kept,
        unseal=sealer.open,
        sealer=sealer,
        limits=limits(given),
        introspection_open=given.introspection_open,
        cache_bytes=given.plan_cache_bytes,
    )
    try:
        with db.translated():
            await data_key.check(pool, sealer)
        async with identity.running(), recurring(engine, wanted=given.jobs):
            yield app.build(
                engine, identity.verifier, given, oauth.routes(identity), contract(), pool
            )
    finally:
        await engine.bell.close()
        await kept.close()
        await pool.close()


@asynccontextmanager
async def recurring(engine: Engine, *, wanted: bool) -> AsyncIterator[None]:
    """The rooms' recurring work, done meanwhile; what is at work is let come to its end."""
    jobs = Jobs(engine)
    working = asyncio.create_task(jobs.run()) if wanted else None
    try:
        yield
    finally:
        jobs.stop()
        if working is not None:
            await working


def core_schema(built: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's schema inside strawberry's: types for the parser, validator, introspection."""
    return built._schema
