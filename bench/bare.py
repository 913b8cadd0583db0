"""The limit of what a fan-out can cost here: what is posted goes to everyone who listens, and nowhere else.

python bench/bare.py PORT
"""

from __future__ import annotations

import asyncio
import itertools
import sys

import uvloop

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
DONE = b"HTTP/1.1 204 No Content\r\n\r\n"
listening: set[asyncio.Transport] = set()
numbers = itertools.count(1)


class Bare(asyncio.Protocol):
    """One connection: a stream, or posts one after the other."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # of uvloop's own kind
        self.transport, self.buffer = transport, b""

    def connection_lost(self, _: Exception | None) -> None:
        listening.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        if head.startswith(b"GET"):
            self.transport.write(HEAD)
            listening.add(self.transport)
            return
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        if len(rest) < length:
            return
        self.buffer = b""
        self.transport.write(DONE)
        frame = b"id: %d\nevent: note\ndata: %s\n\n" % (next(numbers), rest)
        for each in listening:
            each.write(frame)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
