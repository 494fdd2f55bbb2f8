"""Runs the ledger: `python -m ledger`, with `--reload` to start anew after each edit."""

import os
import signal
import sys
from pathlib import Path

import uvicorn

from ledger.config import read_config

# Shorter than the ten seconds after which an engine kills a container.
STOP_TIMEOUT_SECONDS = 8


def main() -> None:
    """Checks the configuration before anything starts, then serves until told to stop."""
    try:
        config = read_config(os.environ)
    except (ValueError, OSError) as error:
        sys.exit(f"The ledger cannot start: {error}")
    reload = "--reload" in sys.argv[1:]
    # uvicorn stops cleanly and then repeats the signal, which would look like a crash.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        "ledger.main:application",
        factory=True,
        # Inside a container; the network around it decides who reaches it.
        host="0.0.0.0",  # noqa: S104
        port=config.port,
        reload=reload,
        reload_dirs=[str(Path(__file__).parent.parent)] if reload else None,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=STOP_TIMEOUT_SECONDS,
    )


if __name__ == "__main__":
    main()
