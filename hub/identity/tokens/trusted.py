"""Issuers elsewhere whose tokens the hub takes, as HUB_TRUSTED_ISSUERS lists them.

What a token of theirs gives is written in that file, every word of it: a claim of the token only
*selects* among what is listed there, and what is not listed gives nothing. So the file is the
ceiling, whatever the other server may put into its tokens.

    issuers:
      - name: suzhou                                # ours, for the audit: suzhou:<client>
        issuer: https://login.suzhou.example        # exactly as its tokens say it
        jwks_uri: https://login.suzhou.example/jwks # or jwks: {keys: [...]}
        audience: https://hub.example/graphql       # must be among the token's aud
        algorithms: [ES256]
        required_claims: {tenant: [nantong], acr: []}  # one of these; [] is any value
        hub_audience: PARTNER
        scopes: {claim: scope, gives: {parks: [park:read], talents: [talent:read.basic]}}
        purposes: [JOB_MATCHING]
        partner: "320500"

`hub_audience`, `scopes`, `purposes`, `partner`, `parks` and `departments` are each a value, a list,
or `{always, claim, gives}`; `claim` is a name, or the list of names that leads into an object.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hub.identity.clients.enrol import NAME
from hub.identity.tokens import key_set
from hub.identity.tokens.fetch import is_fetchable
from hub.identity.tokens.key_set import PublicKey
from hub.kit.errors import SetupError
from hub.model.access import Audience
from hub.model.codes import PurposeCode

LONGEST_LIFE = 3600
"""Seconds that a token may be good for: it cannot be recalled here."""

_DIVISION = re.compile(r"[0-9]{6}")

Names = Annotated[
    tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)
]


class _Strict(BaseModel):
    """A part of the file: an unknown or misspelt name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Given(_Strict):
    """Values that every token gets, and those that a claim of the token selects."""

    always: Names = ()
    claim: Names = ()
    gives: dict[str, Names] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Given:
        if bool(self.claim) != bool(self.gives):
            raise ValueError("claim and gives belong together")
        return self

    @property
    def ceiling(self) -> frozenset[str]:
        """All that any token can get."""
        return frozenset(self.always).union(*self.gives.values())

    def of(self, claims: dict[str, Any]) -> tuple[str, ...]:
        """What a token with these claims gets, in order."""
        selected = (
            value for word in _words(claims, self.claim) for value in self.gives.get(word, ())
        )
        return tuple(sorted({*self.always, *selected}))


def _plain(given: Any) -> Any:
    """A value or a list is what every token gets; YAML takes a division's code for a number."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    return {"always": given} if isinstance(given, str | list) else given


Values = Annotated[Given, BeforeValidator(_plain)]


class TrustedIssuer(_Strict):
    """One issuer: how its tokens are checked, and what they give."""

    name: str = Field(pattern=f"^{NAME.pattern}$")
    issuer: str
    jwks_uri: str | None = None
    jwks: dict[str, Any] | None = None
    audience: str = Field(min_length=1)
    algorithms: tuple[str, ...] = Field(min_length=1)
    at_jwt: bool = True
    longest_life: int = Field(default=600, ge=60, le=LONGEST_LIFE)
    client_claim: str = "client_id"
    required_claims: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    hub_audience: Values
    scopes: Values
    purposes: Values = Given()
    partner: Values = Given()
    parks: Values = Given()
    departments: Values = Given()

    @model_validator(mode="after")
    def _sound(self) -> TrustedIssuer:
        if not is_fetchable(self.issuer):
            raise ValueError("issuer must be an https URL (http for this machine itself only)")
        if (self.jwks_uri is None) == (self.jwks is None):
            raise ValueError("give jwks_uri or jwks, and not both")
        if self.jwks_uri is not None and not is_fetchable(self.jwks_uri):
            raise ValueError("jwks_uri must be an https URL (http for this machine itself only)")
        if self.jwks is not None and not self.static_keys():
            raise ValueError("jwks holds no key that serves one of the algorithms")
        if unknown := set(self.algorithms) - set(key_set.ALGORITHMS):
            raise ValueError(f"algorithms: {min(unknown)} is none of {key_set.ALGORITHMS}")
        self._check_ceilings()
        return self

    def _check_ceilings(self) -> None:
        kinds = self.hub_audience.ceiling
        if not kinds or kinds - set(Audience) or Audience.TALENT in kinds:
            raise ValueError(
                "hub_audience must be one of "
                f"{', '.join(kind for kind in Audience if kind != Audience.TALENT)}: "
                "talents sign in at the hub itself"
            )
        if Audience.PARTNER in kinds and not self.partner.ceiling:
            raise ValueError("partner is needed for the audience PARTNER")
        if unknown := self.purposes.ceiling - set(PurposeCode.values()):
            raise ValueError(f"purposes: {min(unknown)} is no purpose")
        if not self.scopes.ceiling:
            raise ValueError("scopes gives nothing")
        if wrong := {code for code in self.partner.ceiling if not _DIVISION.fullmatch(code)}:
            raise ValueError(f"partner: {min(wrong)} is no division's code of six digits")
        for park in self.parks.ceiling:
            UUID(park)

    def static_keys(self) -> tuple[PublicKey, ...]:
        """The keys that the file itself holds, those that serve; raises ValueError."""
        keys = key_set.read(self.jwks) if self.jwks is not None else ()
        return tuple(key for key in keys if set(key.algorithms) & set(self.algorithms))


class _File(_Strict):
    issuers: tuple[TrustedIssuer, ...] = Field(min_length=1)


def load(file: Path | None, own_issuer: str, scopes: Collection[str]) -> tuple[TrustedIssuer, ...]:
    """The issuers of the file, none without one; SetupError says what is wrong with it."""
    if file is None:
        return ()
    try:
        issuers = _File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).issuers
    except OSError as error:
        raise _wrong(file, f"it cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise _wrong(file, "it is neither YAML nor JSON") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise _wrong(file, f"{place or 'the file'}: {message}") from None
    for field in ("name", "issuer"):
        values = [getattr(issuer, field) for issuer in issuers]
        if twice := next((value for value in values if values.count(value) > 1), None):
            raise _wrong(file, f"{field} {twice} is there twice")
    for issuer in issuers:
        if issuer.issuer == own_issuer:
            raise _wrong(file, f"{own_issuer} is this hub itself, which needs no entry")
        if unknown := issuer.scopes.ceiling - set(scopes):
            raise _wrong(file, f"{issuer.name}: no scope is called {min(unknown)}")
    return issuers


def _wrong(file: Path, what: str) -> SetupError:
    return SetupError(
        f"HUB_TRUSTED_ISSUERS {file} does not serve: {what}.",
        next_step="Correct the file; hub/identity/README.md shows what it holds.",
    )


def _words(claims: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    """The words of a claim: those of a list, or of a `scope` as RFC 8693, 4.2 writes it."""
    value: Any = claims
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str):
        return value.split(" ") if path[-1] in ("scope", "scp") else [value]
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
