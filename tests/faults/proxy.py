"""A small TCP proxy between a service and a server: it passes, delays, falls silent, or cuts every connection."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

CHUNK = 16 * 1024


class Proxy:
    """Listens on a port of its own and passes everything on to `port`, until it is told otherwise.

    `cut` drops what is connected and refuses whoever comes; `silence` takes everything and passes nothing on, as a server that
    hangs; `slow` delays every piece; `mend` passes again. What was silenced stays dead: its connections are cut when mended.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._pairs: dict[asyncio.Task[Any], tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = {}
        self._delay = 0.0
        self._silent = False
        self._refuses = False
        self.cuts = 0
        """Connections that were cut, each counted once."""
        self.swallowed = 0
        """Bytes that were taken and not passed on."""
        self.delayed = 0
        """Pieces that were delayed."""
        self._server = self._on_loop(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def connections(self) -> int:
        """How many connections go through it at present."""
        return len(self._pairs)

    def cut(self) -> None:
        """Cut every connection, and refuse whoever comes."""
        self._refuses = True
        self._on_loop(self._cut())

    def silence(self) -> None:
        """Pass nothing on any more and say nothing about it."""
        self._silent = True

    def slow(self, seconds: float) -> None:
        """Pass every piece on so much later."""
        self._delay = seconds

    def mend(self) -> None:
        """Pass everything on again, for new connections."""
        was_silent, self._silent, self._refuses, self._delay = self._silent, False, False, 0.0
        if was_silent:
            self._on_loop(self._cut())

    def close(self) -> None:
        """End it; nothing is left half-open at the server behind it."""

        async def end() -> None:
            self._server.close()
            await self._cut()

        self._refuses = True
        self._on_loop(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _on_loop(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _cut(self) -> None:
        going = dict(self._pairs)
        for pair in going.values():
            self.cuts += 1
            for writer in pair:
                writer.transport.abort()
        if going:
            await asyncio.wait(going, timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._pairs[task] = writer, to_server
        try:
            pumps = [asyncio.ensure_future(self._pump(*way)) for way in ((reader, to_server), (from_server, writer))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)
        finally:
            del self._pairs[task]
            writer.transport.abort()
            to_server.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self._silent:
                    self.swallowed += len(piece)
                    continue
                if self._delay:
                    self.delayed += 1
                    await asyncio.sleep(self._delay)
                writer.write(piece)
                await writer.drain()
            writer.close()  # the last words of whoever ends the conversation still arrive
            await writer.wait_closed()
