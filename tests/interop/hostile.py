# SPDX-License-Identifier: BSD-2-Clause
"""Servers that are none, and proxies that cut connections or stutter."""
import contextlib
import socket
import threading
import time


class Fake:
    """Calls `serve` with each connection, in a thread of its own, and closes it afterwards."""

    def __init__(self, place, serve):
        self.place, self.known_hosts = place, "/dev/null"
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.serve, self.done = serve, threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        with connection, contextlib.suppress(OSError):
            self.serve(connection, self.done)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.done.set()
        # A blocked accept() keeps the port open after close().
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Cutter(Fake):
    """Passes a connection on to a real server, until so many octets went from the server (`down`) or
    from the client (`up`); then closes both ends. `counts` has what went through, [up, down]."""

    def __init__(self, server, up=None, down=None):
        self.server_port, self.limits, self.counts = server.port, [up, down], [0, 0]
        super().__init__(server.place, self.relay)
        self.known_hosts = server.place.path / f"known_hosts-{self.port}"
        self.known_hosts.write_text(server.known_hosts.read_text().replace(f":{server.port} ", f":{self.port} "))

    def relay(self, client, _):
        with socket.create_connection(("127.0.0.1", self.server_port)) as server:
            other = threading.Thread(target=self.move, args=(0, client, server), daemon=True)
            other.start()
            self.move(1, server, client)
            other.join(5)

    def move(self, direction, source, target):
        with contextlib.suppress(OSError):
            while True:
                limit = self.limits[direction]
                room = 65536 if limit is None else limit - self.counts[direction]
                data = source.recv(room) if room else b""
                if not data:
                    break
                self.counts[direction] += len(data)
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Stutter(Cutter):
    """Passes on a piece, then nothing for a moment: buffers on the way fill, and empty all at once."""

    def __init__(self, server, piece=6 << 20, pause=0.25):
        self.piece, self.pause = piece, pause
        super().__init__(server)

    def move(self, direction, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 20):
                target.sendall(data)
                before, self.counts[direction] = self.counts[direction], self.counts[direction] + len(data)
                if before // self.piece != self.counts[direction] // self.piece:
                    time.sleep(self.pause)
            target.shutdown(socket.SHUT_WR)


def cut_places(total, plain=128, step=13, full=False):
    """Every octet of the first `plain`, then every `step`th."""
    return list(range(total)) if full else [*range(min(plain, total)), *range(plain, total, step)]
