"""What DNS points to over HTTPS: policies, logos, mark certificates."""
# SPDX-License-Identifier: MIT
import unittest

from harness import Case, world

STS = {
    "ok": "pass ok", "delegated": "pass ok", "spare": "pass ok",
    "strict": "pass ok", "testing": "note testing", "none": "note none",
    "short": "note short_max_age", "missing": "note missing",
    "uncovered": "fail mx_not_covered",
    "syntax": "fail syntax", "several": "fail syntax",
    "bad-policy": "fail policy_syntax", "no-mx": "fail policy_syntax",
    "html": "fail policy_syntax", "large": "fail policy_syntax",
    "unsaid": "fail policy_syntax",
    "expired": "fail policy_certificate",
    "wrong-name": "fail policy_certificate",
    "self-signed": "fail policy_certificate",
    "redirect": "fail policy_unreachable", "gone": "fail policy_unreachable",
    "failing": "fail policy_unreachable", "cut": "fail policy_unreachable",
    "no-tls": "fail policy_unreachable",
    "closed": "fail policy_unreachable",
    "no-host": "fail policy_unreachable",
    "slow": "unknown timeout", "silent": "unknown timeout",
}
RPT = {"ok": "pass ok", "missing": "note missing", "syntax": "fail syntax",
       "several": "fail syntax"}
BIMI = {
    "ok": "pass ok", "inherits": "pass ok", "weak": "note dmarc_too_weak",
    "testing": "note dmarc_too_weak", "declined": "skip declined",
    "syntax": "warn syntax", "bare": "note no_certificate",
    "script": "warn logo_format", "plain": "warn logo_format",
    "large": "warn logo_format", "gone": "warn logo_unreachable",
    "no-mark": "warn certificate_unreachable",
    "tls-mark": "warn certificate_format",
    "old-mark": "warn certificate_expired",
}


class Https(Case):
    cost = 4

    def probe(self, *words, **sections):
        config = self.settings(sections, domains=False)
        done = self.sendtop("probe", "--format", "json", "--config", config,
                            *words)
        self.assertIn(done.code, (0, 1), done.err)
        return {d["name"]: d["findings"] for d in done.json()["domains"]}

    def said(self, findings, check):
        return ["%(verdict)s %(reason)s" % f for f in findings
                if f["check"] == check]

    def every_reason(self, check, parent, rows):
        found = self.probe("--no-smtp", *(n + parent for n in rows))
        for name, want in rows.items():
            with self.subTest(domain=name + parent):
                self.assertEqual(self.said(found[name + parent], check),
                                 [want], found[name + parent])

    def test_mta_sts(self):
        self.every_reason("mta_sts", ".sts.test", STS)

    def test_tls_rpt(self):
        self.every_reason("tls_rpt", ".tlsrpt.test", RPT)

    def test_bimi(self):
        self.every_reason("bimi", ".bimi.test", BIMI)

    def test_enforced_certificates(self):
        """A policy in force makes a certificate's warning a failure."""
        found = self.probe("strict.sts.test", "self-signed.probe.test")
        for name, want in (("strict.sts.test", "fail self_signed"),
                           ("self-signed.probe.test", "warn self_signed")):
            self.assertEqual(self.said(found[name], "certificate"), [want])

    def test_off(self):
        """Nothing is fetched, and nothing is said of what was not."""
        found = self.probe("strict.sts.test", "ok.bimi.test",
                           https={"enabled": "no"})
        self.assertEqual(self.said(found["strict.sts.test"], "mta_sts"),
                         ["skip not_fetched"])
        self.assertEqual(self.said(found["strict.sts.test"], "certificate"),
                         ["warn self_signed"])
        self.assertEqual(self.said(found["ok.bimi.test"], "bimi"),
                         ["skip not_fetched"])

    def test_private_addresses(self):
        """Nobody's DNS aims a fetch at this machine, unless told so."""
        found = self.probe("--no-smtp", "ok.sts.test", "ok.bimi.test",
                           smtp={"allow-private": "no"})
        self.assertEqual(self.said(found["ok.sts.test"], "mta_sts"),
                         ["warn unsafe"])
        self.assertEqual(self.said(found["ok.bimi.test"], "bimi"),
                         ["warn unsafe"])

    def test_few_fetches(self):
        """However often a domain is asked for, its policy is fetched once."""
        def fetches():
            with open(world("WEB_LOG")) as f:
                return sum("mta-sts.testing.sts.test" in line for line in f)
        before = fetches()
        self.probe("--no-smtp", *["testing.sts.test"] * 3)
        self.assertEqual(fetches() - before, 1)


if __name__ == "__main__":
    unittest.main()
