"""By which grants a client may get tokens, and what goes with each of them.

The authorization code needs somewhere to send the browser back to, refresh tokens come with it, and
a client without credentials has no name of its own to ask in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from hub.identity.clients.client import AuthMethod, GrantType
from hub.identity.clients.redirects import check_redirect
from hub.kit.errors import BadUserInput
from hub.kit.user_errors import Invalid


def usual_grants(redirect_uris: Collection[str] | None) -> list[GrantType]:
    """What is meant where no grant is named: people's sign-in, or a system in its own name."""
    return [GrantType.AUTHORIZATION_CODE if redirect_uris else GrantType.CLIENT_CREDENTIALS]


def for_itself(grant_types: Collection[GrantType]) -> bool:
    """Whether it asks in its own name, and not only for people who sign in."""
    return GrantType.CLIENT_CREDENTIALS in grant_types


def must_push(method: AuthMethod, grant_types: Collection[GrantType]) -> bool:
    """FAPI 2.0, 5.3.2.2: what a confidential client asks for does not travel through a browser."""
    return GrantType.AUTHORIZATION_CODE in grant_types and method != AuthMethod.NONE


def unfit(
    method: AuthMethod,
    grant_types: Collection[GrantType],
    redirect_uris: Collection[str],
    *,
    pushed: bool | None,
) -> Iterator[Invalid]:
    """What of it does not go together; `pushed` is None where nothing was said about it."""
    browser = GrantType.AUTHORIZATION_CODE in grant_types
    if not grant_types:
        yield Invalid(
            "A client needs a grant type.",
            zh="应用至少须有一种授权方式",
            next_step="Choose client_credentials, or authorization_code with redirect URIs.",
            field=("grantTypes",),
        )
    if GrantType.REFRESH_TOKEN in grant_types and not browser:
        yield Invalid(
            "Refresh tokens come with the authorization code only.",
            zh="刷新令牌仅随授权码方式签发",
            next_step="Add authorization_code, or leave refresh_token out.",
            field=("grantTypes",),
        )
    if for_itself(grant_types) and method == AuthMethod.NONE:
        yield Invalid(
            "A client without credentials cannot use client_credentials.",
            zh="无凭据的应用不能使用 client_credentials",
            next_step="Register it for authorization_code, with its redirect URIs.",
            field=("grantTypes",),
        )
    if grant_types and browser != bool(redirect_uris):
        yield Invalid(
            "Redirect URIs are needed for the authorization code, and for nothing else.",
            zh="仅授权码方式需要且必须提供回调地址",
            next_step="Leave them out, or add authorization_code."
            if redirect_uris
            else "Name where browsers are sent back to, such as https://app.example/back.",
            field=("redirectUris",),
        )
    for uri in redirect_uris:
        try:
            with about("redirectUris"):
                check_redirect(uri)
        except Invalid as fault:
            yield fault
    if pushed is False and must_push(method, grant_types):
        yield Invalid(
            "A client with credentials at which people sign in must push its requests.",
            zh="持有凭据并供本人登录的应用须先推送授权请求",
            next_step="Leave it out, or say that it pushes them (RFC 9126).",
            field=("pushedRequests",),
        )


@contextmanager
def about(field: str) -> Iterator[None]:
    """Tell what a check refuses as the fault of an input field."""
    try:
        yield
    except BadUserInput as fault:
        raise Invalid(
            fault.message, zh=fault.zh, next_step=fault.next_step, field=(field,)
        ) from None
