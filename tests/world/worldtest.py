"""What the tests of the world share: one world, started at the first use."""
# SPDX-License-Identifier: MIT
import atexit
import datetime
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WORLD = os.path.join(HERE, "world")
ENV = {}
LONGEST = 60        # octets of a temporary directory
PATIENCE = 60       # seconds that an answer may take on a busy machine
TODAY = datetime.date(2026, 11, 21)
NEWEST = datetime.date(2026, 11, 19)


def short_directory(prefix):
    """A new directory; a long name fits into no socket's, nor into a line of
    settings."""
    near = tempfile.gettempdir()
    return tempfile.mkdtemp(prefix=prefix,
                            dir=near if len(near) <= LONGEST else "/tmp")


def start():
    """Starts the world that all tests of this run share."""
    if "WORLD_DNS" in ENV:
        return
    if "tmp" not in ENV:
        ENV["tmp"] = short_directory("world-test-")
        atexit.register(stop)
    out = subprocess.run(
        [sys.executable, WORLD, "start", ENV["tmp"] + "/w", "--today",
         str(TODAY), "--bench", "50", "--bench-api"],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    ENV.update(line.split("=", 1) for line in out.splitlines())


def stop():
    subprocess.run([sys.executable, WORLD, "stop", ENV["tmp"] + "/w"],
                   check=True, stderr=subprocess.DEVNULL)
    shutil.rmtree(ENV["tmp"])


def dns(server, name, kind, tcp=False, flags=0, seconds=PATIENCE):
    """(rcode, truncated, answers, raw) of a question."""
    host, port = server.split(":")
    query = struct.pack("!6H", 4711, 0x100 | flags, 1, 0, 0, 0) + b"".join(
        bytes([len(p)]) + p.encode() for p in name.split(".")) + \
        b"\0" + struct.pack("!2H", kind, 1)
    how = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, how) as s:
        s.settimeout(seconds)
        s.connect((host, int(port)))
        if tcp:
            f = s.makefile("rwb")
            f.write(struct.pack("!H", len(query)) + query)
            f.flush()
            raw = f.read(struct.unpack("!H", f.read(2))[0])
        else:
            s.send(query)
            raw = s.recv(65535)
    flags, _, count = struct.unpack("!3H", raw[2:8])
    return flags & 15, bool(flags & 0x200), count, raw
