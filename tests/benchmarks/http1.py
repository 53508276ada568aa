"""HTTP/1.1 cut down to what a fake server and a load driver on loopback need, so that they stay light."""

import asyncio
from collections.abc import Iterator
from typing import Final, NamedTuple

END_OF_HEAD: Final = b"\r\n\r\n"


class HttpMessage(NamedTuple):
    """One request or response: its first line, its fields (names in lower case) and its whole body."""

    start: bytes
    fields: dict[bytes, bytes]
    body: bytes


class MessageReader:
    """Cuts a stream of bytes into HTTP messages, with a Content-Length or chunked."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[HttpMessage]:
        """Yield each message that `data` completes; what is left waits for more."""
        self._buffer += data
        while (head_end := self._buffer.find(END_OF_HEAD)) >= 0:
            start, fields = _read_head(self._buffer[:head_end])
            body_start = head_end + len(END_OF_HEAD)
            if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
                chunked = _read_chunks(self._buffer, body_start)
                if chunked is None:
                    return
                body, end = chunked
            else:
                end = body_start + int(fields.get(b"content-length", b"0"))
                if len(self._buffer) < end:
                    return
                body = self._buffer[body_start:end]
            self._buffer = self._buffer[end:]
            yield HttpMessage(start, fields, body)


class KeepAliveProtocol(asyncio.Protocol):
    """One connection that stays open; `received` is called with each whole message that arrives."""

    def __init__(self) -> None:
        self._reader = MessageReader()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for writing."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass on every message that is now whole."""
        for message in self._reader.feed(data):
            self.received(message)

    def received(self, message: HttpMessage) -> None:
        """Take one whole message; what this does is the subclass's to say."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Send bytes; on a closed connection they are dropped."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection once what was written has left."""
        if self._transport is not None:
            self._transport.close()


def _read_head(head: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    start, *lines = head.split(b"\r\n")
    fields = {}
    for line in lines:
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip()
    return start, fields


def _read_chunks(buffer: bytes, position: int) -> tuple[bytes, int] | None:
    """The body in chunks from `position` and where it ends, or None while it is not whole."""
    body = b""
    while (line_end := buffer.find(b"\r\n", position)) >= 0:
        size = int(buffer[position:line_end].split(b";")[0], 16)
        chunk_start = line_end + 2
        chunk_end = chunk_start + size
        if len(buffer) < chunk_end + 2:
            return None
        if size == 0:
            return body, chunk_end + 2
        body += buffer[chunk_start:chunk_end]
        position = chunk_end + 2
    return None
