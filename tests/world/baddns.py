#!/usr/bin/env python3
"""A DNS server that misbehaves: the label before broken.test. says how."""
# SPDX-License-Identifier: MIT
# Any name at or under BEHAVIOUR.broken.test. gets that treatment; see
# BEHAVIOURS at the end.  Everything else is refused.
import os
import socket
import socketserver
import struct
import sys
import threading
import time

A, CNAME, PTR, MX, TXT, AAAA = 1, 5, 12, 15, 16, 28
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
SUFFIX = (b"broken", b"test")


class Query:
    """The one question of a message, and where it came from."""

    def __init__(self, message, tcp):
        self.id, self.flags, count = struct.unpack("!3H", message[:6])
        if count != 1 or self.flags & 0x8000:
            raise ValueError("not a question")
        labels, at = [], 12
        while message[at]:
            size = message[at]
            if size > 63:
                raise ValueError("compressed question")
            labels.append(message[at + 1:at + 1 + size])
            at += 1 + size
        self.type, self.cls = struct.unpack("!2H", message[at + 1:at + 5])
        self.question = message[12:at + 5]
        self.labels = labels
        self.key = tuple(part.lower() for part in labels)
        self.tcp = tcp

    @property
    def behaviour(self):
        if self.key[-2:] != SUFFIX or len(self.key) < 3:
            return None
        return self.key[-3].decode("latin-1")


def name(*labels):
    parts = [p if isinstance(p, bytes) else p.encode() for p in labels]
    return b"".join(bytes([len(p)]) + p for p in parts) + b"\0"


def texts(data):
    """One TXT record's data of any length."""
    return b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255]
                    for i in range(0, max(len(data), 1), 255))


def record(kind, data, owner=b"\xc0\x0c", ttl=5):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def answer(query, records=(), rcode=NOERROR, truncated=False, question=None):
    flags = 0x8580 | rcode | (0x0200 if truncated else 0)
    return struct.pack("!6H", query.id, flags, 1, len(records), 0, 0) + \
        (question or query.question) + b"".join(records)


def plain(query):
    """What an honest server would say, for a few types."""
    if query.type == TXT:
        if query.key[0] == b"_dmarc":
            return answer(query, [record(TXT, texts(
                b"v=DMARC1; p=reject"))])
        if len(query.key) == 3:
            return answer(query, [record(TXT, texts(b"v=spf1 -all"))])
    if query.type == A and len(query.key) == 3:
        return answer(query, [record(A, b"\xc0\x00\x02\x01")])
    return answer(query, [])


def timeout(_query):
    return None


def code(rcode):
    return lambda query: answer(query, rcode=rcode)


def truncated(query):
    """Truncated over UDP, whole over TCP."""
    if not query.tcp:
        return answer(query, truncated=True)
    if query.type == TXT and len(query.key) == 3:
        return answer(query, [
            record(TXT, texts(b"v=spf1 -all")),
            record(TXT, texts(b"padding " * 200))])
    return plain(query)


def always_truncated(query):
    return answer(query, truncated=True)


def tcp_hang(query):
    """Truncated, and the connection that follows is never answered."""
    return None if query.tcp else answer(query, truncated=True)


def tcp_short(query):
    """The length prefix promises more than comes."""
    return b"\xff" * 10 if query.tcp else answer(query, truncated=True)


def garbage(query):
    return struct.pack("!H", query.id) + os.urandom(200)


def wrong_id(query):
    right = plain(query)
    return struct.pack("!H", query.id ^ 0x5555) + right[2:]


def wrong_question(query):
    other = name("another", "name", "test") + query.question[-4:]
    return answer(query, [record(TXT, texts(b"v=spf1 +all"))],
                  question=other)


def short(query):
    return plain(query)[:7]


def cut(query):
    """Ends in the middle of a record."""
    return answer(query, [record(TXT, texts(b"v=spf1 -all"))])[:-6]


def cname_loop(query):
    """a is b and b is a."""
    here = name(*query.labels)
    there = name("again", *query.labels[-3:])
    return answer(query, [record(CNAME, there),
                          record(CNAME, here, owner=there)])


def cname_chain(query):
    """Every name is an alias of one more."""
    head = query.key[0]
    n = int(head[1:]) + 1 if head[:1] == b"n" and head[1:].isdigit() else 1
    return answer(query, [record(CNAME, name("n%d" % n,
                                             *query.labels[-3:]))])


def pointer_loop(query):
    """A compression pointer that points at itself."""
    at = 12 + len(query.question)
    owner = struct.pack("!H", 0xc000 | at)
    return answer(query, [record(query.type, b"\xc0\x0c", owner=owner)])


def bad_length(query):
    good = record(TXT, texts(b"v=spf1 -all"))
    return answer(query, [good[:10] + b"\xff\xf0" + good[12:]])


def bad_count(query):
    reply = answer(query, [record(TXT, texts(b"v=spf1 -all"))])
    return reply[:6] + b"\xff\xff" + reply[8:]


def string_overrun(query):
    """A character string longer than its record."""
    return answer(query, [record(TXT, b"\xf0v=spf1 -all")])


def huge(query):
    """64 KiB of TXT."""
    if not query.tcp:
        return answer(query, truncated=True)
    if query.type != TXT:
        return plain(query)
    return answer(query, [record(TXT, texts(b"v=spf1 " + b"a:x.test " * 7000))])


def flood(query):
    """As many records as fit, each of them SPF."""
    if not query.tcp:
        return answer(query, truncated=True)
    if query.type != TXT:
        return plain(query)
    return answer(query, [record(TXT, texts(b"v=spf1 -all"))] * 2500)


def escapes(query):
    evil = b"v=spf1 \x1b[2J\x1b]0;x\x07\xe2\x80\xae\x00\xff\xc3( -all"
    return answer(query, [record(TXT, texts(evil))]) \
        if query.type == TXT else plain(query)


def slow(query):
    time.sleep(1.5)
    return plain(query)


class Lossy:
    """The first two times a question comes it is lost."""

    def __init__(self):
        self.seen = {}
        self.lock = threading.Lock()

    def __call__(self, query):
        key = (query.key, query.type)
        with self.lock:
            self.seen[key] = self.seen.get(key, 0) + 1
            if self.seen[key] % 3:
                return None
        return plain(query)


def no_edns(query):
    """An old server: FORMERR to anything with an OPT record."""
    return answer(query, rcode=FORMERR) if query.edns else plain(query)


BEHAVIOURS = {
    "ok": plain, "timeout": timeout, "servfail": code(SERVFAIL),
    "refused": code(REFUSED), "formerr": code(FORMERR),
    "notimp": code(NOTIMP), "nxdomain": code(NXDOMAIN),
    "rcode15": code(15), "truncated": truncated,
    "always-truncated": always_truncated, "tcp-hang": tcp_hang,
    "tcp-short": tcp_short, "garbage": garbage, "wrong-id": wrong_id,
    "wrong-question": wrong_question, "short": short, "cut": cut,
    "cname-loop": cname_loop, "cname-chain": cname_chain,
    "pointer-loop": pointer_loop, "bad-length": bad_length,
    "bad-count": bad_count, "string-overrun": string_overrun,
    "huge": huge, "flood": flood, "escapes": escapes, "slow": slow,
    "lossy": Lossy(), "no-edns": no_edns,
}


def respond(message, tcp):
    try:
        query = Query(message, tcp)
    except (ValueError, IndexError, struct.error):
        return None
    query.edns = struct.unpack("!H", message[10:12])[0] > 0
    act = BEHAVIOURS.get(query.behaviour)
    return act(query) if act else answer(query, rcode=REFUSED)


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        message, socket_ = self.request
        reply = respond(message, False)
        if reply is not None:
            socket_.sendto(reply[:65000], self.client_address)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            head = self.rfile.read(2)
            if len(head) < 2:
                return
            message = self.rfile.read(struct.unpack("!H", head)[0])
            reply = respond(message, True)
            if reply is None:
                self.rfile.read(1)      # until the client gives up
                return
            size = 0x4000 if reply == b"\xff" * 10 else len(reply)
            self.wfile.write(struct.pack("!H", size) + reply)


class UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    max_packet_size = 65535


class TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    udp = UdpServer((host, port), Udp)
    udp.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    tcp = TcpServer((host, port), Tcp)
    threading.Thread(target=tcp.serve_forever, daemon=True).start()
    print("ready", flush=True)
    udp.serve_forever()


if __name__ == "__main__":
    main()
