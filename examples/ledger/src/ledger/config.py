"""What the ledger must know to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LARGEST_PORT = 65535


@dataclass(frozen=True)
class Config:
    """The whole configuration.

    port: PORT, where the ledger listens; default 8000.
    redis_url: from the file that REDIS_URL_FILE names, because a container's environment is readable by
        many; REDIS_URL is for a laptop.
    key_prefix: REDIS_KEY_PREFIX, the start of every key. Redis lets the app's user touch no other keys.
    """

    port: int
    redis_url: str
    key_prefix: str


def read_config(env: Mapping[str, str]) -> Config:
    """Reads the configuration; raises ValueError that says which variable to set to what."""
    port = env.get("PORT", "8000")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= LARGEST_PORT:
        raise ValueError(f"PORT must be a whole number from 1 to {LARGEST_PORT}")
    redis_url = find_redis_url(env)
    if redis_url is None:
        raise ValueError(
            "The ledger needs Redis: set REDIS_URL_FILE to a file that holds redis://user:password@host:6379/0"
        )
    return Config(int(port), redis_url, env.get("REDIS_KEY_PREFIX", "ledger:"))


def find_redis_url(env: Mapping[str, str]) -> str | None:
    """The URL of Redis, or None when none is configured; raises ValueError for an empty file."""
    file = env.get("REDIS_URL_FILE")
    if not file:
        return env.get("REDIS_URL") or None
    url = Path(file).read_text(encoding="utf-8").strip()
    if not url:
        raise ValueError(f"REDIS_URL_FILE names {file}, which is empty")
    return url
