"""Whether an access token still holds: its client and its city, itself, the person behind it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.kit.db import translated

_HOLDS = text("""
    SELECT EXISTS (
        SELECT FROM identity.client AS client
        WHERE client_id = :client AND state = 'ACTIVE' AND generation = :generation
            AND NOT EXISTS (
                SELECT FROM identity.partner_suspension AS suspension
                WHERE suspension.partner = client.partner AND suspension.state <> 'LIFTED'
            )
    )
    AND NOT EXISTS (SELECT FROM identity.revoked_token WHERE token_id = :token_id)
    AND NOT EXISTS (SELECT FROM identity.revoked_key WHERE kid = :kid)
    AND (
        :family = '' OR EXISTS (
            SELECT FROM identity.token_family AS family
            JOIN identity.person AS person ON person.id = family.person_id
            WHERE family.id = CAST(nullif(:family, '') AS uuid) AND family.revoked_at IS NULL
                AND person.state = 'ACTIVE' AND person.generation = family.person_generation
        )
    )
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a token rests on; `kid` is the key that signed it, `family` empty without a person."""

    client: str
    generation: int
    token_id: str
    kid: str
    subject: str
    family: str = ""

    def ends_with(self, what: str) -> bool:
        """Whether a notification is about this token (see `tokens.revocation`)."""
        kind, _, name = what.rpartition(":")
        match kind:
            case "":
                return name == self.client
            case "token":
                return name == self.token_id
            case "key":
                return name == self.kid
            case "family":
                return name == self.family
            case _:
                return what == self.subject


async def holds(engine: AsyncEngine, standing: Standing) -> bool:
    """Whether the client is let in and in this generation, and nothing else has ended."""
    values = {
        "client": standing.client,
        "generation": standing.generation,
        "token_id": standing.token_id,
        "kid": standing.kid,
        "family": standing.family,
    }
    with translated():
        async with engine.connect() as connection:
            return bool(await connection.scalar(_HOLDS, values))
