"""The city's own OpenID Connect provider, as HUB_CITY_LOGIN describes it.

    issuer: https://id.nantong.example       # exactly the iss of its ID tokens
    client_id: talent-hub                    # what the hub is called there
    client_secret: ...                       # left out: the hub is a public client there
    name_en: Nantong identity
    name_zh: 南通统一身份认证
    claim: sub                               # which claim names a person; sub never changes
    scopes: [openid]
    acr: [mfa]                               # one of these must be told; left out: whatever is
    algorithms: [ES256]                      # with which it signs

Who is known there and not here is let in by nobody: a person is added by the hub's administrators
and linked to what the claim says of her (`citySubject`).
"""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hub.identity.tokens import key_set
from hub.identity.tokens.fetch import is_fetchable
from hub.kit.errors import SetupError


class CityProvider(BaseModel):
    """One provider: where it is, what the hub is to it, and what names a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: str | None = Field(default=None, min_length=16, repr=False)
    name_en: str = Field(min_length=1, max_length=80)
    name_zh: str = Field(min_length=1, max_length=80)
    claim: str = Field(default="sub", min_length=1)
    scopes: tuple[str, ...] = ("openid",)
    acr: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ("ES256", "PS256", "EdDSA", "RS256")

    @model_validator(mode="after")
    def _sound(self) -> CityProvider:
        if not is_fetchable(self.issuer):
            raise ValueError("issuer must be an https URL (http for this machine itself only)")
        if "openid" not in self.scopes:
            raise ValueError("scopes must name openid")
        if not self.algorithms or (unknown := set(self.algorithms) - set(key_set.ALGORITHMS)):
            wrong = min(unknown) if self.algorithms else "an empty list"
            raise ValueError(f"algorithms: {wrong} is none of {key_set.ALGORITHMS}")
        return self


def load(file: Path | None, own_issuer: str) -> CityProvider | None:
    """The provider of the file, None without one; SetupError says what is wrong with it."""
    if file is None:
        return None
    try:
        found = CityProvider.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise _wrong(file, f"it cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise _wrong(file, "it is neither YAML nor JSON") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise _wrong(file, f"{place or 'the file'}: {message}") from None
    if found.issuer == own_issuer:
        raise _wrong(file, f"{own_issuer} is this hub itself")
    return found


def _wrong(file: Path, what: str) -> SetupError:
    return SetupError(
        f"HUB_CITY_LOGIN {file} does not serve: {what}.",
        next_step="Correct the file; hub/identity/README.md shows what it holds.",
    )
