"""sendtop export: everything the store remembers, as rows."""
# SPDX-License-Identifier: MIT
import collections
import csv
import datetime
import io
import json
import os
import sqlite3
import time

import harness
from harness import Case, query, world

COLUMNS = ["kind", "domain", "at", "until", "provider", "stream", "name",
           "subject", "value", "verdict", "reason", "text", "cure", "record",
           "first_seen", "last_seen", "known", "check", "category",
           "slow_down"]
KINDS = ("measure", "feedback", "finding", "event", "traffic", "reply",
         "note", "mute", "asked", "published", "log")
NEWS = "news.example.test"


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


class Export(Case):
    def setUp(self):
        super().setUp()
        self.db = self.store()

    def export(self, *words, **more):
        done = self.sendtop("export", "--store", self.db, *words, **more)
        self.assertEqual((done.code, done.err), (0, ""))
        return done

    def own(self):
        """A note, a mute, an event and some mail of the last hours."""
        for words in (("note", NEWS, "=campaign, \"began\""),
                      ("note", "relay moved"),
                      ("mute", NEWS, "ptr", "--for-good", "--why", "moving")):
            done = self.sendtop(*words, "--store", self.db)
            self.assertEqual(done.code, 0, done.err)
        hour = int(time.time()) // 3600 * 3600
        db = sqlite3.connect(self.db)
        with db:
            number = db.execute("SELECT id FROM domain WHERE name = ?",
                                (NEWS,)).fetchone()[0]
            db.execute("INSERT INTO event (at_s, domain, kind, verdict, said,"
                       " name, subject, begins) VALUES (?, ?, 'finding', 3,"
                       " 'ptr 192.0.2.1: missing', 'ptr', '192.0.2.1', 1)",
                       (hour, NEWS))
        db.close()
        log = self.file("mail.log")
        stamp = datetime.datetime.fromtimestamp(
            hour + 60, datetime.timezone.utc).strftime(
                "%Y-%m-%dT%H:%M:%S+00:00")
        with open(log, "w") as f:
            for n in range(3):
                f.write("%s mx postfix/qmgr[1]: 4F%dAB: from=<a@%s>,"
                        " size=1, nrcpt=1 (queue active)\n" % (stamp, n, NEWS))
                f.write("%s mx postfix/smtp[2]: 4F%dAB: to=<b@gmail.com>,"
                        " relay=gmail-smtp-in.l.google.com[192.0.2.9]:25,"
                        " delay=1, delays=0/0/0/1, dsn=%s, status=%s\n" % (
                            stamp, n, *(("2.0.0", "sent (250 2.0.0 OK)") if n
                                        else ("4.7.28", "deferred (host "
                                              "gmail-smtp-in.l.google.com"
                                              "[192.0.2.9] said: 421-4.7.28 "
                                              "Gmail has detected an unusual "
                                              "rate of unsolicited mail)"))))
        done = self.sendtop("ingest", log, "--store", self.db, "--config",
                            world("CONFIG"))
        self.assertEqual(done.code, 0, done.err)
        return number

    def test_csv(self):
        self.own()
        done = self.export()
        head = done.out.split("\r\n", 1)[0]
        self.assertEqual(head, ",".join(COLUMNS))
        rows = rows_of(done.out)
        self.assertTrue(all(None not in row for row in rows))
        kinds = collections.Counter(row["kind"] for row in rows)
        self.assertEqual(set(kinds), set(KINDS))
        self.assertEqual(kinds["finding"], query(
            self.db, "SELECT count(*) FROM finding")[0][0])
        self.assertEqual(kinds["note"], 2)
        # A spreadsheet takes no cell for a formula.
        note, = [r for r in rows if r["kind"] == "note" and r["domain"]]
        self.assertEqual(note["text"], "'=campaign, \"began\"")
        mail = {(r["provider"], r["name"]): r["value"] for r in rows
                if r["kind"] == "traffic" and r["domain"] == NEWS}
        self.assertEqual(mail["gmail", "delivered"], "2")
        self.assertEqual(mail["gmail", "deferred"], "1")
        reply, = [r for r in rows if r["kind"] == "reply"]
        self.assertEqual((reply["value"], reply["reason"],
                          reply["verdict"]), ("1", "421 4.7.28", "temporary"))
        self.assertEqual((reply["category"], reply["slow_down"],
                          reply["last_seen"][14:]),
                         ("rate_limit", "yes", "01:00Z"))
        minutes, = [r["text"] for r in rows if r["name"] == "minutes"
                    and r["provider"] == "gmail"]
        self.assertEqual(minutes, "1:2")
        event, = [r for r in rows if r["kind"] == "event"
                  and r["domain"] == NEWS]
        self.assertEqual((event["name"], event["subject"], event["verdict"],
                          event["reason"], event["check"]),
                         ("finding", "192.0.2.1", "fail", "begins", "ptr"))

    def test_json_says_the_same(self):
        self.own()
        rows = rows_of(self.export().out)
        values = [json.loads(line) for line in self.export(
            "--format", "json").out.splitlines()]
        self.assertEqual(len(rows), len(values))
        for row, value in zip(rows, values):
            self.assertLessEqual(set(value), set(COLUMNS))
            for name in COLUMNS:
                if name == "value" and row[name]:
                    self.assertEqual(float(row[name]), value[name])
                elif name != "text":
                    self.assertEqual(row[name], value.get(name, ""), row)

    def test_a_gap_is_no_zero(self):
        days = [r["at"] for r in rows_of(self.export("quiet.test").out)
                if r["name"] == "spam_rate"]
        self.assertEqual(days, [])
        rows = [r for r in rows_of(self.export("shop.test").out)
                if r["name"] == "spam_rate"]
        self.assertGreater(len(rows), 100)
        self.assertEqual([r["at"] for r in rows],
                         sorted({r["at"] for r in rows}))

    def test_chosen(self):
        self.own()
        rows = rows_of(self.export("SHOP.test").out)
        self.assertEqual({r["domain"] for r in rows}, {"shop.test", ""})
        self.assertEqual({r["kind"] for r in rows if r["domain"] == ""},
                         {"note", "published", "log"})
        since = (datetime.datetime.now(datetime.timezone.utc).date()
                 - datetime.timedelta(9)).isoformat()
        rows = rows_of(self.export(NEWS, "--since", since).out)
        days = {r["at"] for r in rows if r["kind"] == "measure"}
        self.assertTrue(days)
        self.assertGreaterEqual(min(days), since)
        self.assertEqual(rows, rows_of(self.export(NEWS, "--since",
                                                   "-9").out))

    def test_refused(self):
        for words, code, said in (
                (("--format", "xml"), 2, 'an export has no "xml"'),
                (("--since", "soon"), 2, '"soon" is not a day'),
                (("nobody.test",), 3, "nobody.test"),
                (("a b",), 2, "is not a domain name")):
            done = self.sendtop("export", "--store", self.db, *words)
            self.assertEqual(done.code, code, words)
            self.one_sentence(done.err)
            self.assertIn(said, done.err)

    def test_full_disk_and_closed_pipe(self):
        with open("/dev/full", "wb") as full:
            done = self.sendtop("export", "--store", self.db, stdout=full)
        self.assertEqual(done.code, 3)
        self.one_sentence(done.err)
        p = self.spawn("export", "--store", self.db)
        p.stdout.readline()
        p.stdout.close()
        err = p.stderr.read()
        self.assertEqual((p.wait(harness.patience(60)), err), (0, b""))

    def test_bounded_memory(self):
        """A hundred times the findings and events need no more memory."""
        db = sqlite3.connect(self.db)
        with db:
            one = db.execute("SELECT min(id) FROM finding").fetchone()[0]
            db.execute(
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1"
                " FROM n WHERE i < 100000) INSERT INTO event (at_s, domain,"
                " kind, verdict, said) SELECT 1700000000 + i, 'shop.test',"
                " 'state', 3, 'as it was ' || i FROM n")
            db.execute(
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1"
                " FROM n WHERE i < 50000) INSERT INTO finding (domain, name,"
                " subject, verdict, reason, detail, cure, begun_s, ended_s,"
                " first_seen_s, last_seen_s, known_verdict, known_reason,"
                " known_first_s, known_s, record) SELECT domain, name,"
                " subject, verdict, reason, detail, cure, 1700000000 + i,"
                " 1700000001 + i, 0, 0, 0, '', 0, 0, record"
                " FROM finding, n WHERE id = ?", (one,))
        db.close()
        with open(self.file("out"), "wb") as out:
            done = self.sendtop("export", "--store", self.db, stdout=out,
                                memory=256 << 20)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertGreater(os.path.getsize(self.file("out")), 10 << 20)
