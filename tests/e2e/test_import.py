"""sendtop import: what export wrote comes back, each row once."""
# SPDX-License-Identifier: MIT
import csv
import datetime
import io
import json
import os
import resource
import signal
import socket
import sqlite3
import time

import harness
from harness import Case, integrity, query, wait, world

NEWS = "news.example.test"
HEAD = ("kind,domain,at,until,provider,stream,name,subject,value,verdict,"
        "reason,text,cure,record")
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


METRICS = ("spam_rate", "auth_spf", "auth_dkim", "auth_dmarc", "tls_inbound",
           "tls_outbound", "reject_rate", "temp_fail_rate")


def day(ago):
    return (TODAY - datetime.timedelta(ago)).isoformat()


def moment(n):
    return (datetime.datetime(2026, 1, 2) + datetime.timedelta(seconds=n)
            ).isoformat()


def measure(domain, at, value, name="spam_rate"):
    return "measure,%s,%s,,,,%s,,%s,,,,,\r\n" % (domain, at, name, value)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def tables(store):
    """Everything in it."""
    db = sqlite3.connect(store)
    try:
        return {name: sorted(db.execute('SELECT * FROM "%s"' % name), key=repr)
                for (name,) in db.execute("SELECT name FROM sqlite_master"
                                          " WHERE type = 'table'")}
    finally:
        db.close()


class ImportCase(Case):
    def setUp(self):
        super().setUp()
        self.db = self.file("new.db")

    def write(self, name, text):
        file = self.file(name)
        with open(file, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return file

    def run_import(self, *words, db=None, **more):
        return self.sendtop("import", "--store", db or self.db, *words, **more)

    def imported(self, *words, **more):
        done = self.run_import(*words, **more)
        self.assertEqual((done.code, done.err), (0, ""), done.out)
        self.assertEqual(done.out.count("\n"), 1, done.out)
        return done.out

    def refused(self, said, *words, **more):
        done = self.run_import(*words, **more)
        self.assertEqual((done.code, done.out), (3, ""), done.err)
        self.one_sentence(done.err)
        self.assertIn(said, done.err)
        return done.err

    def export(self, db=None, *words):
        done = self.sendtop("export", "--store", db or self.db, *words)
        self.assertEqual((done.code, done.err), (0, ""))
        return done.out

    def full_store(self):
        """The world's, with a log, notes, mutes and a past of findings."""
        db = self.store("full.db")
        log = self.file("mail.log")
        hour = int(time.time()) // 3600 * 3600 - 3600
        with open(log, "w") as f:
            for n in range(40):
                stamp = datetime.datetime.fromtimestamp(
                    hour + 60 * n, datetime.timezone.utc).strftime(
                        "%Y-%m-%dT%H:%M:%S+00:00")
                f.write("%s mx postfix/qmgr[1]: 4F%dAB: from=<a@%s>,"
                        " size=1, nrcpt=1 (queue active)\n" % (stamp, n, NEWS))
                f.write("%s mx postfix/smtp[2]: 4F%dAB: to=<b@gmail.com>,"
                        " relay=gmail-smtp-in.l.google.com[192.0.2.9]:25,"
                        " delay=1, delays=0/0/0/1, dsn=%s, status=%s\n" % (
                            stamp, n, *(("2.0.0", "sent (250 2.0.0 OK)")
                                        if n % 5 else
                                        ("4.7.28", "deferred (host "
                                         "gmail-smtp-in.l.google.com"
                                         "[192.0.2.9] said: 421-4.7.28 "
                                         "Gmail has detected an unusual "
                                         "rate of unsolicited mail)"))))
        for words in (("note", NEWS, "=campaign, \"began\""),
                      ("note", NEWS, "'quoted"),
                      ("note", "relay moved", "--at", "-3"),
                      ("mute", NEWS, "ptr", "--for-good", "--why", "moving"),
                      ("ingest", log, "--config", world("CONFIG"))):
            done = self.sendtop(*words, "--store", db)
            self.assertEqual(done.code, 0, done.err)
        conn = sqlite3.connect(db)
        with conn:
            number, = conn.execute("SELECT id FROM domain WHERE name = ?",
                                   (NEWS,)).fetchone()
            conn.execute(
                "INSERT INTO event (at_s, domain, kind, verdict, said, name,"
                " subject, begins) VALUES (?, ?, 'finding', 3,"
                " 'ptr 192.0.2.1: missing', 'ptr', '192.0.2.1', 1)",
                (hour, NEWS))
            # Unknown for an hour, with what was known before.
            conn.execute(
                "INSERT INTO finding (domain, name, subject, verdict, reason,"
                " detail, cure, begun_s, ended_s, first_seen_s, last_seen_s,"
                " known_verdict, known_reason, known_first_s, known_s, record)"
                " VALUES (?, 'spf', ?, 4, 'timeout', 'no answer', '', ?, ?,"
                " ?, ?, 3, 'missing', ?, ?, 'v=spf1 -all')",
                (number, NEWS, hour - 7200, hour - 3600, hour - 7200,
                 hour - 4000, hour - 90000, hour - 7300))
        conn.close()
        return db


class There(ImportCase):
    """And back again."""

    def test_the_same_rows(self):
        full = self.full_store()
        rows = self.export(full)
        self.assertEqual(
            {r["kind"] for r in rows_of(rows)},
            {"measure", "feedback", "finding", "event", "traffic", "reply",
             "note", "mute", "asked", "published", "log"})
        known, = [r["known"] for r in rows_of(rows) if r["record"] ==
                  "v=spf1 -all" and r["name"] == "spf" and r["known"]]
        self.assertRegex(known, r"^fail missing \S+Z \S+Z$")
        file = self.write("a.csv", rows)
        said = self.imported("--add", file)
        for what in (" measures", " findings", " 1 hour of traffic",
                     " 3 notes", " 1 mute", " 1 reply", " feedback rates",
                     " not watched until now"):
            self.assertIn(what, said)
        self.assertRegex(said, r"; \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\n$")
        self.assertEqual(sorted(self.export().splitlines()),
                         sorted(rows.splitlines()))
        # Once more, and with the lines in another order.
        before = tables(self.db)
        self.assertRegex(self.imported(file), r": nothing new; \d+ domains; "
                         r"\d+ known already\n$")
        self.assertEqual(tables(self.db), before)
        self.assertIn("nothing new", self.imported(file, db=full))
        lines = rows.splitlines(True)
        mixed = self.write("m.csv", lines[0] + "".join(sorted(
            lines[1:], key=lambda line: line[::-1])))
        other = self.file("other.db")
        self.imported("--add", mixed, db=other)
        self.assertEqual(sorted(self.export(other).splitlines()),
                         sorted(rows.splitlines()))
        # The time line is in the same order, and hooks pass it over.
        events = "SELECT at_s, said FROM event ORDER BY id"
        self.assertEqual(query(self.db, events), query(full, events))
        self.assertLess(query(self.db, "SELECT max(id) FROM event")[0][0], 0)

    def test_json(self):
        full = self.full_store()
        file = self.write("rows.csv", self.export(full, "--format", "json"))
        self.imported("--add", file)
        self.assertEqual(sorted(self.export().splitlines()),
                         sorted(self.export(full).splitlines()))

    def test_panels(self):
        """The snapshot judges the same; only who asked when is not known."""
        full = self.full_store()
        self.imported("--add", self.write("a.csv", self.export(full)))
        both = []
        for db in (full, self.db):
            done = self.sendtop("snapshot", "--store", db, "--format", "json",
                                "--config", world("CONFIG"), NEWS)
            self.assertEqual(done.code, 0, done.err)
            both.append(done.json()["domains"][0])
        self.assertEqual(set(both[0]), set(both[1]))
        for name in set(both[0]) - {"poll"}:
            self.assertEqual(both[0][name], both[1][name], name)

    def test_from_a_pipe(self):
        full = self.store("full.db")
        rows = self.export(full)
        self.assertIn("standard input: imported ",
                      self.imported("--add", "-", feed=rows))
        self.assertEqual(sorted(self.export().splitlines()),
                         sorted(rows.splitlines()))
        self.assertEqual([n for n in os.listdir(self.where) if "import" in n],
                         [])

    def test_collector_goes_on(self):
        """It polls what was imported, and tells no hook of the past."""
        full = self.full_store()
        self.imported("--add", self.write("a.csv", self.export(full)))
        told = self.file("told")
        config = self.settings({'hook "all"': {
            "command": "/bin/sh -c 'cat >>%s'" % told}})
        done = self.sendtop("collect", "--once", "--config", config, "--store",
                            self.db)
        self.assertEqual(done.code, 0, done.err)
        if os.path.exists(told):
            with open(told) as f:
                self.assertNotIn("192.0.2.1: missing", f.read())
        new = query(self.db, "SELECT count(*) FROM event WHERE id > 0")[0][0]
        self.assertEqual(new, query(self.db, "SELECT coalesce(max(id), 0)"
                                    " FROM event")[0][0] if new else 0)


class Merge(ImportCase):
    """Into a store that knows something already."""

    def setUp(self):
        super().setUp()
        self.imported("--add", self.write("a.csv", HEAD + "\r\n" +
                                          measure("a.test", day(3), 0.25) +
                                          measure("a.test", day(2), 0.5)))

    def values(self):
        return {r["at"]: r["value"] for r in rows_of(self.export())
                if r["kind"] == "measure"}

    def test_what_differs(self):
        file = self.write("b.csv", HEAD + "\r\n" +
                          measure("a.test", day(4), 0.125) +
                          measure("a.test", day(3), 0.25) +
                          measure("a.test", day(2), 0.75))
        done = self.run_import(file)
        self.assertEqual((done.code, done.out), (
            0, "%s: imported 1 measure; 1 domain; %s; 1 known already\n" % (
                file, day(4))))
        self.assertEqual(done.err, "sendtop: %s: 1 differs from what the "
                         "store has, which stayed (--replace takes the "
                         "file's); a.test spam_rate of %s is 0.75 there and "
                         "0.5 here\n" % (file, day(2)))
        self.assertEqual(self.values(), {day(4): "0.125", day(3): "0.25",
                                         day(2): "0.5"})
        done = self.run_import("--replace", "--dry-run", file)
        self.assertEqual(self.values()[day(2)], "0.5")
        done = self.run_import("--replace", file)
        self.assertIn("1 differs from what the store has, and took its place",
                      done.err)
        self.assertEqual(self.values()[day(2)], "0.75")
        self.imported(file)

    def test_not_watched(self):
        file = self.write("b.csv", HEAD + "\r\n" +
                          measure("a.test", day(5), 0.5) +
                          measure("b.test", day(5), 0.5))
        before = tables(self.db)
        self.refused("b.test is not watched here; --add watches it from now "
                     "on; nothing of it was imported", file)
        self.assertEqual(tables(self.db), before)
        self.assertIn("1 of them not watched until now",
                      self.imported("--add", file))
        self.assertEqual(query(self.db, "SELECT name, sources FROM domain"
                               " ORDER BY name"), [("a.test", 4),
                                                   ("b.test", 4)])

    def test_dry_run(self):
        file = self.write("b.csv", HEAD + "\r\n" +
                          measure("c.test", day(5), 0.5))
        before = tables(self.db)
        self.assertIn("would import 1 measure; 1 domain, 1 of them not "
                      "watched", self.imported("--dry-run", "--add", file))
        self.assertEqual(tables(self.db), before)
        # Where there is no store, none is made.
        none = self.file("none.db")
        self.imported("--dry-run", "--add", file, db=none,
                      env={"TMPDIR": self.where})
        self.assertEqual([n for n in os.listdir(self.where)
                          if n.startswith(("none", "sendtop-"))], [])

    def finding(self, at, until, verdict, seen, text="x"):
        return "finding,a.test,%s,%s,,,ptr,192.0.2.1,,%s,word,%s,,,%s,%s\r\n" \
            % (at, until, verdict, text, at, seen)

    def test_findings_of_ones_own_time(self):
        head = HEAD + ",first_seen,last_seen\r\n"
        at = [day(n) + "T00:00:00Z" for n in range(20)]
        own = self.write("own.csv", head + self.finding(
            at[5], "", "fail", at[3]))
        self.imported(own)
        # One from before that goes on, one in between, one of later.
        done = self.run_import(self.write("b.csv", head + self.finding(
            at[9], at[4], "warn", at[4]) + self.finding(
                at[4], at[2], "pass", at[2]) + self.finding(
                    at[2], "", "note", at[1])))
        self.assertEqual(done.code, 0)
        self.assertIn("1 finding of a time that this store watched itself "
                      "stayed out", done.err)
        rows = [(r["at"], r["until"], r["verdict"])
                for r in rows_of(self.export()) if r["kind"] == "finding"]
        self.assertEqual(sorted(rows), sorted([
            (at[9], at[5], "warn"), (at[5], "", "fail"), (at[2], "", "note")]))
        # The same one, seen for longer, is carried on.
        self.imported(self.write("c.csv", head + self.finding(
            at[5], at[2], "fail", at[2], "longer")))
        rows = [(r["until"], r["text"], r["last_seen"])
                for r in rows_of(self.export()) if r["at"] == at[5]]
        self.assertEqual(rows, [(at[2], "longer", at[2])])

    def test_traffic_does_not_double(self):
        hour = day(2) + "T10:00:00Z"
        rows = "".join("traffic,a.test,%s,,gmail,pool,%s,,%d,,,,,\r\n" % (
            hour, name, n) for n, name in enumerate(
                ("delivered", "deferred", "bounced", "tls", "clear"), 10))
        reply = ("reply,a.test,%s,,gmail,pool,spam,,%%d,permanent,"
                 "550 5.7.1,no,,\r\n" % hour)
        file = self.write("t.csv", HEAD + "\r\n" + rows + reply % 3)
        self.assertIn("1 hour of traffic, 1 reply", self.imported(file))
        self.imported(file)
        more = self.write("u.csv", HEAD + "\r\n" + rows.replace(
            ",10,", ",20,") + reply % 5)
        done = self.run_import(more)
        self.assertIn("2 differ from what the store has, which stayed",
                      done.err)
        counts = ("SELECT (SELECT delivered FROM traffic), (SELECT times FROM"
                  " reply), (SELECT times FROM reply_day)")
        self.assertEqual(query(self.db, counts), [(10, 3, 3)])
        self.run_import("--replace", more)
        self.assertEqual(query(self.db, counts), [(20, 5, 5)])
        # The day's sums are rows of their own; nothing is added up.
        self.assertEqual({r["name"] for r in rows_of(self.export())
                          if r["kind"] == "measure"}, {"spam_rate"})
        self.refused("there is no row of deferred", self.write(
            "v.csv", HEAD + "\r\n" + rows.split("\r\n")[0].replace(
                "T10", "T11") + "\r\n"))

    def test_a_csv_of_ones_own(self):
        done = self.run_import(self.write(
            "own.csv", "\ufeffdate,note to self,domain,spam_rate,"
            "tls_inbound_count\n%s,x,a.test,0.001,77\n%s,,A.test,,78\n\n" % (
                day(400), day(399))))
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("imported 3 measures; 1 domain; %s to %s" % (
            day(400), day(399)), done.out)
        self.assertIn("columns that no export has were passed over: note to "
                      "self", done.err)
        rows = [(r["at"], r["name"], r["value"])
                for r in rows_of(self.export()) if r["at"] < day(300)]
        self.assertEqual(sorted(rows), [
            (day(400), "spam_rate", "0.001"),
            (day(400), "tls_inbound_count", "77"),
            (day(399), "tls_inbound_count", "78")])

    def test_what_is_not_known(self):
        done = self.run_import(self.write(
            "n.csv", HEAD + ",mood\r\n" + measure("a.test", day(9), 0.5) +
            "oracle,a.test,%s,,,,,,,,,,,,good\r\n" % day(9) +
            measure("a.test", day(9), 0.5, "joy_rate")))
        self.assertEqual(done.code, 0)
        self.assertIn("imported 1 measure", done.out)
        self.assertIn("2 rows stayed out that this sendtop knows nothing of; "
                      "the first: kind oracle\n", done.err)
        self.assertIn("passed over: mood\n", done.err)


BAD = (
    # The file, and what must be said of it.
    ("", "there is nothing in it"),
    ("\n\n", "there is nothing in it"),
    ("hello\n", "line 1: no header of an export"),
    ("kind;domain;at\n", "not separated by commas"),
    ("domain,kind,name,subject,day,value,verdict,reason\n",
     "it is a snapshot"),
    ('{"schema":"sendtop/1","domains":[]}\n', "it is a snapshot"),
    ('[{"kind":"note"}]\n', "a JSON array"),
    (b"\x1f\x8b\x08\x00", "packed with gzip"),
    (b"PK\x03\x04", "a spreadsheet"),
    (b"SQLite format 3\0", "it is a store"),
    ("kind,domain".encode("utf-16"), "it is UTF-16"),
    (HEAD + ",kind\r\n", "line 1: column kind stands there twice"),
    (HEAD + "\r\n" + measure("a.test", day(1), "nan"),
     'line 2: value: "nan" is no ratio from 0 to 1'),
    (HEAD + "\r\n" + measure("a.test", day(1), 1.5), "no ratio"),
    (HEAD + "\r\n" + measure("a.test", day(1), "1e999"), "no ratio"),
    (HEAD + "\r\n" + measure("a.test", day(1), -1, "reject_count"),
     "no number of messages"),
    (HEAD + "\r\n" + measure("a.test", day(-1), 0.5), "is yet to come"),
    (HEAD + "\r\n" + measure("a.test", "1999-12-31", 0.5),
     "is before the year 2000"),
    (HEAD + "\r\n" + measure("a.test", "19/11/2026", 0.5), "is no day"),
    (HEAD + "\r\n" + measure("a.test", "yesterday", 0.5), "is no day"),
    (HEAD + "\r\n" + measure("a..test", day(1), 0.5),
     'domain: "a..test" is not a domain name'),
    (HEAD + "\r\n" + measure("", day(1), 0.5), "domain: there is none"),
    (HEAD + "\r\n" + measure("a.test", day(1), ""), "value: there is none"),
    (HEAD + "\r\n" + measure("a.test", day(1), 0.5).replace(
        ",,\r\n", ",,,,x\r\n"), "more cells than the header"),
    (HEAD + "\r\n" + measure("a.test", day(1), 0.5) + 'note,"a.test,\r\n',
     "line 3: a quote is opened and not closed"),
    (HEAD + "\r\n" + 'note,"a"b,\r\n', "text follows a closing quote"),
    (HEAD + "\r\n" + "note,a\"b,\r\n", "a quote stands within a cell"),
    (HEAD + "\r\n" + measure("a.test", day(1), 0.5)[:-8],
     "the file ends within this row"),
    (HEAD + "\r\nnote," + "x" * 10000000 + "\r\n", "longer than 256 KiB"),
    (HEAD + "\r\nnote,\"" + "x" * 10000000 + "\r\n", "longer than 256 KiB"),
    ((HEAD + "\r\nnote,").encode() + b"\0\r\n", "line 2: it is no UTF-8"),
    ((HEAD + "\r\nnote,").encode() + b"\xff\xc0\r\n", "it is no UTF-8"),
    (HEAD + "\r\n" + "," * 200 + "\r\n", "more than 128 columns"),
    ('{"kind":"measure","domain":"a.test","at":"%s","name":"spam_rate",'
     '"value":"0.1"}\n' % day(1), "a number stands where a text belongs|value"
     " is not a number"),
    ('{"kind":"note","at":5}\n', "a number stands where a text belongs"),
    ('{"kind":"note","kind":"note"}\n', "a member stands there twice"),
    ('{"kind":"note","text":["x"]}\n', "neither a text nor a number"),
    ('{"kind":"note","text":"\\u0000"}\n', "not a JSON object"),
    ('{"kind":"note","text":"\\ud800"}\n', "not a JSON object"),
    ('{"kind":"note"} x\n', "not a JSON object"),
    ('{"kind":"note"\n', "not a JSON object"),
    ('{"kind":"note","text":"' + "x" * 10000000 + '"}\n', "256 KiB"),
    ('{"domain":"a.test"}\n', "kind: there is none"),
    ('{"kind":"note","at":"2026-01-02"}\n', 'at: "2026-01-02" is no time'),
    ('{"kind":"note","at":"2026-01-02T03:04:05Z"}\n', "text: there is none"),
    ('{"kind":"log","domain":"a.test","at":"2026-01-02T03:04:05Z"}\n',
     "has no such row"),
)


class Refused(ImportCase):
    def test_bad_files(self):
        self.imported("--add", self.write("a.csv", HEAD + "\r\n" +
                                          measure("a.test", day(3), 0.25)))
        before = tables(self.db)
        for text, said in BAD:
            with self.subTest(text=text[:60], said=said):
                file = self.write("bad.csv", text)
                done = self.run_import("--add", file, memory=256 << 20)
                self.assertEqual((done.code, done.out), (3, ""))
                self.one_sentence(done.err)
                self.assertRegex(done.err, r"\Asendtop: \S+bad\.csv: .*(%s)"
                                 r".*; nothing of it was imported\n\Z" %
                                 said.replace("(", r"\("))
        self.assertEqual(tables(self.db), before)

    def test_words(self):
        for words, code, said in (
                ((), 2, "name the files"), (("none.csv",), 3, "No such file"),
                ((self.where,), 3, "is a directory"),
                (("--format", "csv", "x"), 2, "unknown option")):
            done = self.run_import(*words)
            self.assertEqual((done.code, done.out), (code, ""), words)
            self.one_sentence(done.err)
            self.assertIn(said, done.err)

    def test_the_first_bad_file_ends_it(self):
        good = self.write("a.csv", HEAD + "\r\n" +
                          measure("a.test", day(3), 0.25))
        bad = self.write("b.csv", HEAD + "\r\n" +
                         measure("a.test", day(2), 0.25) +
                         measure("a.test", day(1), 2))
        done = self.run_import("--add", good, bad, good)
        self.assertEqual(done.code, 3)
        self.assertIn("b.csv: line 3: value", done.err)
        self.assertEqual(done.out.count("\n"), 1)
        self.assertEqual([r["at"] for r in rows_of(self.export())], [day(3)])

    def test_newer_store(self):
        db = self.store()
        conn = sqlite3.connect(db)
        version, = conn.execute("PRAGMA user_version").fetchone()
        conn.execute("PRAGMA user_version = %d" % (version + 1))
        conn.commit()
        conn.close()
        before = tables(db)
        file = self.write("a.csv", HEAD + "\r\n" +
                          measure("a.test", day(3), 0.25))
        for more in ((), ("--dry-run",)):
            self.refused("written by a newer sendtop", "--add", file, *more,
                         db=db)
        self.assertEqual(tables(db), before)

    def test_no_room(self):
        db = self.store()
        before = tables(db)
        file = self.write("big.csv", HEAD + "\r\n" + "".join(
            "note,,%sZ,,,,,,,,,note %d,,\r\n" % (moment(n), n)
            for n in range(100000)))

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        self.refused("cannot be written", file, db=db, preexec_fn=limit)
        self.assertEqual(integrity(db), "ok")
        self.assertEqual(tables(db), before)
        # Nor what standard input is kept in.
        with open(file) as f:
            self.refused("cannot be kept in", "-", db=db, feed=f.read(),
                         preexec_fn=limit, env={"TMPDIR": self.where})

    def test_killed(self):
        """At any moment: the store is whole, and has all of it or nothing."""
        db = self.store()
        before = tables(db)
        file = self.write("big.csv", HEAD + "\r\n" + "".join(
            "event,a.test,%sZ,,,,state,,,fail,,event %d,,\r\n" % (
                moment(n), n) for n in range(60000)))
        for size in (0, 1 << 20, 3 << 20):
            p = self.spawn("import", file, "--store", db)
            wait(lambda at_least=size: p.poll() is not None or (
                os.path.exists(db + "-wal") and
                os.path.getsize(db + "-wal") > at_least), "writes", 30)
            p.send_signal(signal.SIGKILL)
            p.wait(harness.patience(30))
            self.assertEqual(integrity(db), "ok")
            if tables(db) != before:
                self.assertEqual(query(db, "SELECT count(*) FROM event WHERE"
                                       " domain = 'a.test'"), [(60000,)])
        self.run_import(file, db=db)
        self.assertEqual(query(db, "SELECT count(*) FROM event WHERE"
                               " domain = 'a.test'"), [(60000,)])

    def test_bounded_memory(self):
        """Forty megabytes of rows, in the worst order."""
        with open(self.file("big.csv"), "w") as f:
            f.write(HEAD + "\r\n")
            for n in range(9000, 0, -1):
                for m in range(60):
                    f.write(measure("d%d.test" % m, day(n), "0.5"))
        self.imported("--add", self.file("big.csv"), memory=256 << 20,
                      timeout=120)


    def test_bounded_gaps(self):
        """Two days of each series, a quarter of a century apart."""
        with open(self.file("gaps.csv"), "w") as f:
            f.write("day,domain," + ",".join(METRICS) + "\n")
            for at in ("2000-01-02", day(2)):
                for n in range(2000 // len(METRICS)):
                    f.write("%s,d%d.test%s\n" % (at, n, ",0.5" * len(METRICS)))
        p = self.spawn("import", "--add", self.file("gaps.csv"), "--store",
                       self.db)
        # What wait4 says begins with the memory of whoever started it.
        most = 0
        while p.poll() is None:
            most = max(most, harness.peak_kib(p.pid))
            time.sleep(0.003)
        self.assertEqual(p.returncode, 0, p.stderr.read())
        self.assertGreater(most, 0)
        if harness.RUN["slow"] == 1:
            self.assertLess(most, 110 << 10)


class Beside(ImportCase):
    def test_a_collector(self):
        """It waits, and goes on."""
        db = self.store()
        config = self.settings()
        collector = self.spawn("collect", "--config", config, "--store", db)
        wait(lambda: query(db, "SELECT count(*) FROM activity WHERE beat_s > ?",
                           time.time() - 5)[0][0], "the collector")
        file = self.write("a.csv", HEAD + "\r\n" + "".join(
            measure("a.test", day(n), 0.25) for n in range(300, 100, -1)))
        self.imported("--add", file, db=db)
        self.assertIn("nothing new", self.imported(file, db=db))
        self.sendtop("note", "still there", "--store", db)
        self.assertIsNone(collector.poll())
        self.assertEqual(len([r for r in rows_of(self.export(db, "a.test"))
                              if r["kind"] == "measure"]), 200)
        collector.send_signal(signal.SIGTERM)
        self.assertEqual(collector.wait(harness.patience(30)), 0)
        self.assertEqual(integrity(db), "ok")

    def test_somebody_writes(self):
        db = self.store()
        conn = sqlite3.connect(db, isolation_level=None)
        conn.execute("BEGIN IMMEDIATE")
        file = self.write("a.csv", HEAD + "\r\n" +
                          measure("a.test", day(3), 0.25))
        self.refused("another process is writing to it; try again", "--add",
                     file, db=db)
        conn.execute("ROLLBACK")
        conn.close()
        self.imported("--add", file, db=db)

    def test_a_slow_pipe(self):
        """What is yet to come through a pipe keeps nobody from writing."""
        db = self.store()
        ours, theirs = socket.socketpair()
        p = self.spawn("import", "--add", "-", "--store", db, stdin=theirs)
        theirs.close()
        ours.sendall((HEAD + "\r\n" + measure("a.test", day(3), 0.25)
                      ).encode())
        for n in range(20):
            done = self.sendtop("note", "note %d" % n, "--store", db)
            self.assertEqual(done.code, 0, done.err)
        ours.close()
        out, err = p.communicate(timeout=harness.patience(60))
        self.assertEqual((p.returncode, err), (0, b""))
        self.assertIn(b"imported 1 measure", out)


class Help(Case):
    def test_round_trip_of_json_texts(self):
        """What JSON escapes comes back as it was."""
        db = self.file("s.db")
        text = "tab\\t \"quote\" back\\slash \u00e9 \u4e2d \U0001f600"
        row = json.dumps({"kind": "note", "at": "2026-01-02T03:04:05Z",
                          "text": text})
        for feed in (row, json.dumps(json.loads(row), ensure_ascii=False)):
            done = self.sendtop("import", "-", "--store", db, feed=feed)
            self.assertEqual((done.code, done.err), (0, ""))
        done = self.sendtop("export", "--store", db, "--format", "json")
        note, = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(note["text"], text)
