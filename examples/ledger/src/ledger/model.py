"""Accounts and transfers, and the rules that a stranger's input must meet."""

import re
from dataclasses import dataclass
from typing import Any

from ledger.errors import InvalidRequestError

ACCOUNT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
CURRENCY = re.compile(r"[A-Z]{3}")
IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")
MEMO_LIMIT_CHARS = 200
# Redis scripts count in doubles, exact up to 2^53: a thousand of the largest transfers still add up exactly.
AMOUNT_LIMIT = 10**12


@dataclass(frozen=True)
class Account:
    """A place money is in. With overdraft it may go below zero, as the outside world's account must."""

    id: str
    currency: str
    overdraft: bool
    balance: int = 0


@dataclass(frozen=True)
class NewTransfer:
    """Money to be moved; the amount is in the currency's smallest unit."""

    source: str
    destination: str
    amount: int
    memo: str


@dataclass(frozen=True)
class Transfer:
    """Money that has moved."""

    id: str
    source: str
    destination: str
    amount: int
    currency: str
    memo: str
    time: str


def parse_account(body: Any) -> Account:
    """Checks a new account; raises InvalidRequestError naming all that is wrong."""
    fields = body if isinstance(body, dict) else {}
    problems = []
    account_id, currency, overdraft = fields.get("id"), fields.get("currency"), fields.get("overdraft", False)
    if not _matches(ACCOUNT_ID, account_id):
        problems.append("id must have 1 to 63 characters from a-z, 0-9 and -")
    if not _matches(CURRENCY, currency):
        problems.append("currency must be three capital letters, such as EUR")
    if not isinstance(overdraft, bool):
        problems.append("overdraft must be true or false")
    _refuse(problems)
    return Account(account_id, currency, overdraft)


def parse_transfer(body: Any) -> NewTransfer:
    """Checks a new transfer; raises InvalidRequestError naming all that is wrong."""
    fields = body if isinstance(body, dict) else {}
    problems = []
    source, destination = fields.get("from"), fields.get("to")
    amount, memo = fields.get("amount"), fields.get("memo", "")
    for name, value in (("from", source), ("to", destination)):
        if not _matches(ACCOUNT_ID, value):
            problems.append(f"{name} must be an account's id")
    if source is not None and source == destination:
        problems.append("from and to must be two accounts")
    # In Python a bool is an int.
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= AMOUNT_LIMIT:
        problems.append(f"amount must be a whole number from 1 to {AMOUNT_LIMIT}, in the smallest unit")
    if not isinstance(memo, str) or len(memo) > MEMO_LIMIT_CHARS:
        problems.append(f"memo must be text of at most {MEMO_LIMIT_CHARS} characters")
    _refuse(problems)
    return NewTransfer(source, destination, amount, memo)


def parse_account_id(text: str) -> str:
    """Checks an account's id from a path."""
    if not _matches(ACCOUNT_ID, text):
        raise InvalidRequestError("An account's id has 1 to 63 characters from a-z, 0-9 and -")
    return text


def parse_idempotency_key(text: str | None) -> str:
    """Checks the Idempotency-Key header: without it, a client that repeats a lost request would pay twice."""
    if not _matches(IDEMPOTENCY_KEY, text):
        raise InvalidRequestError(
            "Send an Idempotency-Key header, new for each transfer: 8 to 128 letters, digits, _ or -"
        )
    return text


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _refuse(problems: list[str]) -> None:
    if problems:
        raise InvalidRequestError("; ".join(problems))
