"""Libraries that are loaded when they are first used, or cannot be."""
# SPDX-License-Identifier: MIT
import gzip
import os
import re
import unittest

from harness import Case, known, world

with open("config.h", encoding="ascii") as f:
    CONFIG = dict(re.findall(r'(?m)^#define (\w+) "?(.*?)"?$', f.read()))
CURL, ARCHIVE = CONFIG["LIBCURL_SONAME"], CONFIG["LIBARCHIVE_SONAME"]


@unittest.skipUnless(CONFIG["LATE_LOADING"] == "1", "linked as usual")
class Late(Case):
    """Both are files that the loader refuses: who needs them cannot start."""

    def setUp(self):
        super().setUp()
        broken = self.file("broken")
        os.mkdir(broken)
        for soname in (CURL, ARCHIVE):
            open(os.path.join(broken, soname), "w").close()
        before = os.environ.get("LD_LIBRARY_PATH")
        self.env = {"LD_LIBRARY_PATH": ":".join(filter(None, (
            broken, before)))}

    def run_it(self, *words, **more):
        return self.sendtop(*words, env=self.env, **more)

    def refused(self, soname):
        return re.escape(soname) + r" cannot be loaded: .*; install it"

    def test_without(self):
        """Most of sendtop needs neither."""
        view = ("--config", world("CONFIG"), "--store", known())
        config = self.settings({'domain "plain.test"': {}}, domains=False)
        log = self.file("mail.log")
        open(log, "w").close()
        for words in (("--version",),
                      ("check", *view), ("metrics", *view),
                      ("snapshot", *view),
                      ("explain", "550-5.7.26 Your email has been blocked"),
                      ("ingest", "--config", config, "--store",
                       self.file("logs.db"), log),
                      ("probe", "--config", config, "plain.mx.test")):
            with self.subTest(words=words[0]):
                done = self.run_it(*words)
                self.assertIn(done.code, (0, 1, 2), done.err)
                self.assertNotIn("cannot be loaded", done.err + done.out)
                self.assertEqual(done.err, "")
                self.assertNotEqual(done.out, "")

    def test_https(self):
        """What was not fetched is unknown, with the loader's reason."""
        config = self.settings(domains=False)
        done = self.run_it("probe", "--no-smtp", "--format", "json",
                           "--config", config, "ok.sts.test")
        found, = (f for f in done.json()["domains"][0]["findings"]
                  if f["check"] == "mta_sts")
        self.assertEqual((found["verdict"], found["reason"]),
                         ("unknown", "network"))
        self.assertRegex(found["detail"], self.refused(CURL))

    def test_login(self):
        """Before a browser is sent anywhere."""
        done = self.run_it("login", "--client", world("CLIENT"), "--out",
                           self.file("google.json"), "--paste")
        self.assertEqual(done.code, 3)
        self.assertRegex(done.err, "sendtop: " + self.refused(CURL))
        self.assertNotIn("http", done.out)

    def test_poll(self):
        config = self.settings({"smtp": {"enabled": "no"}})
        done = self.run_it("collect", "--once", "--config", config,
                           "--store", self.file("store.db"))
        self.assertNotEqual(done.code, 0)
        self.assertRegex(done.err, self.refused(CURL))

    def test_packed(self):
        log = self.file("mail.log.1.gz")
        with gzip.open(log, "w") as f:
            f.write(b"x\n")
        config = self.settings({'domain "plain.test"': {}}, domains=False)
        done = self.run_it("ingest", "--config", config, "--store",
                           self.file("store.db"), log)
        self.assertNotEqual(done.code, 0)
        self.assertRegex(done.err + done.out,
                         re.escape(log) + ": " + self.refused(ARCHIVE))


if __name__ == "__main__":
    unittest.main()
