"""The door `/graphql`: GraphQL over HTTP, by POST and, for queries, by GET.

It reads the request, asks who is there, lets the engine answer and passes the bytes on. What the
statuses mean, and where the editions of the specification differ, stands in README.md.
"""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from hub.engine import Answer, Engine, Question
from hub.identity.tokens.verify import Verifier
from hub.kit.errors import MethodNotAllowed
from hub.model.access import Grant
from hub.web.disconnect import ClientGoneError, WhileConnected
from hub.web.negotiate import JSON, Media, answer_media
from hub.web.reply import Header, Refusals, Reply
from hub.web.request import Headers, asked, headers_of, posted
from hub.web.turnstile import Turnstile

METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
ALLOW = (b"allow", ", ".join(METHODS).encode())


class GraphQLDoor:
    """The ASGI application behind `/graphql`."""

    def __init__(
        self,
        engine: Engine,
        verifier: Verifier,
        turnstile: Turnstile,
        refusals: Refusals,
        *,
        body_limit: int,
        expose_counters: bool = False,
    ) -> None:
        self.engine = engine
        self.verifier = verifier
        self.turnstile = turnstile
        self.refusals = refusals
        self.body_limit = body_limit
        self.expose_counters = expose_counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": [ALLOW]})
            await send({"type": "http.response.body"})
            return
        try:
            reply = await self._reply(scope, receive)
        except ClientGoneError:
            return
        await reply.send(send)

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        media = JSON
        executing = False
        try:
            headers = headers_of(scope)
            media = answer_media(headers.get(b"accept"))
            self.turnstile.refuse_if_full()
            question = await self._question(scope, headers, receive)
            with WhileConnected(receive):
                async with self.turnstile:
                    grant = await self._grant(scope, headers)
                    if grant is not None:
                        scope["hub.client"] = grant.client
                    executing = True
                    answer = await self.engine.answer(question, grant)
            scope["hub.cost"] = answer.statements, answer.second_layer
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001  # the door is where every error becomes a reply
            return self.refusals.reply(error, media, well_formed=executing)
        return self._answered(answer, media)

    async def _question(self, scope: Scope, headers: Headers, receive: Receive) -> Question:
        match scope["method"]:
            case "POST":
                return await posted(headers, receive, self.body_limit)
            case "GET" | "HEAD":
                return asked(scope["query_string"], self.body_limit)
            case method:
                raise MethodNotAllowed(f"/graphql does not know {method}.", allow=METHODS)

    async def _grant(self, scope: Scope, headers: Headers) -> Grant | None:
        authorization = headers.get(b"authorization")
        purpose = headers.get(b"hub-purpose")
        lines = scope["headers"] if b"dpop" in headers else ()
        return await self.verifier.grant(
            authorization.decode("latin-1") if authorization is not None else None,
            purpose.decode("latin-1") if purpose is not None else None,
            method=scope["method"],
            proofs=[value.decode("latin-1") for name, value in lines if name == b"dpop"],
        )

    def _answered(self, answer: Answer, media: Media) -> Reply:
        """The engine's answer with what HTTP adds to it."""
        status, extra = answer.status, list[Header]()
        if status != 200:
            extra += self.refusals.answered(status, answer.body)
            if status == 403 and media.legacy:
                status = 200
        if self.expose_counters:
            extra.append((b"hub-statements", b"%d" % answer.statements))
            extra.append((b"hub-second-layer", b"%d" % answer.second_layer))
        return Reply(status, answer.body, extra, media)
