"""A terminal that takes a kilobyte a second, or nothing at all."""
# SPDX-License-Identifier: MIT
import fcntl
import os
import struct
import termios
import threading
import time

import harness
from harness import Case, query, wait
from screen import Pty

RATE = 1024         # octets a second
PROMPT = 0.1        # within which a key is acted on
SIZES = ((1, 1), (500, 200), (10, 3), (200, 60), (40, 10), (120, 40))


class Slow(Case):
    """Timed, so alone."""
    alone = True

    def start(self, width=200, height=60):
        self.db = self.store()
        p = Pty(self, ["--config", harness.world("CONFIG"), "--store",
                       self.db, "--no-collector"], width, height)
        p.wait(lambda b: b"help" in b, "the first frame")
        return p

    def drain(self, p, stop):
        """Reads like a slow line does."""
        while not stop.is_set():
            time.sleep(0.05)
            try:
                got = os.read(p.fd, RATE // 20)
            except OSError:
                return
            if not got:
                return
            self.drained += got

    def prompt(self, what, test):
        """The best of a few: the machine may be busy, sendtop may not."""
        began = time.monotonic()
        wait(test, what)
        return time.monotonic() - began

    def noted(self):
        return query(self.db, "SELECT count(*) FROM note")[0][0]

    def test_keys_while_a_frame_is_on_its_way(self):
        p = self.start()
        pace = harness.pace()
        self.drained = b""
        stop = threading.Event()
        thread = threading.Thread(target=self.drain, args=(p, stop))
        thread.start()
        try:
            best = []
            for n in range(1, 6):
                # Whole frames, each of which takes seconds on this line.
                p.send(b"\x0c\x06\x0c\x02\x0c")
                time.sleep(0.1)
                p.send(b"nx\r")
                best.append(self.prompt(
                    "note %d" % n, lambda n=n: self.noted() == n))
            limit = harness.limit(PROMPT, pace)
            self.assertLess(min(best), limit, best)
            self.assertLess(sorted(best)[2], 2 * limit, best)
        finally:
            stop.set()
            thread.join()

    def test_quit_while_nobody_reads(self):
        """Neither a full pipe nor a cut sequence keeps it or shows."""
        p = self.start()
        for _ in range(20):
            p.send(b"\x0c\x06")
            time.sleep(0.01)
        pace = harness.pace()
        p.send(b"q")
        began = time.monotonic()
        pid, p.pid = p.pid, 0
        wait(lambda: os.waitpid(pid, os.WNOHANG)[0], "its end")
        self.assertLess(time.monotonic() - began, harness.limit(1, pace))
        mark = len(p.bytes)
        while p.take(0.2) and len(p.bytes) > mark:
            mark = len(p.bytes)
        end = p.bytes[-400:]
        # What was cut is cancelled, and then the terminal is given back.
        self.assertIn(b"\x18", end)
        self.assertIn(b"\x1b[?1049l", end.split(b"\x18")[-1])
        self.assertIn(b"1000l", end.split(b"\x18")[-1])

    def test_frames_are_skipped(self):
        """What is never seen is never sent: no queue grows."""
        p = self.start()
        for _ in range(300):
            p.send(b"\x0c")
            time.sleep(0.003)
        time.sleep(0.3)
        mark = len(p.bytes)
        while p.take(0.5) and len(p.bytes) > mark:
            mark = len(p.bytes)
        # A frame is some ten kilobytes: two or three of them, not 300.
        self.assertLess(len(p.bytes), 400000)
        p.redraw(r"news\.example\.test")

    def test_resize_storm_while_nobody_reads(self):
        p = self.start()
        for _ in range(5):
            for width, height in SIZES:
                fcntl.ioctl(p.fd, termios.TIOCSWINSZ, struct.pack(
                    "4H", height, width, 0, 0))
                time.sleep(0.005)
        fcntl.ioctl(p.fd, termios.TIOCSWINSZ,
                    struct.pack("4H", 24, 80, 0, 0))
        p.send(b"nafter the storm\r")
        wait(lambda: self.noted() == 1, "the note")
        p.redraw(r"news\.example\.test +CRIT")
        p.send(b"q")
        self.assertEqual(p.ended(), 0)
