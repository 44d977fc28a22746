"""Many domains at once: streams, progress, an early end, and lost packets."""
# SPDX-License-Identifier: MIT
import json
import os
import pty
import re
import signal
import subprocess
import time

import harness
from harness import Case, Silent, wait, world
from lossy import Lossy

STORIES = ("shop.test", "news.example.test", "billing.example.test",
           "offers.test", "edge.test", "noptr.test", "lookups.test",
           "weakkey.test", "nodmarc.test", "quiet.test")


def findings(text):
    """{(domain, check, subject): (verdict, reason)} of a stream."""
    out = {}
    for line in text.splitlines():
        for domain in json.loads(line)["domains"]:
            for f in domain["findings"]:
                out[domain["name"], f["check"], f["subject"]] = (
                    f["verdict"], f["reason"])
    return out


class Stream(Case):
    """probe --stdin --format json: a document a line."""

    def test_lines(self):
        done = self.sendtop("probe", "--no-smtp", "--stdin", "--format",
                            "json", "--config", world("CONFIG"),
                            feed="\n".join(STORIES))
        documents = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(sorted(d["domains"][0]["name"] for d in documents),
                         sorted(STORIES))
        for document in documents:
            self.assertEqual(document["schema"], "sendtop/1")
            self.assertEqual(len(document["domains"]), 1)
            self.assertRegex(document["taken_at"], r"\A20\d\d-.*Z\Z")
            self.assertEqual(document["sources"]["resolver"],
                             [world("DNS")])

    def test_named_is_one(self):
        done = self.sendtop("probe", "--no-smtp", "--format", "json",
                            "--config", world("CONFIG"), *STORIES[:2])
        self.assertEqual(len(done.json()["domains"]), 2)

    def test_record(self):
        """A finding carries the record that it speaks of."""
        done = self.sendtop("probe", "--no-smtp", "--format", "json",
                            "--config", world("CONFIG"), "shop.test")
        found = {f["check"]: f for f in done.json()["domains"][0]["findings"]}
        self.assertTrue(found["spf"]["record"].startswith("v=spf1 "))
        self.assertTrue(found["dmarc"]["record"].startswith("v=DMARC1;"))
        self.assertIn("p=", found["dkim"]["record"])
        self.assertRegex(found["mx"]["record"], r"\A\d+ mx1\.postbox\.test, ")

    def test_reader_goes(self):
        """Nothing more is asked when nobody reads."""
        p = self.spawn("probe", "--no-smtp", "--stdin", "--format", "json",
                       "--config", world("CONFIG"), stdin=subprocess.PIPE)
        p.stdout.close()
        p.stdin.write("\n".join(STORIES * 20).encode())
        p.stdin.close()
        p.stdin = p.stdout = None
        _, err = p.communicate(timeout=harness.patience(20))
        self.assertEqual(p.returncode, 3)
        self.assertEqual(err.decode(), "")


class Early(Case):
    """An end before the end: what is done is printed."""

    def halted(self, number):
        """A probe of names that answer and of one that never will."""
        silent = Silent()
        self.addCleanup(silent.close)
        config = self.settings({"resolver": {
            "servers": silent.address, "timeout": "20s", "tries": "1"}})
        p = self.spawn("probe", "--no-smtp", "--stdin", "--format", "json",
                       "--config", config, stdin=subprocess.PIPE)
        p.stdin.write(b"shop.test\n")
        p.stdin.close()
        p.stdin = None
        wait(lambda: catches(p.pid, number), "the signal to be watched")
        pace = harness.pace()
        started = time.monotonic()
        p.send_signal(number)
        out, err = p.communicate(timeout=harness.patience(20))
        self.assertLess(time.monotonic() - started, harness.limit(5, pace))
        self.assertEqual(out, b"")
        self.assertEqual(
            err, b"sendtop: ended after 0 of 1 domains\n")
        self.assertEqual(p.returncode, 128 + number)

    def test_interrupt(self):
        self.halted(signal.SIGINT)

    def test_terminate(self):
        self.halted(signal.SIGTERM)


def catches(pid, number):
    with open("/proc/%d/status" % pid) as f:
        caught = re.search(r"^SigCgt:\s*(\w+)", f.read(), re.M).group(1)
    return int(caught, 16) >> (number - 1) & 1


class Progress(Case):
    """How far it is, for people only."""

    def on_terminal(self, *more):
        """Standard error's bytes, of a probe that takes two seconds."""
        silent = Silent()
        self.addCleanup(silent.close)
        config = self.settings({"resolver": {
            "servers": silent.address, "timeout": "1500ms", "tries": "1"}})
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        p = self.spawn("probe", "--no-smtp", "--config", config, *more,
                       stderr=theirs)
        os.close(theirs)
        text = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:         # how Linux says that it was closed
                break
            if not part:
                break
            text += part
        p.communicate(timeout=harness.patience(20))
        return text.decode()

    def test_shown_and_wiped(self):
        text = self.on_terminal("a.test", "b.test", "c.test")
        shown = re.findall(r"\r(\d+) of 3, (\d+) %", text)
        self.assertGreater(len(shown), 1)
        self.assertEqual(shown[0], ("0", "0"))
        # The line is left empty, whatever comes next.
        self.assertRegex(text, r"\r +\r\Z")

    def test_one_domain(self):
        self.assertEqual(self.on_terminal("a.test"), "")


class Loss(Case):
    """Lost packets are asked for again; what stays lost is unknown."""
    alone = True

    def probe(self, server, *more):
        config = self.settings({"resolver": dict(
            {"servers": server}, **dict(more))})
        done = self.sendtop("probe", "--no-smtp", "--stdin", "--format",
                            "json", "--config", config,
                            feed="\n".join(STORIES), timeout=120)
        self.assertEqual(len(done.out.splitlines()), len(STORIES))
        return findings(done.out), done.seconds

    def lossy(self, share, limit_s):
        pace = harness.pace()
        whole, _ = self.probe(world("DNS"))
        self.assertGreater(len(whole), 100)
        relay = Lossy(world("DNS"), share, "sendtop")
        self.addCleanup(relay.close)
        found, seconds = self.probe(
            relay.address, ("timeout", "100ms"), ("tries", "5"))
        self.assertGreater(relay.dropped, relay.passed * share / 2)
        self.assertLess(seconds, harness.limit(limit_s, pace))
        self.assertNotEqual(found, {})
        unknown = 0
        for key, (verdict, reason) in found.items():
            if verdict == "unknown":
                unknown += 1
                self.assertEqual(reason, "timeout", key)
            elif key in whole:
                self.assertEqual((verdict, reason), whole[key], key)
            else:
                self.fail("only with losses: %s %s %s" % (
                    key, verdict, reason))
        return unknown, len(whole)

    def test_a_tenth(self):
        """10 % both ways: nothing of it shows."""
        unknown, _ = self.lossy(0.10, 20)
        self.assertLess(unknown, 3)

    def test_more_than_half(self):
        """So much that many questions stay without an answer."""
        unknown, _ = self.lossy(0.60, 60)
        self.assertGreater(unknown, 10)
