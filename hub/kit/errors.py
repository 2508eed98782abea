"""Every refusal and failure of the hub, as one tree.

    HubError
    ├── Refusal                 the caller can act on it; told in full
    │   ├── Unauthenticated     401  no token, or one that does not hold
    │   ├── Forbidden           403  the token lacks a scope or a bound
    │   ├── BadUserInput        400  the request is malformed or breaks a stated limit
    │   │   └── PurposeNotAllowed    the Hub-Purpose header names none of the token's purposes
    │   ├── QueryTooCostly      400  refused before execution
    │   ├── NotFound            404  nothing is served at this path
    │   ├── MethodNotAllowed    405  a mutation sent with GET, or a method that the path lacks
    │   ├── NotAcceptable       406  no media type that the hub can answer in
    │   ├── TooSlow             408  the request's body did not arrive in time
    │   ├── TooLarge            413  the request's body is longer than the limit
    │   │   └── UriTooLong      414  the same for a query string
    │   └── UnsupportedMedia    415  a body in a media type or coding that the hub does not read
    ├── Unavailable             503  the hub is full or its database away; try again later
    ├── Timeout                 504  the statement ran longer than it may
    ├── DeclarationError             a room is declared wrongly; raised by `seal()`
    └── SetupError                   the machine or its settings are not as they must be

Each carries a stable `code`, a sentence in English and Chinese and the next step. What is not in
this tree is a fault of ours: it is logged under an id and shown as INTERNAL with that id alone.
"""

from __future__ import annotations

from typing import Any


class HubError(Exception):
    """Base of all errors that the hub raises on purpose."""

    code = "INTERNAL"
    status = 500
    zh = "服务内部错误"
    next_step = "Report the error id to the hub's operators."

    def __init__(
        self,
        message: str,
        *,
        next_step: str | None = None,
        zh: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step or self.next_step
        self.zh = zh or self.zh
        self.details = details

    def extensions(self) -> dict[str, Any]:
        """The `extensions` of a GraphQL error: code, Chinese sentence, next step, details."""
        return {
            "code": self.code,
            "messageZh": self.zh,
            "nextStep": self.next_step,
            **self.details,
        }


class Refusal(HubError):
    """The request is refused, and the caller can do something about it."""


class Unauthenticated(Refusal):
    """No token, or one that is expired, revoked, forged or meant for somebody else (RFC 6750)."""

    code, status = "UNAUTHENTICATED", 401
    zh = "未认证:缺少有效的访问令牌"
    next_step = "Get an access token from the token endpoint and send it as a Bearer token."


class Forbidden(Refusal):
    """The token is good, but it does not carry what this needs."""

    code, status = "FORBIDDEN", 403
    zh = "无权访问:令牌缺少所需的权限"
    next_step = "Ask the hub's administrator to grant the scope named in `needs` to the client."


class BadUserInput(Refusal):
    """The request cannot be understood or breaks a limit that the documentation states."""

    code, status = "BAD_USER_INPUT", 400
    zh = "请求有误"
    next_step = "Correct the request as the message says."


class PurposeNotAllowed(BadUserInput):
    """The purpose asked for is none of those that the token lists."""

    code = "PURPOSE_NOT_ALLOWED"
    zh = "不允许的用途:令牌未列出该用途"
    next_step = "Send one of the purposes in `allowed`, or have another granted to the client."


class QueryTooCostly(Refusal):
    """The operation is larger than the limits allow; nothing of it was run."""

    code, status = "QUERY_TOO_COSTLY", 400
    zh = "查询超出限额,未执行"
    next_step = "Ask for fewer fields, fewer levels or smaller pages."


class NotFound(Refusal):
    """Nothing is served at this path (RFC 9110, 15.5.5)."""

    code, status = "NOT_FOUND", 404
    zh = "没有此地址"
    next_step = "See the hub's start page for what it serves."


class MethodNotAllowed(Refusal):
    """The method does not fit the path or the operation (RFC 9110, 15.5.6)."""

    code, status = "METHOD_NOT_ALLOWED", 405
    zh = "不允许使用此请求方法"
    next_step = "Use a method that the Allow header names; a mutation needs POST."


class NotAcceptable(Refusal):
    """The client accepts no media type that the hub speaks (RFC 9110, 15.5.7)."""

    code, status = "NOT_ACCEPTABLE", 406
    zh = "不支持所要求的媒体类型"
    next_step = "Accept application/graphql-response+json or application/json."


class TooSlow(Refusal):
    """The client did not send its request in the time that the hub waits (RFC 9110, 15.5.9)."""

    code, status = "REQUEST_TIMEOUT", 408
    zh = "请求体未在规定时间内送达"
    next_step = "Send the whole request at once."


class TooLarge(Refusal):
    """The request's body is longer than the hub reads (RFC 9110, 15.5.14)."""

    code, status = "REQUEST_TOO_LARGE", 413
    zh = "请求体超过限额"
    next_step = "Send less at once; put values into variables and split large changes."


class UriTooLong(TooLarge):
    """The query string is longer than the hub reads (RFC 9110, 15.5.15)."""

    status = 414
    zh = "请求地址过长"
    next_step = "Send the query by POST."


class UnsupportedMedia(Refusal):
    """The body is in a media type, charset or coding that the hub does not read (15.5.16)."""

    code, status = "UNSUPPORTED_MEDIA_TYPE", 415
    zh = "不支持的请求媒体类型"
    next_step = "Send Content-Type: application/json, encoded in UTF-8 and not compressed."


class Unavailable(HubError):
    """The hub takes no more work just now, or its database is away."""

    code, status = "UNAVAILABLE", 503
    zh = "服务暂时不可用"
    next_step = "Try again after the time in Retry-After."


class Timeout(HubError):
    """The statement ran into its time limit and was cancelled; nothing was changed."""

    code, status = "TIMEOUT", 504
    zh = "查询超时,已取消"
    next_step = "Narrow the filter or ask for smaller pages."


class DeclarationError(HubError):
    """A room declares something that cannot be: said with file, line and a suggestion."""

    code = "DECLARATION"


class SetupError(HubError):
    """The machine, a file or a setting is not as it must be; says how to mend it."""

    code = "SETUP"
