"""The HTTP side of the ledger."""

import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ledger.config import Config
from ledger.errors import InvalidRequestError, LedgerError
from ledger.model import Transfer, parse_account, parse_account_id, parse_idempotency_key, parse_transfer
from ledger.store import LedgerStore

BODY_LIMIT_BYTES = 64 * 1024
ENTRIES_LIMIT = 100
REDIS_TIMEOUT_SECONDS = 5
log = logging.getLogger("ledger")


def create_app(config: Config) -> Starlette:
    """The application; its connections to Redis close with it."""
    redis: Redis = Redis.from_url(
        config.redis_url,
        decode_responses=True,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        health_check_interval=30,
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.store = LedgerStore(redis, config.key_prefix)
        yield
        await redis.aclose()

    return Starlette(
        routes=[
            Route("/", index),
            Route("/health", health),
            Route("/accounts", list_accounts),
            Route("/accounts", open_account, methods=["POST"]),
            Route("/accounts/{account_id}", show_account),
            Route("/accounts/{account_id}/entries", list_entries),
            Route("/transfers", move, methods=["POST"]),
            Route("/transfers/{transfer_id:uuid}", show_transfer),
            Route("/trial-balance", trial_balance),
        ],
        lifespan=lifespan,
        exception_handlers={LedgerError: refuse, Exception: fail},
    )


async def index(request: Request) -> Response:
    accounts = await _store(request).accounts()
    return JSONResponse({"name": "ledger", "accounts": len(accounts), "trialBalance": "/trial-balance"})


async def health(request: Request) -> Response:
    if await _store(request).is_reachable():
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "Redis does not answer"}, status_code=503)


async def list_accounts(request: Request) -> Response:
    return JSONResponse({"accounts": [asdict(account) for account in await _store(request).accounts()]})


async def open_account(request: Request) -> Response:
    account = await _store(request).open_account(parse_account(await _json(request)))
    return JSONResponse({"account": asdict(account)}, status_code=201)


async def show_account(request: Request) -> Response:
    account = await _store(request).account(parse_account_id(request.path_params["account_id"]))
    return JSONResponse({"account": asdict(account)})


async def list_entries(request: Request) -> Response:
    limit = request.query_params.get("limit", "20")
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit) <= ENTRIES_LIMIT:
        raise InvalidRequestError(f"limit must be a whole number from 1 to {ENTRIES_LIMIT}")
    account_id = parse_account_id(request.path_params["account_id"])
    entries = await _store(request).entries(account_id, int(limit))
    return JSONResponse({"entries": [_transfer(entry) for entry in entries]})


async def move(request: Request) -> Response:
    key = parse_idempotency_key(request.headers.get("idempotency-key"))
    transfer, repeated = await _store(request).move(parse_transfer(await _json(request)), key)
    headers = {"Idempotent-Replayed": "true"} if repeated else None
    return JSONResponse({"transfer": _transfer(transfer)}, 200 if repeated else 201, headers)


async def show_transfer(request: Request) -> Response:
    transfer = await _store(request).transfer(str(request.path_params["transfer_id"]))
    return JSONResponse({"transfer": _transfer(transfer)})


async def trial_balance(request: Request) -> Response:
    sums = await _store(request).trial_balance()
    return JSONResponse({"sums": sums, "balanced": all(total == 0 for total in sums.values())})


async def refuse(_request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, LedgerError) else 500
    return JSONResponse({"error": str(error)}, status_code=status)


async def fail(request: Request, error: Exception) -> Response:
    log.error("%s %s failed: %r", request.method, request.url.path, error)
    return JSONResponse({"error": "Something went wrong on our side"}, status_code=500)


def _store(request: Request) -> LedgerStore:
    return request.app.state.store


def _transfer(transfer: Transfer) -> dict[str, Any]:
    fields = asdict(transfer)
    return {"id": fields.pop("id"), "from": fields.pop("source"), "to": fields.pop("destination"), **fields}


async def _json(request: Request) -> Any:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise InvalidRequestError(f"The body is longer than {BODY_LIMIT_BYTES} bytes")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidRequestError("The body is not JSON") from None
