"""A resolver that misbehaves: bounded, and never taken for "missing"."""
# SPDX-License-Identifier: MIT
import concurrent.futures

import baddns       # in tests/world, which harness makes known
import harness
from harness import Case, Silent, world

OUTSIDE = {"timeout", "servfail", "refused", "unreachable", "network",
           "malformed"}
# behaviour: the verdict and the reason of spf; None for any unknown.
SPF = {
    "ok": ("pass", "ok"),
    "truncated": ("pass", "ok"),
    "slow": ("pass", "ok"),
    "lossy": ("pass", "ok"),
    "no-edns": ("pass", "ok"),
    "nxdomain": ("fail", "missing"),
    "timeout": ("unknown", "timeout"),
    "servfail": ("unknown", "servfail"),
    "refused": ("unknown", "refused"),
    "wrong-id": ("unknown", "timeout"),
    "wrong-question": ("unknown", "timeout"),
    "huge": ("fail", "too_many_lookups"),
    "flood": ("fail", "multiple"),
    "escapes": ("fail", "syntax"),
    "cname-loop": ("unknown", "malformed"),
    # The resolver gives an alias and no record: there is none.
    "cname-chain": ("fail", "missing"),
}
LIMIT_S = 25


class BadDns(Case):
    """Every behaviour of broken.test."""
    cost = 15

    def probe(self, name):
        done = self.sendtop("probe", "--no-smtp", "--format", "json",
                            "--config", self.config, name + ".broken.test")
        return name, done

    def check(self, name, done):
        self.assertIn(done.code, (0, 1, 3))
        self.assertEqual(done.err, "")
        self.assertLess(done.seconds, harness.limit(LIMIT_S, self.pace))
        found = done.json()["domains"][0]["findings"]
        spf = [(f["verdict"], f["reason"]) for f in found
               if f["check"] == "spf"]
        if SPF.get(name):
            self.assertEqual(spf, [SPF[name]])
        else:
            self.assertEqual([f[0] for f in spf], ["unknown"])
        for finding in found:
            if finding["verdict"] == "unknown":
                self.assertIn(finding["reason"], OUTSIDE)
                self.assertNotEqual(finding["detail"], "")

    def test_behaviours(self):
        self.pace = harness.pace()
        self.config = self.settings({
            "resolver": {"servers": world("BAD_DNS"), "timeout": "500ms",
                         "tries": "3"}}, domains=False)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for name, done in pool.map(self.probe, baddns.BEHAVIOURS):
                with self.subTest(behaviour=name, seconds=done.seconds,
                                  said=done.out[-300:]):
                    self.check(name, done)

    def test_time_out_is_not_missing(self):
        """Whatever the check: no answer is no verdict."""
        self.config = self.settings({
            "resolver": {"servers": world("BAD_DNS"), "timeout": "200ms",
                         "tries": "2"}}, domains=False)
        done = self.sendtop(
            "probe", "--format", "json", "--ip", "192.0.2.1", "--selector",
            "s1", "--config", self.config, "timeout.broken.test")
        found = done.json()["domains"][0]["findings"]
        self.assertGreaterEqual(
            {f["check"] for f in found},
            {"spf", "spf_sender", "dkim", "dmarc", "ptr", "mx"})
        for finding in found:
            # What is not under this name the server refuses.
            self.assertIn(finding["verdict"], ("unknown", "skip"), finding)
            self.assertIn(finding["reason"], ("timeout", "refused"))
            if finding["check"] in ("spf", "spf_sender", "dkim", "mx"):
                self.assertEqual(finding["reason"], "timeout")
        # Neither well nor ill, and a script must see that.
        self.assertEqual(done.code, 3)

    def test_what_was_known_stays(self):
        """The store keeps the last verdict beside the unknown one."""
        silent = Silent()
        self.addCleanup(silent.close)
        config = self.settings({
            "resolver": {"servers": silent.address, "timeout": "100ms",
                         "tries": "1"},
            "postmaster": {"credentials": None}})
        store = self.store()
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", store)
        self.assertEqual(done.code, 0, done.err)
        done = self.sendtop("snapshot", "noptr.test", "--format", "json",
                            "--config", config, "--store", store)
        found = {(f["check"], f["subject"]): f
                 for f in done.json()["domains"][0]["findings"]}
        ptr = found["ptr", "192.0.2.40"]
        self.assertEqual((ptr["verdict"], ptr["reason"]),
                         ("unknown", "timeout"))
        self.assertEqual(
            (ptr["last_known"]["verdict"], ptr["last_known"]["reason"]),
            ("fail", "missing"))
        # Nor is it told how to publish what is not known to be missing.
        text = self.sendtop("snapshot", "shop.test", "--config", config,
                            "--store", store).out
        self.assertRegex(text, r"unknown dmarc .* timeout(?s:.*?)\n +was   "
                         r"pass ok, (?s:.*?)\n +had   v=DMARC1; p=reject; ")
        self.assertNotIn("Publish a DMARC record", text)

    def test_nobody_there(self):
        """A resolver that is not there is said at once."""
        port = harness.free_port()
        pace = harness.pace()
        done = self.sendtop("probe", "shop.test", "--no-smtp", "--resolver",
                            "127.0.0.1:%d" % port, "--format", "json")
        self.assertLess(done.seconds, harness.limit(8, pace))
        self.assertEqual(done.code, 3)
        for finding in done.json()["domains"][0]["findings"]:
            self.assertIn(finding["verdict"], ("unknown", "skip"))
            if finding["verdict"] == "unknown":
                self.assertEqual(finding["reason"], "unreachable")

    def test_second_resolver(self):
        """Fail-over: the first is dead, the second is not."""
        silent = Silent()
        self.addCleanup(silent.close)
        done = self.sendtop(
            "probe", "shop.test", "--no-smtp", "--resolver", silent.address,
            "--resolver", world("DNS"), "--format", "json")
        spf = [f for f in done.json()["domains"][0]["findings"]
               if f["check"] == "spf"]
        self.assertEqual([(f["verdict"], f["reason"]) for f in spf],
                         [("pass", "ok")])
