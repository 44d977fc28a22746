"""sendtop lint: messages of a public suite, their keys in a real DNS server."""
# SPDX-License-Identifier: MIT
import json
import os
import subprocess
import sys

import harness
from harness import Case, free_port, query, wait, world

MESSAGE = ("From: News <news@football.example.com>\r\n"
           "To: you@example.net\r\n"
           "Date: Sat, 21 Nov 2026 23:00:00 +0000\r\n"
           "Message-ID: <1@football.example.com>\r\n"
           "Subject: Hello\r\n\r\nHi\r\n")


def fixture(name):
    return os.path.join(harness.RUN["srcdir"], "tests", "fixtures",
                        "messages", name)


class Keys:
    """A DNS server with the keys that signed the suite's messages."""

    def __init__(self, where):
        zone = []
        with open(fixture("keys.txt"), encoding="utf-8") as f:
            for line in f:
                name, kind, text = line.rstrip("\n").split(" ", 2)
                zone.append({"name": name, "type": kind, "strings": [
                    text[i:i + 255] for i in range(0, len(text), 255)]})
        suite = os.path.join(where, "keys.json")
        with open(suite, "w", encoding="utf-8") as f:
            json.dump({"scenarios": [{"description": "keys",
                                      "zone": zone, "tests": []}]}, f)
        self.address = "127.0.0.1:%d" % free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-B",
             os.path.join(harness.RUN["srcdir"], "tests", "suites",
                          "zone-dns.py"), suite, "--port",
             self.address.split(":")[1], "--exit-on-eof"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Lint(Case):
    def setUp(self):
        super().setUp()
        self.keys = Keys(self.file("."))
        self.addCleanup(self.keys.close)

    def lint(self, *words, **more):
        return self.sendtop("lint", "--resolver", self.keys.address, *words,
                            **more)

    def found(self, *words, **more):
        done = self.lint("--format", "json", *words, **more)
        self.assertIn(done.code, (0, 1), done.err)
        return {(f["check"], f["reason"])
                for f in done.json()["domains"][0]["findings"]}

    def test_suite(self):
        """Two signatures, RSA and Ed25519, of RFC 8463's own message."""
        done = self.lint("--format", "json", fixture("dkim-001.eml"))
        found = [(f["subject"], f["verdict"], f["reason"])
                 for f in done.json()["domains"][0]["findings"]
                 if f["check"] == "signature"]
        self.assertEqual(sorted(found), [
            ("football.example.com/brisbane", "pass", "ok"),
            ("football.example.com/test", "pass", "ok")])

    def test_text(self):
        done = self.lint(fixture("dkim-002.eml"))
        self.assertRegex(done.out, r"(?m)^  \w+ +signature +example\.com/")
        # How long the file's own name is does not lie with sendtop.
        short = done.out.replace(fixture("dkim-002.eml"), "dkim-002.eml")
        self.assertTrue(all(len(line) <= 80
                            for line in short.split("\n")), short)
        self.assertEqual(done.err, "")

    def test_changed(self):
        with open(fixture("dkim-003.eml"), "rb") as f:
            text = f.read()
        self.assertIn(("signature", "ok"), self.found("-", feed=text))
        self.assertIn(("signature", "body_hash"),
                      self.found("-", feed=text + b"One more line\r\n"))
        # Saved on Unix, it is what it was on the wire.
        self.assertIn(("signature", "ok"),
                      self.found("-", feed=text.replace(b"\r\n", b"\n")))

    def test_unsigned(self):
        done = self.lint("-", feed=MESSAGE.encode())
        self.assertEqual(done.code, 1)
        # Nobody said who handed it over: of SPF nothing is claimed.
        self.assertIn("DKIM vouches for nobody; SPF is not known without "
                      "--ip", done.out)
        found = self.found("-", feed=MESSAGE.encode())
        self.assertEqual(found, {
            ("format", "ok"), ("signature", "none"),
            ("spf_sender", "not_told"), ("alignment", "unauthenticated"),
            ("unsubscribe", "missing")})
        self.assertEqual(
            self.lint("--fail-on", "fail", "-", feed=MESSAGE.replace(
                "Hi", "Ho").encode()).code, 1)

    def test_spf(self):
        """With the world's DNS: who handed it over counts too."""
        text = MESSAGE.replace("football.example.com", "shop.test")
        done = self.sendtop("lint", "--resolver", world("DNS"), "--ip",
                            "192.0.2.11", "--mail-from", "b@shop.test",
                            "--format", "json", "-", feed=text.encode())
        found = {f["check"]: (f["verdict"], f["reason"])
                 for f in done.json()["domains"][0]["findings"]}
        self.assertEqual(found["spf_sender"], ("pass", "pass"))
        self.assertEqual(found["alignment"], ("pass", "aligned"))

    def test_misuse(self):
        for words, code, said in (
                ((), 2, "lint needs one message"),
                (("a", "b"), 2, "lint needs one message"),
                (("--ip", "x", "-"), 2, "not an IP address"),
                (("--mail-from", "a@b", "-"), 2, "needs --ip"),
                ((self.file("missing.eml"),), 3, "missing.eml"),
                ((self.file("."),), 3, "directory"),
                (("--format", "yaml", fixture("dkim-001.eml")), 2, "yaml")):
            with self.subTest(words=words):
                done = self.lint(*words, feed=b"")
                self.assertEqual(done.code, code)
                self.one_sentence(done.err)
                self.assertIn(said, done.err)
        done = self.lint("-", feed=b"hello\n")
        self.assertEqual(done.code, 2)
        self.one_sentence(done.err)

    def test_learned(self):
        """What verified is remembered for the domain that signed it."""
        store = self.file("learned.db")
        config = self.settings({'domain "football.example.com"': {},
                                'domain "example.net"': {}}, domains=False)
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", store)
        self.assertEqual(done.code, 0, done.err)
        for _ in range(2):
            done = self.lint("--store", store, fixture("dkim-001.eml"))
            self.assertEqual(done.err, "")
        self.assertEqual(
            query(store, "SELECT name, kind, learned.said, source"
                  " FROM learned JOIN domain ON domain.id = domain"
                  " WHERE source = 'message' ORDER BY 3"),
            [("football.example.com", "selector", "brisbane", "message"),
             ("football.example.com", "selector", "test", "message")])
        # A store that is not there is not made for it.
        self.lint("--store", self.file("none.db"), fixture("dkim-001.eml"))
        self.assertFalse(os.path.exists(self.file("none.db")))
