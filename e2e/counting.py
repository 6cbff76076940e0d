"""A proxy between commands and an S3 server: counts what passes, and can be slow or away."""

import collections
import contextlib
import re
import socket
import threading
import time
import urllib.parse

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


class Proxy:
    """Passes on what comes, byte for byte, and counts requests by kind as the server sees them."""

    def __init__(self, endpoint):
        server = urllib.parse.urlsplit(endpoint)
        self._server = (server.hostname, server.port)
        self._lock = threading.Lock()
        self._connections = set()
        self._listener = None
        self._port = 0
        self.requests = collections.Counter()
        self.received = 0
        self.delay = 0.0
        self._waiting = 0
        self._waited = 0.0
        self._since = 0.0
        self.up()
        self.endpoint = f"http://127.0.0.1:{self._port}"

    def up(self):
        """Takes connections, on the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(128)
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def down(self):
        """Ends all connections and takes none."""
        # Closing alone does not wake the thread that waits in accept().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections, self._connections = self._connections, set()
        for connection in connections:
            _end(connection)

    close = down

    def count(self):
        """The requests so far, and from now on anew."""
        with self._lock:
            counted, self.requests = self.requests, collections.Counter()
        return counted

    def waits(self):
        """How many delays there were one after the other so far, and from now on anew: what requests at the same time take counts once."""
        with self._lock:
            waited, self._waited = self._waited, 0.0
        return waited / self.delay

    def _wait(self):
        with self._lock:
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting += 1
        time.sleep(self.delay)
        with self._lock:
            self._waiting -= 1
            if not self._waiting:
                self._waited += time.monotonic() - self._since

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connections |= {client, server}
            threading.Thread(target=self._requests, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answers, args=(client, server), daemon=True).start()

    def _requests(self, client, server):
        read = b""
        try:
            while True:
                while b"\r\n\r\n" not in read:
                    more = client.recv(1 << 16)
                    if not more:
                        return
                    read += more
                head, read = read.split(b"\r\n\r\n", 1)
                kind = _kind(head)
                with self._lock:
                    self.requests[kind] += 1
                self._wait()
                server.sendall(head + b"\r\n\r\n")
                length = _LENGTH.search(head)
                left = int(length[1]) if length else 0
                while left:
                    body, read = read[:left], read[left:]
                    server.sendall(body)
                    left -= len(body)
                    if left:
                        read = client.recv(1 << 16)
                        if not read:
                            return
        except OSError:
            pass
        finally:
            self._forget(client, server)

    def _answers(self, client, server):
        try:
            while answer := server.recv(1 << 16):
                with self._lock:
                    self.received += len(answer)
                client.sendall(answer)
        except OSError:
            pass
        finally:
            self._forget(client, server)

    def _forget(self, *ends):
        with self._lock:
            self._connections -= set(ends)
        for end in ends:
            _end(end)


def _end(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _kind(head):
    """What a request does, by which stores charge for it."""
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query, keep_blank_values=True)
    if method == "GET" and ("list-type" in query or "uploads" in query or "uploadId" in query):
        return "LIST"
    if method == "POST" and "delete" in query:
        return "DELETE"
    return {"POST": "PUT"}.get(method, method)
