"""A small TCP proxy between a service and a server: it passes, delays, falls silent, or cuts every connection."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

CHUNK = 16 * 1024


class Proxy:
    """Listens on a port of its own and passes everything on to `port`, until it is told otherwise.

    `cut` drops what is connected and refuses whoever comes; `silence` takes everything and passes nothing on, as a cable that was
    pulled; `slow` delays every piece; `mend` passes again. What was silenced stays dead: its connections are cut when mended.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._writers: set[asyncio.StreamWriter] = set()
        self._delay = 0.0
        self._silent = False
        self._closed = False
        self.cuts = 0
        """Connections that were cut."""
        self.swallowed = 0
        """Bytes that were taken and not passed on."""
        self.delayed = 0
        """Pieces that were delayed."""
        self._server = self._wait(asyncio.start_server(self._pass_on, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Cut every connection, and any new one at once."""
        self._closed = True
        self._loop.call_soon_threadsafe(self._abort)

    def silence(self) -> None:
        """Pass nothing on any more and say nothing about it."""
        self._silent = True

    def slow(self, seconds: float) -> None:
        """Pass every piece on so much later."""
        self._delay = seconds

    def mend(self) -> None:
        """Pass everything on again, for new connections."""
        was_silent, self._silent, self._closed, self._delay = self._silent, False, False, 0.0
        if was_silent:
            self._loop.call_soon_threadsafe(self._abort)

    def close(self) -> None:
        """End it."""
        self._server.close()
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
            self.cuts += 1
        self._writers.clear()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self._closed:
                self.cuts += 1
                return
            to_server, from_server = await self._connect()
            self._writers.add(from_server)
            await asyncio.gather(self._pump(reader, from_server), self._pump(to_server, writer))
        except OSError:
            return
        finally:
            writer.transport.abort()
            self._writers.discard(writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._target)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self._delay:
                    self.delayed += 1
                    await asyncio.sleep(self._delay)
                if self._silent:
                    self.swallowed += len(piece)
                    continue
                writer.write(piece)
                await writer.drain()
        if not self._silent:
            writer.transport.abort()
            self._writers.discard(writer)
