"""The ledger on a real Redis, in keys of its own that go when the test ends."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from ledger.app import create_app
from ledger.config import Config, find_redis_url

URL = find_redis_url(os.environ)

USED_KEYS: list[str] = []

pytestmark = [
    pytest.mark.integration,
    pytest.mark.anyio,
    pytest.mark.skipif(URL is None, reason="needs Redis: set REDIS_URL or REDIS_URL_FILE"),
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    prefix = f"{os.environ.get('REDIS_KEY_PREFIX', 'ledger:')}test-{uuid.uuid4().hex[:8]}:"
    app = create_app(Config(0, URL or "", prefix))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as ledger:
            yield ledger
    await remove_keys(prefix)


async def remove_keys(prefix: str) -> None:
    """An app's user may not list keys, so they are found the way the ledger finds them."""
    async with Redis.from_url(URL or "", decode_responses=True) as redis:
        accounts = await redis.smembers(f"{prefix}accounts")
        transfers = await redis.lrange(f"{prefix}journal", 0, -1)
        await redis.delete(
            f"{prefix}accounts",
            f"{prefix}journal",
            *(f"{prefix}account:{name}" for name in accounts),
            *(f"{prefix}entries:{name}" for name in accounts),
            *(f"{prefix}transfer:{name}" for name in transfers),
            *(f"{prefix}idempotency:{name}" for name in USED_KEYS),
        )
        USED_KEYS.clear()


async def open_account(client: httpx.AsyncClient, name: str, **more: Any) -> None:
    answer = await client.post("/accounts", json={"id": name, "currency": "EUR", **more})
    assert answer.status_code == 201, answer.text


async def move(client: httpx.AsyncClient, key: str | None = None, **transfer: Any) -> httpx.Response:
    key = key or uuid.uuid4().hex
    USED_KEYS.append(key)
    body = {"from": "world", "to": "ada", "amount": 100, **transfer}
    return await client.post("/transfers", json=body, headers={"Idempotency-Key": key})


async def balance(client: httpx.AsyncClient, name: str) -> int:
    return (await client.get(f"/accounts/{name}")).json()["account"]["balance"]


@pytest.fixture
async def accounts(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await open_account(client, "world", overdraft=True)
    await open_account(client, "ada")
    await open_account(client, "bob")
    return client


async def test_is_healthy(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/")).json()["accounts"] == 0


async def test_an_account_is_opened_once(accounts: httpx.AsyncClient) -> None:
    answer = await accounts.post("/accounts", json={"id": "ada", "currency": "USD"})
    assert answer.status_code == 409
    names = [account["id"] for account in (await accounts.get("/accounts")).json()["accounts"]]
    assert names == ["ada", "bob", "world"]


async def test_a_transfer_changes_both_sides_and_the_books_balance(accounts: httpx.AsyncClient) -> None:
    answer = await move(accounts, memo="first")
    assert answer.status_code == 201
    transfer = answer.json()["transfer"]
    assert (await balance(accounts, "ada"), await balance(accounts, "world")) == (100, -100)
    for name in ("ada", "world"):
        assert (await accounts.get(f"/accounts/{name}/entries")).json()["entries"] == [transfer]
    assert (await accounts.get(f"/transfers/{transfer['id']}")).json()["transfer"] == transfer
    assert (await accounts.get("/trial-balance")).json() == {"sums": {"EUR": 0}, "balanced": True}


async def test_a_repeated_request_moves_money_once(accounts: httpx.AsyncClient) -> None:
    first, second = await move(accounts, key="repeated-key"), await move(accounts, key="repeated-key")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["idempotent-replayed"] == "true"
    assert first.json() == second.json()
    assert await balance(accounts, "ada") == 100


async def test_a_key_stands_for_one_transfer(accounts: httpx.AsyncClient) -> None:
    await move(accounts, key="reused-key")
    assert (await move(accounts, key="reused-key", amount=7)).status_code == 422
    assert await balance(accounts, "ada") == 100


async def test_nobody_spends_the_same_money_twice(accounts: httpx.AsyncClient) -> None:
    await move(accounts, amount=50)
    spend = {"from": "ada", "to": "bob", "amount": 30}
    answers = await asyncio.gather(*(move(accounts, **spend) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert (await balance(accounts, "ada"), await balance(accounts, "bob")) == (20, 30)


async def test_names_what_is_unknown_or_wrong(accounts: httpx.AsyncClient) -> None:
    await open_account(accounts, "dollar", currency="USD")
    assert (await move(accounts, to="dollar")).status_code == 409
    unknown = await move(accounts, to="nobody")
    assert (unknown.status_code, unknown.json()["error"]) == (404, "There is no account nobody")
    assert (await accounts.get("/accounts/nobody/entries")).status_code == 404
    assert (await accounts.get(f"/transfers/{uuid.uuid4()}")).status_code == 404
    assert (await accounts.get("/accounts/ada/entries?limit=0")).status_code == 400
    assert (await accounts.post("/accounts", content=b"{")).status_code == 400
    assert (await accounts.post("/accounts", content=b"x" * 70_000)).status_code == 400
    assert (await accounts.post("/transfers", json={})).status_code == 400
