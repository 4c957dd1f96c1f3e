"""Messages over a stream socket, each with its length in front; nothing waits past a moment of the monotonic clock."""

import socket
import struct
import time

MOST_BYTES = 32 * 1024 * 1024
_LENGTH = struct.Struct(">I")


def send(line: socket.socket, message: bytes, *, until: float) -> None:
    """Send one message; raise TimeoutError when it is not taken by `until`, OSError when nobody listens any more."""
    for part in (_LENGTH.pack(len(message)), message):
        line.settimeout(_left(until))
        line.sendall(part)


def receive(line: socket.socket, *, until: float) -> bytes:
    """Return the next message; raise TimeoutError past `until`, EOFError when the other side is gone, ValueError for nonsense."""
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size, until=until))
    if length > MOST_BYTES:
        raise ValueError("a message too long to be one of ours")
    return _exactly(line, length, until=until)


def _exactly(line: socket.socket, length: int, *, until: float) -> bytes:
    message = bytearray(length)
    rest = memoryview(message)
    while rest:
        line.settimeout(_left(until))
        count = line.recv_into(rest)
        if count == 0:
            raise EOFError("the other side is gone")
        rest = rest[count:]
    return bytes(message)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("out of time")
    return left
