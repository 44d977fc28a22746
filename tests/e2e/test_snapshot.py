"""Snapshots: redacted, of what changed, to a file, on exit; line by line."""
# SPDX-License-Identifier: MIT
import csv
import io
import os
import re
import signal
import sqlite3
import time
import unittest

import harness
from contract import Contract
from harness import Case, world
from screen import Pty, Screen
from stories import STORIES

NAMES = [story.name for story in STORIES]
FORMATS = ("text", "markdown", "json", "csv")
TAG = "Acme Ltd."
V4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
V6 = re.compile(r"(?<![0-9a-f:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}(?!\w)|"
                r"(?<![0-9a-f:])[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*::"
                r"[0-9a-f]{1,4}")
# Of what comes out, some megabytes of it, quickly.
LOOKS_V4 = re.compile(r"\d\.\d+\.\d+\.\d")
NAME = re.compile(r"\.test\b")


class Snapshots(Case):
    def setUp(self):
        super().setUp()
        self.db = self.store()

    def words(self, *words, **more):
        return self.sendtop("snapshot", "--config", world("CONFIG"),
                            "--store", self.db, *words, **more)

    def change(self, sql, *values):
        with sqlite3.connect(self.db) as db:
            db.execute(sql, values)

    def good(self, *words, **more):
        done = self.words(*words, **more)
        self.assertEqual((done.code, done.err), (0, ""))
        return done.out

    def fits(self, text):
        """80 columns, no controls, no blanks at a line's end."""
        self.assertEqual(harness.bad_characters(text), [])
        for line in text.split("\n"):
            self.assertLessEqual(len(line), 80, line)
            self.assertEqual(line, line.rstrip())


class Redacted(Snapshots):
    cost = 4

    def setUp(self):
        super().setUp()
        self.change("UPDATE domain SET tag = ? WHERE name = "
                    "'news.example.test'", TAG)
        self.change("UPDATE standing SET tag = ? WHERE name = "
                    "'news.example.test'", TAG)
        self.change("UPDATE domain SET poll_error = 'shop.test at "
                    "192.0.2.99 and 2001:db8::99 refused' "
                    "WHERE name = 'shop.test'")
        self.change("UPDATE activity SET error = 'asking shop.test: "
                    "192.0.2.98 refused', said = 'from /keys/shop.test.json'")
        self.change("INSERT OR REPLACE INTO state VALUES ("
                    "'postmaster.error', 'news.example.test: refused')")
        for domain, text in (
                ("news.example.test", "told " + TAG + " of 192.0.2.97"),
                ("", "moved all of Acme Ltd. to out9.example.test")):
            self.change("INSERT INTO note (at_s, domain, said) VALUES "
                        "(?, ?, ?)", int(time.time()) - 60, domain, text)
        self.sendtop("mute", "--store", self.db, "--config", world("CONFIG"),
                     "--until", "+3", "--why", TAG + " mends 192.0.2.40",
                     "noptr.test", "ptr")
        self.change("INSERT INTO event (at_s, domain, kind, verdict, said) "
                    "VALUES (?, '', 'error', 3, 'billing.example.test: "
                    "127.0.9.9 is gone')", int(time.time()) - 30)
        self.secrets = {TAG, "Acme"} | set(NAMES)
        with sqlite3.connect(self.db) as db:
            for row in db.execute("SELECT name, registrable FROM domain"):
                self.secrets.update(row)
        for _, value in harness.store_texts(self.db):
            text = value.decode("utf-8", "replace")
            self.secrets.update(V4.findall(text))
            self.secrets.update(V6.findall(text))
        # Times of day look like addresses to the eye of a pattern.
        self.secrets = {s for s in self.secrets
                        if not re.fullmatch(r"\d\d:\d\d:\d\d", s)}
        self.assertGreater(len(self.secrets), 60)

    def hides(self, *words):
        done = self.words("--redact", *words)
        self.assertEqual((done.code, done.err), (0, ""))
        for secret in self.secrets:
            self.assertFalse(secret in done.out, secret)
        for pattern in (LOOKS_V4, NAME):
            found = pattern.search(done.out)
            self.assertIsNone(found, found and done.out[
                max(found.start() - 60, 0):found.end() + 20])
        self.assertNotIn(self.where, done.out)
        self.assertNotIn("/tmp", done.out)
        return done.out

    def test_all(self):
        for kind in FORMATS:
            for more in ((), ("--since", "-5"),
                         ("--at", "-1", "--since", "-4")):
                with self.subTest(format=kind, words=more):
                    out = self.hides("--format", kind, *more)
                    self.assertGreater(len(out), 300)

    def test_one_by_one(self):
        for name in NAMES:
            with self.subTest(domain=name):
                self.hides(name)
                self.hides("--since", "-5", name)
        for kind in FORMATS[1:]:
            with self.subTest(format=kind):
                self.hides("--format", kind, *NAMES)
                self.hides("--format", kind, "--since", "-5", *NAMES)

    def test_own_words(self):
        """What people wrote is there, without what it names."""
        out = self.hides("news.example.test")
        self.assertRegex(out, r"told name-\w+ of\s+ip-\w+")
        out = self.hides("noptr.test")
        self.assertRegex(out, r"name-\w+ mends ip-\w+")

    def test_same_alias(self):
        """In every format, and the next time too."""
        first = self.hides("--format", "text", "news.example.test")
        alias = re.search(r"^ (\S+\.example) +CRITICAL", first, re.M)[1]
        for kind in FORMATS:
            self.assertIn(alias,
                          self.good("--redact", "--format", kind))
        # Its registrable name is the end of it, and that of its sister.
        parent = alias.split(".", 1)[1]
        self.assertEqual(
            len({name for name in re.findall(
                r"^ (\S+\.example) +(?:CRIT|ok)", self.good("--redact"), re.M)
                 if name.endswith("." + parent)}), 2)
        # Another store has another key.
        self.db = self.store("other.db")
        self.assertNotIn(alias, self.words("--redact").out)

    def test_without_a_lasting_key(self):
        """A store that cannot be written: a key of the run's own, and told."""
        with sqlite3.connect(self.db) as lock:
            lock.execute("BEGIN IMMEDIATE")
            done = self.words("--redact", "shop.test")
            lock.rollback()
        self.assertEqual(done.code, 0)
        self.one_sentence(done.err)
        self.assertIn("aliases of this snapshot", done.err)
        self.assertNotIn("shop.test", done.out)

    def test_names_are_real(self):
        """The command line takes real names, never aliases."""
        out = self.hides("shop.test")
        alias = re.search(r"^ (\S+\.example) ", out, re.M)[1]
        done = self.words("--redact", alias)
        self.assertEqual(done.code, 3)
        self.one_sentence(done.err)


class Since(Contract, Snapshots):
    def setUp(self):
        super().setUp()
        # What was found now was so three days ago; but for one record, which
        # was another one until an hour ago.
        self.change("UPDATE finding SET begun_s = begun_s - 432000, "
                    "first_seen_s = first_seen_s - 432000")
        now = int(time.time())
        with sqlite3.connect(self.db) as db:
            db.row_factory = sqlite3.Row
            row = dict(db.execute(
                "SELECT * FROM finding WHERE name = 'spf' AND domain = "
                "(SELECT id FROM domain WHERE name = 'lookups.test')"
            ).fetchone())
            db.execute("UPDATE finding SET begun_s = ?, first_seen_s = ? "
                       "WHERE id = ?", (now - 3600, now - 3600, row["id"]))
            row.update(id=None, verdict=0, reason="ok", ended_s=now - 3600,
                       last_seen_s=now - 3600, record="v=spf1 -all")
            db.execute("INSERT INTO finding (%s) VALUES (%s)" % (
                ", ".join(row), ", ".join("?" * len(row))),
                tuple(row.values()))

    def test_text(self):
        out = self.good("--since", "-2")
        self.fits(out)
        self.assertRegex(out, r"spam rate: [\d.]+ % on \w+ \d+ -> 0.41 %")
        self.assertRegex(out, r"(?s) lookups\.test +CRITICAL.*?spf: pass "
                         r"\(ok\) -> FAIL\s+\(too_many_lookups\)")
        self.assertRegex(out, r"record of spf: \"v=spf1 -all\" -> \"v=spf1 ")
        # Worst first, and each once.
        heads = re.findall(r"^ (\S+\.test) +(\w+) since", out, re.M)
        self.assertEqual(len(heads), len(set(heads)))
        order = [("CRITICAL", "WARNING", "unknown", "ok").index(state)
                 for _, state in heads]
        self.assertEqual(order, sorted(order))
        self.assertRegex(out, r"Nothing changed since \d{4}-\d\d-\d\d 00:00 "
                         r"UTC at \d+ other domains?:")
        told = {name for name, _ in heads}
        quiet = out[out.index("Nothing changed since"):]
        for name in NAMES:
            self.assertTrue((name in told) != (name in quiet), name)

    def test_one(self):
        out = self.good("--since", "-2", "lookups.test")
        self.assertIn("too_many_lookups", out)
        self.assertNotIn("news.example.test", out)

    def test_of_a_past_day(self):
        out = self.good("--at", "-4", "--since", "-9", "news.example.test")
        self.assertIn("as of ", out)
        self.assertRegex(out, r"spam rate: 0\.\d+ % on \w+ \d+ -> 0\.\d+ %")
        self.assertNotIn("0.41 %", out)

    def test_markdown(self):
        out = self.good("--since", "-2", "--format", "markdown")
        self.assertIn("What changed since ", out)
        self.assertIn("## lookups.test: critical", out)
        self.assertRegex(out, r"\*\*fail\*\* spf: pass \(ok\) -\\> FAIL|"
                         r"\*\*fail\*\* spf: pass \(ok\) -> FAIL")
        self.assertRegex(out, r"\nNothing changed since .* at \d+ domains: .*")

    def test_json(self):
        value = self.words("--since", "-2", "--format", "json").json()
        self.snapshot(value)
        self.day(value["since"])
        self.assertEqual(len(value["domains"]), len(STORIES))
        lookups = next(d for d in value["domains"]
                       if d["name"] == "lookups.test")
        verdict = next(c for c in lookups["changes"]
                       if c["kind"] == "verdict")
        self.assertEqual((verdict["name"], verdict["then"], verdict["now"]),
                         ("spf", "pass (ok)", "FAIL (too_many_lookups)"))
        record = next(c for c in lookups["changes"] if c["kind"] == "record"
                      and c["name"] is not None)
        self.assertEqual(record["then"], '"v=spf1 -all"')

    def test_csv(self):
        out = self.good("--since", "-2", "--format", "csv")
        rows = [row for row in csv.DictReader(io.StringIO(out, newline=""))
                if row["kind"] == "change" and
                row["domain"] == "lookups.test"]
        self.assertIn(("verdict", "spf", "FAIL (too_many_lookups)", "fail"),
                      [(r["name"], r["subject"], r["value"], r["verdict"])
                       for r in rows])

    def test_misuse(self):
        for words, pattern in (
                (("--since", "whenever"), r"--since: \"whenever\" is not"),
                (("--since", "-1", "--at", "-3"), r"begins after")):
            with self.subTest(words=words):
                done = self.words(*words)
                self.assertEqual(done.code, 2)
                self.one_sentence(done.err)
                self.assertRegex(done.err, pattern)


class Files(Snapshots):
    """From cron: no terminal, no home, a full disk."""

    def test_out(self):
        for kind in FORMATS:
            with self.subTest(format=kind):
                out = self.good("--format", kind, "--out", "snap", "shop.test")
                self.assertEqual(out, "")
                with open(self.file("snap")) as f:
                    self.assertIn("shop.test", f.read())
        self.assertEqual(sorted(os.listdir(self.where)),
                         sorted(["snap", "store.db"] +
                                [f for f in os.listdir(self.where)
                                 if f.startswith("store.db-")]))

    def failed(self, done):
        self.assertEqual(done.code, 3, done.err)
        self.one_sentence(done.err)
        self.assertEqual([f for f in os.listdir(self.where)
                          if f.startswith("snap.")], [])

    def test_failures(self):
        with open(self.file("snap"), "w") as f:
            f.write("the one before\n")
        self.failed(self.words("--out", "snap", "nobody.test"))
        self.failed(self.words("--out", "/dev/full"))
        self.failed(self.words("--out", "no/such/folder/snap"))
        self.failed(self.sendtop("snapshot", "--store", self.file("none.db"),
                                 "--out", "snap"))
        with open(self.file("snap")) as f:
            self.assertEqual(f.read(), "the one before\n")

    def test_full_disk(self):
        """Even one that fills while it is written."""
        with open(self.file("snap"), "w") as f:
            f.write("the one before\n")
        limited = 'ulimit -f 4; trap "" XFSZ; exec "$@"'
        done = harness.Done(*run(["sh", "-c", limited, "sh",
                                  harness.RUN["sendtop"], "snapshot",
                                  "--config", world("CONFIG"), "--store",
                                  self.db, "--format", "json", "--out",
                                  "snap"], self.where), 0)
        self.failed(done)
        with open(self.file("snap")) as f:
            self.assertEqual(f.read(), "the one before\n")
        with open("/dev/full", "w") as full:
            p = self.spawn("snapshot", "--config", world("CONFIG"), "--store",
                           self.db, stdout=full)
            err = p.stderr.read().decode()
            self.assertEqual(p.wait(harness.patience(30)), 3)
            self.one_sentence(err)

    def test_no_home(self):
        done = self.words("--redact", "--format", "markdown", env={
            "HOME": None, "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": None,
            "TERM": None, "LANG": None, "PATH": None})
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertTrue(done.out.startswith("# sendtop "))


def run(words, where):
    import subprocess
    p = subprocess.run(words, cwd=where, env=harness.environment(where),
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False,
                       timeout=harness.patience(60))
    return p.returncode, p.stdout, p.stderr


class OnExit(Snapshots):
    def pty(self, *more, **env):
        p = Pty(self, ["--config", world("CONFIG"), "--store", self.db,
                       "--no-collector", *more], **env)
        p.redraw(r"news\.example\.test +CRIT")
        return p

    def test_file(self):
        p = self.pty("--snapshot-on-exit", "last.txt")
        p.send(b"\r3")
        p.redraw(r"\[3 Checks\]")
        p.send(b"\x03")
        self.assertEqual(p.ended(), 0)
        with open(self.file("last.txt")) as f:
            text = f.read()
        self.fits(text)
        self.assertRegex(text, r"\Asendtop \S+ snapshot\ntime +\d{4}-")
        self.assertIn("resolver   ", text)
        self.assertRegex(text, r"\n news\.example\.test +CRITICAL")
        self.assertIn("What Google's compliance says", text)
        self.assertNotIn("? help", text)

    def test_standard_output(self):
        p = self.pty("--snapshot-on-exit", "-")
        os.kill(p.pid, signal.SIGTERM)
        self.assertEqual(p.ended(), 0)
        after = p.bytes.split(b"\x1b[?1049l")[-1].decode()
        self.assertRegex(after, r"sendtop \S+ snapshot\r\ntime ")
        self.assertRegex(after, r"\n news\.example\.test +CRIT")

    def test_it_cannot_be_written(self):
        p = self.pty("--snapshot-on-exit", "no/such/last.txt")
        p.send(b"q")
        self.assertEqual(os.waitstatus_to_exitcode(p.ended()), 3)
        self.assertRegex(p.bytes.split(b"\x1b[?1049l")[-1].decode(),
                         r"sendtop: cannot write no/such/last\.txt: ")

    def test_panel_by_key(self):
        """The panel alone, under the same head."""
        p = self.pty()
        p.send(b"\r2")
        p.redraw(r"\[2 Spam\]")
        p.send(b"p")
        p.redraw(r"\[this panel\]")
        p.send(b"\r")
        said = p.redraw(r"written: (\S+\.txt)")[1]
        with open(self.file(said)) as f:
            text = f.read()
        self.fits(text)
        self.assertRegex(text, r"\Asendtop \S+ snapshot\ntime +\d{4}-")
        self.assertIn("Feedback loops by DKIM domain", text)


class Linear(Snapshots):
    cost = 2

    def lines(self, *typed, more=(), **env):
        """What it prints from a pipe."""
        done = self.sendtop("--linear", "--config", world("CONFIG"),
                            "--store", self.db, "--no-collector", *more,
                            feed="".join(line + "\n" for line in typed),
                            env=env)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertNotIn("\x1b", done.out)
        self.assertEqual(harness.bad_characters(done.out), [])
        self.assertIsNone(re.search("[\u2500-\u25ff\u2800-\u28ff]", done.out))
        return done.out

    def test_list(self):
        out = self.lines()
        self.assertRegex(out, r"\Asendtop, %d domains" % len(STORIES))
        self.assertRegex(out, r"\n1\. news\.example\.test, state: CRIT, "
                         r".*spam %: 0\.41 rising, .*ramp: STOP, ")
        self.assertNotIn("> ", out.replace("-> ", ""). replace(">= ", ""))

    def test_domain(self):
        by_name = self.lines("news.example.test")
        self.assertIn("\nnews.example.test, CRITICAL since ", by_name)
        self.assertIn(". Stop: send nothing more to Gmail", by_name)
        self.assertRegex(by_name, r"\nSpam rate: 0\.41 % ")
        by_number = self.lines("1")
        self.assertIn("\nnews.example.test, CRITICAL since ", by_number)
        self.assertIn("not watched", self.lines("nobody.test"))
        self.assertIn("No domain has that number", self.lines("77"))

    def test_tabs(self):
        out = self.lines("news.example.test", "spam", "checks", "tls",
                         "replies", "ramp", "guidelines", "Timeline",
                         "tab summary")
        self.assertRegex(out, r"\nday: \d{4}-\d\d-\d\d, spam rate: 0\.41 %, "
                         r"volume: ")
        self.assertIn("\npass, spf, domain, ok, ", out)
        self.assertRegex(out, r"\nmail server \(mx\): \S+, session: pass")
        self.assertIn("\nsendtop ingest /var/log/mail.log\n", out)
        self.assertRegex(out, r"\nday: \d{4}-\d\d-\d\d, sent: ")
        self.assertRegex(out, r"requirement: A4-SPAM, sendtop: FAIL, "
                         r"google: NEEDS WORK")
        self.assertIn("Which domain?", self.lines("spam"))

    def test_commands(self):
        out = self.lines("sort name", "filter noptr", "1", "since -3",
                         "back", "list", "more", "events", "status", "help",
                         "filter", "group tag", "at -5", "at now", "nonsense",
                         "", "sort nothing", "theme mono")
        self.assertRegex(out, r"\n1\. billing\.example\.test, ")
        self.assertIn("\nFilter noptr: 1 domains.", out)
        self.assertIn("\nWhat changed at noptr.test since ", out)
        self.assertIn("That was all of it.", out)
        self.assertIn("mute CHECK[/SUBJECT]|all UNTIL WHY: ", out)
        self.assertIn("AS OF ", out)
        self.assertIn("That is no command, number or domain", out)
        self.assertIn("sort by what?", out)

    def test_writes(self):
        self.assertIn("noted on noptr.test: from a pipe", self.lines(
            "noptr.test", "note from a pipe",
            "mute ptr/192.0.2.40 3d the provider is at it", "probe"))
        self.assertEqual(
            [row[0] for row in harness.query(self.db,
                                             "SELECT said FROM note")],
            ["from a pipe"])
        self.assertEqual(harness.query(
            self.db, "SELECT count(*) FROM request WHERE domain = "
            "'noptr.test'")[0][0], 1)
        self.assertIn("muted", self.lines("noptr.test"))

    def test_export(self):
        """What was asked for is finished when nothing more is typed."""
        self.assertIn("written: all.json", self.lines("export json all.json"))
        self.assertGreater(os.path.getsize(self.file("all.json")), 10000)

    def test_ascii(self):
        out = self.lines("news.example.test", "spam", "tls", "replies",
                         LANG="C")
        self.assertEqual({c for c in out if ord(c) > 127}, set())

    def test_rubbish(self):
        done = self.sendtop(
            "--linear", "--config", world("CONFIG"), "--store", self.db,
            "--no-collector", feed=b"\x00\xff\x1b[2J\n" + b"x" * 100000 +
            b"\n\xe2\x80\xaenote\n-1\n99999999999999999999\nnote \x1b[2J\n"
            b"no newline at the end")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertEqual(harness.bad_characters(done.out), [])
        self.assertIn("that line is too long", done.out)

    def test_no_store(self):
        done = self.sendtop("--linear", "--store", self.file("none.db"),
                            "--config", world("CONFIG"), "--no-collector",
                            feed="list\nnews.example.test\nnote x\n")
        self.assertEqual(done.code, 3)
        self.one_sentence(done.err)
        self.assertIn("none.db", done.out)

    def test_setting(self):
        file = self.settings({"screen": {"linear": "yes"}})
        done = self.sendtop("--config", file, "--store", self.db,
                            "--no-collector", feed="1\n")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn("\nnews.example.test, CRITICAL", done.out)

    def test_on_exit(self):
        self.lines("noptr.test", "checks",
                   more=("--snapshot-on-exit", "last.txt"))
        with open(self.file("last.txt")) as f:
            text = f.read()
        self.fits(text)
        self.assertRegex(text, r"\n noptr\.test +CRITICAL")


class LinearTerminal(Snapshots):
    """On terminals that can only print."""
    cost = 2

    def pty(self, **env):
        p = Pty(self, ["--config", world("CONFIG"), "--store", self.db,
                       "--no-collector"], **env)
        p.wait(lambda b: b.endswith(b"sendtop> "), "the prompt")
        return p

    def say(self, p, text, pattern):
        mark = len(p.bytes)
        p.send(text.encode() + b"\n")
        p.wait(lambda b: re.search(pattern, b[mark:]) and
               b.endswith(b"> "), repr(pattern))

    def test_dumb(self):
        p = self.pty(TERM="dumb")
        self.say(p, "1", rb"news\.example\.test, CRITICAL since")
        self.assertTrue(p.bytes.endswith(b"\nnews.example.test> "))
        self.say(p, "ramp", rb"Tomorrow: nothing more")
        self.say(p, "back", rb"2\. edge\.test")
        self.assertTrue(p.bytes.endswith(b"\nsendtop> "))
        p.send(b"quit\n")
        self.assertEqual(p.ended(), 0)
        self.assertNotIn(b"\x1b", p.bytes)

    def test_others(self):
        for name in ("no-such-terminal", "", None):
            with self.subTest(TERM=name):
                p = self.pty(TERM=name)
                p.send(b"\x04")         # Ctrl-D: nothing more is typed
                self.assertEqual(p.ended(), 0)
                self.assertNotIn(b"\x1b", p.bytes)

    def test_signal(self):
        p = self.pty(TERM="dumb")
        os.kill(p.pid, signal.SIGTERM)
        self.assertEqual(p.ended(), 0)

    def test_news(self):
        """What happens is told when it does, and the prompt stands again."""
        p = self.pty(TERM="dumb")
        with sqlite3.connect(self.db, timeout=20) as db:
            db.execute("INSERT INTO event (at_s, domain, kind, verdict, said)"
                       " VALUES (?, 'shop.test', 'spam_band', 3, "
                       "'spam rate 0.412 %, now violation')",
                       (int(time.time()),))
        p.wait(lambda b: re.search(
            rb"\n\d\d:\d\d shop\.test: spam rate 0\.412 %, now violation\r\n"
            rb"sendtop> $", b), "the sentence")
        # Once.
        self.say(p, "status", rb"domains")
        self.assertEqual(p.bytes.count(b"now violation"), 1)

    def test_suspend(self):
        screen = Screen(self, [], shell=True, PS1="$ ", TERM="dumb")
        screen.wait(r"^\$")
        screen.type("%s --config %s --store %s --no-collector\n" % (
            harness.RUN["sendtop"], world("CONFIG"), self.db))
        screen.wait(r"^sendtop>")
        screen.keys("C-z")
        screen.wait(r"Stopped")
        screen.type("fg\n")
        screen.wait(r"^sendtop> *$")
        screen.type("quit\n")
        screen.wait(r"^\$ *$")

    def test_idle(self):
        """Nothing is printed, and it hardly wakes up."""
        p = self.pty(TERM="dumb")
        def switches():
            with open("/proc/%d/status" % p.pid) as f:
                return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)",
                                     f.read(), re.M)[1])
        mark, before = len(p.bytes), switches()
        began = time.monotonic()
        while time.monotonic() < began + 5:
            p.take(0.2)
        self.assertEqual(p.bytes[mark:], b"")
        self.assertLess(switches() - before,
                        12 / 5 * (time.monotonic() - began))


if __name__ == "__main__":
    unittest.main()
