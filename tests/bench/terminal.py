"""A program on a terminal of its own, and how soon it draws."""
# SPDX-License-Identifier: MIT
import ctypes
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

from measure import Failed

WIDTH, HEIGHT = 200, 60
QUIET = 0.3         # seconds of silence after which a frame is whole
SETTLED = 0.004     # the same after a key
BOUND = 10.0
SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
SHORT_NS, RESET_ON_FORK = 500000, 1
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()].|\x1b[=>]|[\x0e\x0f]")


def watch_closely():
    """Asks the system for short turns that come soon (Linux 6.12), so that
    on a busy machine the watch waits no longer than what it watches."""
    call = SCHED_SETATTR.get(os.uname().machine)
    if sys.platform == "linux" and call:
        turns = struct.pack("=IIQiIQQQ", 48, os.SCHED_OTHER, RESET_ON_FORK,
                            0, 0, SHORT_NS, 0, 0)
        ctypes.CDLL(None).syscall(call, 0, turns, 0)


class Terminal:
    """words[0] is run at once; used with `with`, which ends it."""

    def __init__(self, words, width=WIDTH, height=HEIGHT):
        size = struct.pack("HHHH", height, width, 0, 0)
        report, start = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
                os.environ.pop("NO_COLOR", None)
                os.write(start, b"%d" % time.perf_counter_ns())
                os.execv(words[0], words)
            finally:
                os._exit(127)
        os.close(start)
        self.started = int(os.read(report, 32)) / 1e9
        os.close(report)
        self.octets = 0

    def __enter__(self):
        return self

    def __exit__(self, *_what):
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.perf_counter() + 3
        while time.perf_counter() < deadline:
            self.read(0.02)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def read(self, wait):
        """What it wrote within the wait, or nothing."""
        if not select.select([self.fd], [], [], wait)[0]:
            return b""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return b""
        self.octets += len(data)
        return data

    def until_quiet(self, quiet, wanted=None):
        """What came, and when the last of it did; wanted: a pattern that has
        to come before silence counts."""
        data, last, end = b"", None, time.perf_counter() + BOUND
        while time.perf_counter() < end:
            ready = last is not None and (wanted is None or
                                          wanted.search(data))
            piece = self.read(quiet if ready else 0.05)
            if piece:
                data, last = data + piece, time.perf_counter()
            elif ready:
                return data, last
        raise Failed("%d octets and no whole frame on the terminal"
                     % len(data))

    def first_frame(self, wanted):
        data, last = self.until_quiet(QUIET)
        if wanted not in ESCAPES.sub(b"", data):
            raise Failed("no \"%s\" in the first frame" % wanted.decode())
        return last - self.started

    def key(self, octets, wanted=None):
        """Seconds from the key to the end of the repaint it caused."""
        start = time.perf_counter()
        os.write(self.fd, octets)
        _, last = self.until_quiet(SETTLED, wanted)
        return last - start

    def drain(self, how_long):
        end = time.perf_counter() + how_long
        while time.perf_counter() < end:
            self.read(max(0.0, end - time.perf_counter()))

    # --- what the kernel says of it

    def cpu(self):
        with open("/proc/%d/schedstat" % self.pid) as f:
            return int(f.read().split()[0]) / 1e9

    def status(self, name):
        with open("/proc/%d/status" % self.pid) as f:
            for line in f:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
        raise Failed("no %s in /proc" % name)

    def resident(self):
        return self.status("VmRSS") * 1024

    def wakeups(self):
        return self.status("voluntary_ctxt_switches")
