"""Why a request cannot be done; the message is for whoever sent it."""


class LedgerError(Exception):
    """A request that the ledger refuses."""

    status = 400


class InvalidRequestError(LedgerError):
    """The request itself is wrong."""

    status = 400


class UnknownError(LedgerError):
    """What the request names does not exist."""

    status = 404


class ConflictError(LedgerError):
    """The request is right, but not in the present state of the ledger."""

    status = 409


class KeyReusedError(LedgerError):
    """An idempotency key came back with another transfer."""

    status = 422
