"""Blocklists, contacts, and whether this machine gets out at all."""
# SPDX-License-Identifier: MIT
import unittest

import harness
from harness import Case

LISTS = ("list", "v4only", "public", "refusing", "everybody", "nobody")
# list: v4 listed, v4 not listed, v6 listed, v6 not listed
SAID = {
    "list": ("fail listed", "pass ok", "fail listed", "pass ok"),
    "v4only": ("pass ok", "pass ok", "skip no_ipv6", "skip no_ipv6"),
    "public": ("skip refused",) * 4,
    "refusing": ("skip refused",) * 4,
    "everybody": ("skip broken",) * 4,
    "nobody": ("skip broken", "skip broken", "skip no_ipv6", "skip no_ipv6"),
}
SENDERS = ("203.0.113.66", "203.0.113.67", "2001:db8::66", "2001:db8::67")


class Found(Case):
    def probe(self, changes, *words):
        done = self.sendtop(
            "probe", "--format", "json", "--config",
            self.settings(changes, domains=False), *words)
        self.assertIn(done.code, (0, 1), done.err)
        return [{(f["check"], f["subject"]): f for f in d["findings"]}
                for d in done.json()["domains"]]

    def say(self, found, check, subject):
        finding = found.get((check, subject))
        return finding and finding["verdict"] + " " + finding["reason"]


class Lists(Found):
    def test_every_list(self):
        zones = ", ".join(name + ".dnsbl.test" for name in LISTS)
        found, = self.probe({"dnsbl": {"zones": zones}}, "--no-smtp",
                            "listed.test")
        for name in LISTS:
            for sender, want in zip(SENDERS, SAID[name]):
                self.assertEqual(
                    self.say(found, "dnsbl", "%s @ %s.dnsbl.test"
                             % (sender, name)), want, (name, sender))
        listed = found["dnsbl", "203.0.113.66 @ list.dnsbl.test"]
        self.assertEqual(
            listed["detail"], "127.0.0.2, 127.0.0.4: seen sending spam, see "
            "https://list.dnsbl.test/203.0.113.66 (weight 1)")
        self.assertEqual(
            found["dnsbl", "listed.test @ names.dnsbl.test"]["detail"],
            "127.0.1.2: a domain that nobody should follow (weight 2)")

    def test_weight_nothing(self):
        found, = self.probe({"dnsbl": {"zones": "list.dnsbl.test:0"}},
                            "--no-smtp", "listed.test")
        self.assertEqual(self.say(found, "dnsbl",
                                  "203.0.113.66 @ list.dnsbl.test"),
                         "note listed")

    def test_none(self):
        found, = self.probe({"dnsbl": {"zones": "", "domain-zones": ""},
                             "abuse": {"zone": ""}},
                            "--no-smtp", "listed.test")
        self.assertFalse([key for key in found
                          if key[0] in ("dnsbl", "abuse")])

    def test_private(self):
        """Nobody outside is told of addresses that mean nothing there."""
        found, = self.probe({"smtp": {"allow-private": "no"}}, "--no-smtp",
                            "--ip", "10.1.2.3", "listed.test")
        self.assertEqual(self.say(found, "dnsbl", "10.1.2.3"),
                         "skip special")

    def test_contacts(self):
        found = self.probe({}, "--no-smtp", "shop.test", "news.example.test",
                           "noptr.test")
        said = sorted(d[key]["reason"] for d in found for key in d
                      if key[0] == "abuse")
        self.assertEqual(said, ["default_only", "missing", "ok"])


class Egress(Found):
    def test_open(self):
        found, = self.probe({}, "shop.test")
        self.assertEqual(self.say(found, "egress", "this machine"),
                         "pass ok")

    def test_blocked(self):
        """Three hosts and no answer: then it is not the servers' fault."""
        port = harness.free_port()
        for found in self.probe({"smtp": {"port": port}}, "shop.test",
                                "expired.test"):
            self.assertEqual(self.say(found, "egress", "this machine"),
                             "warn blocked")
            for check in ("smtp", "starttls", "tls_version", "certificate"):
                said = {f["verdict"] + " " + f["reason"]
                        for key, f in found.items() if key[0] == check}
                self.assertEqual(said, {"unknown network"}, check)

    def test_untold(self):
        """One host alone may as well be down."""
        port = harness.free_port()
        found, = self.probe({"smtp": {"port": port}}, "expired.test")
        self.assertEqual(self.say(found, "egress", "this machine"),
                         "skip untold")
        self.assertEqual(
            self.say(found, "smtp", "mx1.expired.test [127.0.1.3]"),
            "unknown unreachable")


if __name__ == "__main__":
    unittest.main()
