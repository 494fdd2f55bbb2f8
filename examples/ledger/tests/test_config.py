"""The configuration."""

from pathlib import Path

import pytest

from ledger.config import read_config


def test_takes_the_url_from_the_file_without_the_line_end(tmp_path: Path) -> None:
    file = tmp_path / "redis-url"
    file.write_text("redis://a:b@redis:6379/0\n")
    config = read_config(
        {"REDIS_URL_FILE": str(file), "REDIS_URL": "redis://other", "REDIS_KEY_PREFIX": "ledger:01:"}
    )
    assert config.redis_url == "redis://a:b@redis:6379/0"
    assert config.key_prefix == "ledger:01:"


def test_has_defaults_for_a_laptop() -> None:
    config = read_config({"REDIS_URL": "redis://localhost"})
    assert (config.port, config.key_prefix) == (8000, "ledger:")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_refuses_a_port_that_is_none(port: str) -> None:
    with pytest.raises(ValueError, match="PORT"):
        read_config({"REDIS_URL": "redis://localhost", "PORT": port})


def test_says_what_to_set_when_there_is_no_redis(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="REDIS_URL_FILE"):
        read_config({})
    empty = tmp_path / "empty"
    empty.write_text("\n")
    with pytest.raises(ValueError, match="empty"):
        read_config({"REDIS_URL_FILE": str(empty)})
