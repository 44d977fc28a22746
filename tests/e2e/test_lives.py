"""Two processes, one store: what happens when either is killed."""
# SPDX-License-Identifier: MIT
import os
import random
import re
import signal
import sqlite3
import subprocess
import time

import harness
from harness import Case, Silent, alive, children, integrity, query, wait
from screen import Pty, Screen
from stories import STORIES


class Pair(Case):
    """The screen and the collector that it started."""
    cost = 4

    def words(self, *more):
        return ["--config", harness.world("CONFIG"), "--store", self.store(),
                *more]

    def screen(self, *more, width=120):
        screen = Screen(self, self.words(*more), width=width)
        screen.wait(r"news\.example\.test")
        return screen

    def collector(self, pid):
        return wait(lambda: children(pid), "a collector")[0]

    def test_collector_killed(self):
        screen = self.screen()
        pid = self.collector(screen.pid())
        os.kill(pid, signal.SIGKILL)
        screen.wait(r"the collector was ended by signal 9; it starts again "
                    r"at \d\d:\d\d:\d\d UTC")
        # At once: nobody polls in so many hours.
        screen.wait(r"^ nobody collects ")
        self.assertNotRegex(screen.text(), r"next (poll|probe) in")
        # It goes on meanwhile, and the terminal is whole.
        screen.press("j", r"^\u25b8edge\.test")
        screen.press("Enter", r"\[1 Summary\]")
        self.assertEqual(len(screen.text().split("\n")), 25)
        screen.press("Escape", r"^\u25b8edge\.test")
        wait(lambda: [c for c in children(screen.pid()) if c != pid],
             "a new collector", 20)
        screen.wait_gone(r"was ended by signal", 20)
        screen.wait_gone(r"nobody collects", 20)
        screen.press("r", r"probe of edge\.test done", 20)
        screen.keys("q")
        self.assertEqual(screen.status(), 0)
        self.assertEqual(integrity(self.file("store.db")), "ok")

    def test_collector_killed_again(self):
        """The sooner it ends, the longer it is waited for."""
        screen = self.screen()
        for least, most in ((0, 10), (11, 20)):
            pid = wait(lambda: children(screen.pid()), "a collector", 20)[0]
            os.kill(pid, signal.SIGKILL)
            at = screen.wait(r"it starts again at (\d+):(\d+):(\d+) UTC")
            now = time.gmtime()
            wait_s = (int(at[1]) - now.tm_hour) * 3600 + (
                int(at[2]) - now.tm_min) * 60 + int(at[3]) - now.tm_sec
            self.assertTrue(least <= wait_s % 86400 <= most, at[0])

    def test_screen_killed(self):
        screen = self.screen()
        pid = screen.pid()
        collector = self.collector(pid)
        os.kill(pid, signal.SIGKILL)
        harness.gone(collector, 2)
        self.assertEqual(integrity(self.file("store.db")), "ok")

    def test_screen_quits(self):
        screen = self.screen()
        collector = self.collector(screen.pid())
        screen.keys("q")
        self.assertEqual(screen.status(), 0)
        self.assertFalse(alive(collector))

    def test_quit_while_probing(self):
        screen = self.screen()
        collector = self.collector(screen.pid())
        pace = harness.pace()
        screen.keys("r", "R", "q")
        began = time.monotonic()
        self.assertEqual(screen.status(), 0)
        self.assertLess(time.monotonic() - began, harness.limit(3, pace))
        self.assertFalse(alive(collector))

    def test_watching_a_collector(self):
        """Beside a running collector the screen only watches."""
        words = self.words()
        other = self.spawn("collect", *words)
        lock = words[-1] + ".lock"
        wait(lambda: os.path.exists(lock) and open(lock).read().strip()
             == str(other.pid), "the collector's lock")
        screen = Screen(self, words, width=120)
        screen.wait(r"news\.example\.test")
        wait(lambda: not children(screen.pid()), "it to be the only one")
        # What is asked on the screen, the other one does.
        screen.press("r", r"probe of news\.example\.test done")
        self.assertNotRegex(screen.text(), r"another collector")
        screen.keys("q")
        self.assertEqual(screen.status(), 0)
        self.assertIsNone(other.poll())
        other.send_signal(signal.SIGTERM)
        self.assertEqual(other.wait(harness.patience(10)), 0)

    def test_two_collectors(self):
        words = self.words()
        first = self.spawn("collect", *words)
        lock = words[-1] + ".lock"
        wait(lambda: os.path.exists(lock) and open(lock).read().strip(),
             "the lock")
        second = self.sendtop("collect", *words, timeout=5)
        self.assertEqual(second.code, 3)
        self.one_sentence(second.err)
        self.assertIn("another collector, process %d," % first.pid,
                      second.err)
        # The lock goes with its holder, however that ends.
        first.kill()
        first.wait()
        third = self.sendtop("collect", "--once", *words)
        self.assertEqual((third.code, third.err), (0, ""))

    def test_collector_gives_way(self):
        screen = self.screen()
        pid = screen.pid()
        mine = os.getpriority(os.PRIO_PROCESS, pid)
        collector = self.collector(pid)
        wait(lambda: os.getpriority(os.PRIO_PROCESS, collector)
             == min(mine + 5, 19), "a collector that is nice")
        wait(lambda: os.sched_getscheduler(collector) == os.SCHED_BATCH,
             "a collector that does not preempt")
        # The screen itself stays as it was, but asks for short turns.
        self.assertEqual(os.sched_getscheduler(pid)
                         & ~os.SCHED_RESET_ON_FORK, os.SCHED_OTHER)

    def test_no_collector(self):
        screen = self.screen("--no-collector")
        self.assertEqual(children(screen.pid()), [])


class Kills(Case):
    """Thirty kills of a collector at random moments."""
    cost = 8
    KILLS, STORES = 30, 3

    def kill_one(self, store, dice, log):
        p = self.spawn("collect", "--once", "--config",
                       harness.world("CONFIG"), "--store", store)
        delay = dice.uniform(0.0, 1.1) * harness.RUN["slow"]
        log.append("%.3f s" % delay)
        try:
            p.wait(delay)
        except subprocess.TimeoutExpired:
            p.kill()
        p.communicate()

    def committed(self, store):
        """How much is there; never less than before."""
        if not os.path.exists(store):
            return (0, 0, 0)
        try:
            return tuple(query(store, "SELECT count(*) FROM " + table)[0][0]
                         for table in ("domain", "series", "event"))
        except sqlite3.OperationalError:    # no tables yet
            return (0, 0, 0)

    def test_kills(self):
        seed = random.randrange(1 << 32)
        dice = random.Random(seed)
        for number in range(self.STORES):
            store = self.file("store%d.db" % number)
            before, log = (0, 0, 0), []
            for _ in range(self.KILLS // self.STORES):
                self.kill_one(store, dice, log)
                with self.subTest(seed=seed, kills=log[:]):
                    if os.path.exists(store):
                        self.assertEqual(integrity(store), "ok")
                    after = self.committed(store)
                    self.assertTrue(all(
                        a >= b for a, b in zip(after, before)),
                        (before, after))
                    before = after
            # And it is used again.
            done = self.sendtop("collect", "--once", "--config",
                                harness.world("CONFIG"), "--store", store)
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertEqual(query(
                store, "SELECT count(*) FROM standing")[0][0],
                len(STORIES))
            check = self.sendtop("check", "shop.test", "--store", store)
            self.assertEqual(check.code, 0, check.out)


class FirstFrame(Case):
    """Old data is on the screen before any network answers."""
    alone = True

    def dead(self):
        """Settings with a resolver and an endpoint that never answer."""
        silent = Silent()
        self.addCleanup(silent.close)
        return self.settings({
            "resolver": {"servers": silent.address},
            "postmaster": {"endpoint": "http://" + silent.address}})

    def test_first_frame(self):
        words = ["--config", self.dead(), "--store", self.store()]
        times, pace = [], harness.pace()
        for _ in range(3):
            p = Pty(self, words)
            p.wait(lambda b: b"0.41" in b and b"news.example.test" in b,
                   "the first frame")
            times.append(time.monotonic() - p.started)
            p.send(b"q")
            self.assertEqual(p.ended(), 0)
        self.assertLess(min(times), harness.limit(0.5, pace), times)

    def test_keys_while_it_hangs(self):
        """Nothing ever blocks a key: not a poll, not a probe."""
        p = Pty(self, ["--config", self.dead(), "--store", self.store()])
        p.redraw(r"news\.example\.test")
        p.send(b"Rr")
        times, pace = [], harness.pace()
        for _ in range(5):
            began = time.monotonic()
            mark = len(p.bytes)
            p.send(b"j")
            p.wait(lambda b, m=mark: len(b) > m, "an answer to the key")
            times.append(time.monotonic() - began)
        self.assertLess(max(times), harness.limit(0.5, pace), times)
        p.send(b"q")
        self.assertEqual(p.ended(5), 0)

    def test_empty_store(self):
        """The first minute: no account, no store, what to do."""
        p = Pty(self, ["--store", self.file("none.db"), "--resolver",
                       harness.world("DNS")])
        p.redraw(r"No domain is watched yet")
        p.redraw(r"sendtop login")
        p.redraw(r"sendtop probe example\.com")
        p.redraw(r"Postmaster is not connected")

    def test_new_domain(self):
        """Named on the command line: watched and probed at once."""
        screen = Screen(self, ["--config", self.settings(domains=False),
                               "--store", self.file("new.db"), "noptr.test",
                               "shop.test"], width=120)
        screen.wait(r"shop\.test +(ok|WARN|CRIT)")
        found = screen.wait(r"noptr\.test +(\w+)")
        self.assertTrue(re.match("ok|CRIT|WARN", found[1]), found[0])
