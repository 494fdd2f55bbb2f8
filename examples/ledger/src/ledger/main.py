"""What uvicorn loads."""

import os

from starlette.applications import Starlette

from ledger.app import create_app
from ledger.config import read_config


def application() -> Starlette:
    """The application, configured from the environment."""
    return create_app(read_config(os.environ))
