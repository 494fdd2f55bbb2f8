"""A double-entry ledger on Redis."""
