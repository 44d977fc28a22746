"""The operator's own: notes, mutes, and cancelling what runs."""
# SPDX-License-Identifier: MIT
import datetime
import sqlite3
import time

import harness
from harness import Case, Postmaster, query, wait

def failing(store):
    """A domain, check and subject that make its standing worse."""
    return query(store, "SELECT d.name, f.name, f.subject FROM finding f"
                 " JOIN domain d ON d.id = f.domain"
                 " WHERE f.verdict = 3 AND f.name = 'ptr'"
                 " AND f.ended_s > 9e18 ORDER BY d.name LIMIT 1")[0]


class Notes(Case):
    def note(self, *words, **more):
        return self.sendtop("note", "--store", self.db, *words, **more)

    def setUp(self):
        super().setUp()
        self.db = self.store()
        self.domain = query(self.db, "SELECT name FROM domain"
                            " ORDER BY name")[0][0]

    def test_kept_and_listed(self):
        done = self.note(self.domain, "campaign", "began")
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        self.note("new relay in use", "--at", "2026-01-02 03:04")
        self.note("all", "one.two is a word with a dot", "--at", "-3")
        rows = self.note().out.splitlines()
        self.assertEqual(len(rows), 3)
        self.assertRegex(rows[0], r"^  1  \d{4}-\d\d-\d\d \d\d:\d\d  %s +"
                         "campaign began$" % self.domain)
        self.assertRegex(rows[1], r"^  3  .* 00:00  all +one\.two is")
        self.assertRegex(rows[2], r"^  2  2026-01-02 03:04  all +new relay")
        rows = self.note(self.domain.upper()).out.splitlines()
        self.assertEqual(len(rows), 3)      # its own, and those of all

    def test_dropped(self):
        self.note("one")
        self.assertEqual(self.note("--drop", "1").code, 0)
        done = self.note("--drop", "1")
        self.assertEqual((done.code, done.err), (
            3, "sendtop: there is no note number 1\n"))
        done = self.note()
        self.assertEqual((done.code, done.out), (0, ""))

    def test_refused(self):
        tomorrow = str(datetime.date.today() + datetime.timedelta(days=2))
        for words, code in (
                (("unknown.example", "text"), 3), (("a..b", "text"), 2),
                (("text", "--at", "soon"), 2), (("text", "--at", ""), 2),
                (("text", "--at", tomorrow), 2), (("--drop", "x"), 2),
                (("--drop", "1", "text"), 2), (("--at", "-3"), 2),
                ((" ",), 2)):
            with self.subTest(words=words):
                done = self.note(*words)
                self.assertEqual((done.code, done.out), (code, ""))
                self.one_sentence(done.err)
        self.assertEqual(query(self.db, "SELECT count(*) FROM note"), [(0,)])

    def test_before_everything(self):
        """A note may be what makes the store."""
        self.db = self.file("new.db")
        self.assertEqual(self.note("first").code, 0)
        self.assertIn("first", self.note().out)

    def test_hostile_text(self):
        self.note("a\033[2Jb\u202ec\nd" + "x" * 5000)
        out = self.note().out
        self.assertEqual(harness.bad_characters(out), [])
        self.assertEqual(out.count("\n"), 1)

    def test_beside_a_collector(self):
        collector = self.spawn("collect", "--config", self.settings(),
                               "--store", self.db)
        wait(lambda: query(self.db, "SELECT beat_s FROM activity")[0][0] >
             time.time() - 60, "a working collector")
        for i in range(5):
            self.assertEqual(self.note("beside %d" % i).code, 0)
        self.assertIsNone(collector.poll())
        self.assertEqual(len(self.note().out.splitlines()), 5)


class Mutes(Case):
    def mute(self, *words):
        return self.sendtop("mute", "--store", self.db, *words)

    def setUp(self):
        super().setUp()
        self.db = self.store()
        self.domain, self.check, self.subject = failing(self.db)

    def test_listed_and_ended(self):
        done = self.mute(self.domain, "%s/%s" % (self.check, self.subject),
                         "--until", "+7", "--why", "moves soon")
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        self.mute("all", "spam_band", "--for-good", "--why", "not ours")
        end = datetime.datetime.now(datetime.timezone.utc).date()
        end += datetime.timedelta(days=8)   # the end of the seventh
        rows = self.mute().out.splitlines()
        self.assertEqual(len(rows), 2)
        self.assertRegex(rows[0], r"^  1  %s 00:00  %s +%s/%s  moves soon$" % (
            end, self.domain, self.check, self.subject))
        self.assertRegex(rows[1], r"^  2  for good +all +spam_band  not ours$")
        self.assertEqual(self.mute("--end", "1").code, 0)
        self.assertEqual(self.mute("--end", "1").code, 3)
        self.assertEqual(len(self.mute(self.domain).out.splitlines()), 1)

    def test_refused(self):
        well = ("--why", "w", "--until", "+1")
        for words, code in (
                ((self.domain, "ptr", "--why", "w"), 2),
                ((self.domain, "ptr", "--until", "+1"), 2),
                ((self.domain, "ptr", "--why", " ", "--until", "+1"), 2),
                ((self.domain, "ptr", "--for-good") + well, 2),
                ((self.domain, "ptr", "--why", "w", "--until", "-1"), 2),
                ((self.domain, "ptr", "--why", "w", "--until", "soon"), 2),
                ((self.domain, "prt") + well, 2),
                ((self.domain, "ptr", "more") + well, 2),
                (("unknown.example", "ptr") + well, 3),
                ((self.domain,) + well, 2), (well, 2),
                (("--end", "0"), 2), (("--end", "9"), 3),
                (("--end", "1", self.domain), 2)):
            with self.subTest(words=words):
                done = self.mute(*words)
                self.assertEqual((done.code, done.out), (code, ""))
                self.one_sentence(done.err)
        self.assertEqual(query(self.db, "SELECT count(*) FROM mute"), [(0,)])

    def test_unknown_name(self):
        for typed, near in (("prt", r'; is it "ptr"'),
                            ("sfp_sender", r'; is it "spf_sender"\?'),
                            ("spam_bnad", r'; is it "spam_band"'),
                            ("nothing_like_it", r'to mute \(see')):
            with self.subTest(typed=typed):
                done = self.mute(self.domain, typed, "--for-good", "--why",
                                 "w")
                self.assertEqual(done.code, 2)
                self.assertRegex(done.err, near)

    def test_ahead_of_time(self):
        """Taken, but that nothing is muted by it yet is said."""
        well = ("--for-good", "--why", "w")
        done = self.mute(self.domain, self.check + "/192.0.2.253", *well)
        self.assertEqual((done.code, done.out), (0, ""))
        self.assertEqual(
            done.err.split(", but ")[0], "sendtop: nothing is muted by this "
            "yet: %s has no finding %s/192.0.2.253" % (
                self.domain, self.check))
        self.assertIn(", but ", done.err)
        self.assertIn("%s/%s" % (self.check, self.subject), done.err)
        done = self.mute(self.domain, "google.nothing", *well)
        self.assertRegex(done.err, r"has no finding google\.nothing$")
        for check in ("spam_band", self.check, "all"):
            done = self.mute(self.domain, check, *well)
            self.assertEqual((done.code, done.err), (0, ""))
        self.assertEqual(query(self.db, "SELECT count(*) FROM mute"), [(5,)])

    def test_hostile_subject(self):
        """Printable before it is kept, and bounded."""
        for typed in (b"ptr/x\x1b[2J\x80\xe2\x80\xaey\n", b"google.\x9b31m",
                      b"ptr/" + b"z" * 20000):
            done = self.mute(self.domain, typed, "--for-good", "--why", "w")
            self.assertEqual((done.code, done.out), (0, ""))
            self.one_sentence(done.err)
            self.assertLess(len(done.err), 2000)
        self.assertEqual(query(self.db, "SELECT name, subject FROM mute"
                               " ORDER BY id LIMIT 2"), [
            ("ptr", r"x\x1b[2J\x80\u{202e}y\x0a"), (r"google.\x9b31m", "")])
        done = self.mute()
        self.assertEqual(harness.bad_characters(done.out.replace("\n", "")),
                         [])
        self.assertLess(len(done.out), 3000)

    def test_counts_no_more(self):
        """The standing of the list follows while a collector works."""
        def words():
            return query(self.db, "SELECT s.words FROM standing s"
                         " WHERE s.name = ?", self.domain)[0][0]
        self.assertIn("ptr/", words())
        collector = self.spawn(
            "collect", "--store", self.db, "--config",
            self.settings({"checks": {"interval": "1d"}}))
        done = self.mute(self.domain, "ptr", "--for-good", "--why", "test")
        self.assertEqual(done.code, 0, done.err)
        wait(lambda: "ptr/" not in words(), "a standing without ptr")
        self.mute("--end", "1")
        wait(lambda: "ptr/" in words(), "a standing with ptr")
        self.assertIsNone(collector.poll())


class Cancel(Case):
    def test_poll(self):
        """A poll that hangs is ended, and the next one works."""
        api = Postmaster(self.where)
        self.addCleanup(api.close)
        api.order(mode="hang", count=100000, match="/v2/")
        db = self.file("s.db")
        self.spawn("collect", "--store", db, "--config",
                   self.settings(api.settings()))
        wait(lambda: polling(db), "a poll that runs")
        number = ask(db, 3)
        wait(lambda: ended(db, number), "the cancel's answer")
        self.assertRegex(ended(db, number), "ended the poll")
        wait(lambda: not polling(db), "a poll that ended")
        api.reset()
        number = ask(db, 2)
        wait(lambda: ended(db, number), "the next poll", 30)
        self.assertRegex(ended(db, number),
                         r"^\d+ domains, numbers to \w+ \d+$")


def polling(db):
    try:
        rows = query(db, "SELECT since_s, next_s, total FROM activity"
                     " WHERE kind = 'poll'")
    except sqlite3.OperationalError:
        return False
    return bool(rows) and rows[0][0] > 0 and rows[0][1] == 0


def ask(db, kind):
    with sqlite3.connect(db, timeout=20) as store:
        return store.execute(
            "INSERT INTO request (kind, domain, state, result, asked_s,"
            " ended_s) VALUES (?, '', 0, '', 1, 0)", (kind,)).lastrowid


def ended(db, number):
    rows = query(db, "SELECT result FROM request WHERE id = ? AND state >= 2",
                 number)
    return rows[0][0] if rows else None
