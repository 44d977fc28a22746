"""sendtop probe and sendtop spf: live checks, printed in every format."""
# SPDX-License-Identifier: MIT
import csv
import io
import json
import os
import re
import socket
import subprocess

from contract import Contract
import harness
from harness import Case, Smtpd, world
from test_stories import ROWS


class Probe(Case, Contract):
    cost = 3

    def probe_words(self, *words, **more):
        return self.sendtop("probe", "--config", world("CONFIG"), *words,
                            **more)

    def found(self, done):
        return {(d["name"], f["check"], f["subject"]): f
                for d in done.json()["domains"] for f in d["findings"]}

    def test_first_minute(self):
        """No account, no store: worst first, with what to publish."""
        done = self.sendtop("probe", "nodmarc.test", "--resolver",
                            world("DNS"), "--ip", "192.0.2.60",
                            "--selector", "s1", "--no-smtp")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.err, "")
        lines = done.out.split("\n")
        self.assertRegex(lines[0], r"^nodmarc\.test: \d+ pass .*1 fail")
        self.assertRegex(lines[1], r"^  FAIL  dmarc ")
        self.assertIn('_dmarc.nodmarc.test. IN TXT "v=DMARC1;', done.out)
        for check in ("spf", "dkim", "mx", "ptr"):
            self.assertRegex(done.out, r"(?m)^  \w+ +%s " % check)
        self.assertTrue(all(len(line) <= 80 for line in lines))
        self.assertFalse(os.path.exists(self.file("state")))

    def test_json(self):
        names = sorted(ROWS)
        done = self.probe_words("--format", "json", *names)
        self.probe(done.json())
        self.assertEqual(sorted(d["name"] for d in done.json()["domains"]),
                         names)
        found = self.found(done)
        # What a parent says holds below it, and it is said where it stands.
        self.assertIn("_dmarc.example.test", found[
            "billing.example.test", "dmarc", "billing.example.test"]["detail"])
        for key, verdict, reason in (
                (("noptr.test", "ptr", "192.0.2.40"), "fail", "missing"),
                (("noptr.test", "ptr", "192.0.2.41"), "pass", "ok"),
                (("six.test", "ptr", "2001:db8::25"), "pass", "ok"),
                (("lookups.test", "spf", "lookups.test"), "fail",
                 "too_many_lookups"),
                (("nodmarc.test", "dmarc", "nodmarc.test"), "fail",
                 "missing"),
                (("weakkey.test", "dkim", "s1"), "fail", "weak_key"),
                (("weakkey.test", "dkim", "s3"), "note", "short_key"),
                (("expired.test", "certificate", "mx1.expired.test"),
                 "fail", "expired"),
                (("oldtls.test", "tls_version", "mx1.oldtls.test"), "fail",
                 "old_only")):
            with self.subTest(finding=key):
                self.assertEqual((found[key]["verdict"],
                                  found[key]["reason"]), (verdict, reason))

    def test_helo(self):
        """The name said in EHLO against the PTR: option before settings."""
        def helo(*words):
            done = self.probe_words("--format", "json", "--no-smtp", *words)
            return {s: (f["verdict"], f["reason"]) for (_, check, s), f
                    in self.found(done).items() if check == "helo"}

        self.assertEqual(helo("noptr.test"), {})
        self.assertEqual(
            helo("--helo", "out2.noptr.test", "noptr.test"),
            {"192.0.2.40": ("note", "mismatch"),
             "192.0.2.41": ("pass", "ok")})
        self.assertEqual(
            helo("--helo", "out1.noptr.test", "noptr.test"),
            {"192.0.2.40": ("note", "not_ptr"),
             "192.0.2.41": ("note", "mismatch")})
        config = self.settings({'domain "noptr.test"':
                                {"helo": "localhost"}})
        done = self.sendtop("probe", "--config", config, "--format", "json",
                            "--no-smtp", "noptr.test")
        self.assertEqual(
            {f["reason"] for (_, check, _), f in self.found(done).items()
             if check == "helo"}, {"syntax"})

    def test_mail_servers(self):
        """Every kind of server, at once, in a bounded time."""
        changes = {"smtp": {"timeout": "8s"}}
        pace = harness.pace()
        config = self.settings(changes, domains=False)
        expected = {
            "good": ("starttls", "pass", "ok"),
            "good-multiline": ("starttls", "pass", "ok"),
            "late": ("starttls", "pass", "ok"),
            "tls12": ("tls_version", "pass", "ok"),
            "quit-silent": ("starttls", "pass", "ok"),
            "expired": ("certificate", "fail", "expired"),
            "expiring": ("certificate", "warn", "expiring"),
            "not-yet-valid": ("certificate", "fail", "not_yet_valid"),
            "wrong-name": ("certificate", "warn", "name_mismatch"),
            "self-signed": ("certificate", "warn", "self_signed"),
            "untrusted": ("certificate", "warn", "untrusted"),
            "weak-key": ("certificate", "warn", "weak_key"),
            "no-starttls": ("starttls", "fail", "not_offered"),
            "refuses": ("starttls", "fail", "refused"),
            "plaintext-after": ("starttls", "fail", "plaintext_after"),
            "injected": ("starttls", "fail", "injected"),
            "tls-garbage": ("starttls", "fail", None),
            "tls-silent": ("starttls", None, None),
            "old-tls": ("tls_version", "fail", "old_only"),
            "rejecting": ("smtp", "warn", "rejected"),
            "busy": ("smtp", "warn", "rejected"),
            "tarpit": ("smtp", None, "timeout"),
            "slow-drip": ("smtp", None, "timeout"),
            "reset": ("smtp", None, "reset"),
            "closed": ("smtp", None, "unreachable"),
            "garbage": ("smtp", None, None),
            "http": ("smtp", None, None),
            "flood": ("smtp", None, None),
            "long-line": ("smtp", None, None),
            "hostile": ("starttls", "pass", "ok"),
        }
        if world("POSTFIX") == "yes":
            expected["postfix"] = ("starttls", "pass", "ok")
        done = self.sendtop(
            "probe", "--config", config, "--format", "json",
            *(name + ".probe.test" for name in expected), timeout=60)
        self.assertLess(done.seconds, harness.limit(30, pace))
        self.probe(done.json())
        domains = {d["name"]: d["findings"] for d in done.json()["domains"]}
        for name, (check, verdict, reason) in expected.items():
            with self.subTest(server=name):
                found = [f for f in domains[name + ".probe.test"]
                         if f["check"] == check]
                self.assertEqual(len(found), 1, domains[name + ".probe.test"])
                if verdict:
                    self.assertEqual(found[0]["verdict"], verdict, found)
                else:
                    self.assertNotEqual(found[0]["verdict"], "pass", found)
                if reason:
                    self.assertEqual(found[0]["reason"], reason, found)

    def test_polite(self):
        """EHLO STARTTLS EHLO QUIT, never MAIL, one at a time a host."""
        smtpd = Smtpd(self.where)
        self.addCleanup(smtpd.close)
        config = self.settings({"smtp": {"port": smtpd.port}})
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", self.file("polite.db"))
        self.assertEqual(done.code, 0, done.err)
        lines = [line for line in smtpd.lines()
                 if line[1] != "127.0.1.1" or line[0] != "1"]
        open_now, said, sessions = set(), {}, {}
        for session, address, _how, event in lines:
            if event == "open":
                self.assertNotIn(address, open_now)
                open_now.add(address)
                sessions[address] = sessions.get(address, 0) + 1
            elif event.startswith("close"):
                open_now.discard(address)
            elif event.startswith(("C: ", "C+ ")):
                said.setdefault(session, []).append(event)
        verbs = {e.split()[1].upper() for v in said.values() for e in v}
        self.assertEqual(verbs, {"EHLO", "STARTTLS", "QUIT"})
        whole = ["C: EHLO probe.world.test", "C: STARTTLS",
                 "C+ EHLO probe.world.test", "C+ QUIT"]
        self.assertIn(whole, said.values())
        # Fourteen domains behind mx1.postbox.test: it was probed once.
        self.assertEqual({a: n for a, n in sessions.items()
                          if n > 2}, {})
        self.assertLessEqual(sessions["127.0.1.1"], 1)

    def test_reasons_zone(self):
        """A name for each reason."""
        names = {
            "multiple.spf.test": "multiple", "syntax.spf.test": "syntax",
            "void.spf.test": "too_many_void", "loop.spf.test": "loop",
            "include-missing.spf.test": "include_missing",
            "plus-all.spf.test": "plus_all", "ptr.spf.test": "ptr_mechanism",
            "neutral.spf.test": "neutral_all", "no-all.spf.test": "no_all",
            "near.spf.test": "near_limit", "wide.spf.test": "unsafe_range",
            "missing.spf.test": "missing", "ok.spf.test": "ok",
            "split.spf.test": "ok", "redirect.spf.test": "ok",
        }
        done = self.probe_words("--no-smtp", "--format", "json", *names)
        self.probe(done.json())
        for (name, check, _subject), finding in self.found(done).items():
            if check == "spf":
                with self.subTest(name=name):
                    self.assertEqual(finding["reason"], names[name])

    def test_cures_are_records(self):
        """What is printed in 80 columns can be pasted, remarks and all."""
        words = ("--no-smtp", "--ip", "203.0.113.2", "--selector", "sha1",
                 "--selector", "testing", "dkim.test", "lookups.test")
        lines = self.probe_words(*words).out.splitlines()
        self.assertTrue(all(len(line) <= 80 for line in lines))
        cures = [line for line in lines
                 if re.match(r'\S+\. |  "|;', line)]
        zone = self.file("zone")
        with open(zone, "w") as out:
            out.write("\n".join(
                ["$ORIGIN .", "$TTL 60", "@ SOA a. b. 1 1 1 1 1", "@ NS a.",
                 *cures]) + "\n")
        read = subprocess.run(["ldns-read-zone", zone], text=True,
                              capture_output=True)
        self.assertEqual(read.stderr, "")
        there = {owner: "".join(re.findall(r'"((?:[^"\\\\]|\\\\.)*)"', data))
                 for owner, data in re.findall(
                     r"(?m)^(\S+)\t60\tIN\tTXT\t(.*)$", read.stdout)}
        said = self.probe_words("--format", "json", *words)
        wanted = {}
        for finding in self.found(said).values():
            part = re.match(r'(\S+) IN TXT ((?:"[^"]*" ?)+)',
                            finding.get("cure") or "")
            if part:
                wanted[part[1]] = part[2].replace('"', "").strip() \
                    .replace(" ", "")
        self.assertGreater(len(wanted), 5)
        self.assertEqual({o: d.replace(" ", "") for o, d in there.items()},
                         wanted)

    def test_selectors(self):
        done = self.probe_words(
            "--no-smtp", "--format", "json", "dkim.test",
            *(w for s in ("ok", "revoked", "weak", "short", "testing", "bad",
                          "syntax", "sha1", "multiple", "ed", "hosted",
                          "none") for w in ("--selector", s)))
        self.probe(done.json())
        self.assertEqual(
            {subject: f["reason"] for (_d, check, subject), f
             in self.found(done).items() if check == "dkim"},
            {"ok": "ok", "revoked": "revoked", "weak": "weak_key",
             "short": "short_key", "testing": "testing", "bad": "bad_key",
             "syntax": "syntax", "sha1": "sha1_only", "multiple": "multiple",
             "ed": "ok", "hosted": "ok", "none": "missing"})

    def test_fail_on(self):
        """1 from the verdict on that is named; fail without a word."""
        for name, level, code in (
                ("noptr.test", None, 1), ("shop.test", None, 0),
                ("shop.test", "warn", 0), ("offers.test", "fail", 0),
                ("weakkey.test", "fail", 1),
                ("self-signed.probe.test", None, 0),
                ("self-signed.probe.test", "warn", 1),
                ("edge.test", "note", 1), ("edge.test", "warn", 0)):
            with self.subTest(domain=name, fail_on=level):
                done = self.probe_words(
                    *(("--fail-on", level) if level else ()), name)
                self.assertEqual(done.code, code, done.out)

    def test_stdin(self):
        text = "shop.test\n# a comment\n\n  noptr.test \r\nsix.test # x\n"
        done = self.probe_words("--stdin", "--format", "json", "--no-smtp",
                                feed=text)
        self.assertEqual(sorted(json.loads(line)["domains"][0]["name"]
                                for line in done.out.splitlines()),
                         ["noptr.test", "shop.test", "six.test"])
        for text in ("", "\n#\n"):
            self.assertEqual(self.probe_words("--stdin", feed=text).code, 2)
        done = self.probe_words("--stdin", feed="ok.test\nb@d..test\n")
        self.assertEqual(done.code, 2)
        self.one_sentence(done.err)
        self.assertIn("standard input:2", done.err)
        # A second word is not passed over in silence.
        done = self.probe_words("--stdin", feed="a.test\nb.test c.test\n")
        self.assertEqual((done.code, done.raw), (2, b""))
        self.assertIn("standard input:2: one domain a line", done.err)
        # All that is wrong is told at once, before anything is asked.
        done = self.probe_words("--stdin", feed="b@d..test\nok.test\na b\n"
                                "http://c.test/\n" + "a" * 5000)
        self.assertEqual((done.code, done.raw), (2, b""))
        self.assertEqual(re.findall(r"(?m)^sendtop: standard input:(\d+): ",
                                    done.err), ["1", "3", "4", "5"])
        done = self.probe_words("--stdin", feed="x..y\n" * 40)
        self.assertEqual(len(done.err.splitlines()), 20)
        done = self.probe_words("--stdin", feed="a" * 5000)
        self.assertEqual(done.code, 2)
        self.assertIn("standard input:1: too long", done.err)

    def test_idn(self):
        done = self.probe_words("--no-smtp", "--format", "json",
                                "b\u00fccher.test")
        self.assertEqual(done.json()["domains"][0]["name"],
                         "xn--bcher-kva.test")

    def test_csv(self):
        done = self.probe_words("--format", "csv", "--no-smtp",
                                "noptr.test", "shop.test")
        rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
        self.assertTrue(any(
            row["domain"] == "noptr.test" and row["name"] == "ptr" and
            row["reason"] == "missing" for row in rows))
        self.assertEqual({None} & {k for row in rows for k in row}, set())

    def test_markdown(self):
        done = self.probe_words("--format", "markdown", "--no-smtp",
                                "noptr.test")
        self.assertTrue(done.out.startswith("# sendtop "))
        self.assertRegex(done.out, r"192\.0\.2\.40")

    def test_color(self):
        done = self.probe_words("--no-smtp", "noptr.test")
        self.assertNotIn("\x1b", done.out)
        done = self.probe_words("--no-smtp", "--color", "always",
                                "noptr.test")
        self.assertIn("\x1b[", done.out)


class Spf(Case):
    def test_received_spf(self):
        """Its receiver is this machine, by the name that it goes by."""
        words = ("spf", "--header", "--ip", "192.0.2.10", "a@shop.test")
        done = self.sendtop(*words, "--config", world("CONFIG"))
        self.assertIn("receiver=probe.world.test;", done.out)
        done = self.sendtop(*words, "--resolver", world("DNS"))
        name = socket.gethostname()
        known = "." in name and not name.endswith((".local", ".localdomain"))
        self.assertIn("receiver=%s;" % (name if known else "unknown"),
                      done.out)

    def test_received_spf_of_a_domain(self):
        """A domain alone is its postmaster, whose address is told."""
        done = self.sendtop("spf", "--header", "--resolver", world("DNS"),
                            "--ip", "192.0.2.11", "shop.test")
        self.assertIn('envelope-from="postmaster@shop.test"', done.out)

    def test_results(self):
        for ip, address, result, code in (
                ("192.0.2.11", "a@shop.test", "pass", 0),
                ("198.51.100.5", "a@shop.test", "pass", 0),
                ("192.0.2.11", "<a@shop.test>", "pass", 0),
                ("203.0.113.9", "a@shop.test", "fail", 1),
                ("203.0.113.9", "a@news.example.test", "softfail", 1),
                ("203.0.113.9", "neutral.spf.test", "neutral", 1),
                ("203.0.113.9", "missing.spf.test", "none", 1),
                ("192.0.2.51", "a@lookups.test", "permerror", 1),
                ("2001:db8::25", "a@six.test", "pass", 0),
                ("2001:db8::99", "a@six.test", "fail", 1)):
            with self.subTest(ip=ip, address=address):
                done = self.sendtop("spf", "--resolver", world("DNS"),
                                    "--ip", ip, address)
                self.assertRegex(done.out, r"(?m)^result: %s$" % result)
                self.assertEqual(done.code, code)

    def test_temperror(self):
        done = self.sendtop("spf", "--resolver", world("BAD_DNS"), "--ip",
                            "192.0.2.1", "a@servfail.broken.test")
        self.assertRegex(done.out, r"(?m)^result: temperror$")
        self.assertEqual(done.code, 3)

    def test_helo(self):
        done = self.sendtop("spf", "--resolver", world("DNS"), "--ip",
                            "192.0.2.11", "--helo", "shop.test", "")
        self.assertRegex(done.out, r"(?m)^result: pass$")
