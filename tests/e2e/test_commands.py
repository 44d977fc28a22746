"""The commands: what they print, and what they answer."""
# SPDX-License-Identifier: MIT
import csv
import datetime
import io
import json
import os
import re

import harness
from contract import Contract
from harness import RUN, Case, Smtpd, world
from test_stories import ROWS

COMMANDS = ("", "collect", "probe", "spf", "snapshot", "check", "login")
# state of the list: exit code of check
EXITS = {"ok": 0, "WARN": 1, "CRIT": 2, "unkn": 3}


class Usage(Case):
    def test_help(self):
        for name in COMMANDS:
            words = [name] if name else []
            for option in ("--help", "-h"):
                with self.subTest(command=name, option=option):
                    done = self.sendtop(*words, option)
                    self.assertEqual((done.code, done.err), (0, ""))
                    self.assertRegex(done.out, r"usage: sendtop " + name)
                    self.assertIn("--config FILE", done.out)
                    self.assertEqual([line for line in done.out.split("\n")
                                      if len(line) > 100], [])

    def test_version(self):
        for name in COMMANDS:
            words = [name] if name else []
            done = self.sendtop(*words, "--version")
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertRegex(done.out, r"\Asendtop \d+\.\d+\.\d+\n\Z")

    def test_misuse(self):
        for words, pattern in (
                (("--nonsense",), r"unknown option --nonsense"),
                (("probe", "--once", "x.test"), r"unknown option --once"),
                (("probe", "--ip"), r"a value is missing after --ip"),
                (("probe",), r"probe needs a domain"),
                (("probe", "--ip", "x", "a.test"), r"\"x\" is not an IP"),
                (("probe", "--ip", "192.0.2.1/24", "a.test"),
                 r"is not an IP"),
                (("probe", "--fail-on", "pass", "a.test"),
                 r"--fail-on takes note, warn or fail, not pass"),
                (("probe", "--format", "yaml", "a.test"),
                 r"--format: there is no \"yaml\""),
                (("probe", "not a domain"), r"\"not a domain\" is not a"),
                (("probe", "--resolver", "nowhere", "a.test"),
                 r"resolver.servers.*nowhere"),
                (("probe", "--resolver", "127.0.0.1:99999", "a.test"),
                 r"resolver.servers"),
                (("probe", "--color", "pink", "a.test"), r"screen.color"),
                (("spf",), r"spf needs one --ip and one address"),
                (("spf", "--ip", "192.0.2.1", "a@b", "c@d"), r"spf needs"),
                (("snapshot", "--at", "tomorrowish"), r"is not a day")):
            with self.subTest(words=words):
                done = self.sendtop(*words)
                self.assertEqual(done.code, 2)
                self.assertEqual(done.raw, b"")
                self.one_sentence(done.err)
                self.assertRegex(done.err, pattern)

    def test_no_settings(self):
        done = self.sendtop("probe", "--config", "/no/such/file", "a.test")
        self.assertIn(done.code, (2, 3))
        self.assertEqual(done.raw, b"")
        self.one_sentence(done.err)
        self.assertIn("/no/such/file", done.err)

    def test_bad_settings(self):
        """File, line, key and what was expected."""
        for line, pattern in (
                ("[postmaster]\npoll = soon", r":3: postmaster\.poll.*soon"),
                ("[smtp]\nport = 99999", r":3: smtp\.port.*99999|:3: .*65535"),
                ("[resolver]\nservers = nonsense", r":3: resolver\.servers"),
                ("[screen]\ncolor = maybe", r":3: screen\.color.*maybe"),
                ("[smtp]\nallow-private = perhaps",
                 r":3: smtp\.allow-private.*yes or no"),
                ('[domain "a.test"]\nsending-ips = 1.2.3',
                 r":3: domain\..*sending-ips.*1\.2\.3|:3: .*sending-ips")):
            with self.subTest(settings=line):
                file = self.file("bad.conf")
                with open(file, "w") as f:
                    f.write("; a comment\n%s\n" % line)
                done = self.sendtop("snapshot", "--config", file, "--store",
                                    self.store())
                self.assertEqual(done.code, 2, done.err)
                self.one_sentence(done.err)
                self.assertRegex(done.err, re.escape(file) + pattern)

    def test_unknown_key_warns(self):
        file = self.file("odd.conf")
        with open(file, "w") as f:
            f.write("[smtp]\nprot = 25\n")
        done = self.sendtop("check", "shop.test", "--config", file,
                            "--store", self.store())
        self.assertEqual(done.code, 0)
        self.assertRegex(done.err, re.escape(file) + r":2: .*prot")

    def test_credentials_read_by_others(self):
        file = self.file("google.json")
        with open(world("CREDENTIALS")) as f, open(file, "w") as out:
            out.write(f.read())
        os.chmod(file, 0o644)
        config = self.settings({"postmaster": {"credentials": file}})
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", self.file("x.db"))
        self.assertEqual(done.code, 3)
        self.assertRegex(done.err, "chmod 600 '?" + re.escape(file))
        self.assertNotIn("world-secret", done.err)

    def test_broken_credentials(self):
        for text in ("", "{", "[]", "{}", '{"type": "authorized_user"}',
                     '{"type": 7}', '{"type": "service_account", '
                     '"client_email": "a", "private_key": "no key", '
                     '"token_uri": "https://127.0.0.1/"}',
                     json.dumps({"type": "authorized_user", "client_id": "a",
                                 "client_secret": "hush", "refresh_token":
                                 "hush", "token_uri": "ftp://x/"})):
            with self.subTest(text=text[:40]):
                file = self.file("google.json")
                with open(file, "w") as f:
                    f.write(text)
                os.chmod(file, 0o600)
                config = self.settings({
                    "postmaster": {"credentials": file},
                    "smtp": {"enabled": "no"}}, domains=False)
                done = self.sendtop("collect", "--once", "--config", config,
                                    "--store", self.file("x.db"))
                self.assertEqual(done.code, 3, done.err)
                last = done.err.splitlines()[-1] + "\n"
                self.one_sentence(last)
                self.assertIn(file, last)
                self.assertNotIn("hush", done.err)

    def test_missing_credentials(self):
        config = self.settings({"postmaster": {
            "credentials": self.file("none.json")}}, domains=False)
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", self.file("x.db"))
        self.assertEqual(done.code, 3)
        self.assertIn(self.file("none.json"), done.err)


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

    def test_mail_servers(self):
        """Every kind of server, at once, in a bounded time."""
        changes = {"smtp": {"timeout": "3s"}}
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
        self.assertLess(done.seconds, 30 * RUN["slow"])
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
    def test_results(self):
        for ip, address, result, code in (
                ("192.0.2.11", "a@shop.test", "pass", 0),
                ("198.51.100.5", "a@shop.test", "pass", 0),
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


class Snapshot(Case, Contract):
    cost = 2

    def words(self, *words):
        return self.sendtop("snapshot", "--config", world("CONFIG"),
                            "--store", self.store(), *words)

    def test_json(self):
        done = self.words("--format", "json")
        self.assertEqual((done.code, done.err), (0, ""))
        value = done.json()
        self.snapshot(value)
        states = {"CRIT": "critical", "WARN": "warning", "ok": "ok"}
        ramps = {"BACK OFF": "back_off"}
        self.assertEqual(
            {d["name"]: (d["standing"]["state"], d["ramp"]["state"])
             for d in value["domains"]},
            {name: (states[row[0]], ramps.get(row[2], row[2].lower()))
             for name, row in ROWS.items()})

    def test_one_story(self):
        """Every number of the pager's story."""
        value = self.words("--format", "json", "news.example.test").json()
        newest = value["sources"]["postmaster"]["newest_day"]
        domain, = value["domains"]
        spam = domain["spam"]
        self.assertEqual((spam["band"], spam["data"], spam["day"]),
                         ("violation", "value", newest))
        self.assertAlmostEqual(spam["rate"], 0.0041067763, places=8)
        self.assertEqual(spam["clean_days"], 0)
        last = {p["day"]: p["rate"] for p in spam["series"]}
        since = (datetime.date.fromisoformat(newest)
                 - datetime.timedelta(2)).isoformat()
        self.assertAlmostEqual(last[since], 0.0031, places=6)
        self.assertEqual(domain["standing"]["why"].split("since")[0].strip(
            " %"), "spam >= 0.30")
        self.assertEqual(domain["ramp"]["ceiling_tomorrow"], 0)
        self.assertAlmostEqual(domain["ramp"]["volume"], 48200, delta=250)
        loops = {f["id"]: f["rate"] for f in domain["feedback"]
                 if f["day"] == newest}
        self.assertAlmostEqual(loops["camp2"], 0.009, places=6)
        ids = {r["id"]: r["verdict"] for r in domain["requirements"]}
        self.assertEqual(ids["A4-SPAM"], "fail")

    def test_five_states(self):
        """A number, withheld, denied: never mixed up."""
        value = self.words("--format", "json").json()
        data = {d["name"]: d["spam"]["data"] for d in value["domains"]}
        self.assertEqual(
            (data["shop.test"], data["quiet.test"], data["denied.test"],
             data["unverified.test"]),
            ("value", "withheld", "denied", "denied"))
        quiet = next(d for d in value["domains"]
                     if d["name"] == "quiet.test")
        self.assertIsNone(quiet["spam"]["rate"])
        # Nor is the empty value of forty days ago taken for a zero.
        self.assertEqual(quiet["spam"]["series"], [])

    def test_text(self):
        done = self.words()
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, r"\Asendtop \S+ snapshot\ntime +\d{4}-")
        self.assertTrue(all(len(line) <= 80
                            for line in done.out.split("\n")))
        self.assertNotIn("\x1b", done.out)
        for name in ROWS:
            self.assertIn(name, done.out)
        done = self.words("--ascii", "news.example.test")
        self.assertEqual({b for b in done.raw if b > 127}, set())

    def test_csv(self):
        done = self.words("--format", "csv")
        rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
        self.assertTrue(all(None not in row for row in rows))
        spam = [row for row in rows if row["domain"] == "shop.test" and
                row["name"] == "spam_rate"]
        self.assertGreater(len(spam), 100)
        self.assertTrue(all(0 <= float(r["value"]) < 1 for r in spam))

    def test_markdown(self):
        done = self.words("--format", "markdown", "noptr.test")
        self.assertTrue(done.out.startswith("# sendtop "))
        self.assertIn("192.0.2.40", done.out)

    def test_at(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        day = (today - datetime.timedelta(10)).isoformat()
        for word in (day, "-10"):
            value = self.words("--format", "json", "--at", word,
                               "news.example.test").json()
            self.snapshot(value)
            self.assertEqual(value["as_of"], day)
            domain, = value["domains"]
            self.assertEqual(domain["spam"]["band"], "ok")
            self.assertLessEqual(domain["spam"]["day"], day)
            for points in domain["measures"].values():
                self.assertLessEqual(points[-1]["day"], day)
        done = self.words("--at", day)
        self.assertIn("as of      the end of " + day, done.out)
        self.assertNotIn("spam >= 0.30", done.out)

    def test_unknown_domain(self):
        for kind in ("text", "json", "csv", "markdown"):
            with self.subTest(format=kind):
                done = self.words("--format", kind, "nobody.test")
                self.assertEqual(done.code, 3)
                self.one_sentence(done.err)
                self.assertIn("nobody.test", done.err)

    def test_to_a_closed_pipe(self):
        p = self.spawn("snapshot", "--config", world("CONFIG"), "--store",
                       self.store())
        p.stdout.close()
        _, err = p.stderr.read(), p.wait(30)
        self.assertIn(p.returncode, (0, 3))


class Check(Case):
    def words(self, *words):
        return self.sendtop("check", "--store", self.store(), *words)

    def one_line(self, done, word):
        self.assertEqual(done.err, "")
        self.assertRegex(
            done.out, r"\ASENDTOP %s - [^\n|]+ \| (\w+=[\d.]+(%%|s)?"
            r"(;[\d.]*)*\s?)+\n\Z" % word)

    def test_stories(self):
        words = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}
        store = self.store()
        for name, row in ROWS.items():
            with self.subTest(domain=name):
                done = self.sendtop("check", name, "--store", store)
                self.assertEqual(done.code, EXITS[row[0]], done.out)
                self.one_line(done, words[done.code])
                if done.code:
                    self.assertIn(name, done.out)

    def test_all(self):
        done = self.words()
        self.assertEqual(done.code, 2)
        self.one_line(done, "CRITICAL")
        self.assertIn("news.example.test spam >= 0.30", done.out)
        self.assertIn("critical=%d;" % [row[0] for row in ROWS.values()]
                      .count("CRIT"), done.out)
        self.assertRegex(done.out, r"max_spam_rate=0\.4107%")

    def test_trouble_is_unknown(self):
        for words in (("--store", self.file("none.db")),
                      ("nobody.test", "--store", self.store())):
            done = self.sendtop("check", *words)
            self.assertEqual(done.code, 3)
            self.assertRegex(done.out, r"\ASENDTOP UNKNOWN - [^\n]+\n\Z")


class Collect(Case):
    cost = 2

    def test_once(self):
        store = self.file("store.db")
        done = self.sendtop("collect", "--once", "--config",
                            world("CONFIG"), "--store", store)
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        for table in ("series", "feedback", "standing", "domain"):
            self.assertEqual(
                harness.query(store, "SELECT count(*) FROM " + table),
                harness.query(RUN["base"], "SELECT count(*) FROM " + table))

    def test_once_without_credentials(self):
        store = self.file("store.db")
        config = self.settings({"postmaster": {"credentials": None}})
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", store)
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        done = self.sendtop("snapshot", "--store", store, "--config", config)
        self.assertIn("not connected (`sendtop login` connects it)",
                      done.out)
        done = self.sendtop("check", "noptr.test", "--store", store)
        self.assertEqual(done.code, 2, done.out)

    def test_twice_changes_nothing(self):
        """A second poll of the same world: no event, no finding more."""
        store = self.store()
        sql = ("SELECT domain, kind, said FROM event ORDER BY id",
               "SELECT domain, name, subject, verdict, reason, begun_s "
               "FROM finding ORDER BY id",
               "SELECT slot, first_day, days, numbers FROM series "
               "ORDER BY slot")
        before = [harness.query(store, text) for text in sql]
        done = self.sendtop("collect", "--once", "--config",
                            world("CONFIG"), "--store", store)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertEqual([harness.query(store, text) for text in sql],
                         before)

    def test_default_store(self):
        """XDG_STATE_HOME/sendtop, made for its owner alone."""
        done = self.sendtop("collect", "--once", "--config",
                            self.settings(domains=False), "shop.test")
        self.assertEqual(done.code, 0, done.err)
        where = self.file("state", "sendtop")
        self.assertEqual(os.stat(where).st_mode & 0o077, 0)
        self.assertTrue(os.path.exists(os.path.join(where, "store.db")))
        done = self.sendtop("check", "shop.test")
        self.assertEqual(done.code, 0, done.out)

    def test_bad_domain(self):
        done = self.sendtop("collect", "--once", "--store",
                            self.file("x.db"), "no domain")
        self.assertEqual(done.code, 2)
        self.one_sentence(done.err)
