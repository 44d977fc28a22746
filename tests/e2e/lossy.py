"""A UDP relay that loses packets, the same ones in every run."""
# SPDX-License-Identifier: MIT
import hashlib
import selectors
import socket
import threading


class Lossy:
    """Stands before a name server and drops a share of what passes, questions
    and answers alike.  What is dropped hangs on the question and on how often
    it was asked, not on the order in which packets happen to come."""

    def __init__(self, server, share, seed):
        host, port = server.rsplit(":", 1)
        self.server = (host, int(port))
        self.share, self.seed = share, seed
        self.passed = self.dropped = 0
        self.seen = {}
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.front.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.front, selectors.EVENT_READ)
        self.wake, self.woken = socket.socketpair()
        self.selector.register(self.woken, selectors.EVENT_READ)
        self.clients = {}
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def lost(self, way, packet):
        """Whether this one goes; the question is what follows the header."""
        end = packet.index(b"\0", 12) + 5
        key = way, packet[12:end].lower()
        self.seen[key] = count = self.seen.get(key, 0) + 1
        word = "%s %s %d" % (self.seed, key, count)
        number = int.from_bytes(
            hashlib.sha256(word.encode()).digest()[:4], "big")
        gone = number < self.share * 2**32
        self.dropped += gone
        self.passed += not gone
        return gone

    def ask(self):
        packet, client = self.front.recvfrom(65535)
        if self.lost("question", packet):
            return
        if client not in self.clients:
            back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            back.connect(self.server)
            self.clients[client] = back
            self.selector.register(back, selectors.EVENT_READ, client)
        self.clients[client].send(packet)

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.woken:
                    return
                if key.fileobj is self.front:
                    self.ask()
                    continue
                packet = key.fileobj.recv(65535)
                if not self.lost("answer", packet):
                    self.front.sendto(packet, key.data)

    def close(self):
        self.wake.send(b"x")
        self.thread.join()
        for s in (self.front, self.wake, self.woken, *self.clients.values()):
            s.close()
        self.selector.close()
