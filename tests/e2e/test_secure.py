"""DNSSEC and DANE through a resolver that validates, and through others."""
# SPDX-License-Identifier: MIT
import re
import unittest

import harness
from harness import Case, world

NEEDS = "needs the packages unbound and ldnsutils"
NEVER = "0" * 64
# domain: dnssec, then dane and certificate of its MX host.
VALIDATED = {
    "ok.sec": ("pass ok", "pass ok", "warn self_signed"),
    "old.sec": ("pass ok", "fail mismatch", "pass ok"),
    "both.sec": ("pass ok", "pass ok", "pass ok"),
    "ta.sec": ("pass ok", "pass ok", "pass ok"),
    "ta-name.sec": ("pass ok", "fail mismatch", "fail name_mismatch"),
    "pkix.sec": ("pass ok", "fail unusable", "pass ok"),
    "clear.sec": ("pass ok", "fail no_tls", "skip no_tls"),
    "none.sec": ("pass ok", "note none", "pass ok"),
    "plain.sec": ("note unsigned", "warn insecure", "pass ok"),
    "bogus.sec": ("fail bogus", None, None),
    "shop.test": ("note unsigned", None, None),
}


class Secure(Case):
    cost = 4

    def probe(self, resolver, *domains):
        config = self.settings({"resolver": {"servers": resolver}},
                               domains=False)
        done = self.sendtop("probe", "--format", "json", "--config", config,
                            *domains)
        self.assertIn(done.code, (0, 1), done.err)
        return {d["name"]: {(f["check"], f["subject"]): f
                            for f in d["findings"]}
                for d in done.json()["domains"]}

    def say(self, found, check, subject):
        finding = found.get((check, subject))
        return finding and finding["verdict"] + " " + finding["reason"]

    @unittest.skipUnless(harness.RUN and world("VALIDATOR"), NEEDS)
    def test_validated(self):
        found = self.probe(world("VALIDATOR"), *VALIDATED)
        for name, (dnssec, dane, certificate) in VALIDATED.items():
            with self.subTest(domain=name):
                self.assertEqual(self.say(found[name], "dnssec", name),
                                 dnssec)
                for check, want in (("dane", dane),
                                    ("certificate", certificate)):
                    self.assertEqual(
                        self.say(found[name], check, "mx." + name), want)

    @unittest.skipUnless(harness.RUN and world("VALIDATOR"), NEEDS)
    def test_cure(self):
        """The record to publish is the one that then fits."""
        found = self.probe(world("VALIDATOR"), "old.sec", "none.sec")
        old = found["old.sec"]["dane", "mx.old.sec"]["cure"]
        none = found["none.sec"]["dane", "mx.none.sec"]["cure"]
        self.assertRegex(none, r"\A_25\._tcp\.mx\.none\.sec\. IN TLSA "
                         r"3 1 1 [0-9a-f]{64}\Z")
        # Both hosts show the same certificate.
        self.assertEqual(old, none.replace("none", "old") +
                         " ; was 3 1 1 " + NEVER)

    def test_not_validated(self):
        """A resolver that does not validate cannot say "unsigned"."""
        found = self.probe(world("DNS"), "ok.sec", "none.sec", "shop.test")
        for name in ("ok.sec", "none.sec", "shop.test"):
            self.assertEqual(self.say(found[name], "dnssec", name),
                             "skip no_validation")
        self.assertEqual(self.say(found["ok.sec"], "dane", "mx.ok.sec"),
                         "skip no_validation")
        self.assertEqual(self.say(found["none.sec"], "dane", "mx.none.sec"),
                         "note none")
        self.assertNotIn("cure", found["none.sec"]["dane", "mx.none.sec"])
        self.assertTrue(re.search(
            "trust-ad", found["ok.sec"]["dane", "mx.ok.sec"]["detail"]))


if __name__ == "__main__":
    unittest.main()
