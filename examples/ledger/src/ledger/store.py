"""The ledger in Redis. What belongs together changes in one script, so the balances add up at any moment."""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from ledger.errors import ConflictError, KeyReusedError, UnknownError
from ledger.model import Account, NewTransfer, Transfer

IDEMPOTENCY_SECONDS = 24 * 60 * 60
_SCRIPTS = Path(__file__).parent


class LedgerStore:
    """Accounts and transfers under one key prefix. Lists are kept by hand: an app's user may not scan."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._transfer = redis.register_script((_SCRIPTS / "transfer.lua").read_text())
        self._open_account = redis.register_script((_SCRIPTS / "open_account.lua").read_text())

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)

    async def is_reachable(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(await _wait(self._redis.ping()))
        except (RedisError, OSError):
            return False

    async def open_account(self, account: Account) -> Account:
        """Records a new account; raises ConflictError when its id is taken."""
        opened = await self._open_account(
            keys=[self._key("account", account.id), self._key("accounts")],
            args=[account.id, account.currency, int(account.overdraft)],
        )
        if not opened:
            raise ConflictError(f"There already is an account {account.id}")
        return account

    async def account(self, account_id: str) -> Account:
        """The account; raises UnknownError."""
        fields = await _wait(self._redis.hgetall(self._key("account", account_id)))
        if not fields:
            raise UnknownError(f"There is no account {account_id}")
        return Account(account_id, fields["currency"], fields["overdraft"] == "1", int(fields["balance"]))

    async def accounts(self) -> list[Account]:
        """All accounts by id."""
        ids = sorted(await _wait(self._redis.smembers(self._key("accounts"))))
        return [await self.account(account_id) for account_id in ids]

    async def entries(self, account_id: str, limit: int) -> list[Transfer]:
        """The account's newest transfers, newest first; raises UnknownError."""
        await self.account(account_id)
        ids = await _wait(self._redis.lrange(self._key("entries", account_id), -limit, -1))
        return [await self.transfer(transfer_id) for transfer_id in reversed(ids)]

    async def transfer(self, transfer_id: str) -> Transfer:
        """The transfer; raises UnknownError."""
        fields = await _wait(self._redis.hgetall(self._key("transfer", transfer_id)))
        if not fields:
            raise UnknownError(f"There is no transfer {transfer_id}")
        return Transfer(
            id=transfer_id,
            source=fields["source"],
            destination=fields["destination"],
            amount=int(fields["amount"]),
            currency=fields["currency"],
            memo=fields["memo"],
            time=fields["time"],
        )

    async def move(self, new: NewTransfer, idempotency_key: str) -> tuple[Transfer, bool]:
        """Moves the money once for each key; says whether it was a repetition.

        Raises UnknownError for an account, ConflictError for too little money or two currencies,
        KeyReusedError for a key that stands for another transfer.
        """
        transfer_id = str(uuid.uuid4())
        outcome, *details = await self._transfer(
            keys=[
                self._key("account", new.source),
                self._key("account", new.destination),
                self._key("transfer", transfer_id),
                self._key("idempotency", idempotency_key),
                self._key("entries", new.source),
                self._key("entries", new.destination),
                self._key("journal"),
            ],
            args=[
                transfer_id,
                new.amount,
                _fingerprint(new),
                IDEMPOTENCY_SECONDS,
                new.memo,
                datetime.now(UTC).isoformat(timespec="milliseconds"),
                new.source,
                new.destination,
            ],
        )
        match outcome:
            case "done" | "repeated":
                return await self.transfer(details[0]), outcome == "repeated"
            case "unknown":
                raise UnknownError(f"There is no account {details[0]}")
            case "currencies":
                raise ConflictError(f"{new.source} is in {details[0]}, {new.destination} in {details[1]}")
            case "short":
                raise ConflictError(f"{new.source} holds {details[0]}, {new.amount} asked for")
            case "reused":
                raise KeyReusedError("This Idempotency-Key stands for another transfer: use a new one")
        raise RuntimeError(f"transfer.lua gave an outcome nobody knows: {outcome}")

    async def trial_balance(self) -> dict[str, int]:
        """The sum of all balances by currency; anything but zero is a mistake of ours."""
        sums: dict[str, int] = defaultdict(int)
        for account in await self.accounts():
            sums[account.currency] += account.balance
        return dict(sums)


def _fingerprint(new: NewTransfer) -> str:
    text = json.dumps([new.source, new.destination, new.amount, new.memo])
    return hashlib.sha256(text.encode()).hexdigest()


async def _wait(answer: Awaitable[Any] | Any) -> Any:
    """redis-py types its answers for its blocking and its asynchronous client at once."""
    return await cast("Awaitable[Any]", answer)
