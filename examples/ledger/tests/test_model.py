"""The rules for a stranger's input."""

from typing import Any

import pytest

from ledger.errors import InvalidRequestError
from ledger.model import parse_account, parse_idempotency_key, parse_transfer

GOOD = {"from": "ada", "to": "bob", "amount": 100, "memo": "lunch"}


def test_takes_a_transfer() -> None:
    transfer = parse_transfer(GOOD)
    assert (transfer.source, transfer.destination, transfer.amount) == ("ada", "bob", 100)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -5},
        {"amount": 1.5},
        {"amount": True},
        {"amount": "100"},
        {"amount": 10**12 + 1},
        {"to": "ada"},
        {"to": "Bob"},
        {"to": "a:b"},
        {"from": None},
        {"memo": 5},
        {"memo": "x" * 201},
    ],
)
def test_refuses_a_transfer_that_makes_no_sense(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError):
        parse_transfer({**GOOD, **change})


def test_names_all_problems_at_once() -> None:
    with pytest.raises(InvalidRequestError, match=r"from .*; to .*; amount "):
        parse_transfer(None)


def test_takes_an_account_without_overdraft_unless_asked() -> None:
    assert parse_account({"id": "ada", "currency": "EUR"}).overdraft is False


@pytest.mark.parametrize("change", [{"id": "Ada"}, {"id": ""}, {"currency": "eur"}, {"overdraft": "yes"}])
def test_refuses_an_account_that_makes_no_sense(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError):
        parse_account({"id": "ada", "currency": "EUR", **change})


@pytest.mark.parametrize("key", [None, "", "short", "has space", "x" * 129])
def test_wants_a_usable_idempotency_key(key: str | None) -> None:
    with pytest.raises(InvalidRequestError, match="Idempotency-Key"):
        parse_idempotency_key(key)
