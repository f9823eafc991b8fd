"""The application for an ASGI server: ``uvicorn --factory priorwire.asgi:create``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI

from priorwire import bootstrap, observability
from priorwire.api.app import create_app
from priorwire.config import load_settings


def create() -> FastAPI:
    """The API over the configured store and channels, with a worker inside unless settings say otherwise.

    Raises:
        ConfigurationError, GuideError, StoreError: what is wrong and what to do.
    """
    settings = load_settings()
    observability.configure(settings.log_level, settings.log_format)
    services = bootstrap.make_services(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        worker = bootstrap.make_worker(settings, services) if settings.worker_in_process else None
        if worker is not None:
            # Its engine refuses to be set up on a running event loop.
            await asyncio.to_thread(worker.start)
        try:
            yield
        finally:
            if worker is not None:
                # With the time that open requests were given before, less than a service manager's minute.
                await asyncio.to_thread(worker.stop, timedelta(seconds=25))

    secret = settings.fax_secret.get_secret_value() if settings.fax_secret else None
    return create_app(services, fax_secret=secret, lifespan=lifespan)
