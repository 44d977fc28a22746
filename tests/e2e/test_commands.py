"""The commands: what they print, and what they answer."""
# SPDX-License-Identifier: MIT
import csv
import datetime
import io
import json
import os
import re
import sqlite3
import struct
import time

import harness
from contract import Contract
from harness import Case, world
from test_stories import ROWS

COMMANDS = ("", "collect", "probe", "spf", "snapshot", "check", "note", "mute",
            "login")
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
                (("probe", "--no-smtp", "-xh"), r"unknown option -x "),
                (("probe",), r"probe needs a domain"),
                (("--color", "never", "probe", "a.test"),
                 r"a command has to be the first word: probe"),
                (("probe", "192.0.2.1"), r"is an address.*--ip"),
                (("probe", "2001:db8::1"), r"is an address.*--ip"),
                (("probe", "--selector", "a b", "a.test"),
                 r"\"a b\" is not a selector"),
                (("probe", "--selector", "", "a.test"),
                 r"\"\" is not a selector"),
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
                (("snapshot", "--at", "2999-01-01"), r"is yet to come"),
                (("snapshot", "--since", "2999-01-01"), r"is yet to come"),
                (("ramp", "--at", "2999-01-01", "a.test"),
                 r"is yet to come"),
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
        _, err = p.stderr.read(), p.wait(harness.patience(30))
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
        self.assertRegex(done.out, r"news\.example\.test spam rate 0\.41 % "
                         r"\(>= 0\.30 % since \w+ \d+\)")
        self.assertIn("critical=%d;" % [row[0] for row in ROWS.values()]
                      .count("CRIT"), done.out)
        self.assertRegex(done.out, r"max_spam_rate=0\.4107%")

    def test_nobody_collects(self):
        """What was in order is not known any more; what was wrong still
        counts."""
        store = self.store()
        db = sqlite3.connect(store)
        with db:
            db.execute("UPDATE activity SET beat_s = ?",
                       (int(time.time()) - 3 * 86400,))
        db.close()
        for name, code in (("shop.test", 3), ("offers.test", 1),
                           ("noptr.test", 2)):
            done = self.sendtop("check", name, "--store", store)
            self.assertEqual(done.code, code, done.out)
            self.assertRegex(done.out, r"\ASENDTOP \w+ - nobody has collected "
                             r"for (3 d|2 d[^;]*|72 h[^;]*); ")
        config = self.settings({"postmaster": {"poll": "2d"}})
        done = self.sendtop("check", "shop.test", "--store", store,
                            "--config", config)
        self.assertEqual(done.code, 0, done.out)

    def test_no_more_numbers(self):
        """A collector lives, but its token died three days ago."""
        store = self.store()
        db = sqlite3.connect(store)
        with db:
            for domain, packed in db.execute(
                    "SELECT domain, packed FROM standing").fetchall():
                then = db.execute("SELECT fetched_s FROM domain WHERE id = ?",
                                  (domain,)).fetchone()[0]
                if then:
                    packed = packed.replace(
                        struct.pack("<q", then),
                        struct.pack("<q", then - 3 * 86400))
                db.execute("UPDATE standing SET packed = ? WHERE domain = ?",
                           (packed, domain))
            db.execute("UPDATE activity SET beat_s = ?, error = CASE kind WHEN"
                       " 'poll' THEN 'no | token' ELSE '' END",
                       (int(time.time()),))
        db.close()
        for name, code in (("shop.test", 3), ("offers.test", 1),
                           ("noptr.test", 2)):
            done = self.sendtop("check", name, "--store", store)
            self.assertEqual(done.code, code, done.out)
            self.assertRegex(
                done.out, r"\ASENDTOP \w+ - ([^|;]+; )?Postmaster gave no "
                r"numbers of %s for 3 d: no / token; " % name)
        # It never had any, and it is known why.
        done = self.sendtop("check", "denied.test", "--store", store)
        self.assertEqual(done.code, 0, done.out)
        done = self.sendtop("check", "--store", store)
        self.assertRegex(done.out, r" and \d+ more for 3 d: no / token; ")
        self.sendtop("mute", "shop.test", "data", "--for-good", "--why",
                     "moved", "--store", store)
        for name, code in (("shop.test", 0), ("billing.example.test", 2)):
            done = self.sendtop("check", name, "--store", store)
            self.assertEqual(done.code, code, done.out)
            self.assertEqual("no numbers" in done.out, code != 0)

    def test_trouble_is_unknown(self):
        for words in (("--store", self.file("none.db")),
                      ("--store", self.file("a|b=1.db")), ("--a|b=1",),
                      ("nobody.test", "--store", self.store())):
            done = self.sendtop("check", *words)
            self.assertEqual(done.code, 3)
            self.assertRegex(done.out, r"\ASENDTOP UNKNOWN - [^\n|]+\n\Z")


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
                harness.query(harness.known(),
                              "SELECT count(*) FROM " + table))

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
