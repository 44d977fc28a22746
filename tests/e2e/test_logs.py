"""Logs of MTAs: read once, whatever becomes of them, and what they tell."""
# SPDX-License-Identifier: MIT
import collections
import fcntl
import gzip
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import termios
import time
import unittest

import harness
from harness import Case, query, wait

sys.path.append(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", "world"))
import maillog      # noqa: E402
import mailout      # noqa: E402
import stories      # noqa: E402

DOMAIN = "news.example.test"
SUMS = ("SELECT name, provider, sum(delivered), sum(deferred), sum(bounced) "
        "FROM traffic JOIN domain ON domain.id = traffic.domain "
        "GROUP BY name, provider")


def message(i, when=None):
    """Message i as Postfix logs it: three lines."""
    at = time.time() - 7200 + i * 0.01 if when is None else when
    head = "%s mx1 postfix/" % maillog.stamp(at)
    return (head + "qmgr[11]: 4X%06dz: from=<news@%s>, size=4711, nrcpt=1 "
            "(queue active)\n" % (i, DOMAIN) +
            head + "smtp[12]: 4X%06dz: to=<user%d@gmail.com>, "
            "relay=gmail-smtp-in.l.google.com[142.250.102.27]:25, delay=1, "
            "delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 2.0.0 OK  1 x.7 "
            "- gsmtp)\n" % (i, i) +
            head + "qmgr[11]: 4X%06dz: removed\n" % i)


def attacks(store):
    """What the tables that logs fill hold of terminal controls."""
    return [(table, text) for table, text in harness.store_texts(store)
            if table in ("reply_sample", "reply_kind", "sender", "learned",
                         "log_cursor", "event", "activity")
            and b"\x1b" in text]


def unread(pipe):
    """Octets that nobody has taken out of it yet."""
    return int.from_bytes(
        fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4), sys.byteorder)


class LogCase(Case):
    def setUp(self):
        super().setUp()
        self.config = self.settings({'domain "%s"' % DOMAIN: {}},
                                    domains=False)
        self.db = self.file("store.db")
        self.log = self.file("mail.log")
        self.written = 0

    def write(self, count, log=None):
        """So many more messages at the end of a log."""
        with open(log or self.log, "a", encoding="utf-8") as f:
            f.writelines(message(self.written + i) for i in range(count))
        self.written += count

    def words(self, *words):
        return ("ingest", "--config", self.config, "--store", self.db) + words

    def ingest(self, *words, **more):
        return self.sendtop(*self.words(*words), **more)

    def counted(self):
        try:
            return query(self.db, "SELECT coalesce(sum(delivered + deferred "
                                  "+ bounced), 0) FROM traffic")[0][0]
        except sqlite3.OperationalError:    # it is only being made
            return 0

    def shell(self, line):
        subprocess.run(["sh", "-ec", line], cwd=self.where, check=True)


class Once(LogCase):
    """sendtop ingest, run again and again as from cron."""

    def test_summary(self):
        self.write(30)
        with open(self.log, "a", encoding="utf-8") as f:
            f.write(message(900).replace(DOMAIN, "else.example"))
            f.write(message(901).replace("news@" + DOMAIN, ""))
        done = self.ingest(self.log)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(done.err, "")
        self.assertRegex(done.out, r"1 log read on, postfix: 96 lines, 32 att")
        self.assertRegex(done.out, r"Gmail +32 +32 +0 +0\n")
        self.assertRegex(done.out, r"watched senders 30, of the null sender "
                                   r"<> 1,")
        self.assertRegex(done.out, r"else\.example +1 +1 ")
        self.assertEqual(self.counted(), 30)
        again = self.ingest(self.log)
        self.assertRegex(again.out, r"0 lines, 0 attempts")
        self.assertEqual(self.counted(), 30)

    def test_at_once(self):
        """Runs that overlap: a line is the first one's."""
        self.write(3000)
        self.write(3000, self.file("other.log"))
        runs = [self.spawn(*self.words(*logs)) for logs in (
            (self.log,), (self.log,), (self.file("other.log"), self.log),
            (self.file("other.log"),), (self.log,))]
        for p in runs:
            err = p.communicate()[1].decode()
            # The store may be locked for longer than one of them waits.
            self.assertTrue(p.returncode == 0 or "try again" in err, err)
        self.assertEqual(self.ingest(self.log, self.file("other.log")).code,
                         0)
        self.assertEqual(self.counted(), 6000)

    def test_at_once_from_a_pipe(self):
        """Another's log is no matter; the same one cannot be read again from
        a pipe, and that is said."""
        self.write(300)
        for log, said in ((self.file("other.log"), ""),
                          (self.log, "another sendtop counts")):
            before = self.counted()
            self.write(5, log)
            p = self.spawn(*self.words("-"), stdin=subprocess.PIPE)
            with open(self.log, "rb") as f:
                text = f.read()
            p.stdin.write(text[:60000])
            p.stdin.flush()
            wait(lambda: unread(p.stdin) == 0, "that it reads")
            self.assertEqual(self.ingest(log).code, 0)
            more = self.counted()
            self.assertGreater(more, before)
            p.stdin.write(text[60000:])
            err = p.communicate()[1].decode()
            if said:
                self.one_sentence(err)
                self.assertIn(said, err)
                self.assertEqual((p.returncode, self.counted()), (3, more))
            else:
                self.assertEqual((p.returncode, err), (0, ""))
                self.assertEqual(self.counted(), 305)
                os.remove(self.db)

    def test_from_cron(self):
        """A rotation of every kind between the runs."""
        rotations = (
            "true", "mv mail.log mail.log.1",
            "mv mail.log.1 mail.log.2; gzip mail.log.2; "
            "mv mail.log mail.log.1",
            "mv mail.log.2.gz mail.log.3.gz; mv mail.log.1 mail.log.2; "
            "xz mail.log.2; mv mail.log mail.log.1", "cp mail.log "
            "mail.log-20261122; : > mail.log", "rm mail.log.3.gz; "
            "cp -p mail.log-20261122 kept; gzip mail.log-20261122")
        for line in rotations:
            self.write(50)
            self.shell(line)
            self.write(40)
            done = self.ingest(self.log)
            self.assertEqual((done.code, done.err), (0, ""), line)
            self.assertEqual(self.counted(), self.written, line)
        names = [self.file(n) for n in sorted(os.listdir(self.where))
                 if n.startswith(("mail.log", "kept"))]
        self.assertGreater(len(names), 3)
        self.assertEqual(self.ingest(*names).code, 0)
        self.assertEqual(self.counted(), self.written)

    def test_standard_input(self):
        self.write(200)
        for _ in range(2):
            with open(self.log, "rb") as f:
                done = self.ingest("-", stdin=f)
            self.assertEqual(done.code, 0, done.err)
        cat = subprocess.Popen(["gzip", "-c", self.log],
                               stdout=subprocess.PIPE)
        self.assertEqual(self.ingest("-", stdin=cat.stdout).code, 0)
        cat.stdout.close()
        cat.wait()
        self.assertEqual(self.counted(), 200)

    def test_killed_at_any_moment(self):
        for name in ("mail.log.2", "mail.log.1", "mail.log"):
            self.write(12000, self.file(name))
        self.shell("gzip mail.log.2")
        logs = [self.file(n) for n in
                ("mail.log.2.gz", "mail.log.1", "mail.log")]
        start = time.monotonic()
        self.assertEqual(self.sendtop(
            "ingest", "--config", self.config, "--store",
            self.file("other.db"), *logs).code, 0)
        whole = time.monotonic() - start
        for i in range(12):
            p = self.spawn(*self.words(*logs))
            time.sleep(random.Random(i).random() * whole)
            p.kill()
            p.communicate()
            if os.path.exists(self.db):
                self.assertEqual(harness.integrity(self.db), "ok")
        self.assertEqual(self.ingest(*logs).code, 0)
        self.assertEqual(self.counted(), self.written)

    def test_nobody_watched(self):
        self.write(3)
        bare = self.settings(domains=False, name="bare.conf")
        done = self.sendtop("ingest", "--config", bare, "--store", self.db,
                            self.log)
        self.assertEqual(done.code, 3)
        self.assertIn("no domain is watched yet", done.err)
        self.assertEqual(self.ingest(self.log).code, 0)
        self.assertEqual(self.counted(), 3)

    def test_a_zone_that_is_not_known(self):
        self.write(3)
        for zone, told in (("Nowhere/City", True), ("UTC", False)):
            done = self.ingest("--zone", zone, self.log)
            self.assertEqual(done.code, 0, done.err)
            self.assertEqual("Nowhere/City is not known" in done.out, told)
            self.write(1)

    def test_more_than_a_year(self):
        """Stamps without years, of more of them: each file by itself."""
        day, end = 86400, int(time.time())
        days = range(end - 800 * day, end, day)
        with open(self.log, "w", encoding="utf-8") as f:
            for i, at in enumerate(days):
                f.write(message(i, at).replace(
                    "%s mx1" % maillog.stamp(at),
                    time.strftime("%b %e %H:%M:%S mx1", time.gmtime(at))))
        self.shell("cp mail.log other; gzip other; cp -p mail.log third; "
                   "xz third; touch -d @%d other.gz" % end)
        hours = collections.Counter(
            (at // 3600 * 3600,) for at in days)
        for name, wrong in (("mail.log", False), ("other.gz", False),
                            ("third.xz", False), ("-", True)):
            cat = subprocess.Popen(["cat", self.log],
                                   stdout=subprocess.PIPE)
            done = self.ingest("--zone", "UTC", name if wrong else
                               self.file(name), stdin=cat.stdout)
            cat.stdout.close()
            cat.wait()
            self.assertEqual((done.code, done.err), (0, ""), name)
            self.assertEqual("over more than a year" in done.out, wrong)
            got = query(self.db, "SELECT hour_s FROM traffic WHERE "
                                 "delivered > 0")
            self.assertEqual(collections.Counter(got) == hours, not wrong,
                             name)
            self.shell("rm store.db*")

    def test_misuse(self):
        for words, what in (((), "name the logs"),
                            (("--format", "qmail", "x"), "no format")):
            done = self.ingest(*words)
            self.assertEqual(done.code, 2)
            self.assertIn(what, done.err)


class Troubles(LogCase):
    """Named once, and the others go on."""

    def check(self, done, name, pattern):
        self.assertEqual(done.code, 3)
        lines = [line for line in done.err.splitlines() if name in line]
        self.assertEqual(len(lines), 1, done.err)
        self.assertRegex(lines[0], pattern)

    def test_cut_archive(self):
        self.write(4000, self.file("old"))
        with open(self.file("old"), "rb") as f:
            packed = gzip.compress(f.read())
        cut = self.file("mail.log.1.gz")
        with open(cut, "wb") as f:
            f.write(packed[:len(packed) // 2])
        self.write(10)
        for _ in range(2):
            self.check(self.ingest(cut, self.log), cut, "cut short")
            self.assertTrue(100 < self.counted() < 4000)
        with open(cut, "wb") as f:
            f.write(packed)
        self.assertEqual(self.ingest(cut, self.log).code, 0)
        self.assertEqual(self.counted(), 4010)

    @unittest.skipUnless(shutil.which("setpriv"), "no setpriv here")
    def test_no_permission(self):
        self.write(10)
        secret = self.file("secret.log")
        self.write(5, secret)
        os.chmod(secret, 0)
        words = [harness.RUN["sendtop"], *self.words(secret, self.log)]
        if os.geteuid() == 0:
            words = ["setpriv", "--inh-caps=-all", "--bounding-set=-all",
                     *words]
        p = subprocess.run(words, stdout=subprocess.PIPE, text=True,
                           stderr=subprocess.PIPE, check=False,
                           env=harness.environment(self.where))
        self.assertEqual(p.returncode, 3)
        self.assertIn("secret.log: may not be read", p.stderr)
        self.assertEqual(self.counted(), 10)

    def test_folder_and_nothing(self):
        self.write(10)
        done = self.ingest(self.where, self.file("none"), self.log)
        self.check(done, self.file("none"), "there is no such log")
        self.assertIn("is a directory", done.err)
        self.assertEqual(self.counted(), 10)

    def test_hostile_lines(self):
        """Binary octets, a line of 10 MB, and lines inside of replies."""
        junk = bytes(random.Random(1).randrange(256) for _ in range(200000))
        self.write(10)
        forged = message(500).splitlines()[1]
        with open(self.log, "ab") as f:
            f.write(junk + b"\n")
            f.write(b"x" * 10000000 + b"\n")
            f.write(message(501).replace(
                "status=sent (250 2.0.0 OK  1 x.7 - gsmtp)",
                "status=bounced (host a said: 550 5.7.1 \x1b[2J %s)" %
                forged).encode())
        self.write(10)
        done = self.ingest(self.log, memory=600 << 20)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(harness.bad_characters(
            done.out.replace("\n", "")), [])
        # The line with another in it may be refused; it is never two.
        self.assertIn(self.counted(), (20, 21))
        self.assertEqual(query(self.db, "SELECT sum(delivered) FROM traffic"),
                         [(20,)])
        self.assertIn("were not understood", done.out)
        self.assertEqual(attacks(self.db), [])


class Follow(LogCase):
    """sendtop ingest --follow beside a writer and a rotation."""
    cost = 3

    def setUp(self):
        super().setUp()
        self.write(100)
        self.process = self.spawn(*self.words("--follow", self.log))
        self.reached()

    def reached(self):
        wait(lambda: self.counted() >= self.written,
             "%d messages" % self.written)
        self.assertEqual(self.counted(), self.written)

    def finish(self):
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=harness.patience(20))
        self.assertEqual((self.process.returncode, err), (0, b""))
        self.assertIn(b"attempts", out)
        self.assertEqual(self.counted(), self.written)
        self.assertEqual(self.ingest(self.log).code, 0)
        self.assertEqual(self.counted(), self.written)

    def test_renamed(self):
        for i in range(3):
            self.write(20)
            self.shell("mv mail.log mail.log.%d" % i)
            self.write(10, self.file("mail.log.%d" % i))    # a late writer
            self.write(20)
            self.reached()
        self.finish()

    def test_copied_and_truncated(self):
        for i in range(3):
            self.write(20)
            self.shell("cp mail.log mail.log.%d; : > mail.log" % i)
            self.write(25)
            self.reached()
        self.finish()

    def test_killed_and_rotated(self):
        for i in range(4):
            self.write(500)
            self.process.kill()
            self.process.communicate()
            self.write(30)
            self.shell(("mv mail.log mail.log.%d", "cp mail.log mail.log.%d; "
                        ": > mail.log")[i % 2] % i)
            self.write(30)
            self.process = self.spawn(*self.words("--follow", self.log))
            self.reached()
        self.finish()


class Stories(Case):
    """The logs of the world, against what they were made of."""
    cost = 4

    def setUp(self):
        super().setUp()
        self.now = time.time()
        self.patterns = maillog.write(self.file("logs"), self.now)
        self.db = self.store()

    def expected(self):
        day = int(self.now) // maillog.DAY * maillog.DAY
        out = {}
        for story in stories.STORIES:
            ends = collections.Counter(
                m.end for start in (day - maillog.DAY, day)
                for m in maillog.mails(story, start, self.now))
            if ends:
                out[story.name, "gmail"] = (ends["sent"], ends["deferred"],
                                            ends["bounced"])
        return out

    def collected(self):
        return {row[:2]: row[2:] for row in query(self.db, SUMS)}

    def replies(self, domain):
        return dict(query(
            self.db, "SELECT k.meaning, sum(r.times) FROM reply AS r "
            "JOIN reply_kind AS k ON k.id = r.kind JOIN domain AS d "
            "ON d.id = r.domain WHERE d.name = ? GROUP BY 1", domain))

    def test_collector(self):
        config = self.settings({"logs": {
            "files": ",\n".join(self.patterns), "zone": "UTC"}})
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", self.db)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.collected(), self.expected())
        self.check_replies()
        self.check_learned()
        done = self.sendtop("ingest", "--config", config, "--store", self.db,
                            *(self.file("logs", name) for name in
                              os.listdir(self.file("logs"))))
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.collected(), self.expected())

    def check_replies(self):
        for domain, meaning, least in (
                ("news.example.test", "rate_limited_dkim_domain", 100),
                ("noptr.test", "ptr_missing_bulk_temp_421", 150),
                ("spamfolder.test", "low_reputation_domain", 900),
                ("nodmarc.test", "dmarc_missing_temp", 30),
                ("weakkey.test", "dkim_fail_bulk_temp", 40),
                ("newcomer.test", "unknown", 1)):
            with self.subTest(domain=domain):
                self.assertGreaterEqual(
                    self.replies(domain).get(meaning, 0), least,
                    self.replies(domain))
        self.assertEqual(attacks(self.db), [])

    def check_learned(self):
        learned = query(
            self.db, "SELECT d.name, l.kind, l.said FROM learned AS l "
            "JOIN domain AS d ON d.id = l.domain")
        self.assertIn(("disagree.test", "ip", maillog.FORGOTTEN), learned)
        self.assertIn(("six.test", "ip", "2001:db8::26"), learned)
        # And is looked at: its owner forgot the PTR record.
        found = query(
            self.db, "SELECT reason FROM finding AS f JOIN domain AS d ON "
            "d.id = f.domain WHERE d.name = 'disagree.test' AND "
            "f.name = 'ptr' AND f.subject = ?", maillog.FORGOTTEN)
        self.assertEqual([row[0] for row in found], ["missing"])


class Collected(LogCase):
    """The collector beside a log that comes, goes and is rotated."""
    cost = 3

    def setUp(self):
        super().setUp()
        self.config = self.settings({
            "logs": {"files": self.log + "*"},
            "smtp": {"enabled": "no"}, "https": {"enabled": "no"},
            "postmaster": {"credentials": None},
            'domain "%s"' % DOMAIN: {}}, domains=False)

    def start(self):
        return self.spawn("collect", "--config", self.config, "--store",
                          self.db)

    def reached(self):
        wait(lambda: self.counted() >= self.written,
             "%d messages" % self.written, 20)
        self.assertEqual(self.counted(), self.written)

    def events(self):
        return [row[0] for row in query(
            self.db, "SELECT said FROM event WHERE kind = 'log' "
            "ORDER BY id")]

    def has_events(self):
        try:
            return self.events()
        except sqlite3.OperationalError:
            return []

    def test_it_follows(self):
        self.write(50)
        process = self.start()
        self.reached()
        for i in range(3):
            self.write(20)
            self.shell(("mv mail.log mail.log.%d", "cp mail.log mail.log.%d; "
                        ": > mail.log")[i % 2] % i)
            self.write(20)
            self.reached()
        process.kill()
        process.communicate()
        self.write(20)
        process = self.start()
        self.reached()
        self.assertEqual(self.events(), [])
        rows = query(self.db, "SELECT said, error FROM activity "
                              "WHERE kind = 'logs'")
        self.assertEqual(len(rows), 1)

    def test_an_ingest_beside_it(self):
        """Of the same log and of another: each line counts once."""
        self.write(2000, self.file("past.log"))
        self.write(10)
        process = self.start()
        self.reached_at_least(10)
        past = self.spawn("ingest", "--config", self.config, "--store",
                          self.db, self.file("past.log"))
        for _ in range(5):
            self.write(300)
            done = self.ingest(self.log)
            self.assertTrue(done.code == 0 or "try again" in done.err,
                            done.err)
        self.assertEqual(past.wait(), 0, past.stderr.read())
        self.reached()
        self.write(10)
        self.reached()
        self.assertEqual(self.events(), [])
        process.terminate()
        self.assertEqual(process.wait(), 0)

    def reached_at_least(self, count):
        wait(lambda: self.counted() >= count, "%d messages" % count, 20)

    def test_the_log_alone(self):
        """No resolver, no Postmaster: what receivers do is told all the
        same, and what cannot be told is not called ok."""
        self.config = self.settings({
            "logs": {"files": self.log}, "resolver": {
                "servers": "127.0.0.1:9", "timeout": "200ms", "tries": "1"},
            "smtp": {"enabled": "no"}, "https": {"enabled": "no"},
            "postmaster": {"credentials": None},
            'domain "%s"' % DOMAIN: {}}, domains=False)
        self.write(300)
        process = self.start()
        self.reached()
        check = ("check", "--config", self.config, "--store", self.db)
        wait(lambda: query(self.db, "SELECT count(*) FROM standing WHERE "
                           "volume = 300")[0][0], "the standing", 20)
        done = self.sendtop(*check)
        self.assertEqual(done.code, 3, done.out)
        refused = message(999999, time.time()).replace(
            "dsn=2.0.0, status=sent (250 2.0.0 OK  1 x.7 - gsmtp)",
            "dsn=4.7.28, status=deferred (host x said: 421-4.7.28 Gmail has "
            "detected an unusual rate - gsmtp)")
        with open(self.log, "a", encoding="utf-8") as f:
            f.write(refused * 300)
        wait(lambda: query(self.db, "SELECT count(*) FROM event WHERE kind = "
                           "'state' AND begins")[0][0], "the event", 20)
        self.assertEqual(self.sendtop(*check).code, 1)
        process.terminate()
        process.communicate()

    def test_trouble_is_one_event(self):
        process = self.start()
        wait(self.has_events, "an event")
        self.write(5)
        wait(lambda: len(self.events()) == 2, "its end", 30)
        self.reached()
        self.assertIn("there is no such log", self.events()[0])
        self.assertIn("can be read again", self.events()[1])
        process.terminate()
        process.communicate()


@unittest.skipUnless(mailout.possible(), "Postfix needs root and its package")
class RealPostfix(LogCase):
    """What a real Postfix logs of a receiver that likes some and some not."""
    cost = 3

    def test_counts(self):
        with mailout.Postfix(self.where) as postfix:
            postfix.send("news@" + DOMAIN, ["ok%d" % i for i in range(20)] +
                         ["later", "never", "limited"])
            postfix.send("", ["ok"])
            postfix.send("x@else.example", ["ok"])
            postfix.wait()
        log = postfix.kept
        done = self.ingest("--format", "postfix", log)
        self.assertEqual(done.code, 0, done.err)
        rows = query(self.db, "SELECT sum(delivered), sum(deferred), "
                              "sum(bounced) FROM traffic")
        self.assertEqual(rows, [(20, 2, 1)], done.out)
        self.assertRegex(done.out, r"null sender <> [1-9]")
        self.assertIn("else.example", done.out)
        meanings = query(self.db, "SELECT meaning, reply, identity FROM "
                                  "reply_kind ORDER BY 1")
        self.assertIn(("rate_limited_dkim_domain", "421 4.7.28",
                       "dkim " + DOMAIN), meanings)
        self.assertIn(("no_such_user", "550 5.1.1", ""), meanings)
        self.ingest(log)
        self.assertEqual(query(self.db, "SELECT sum(delivered) FROM traffic"),
                         [(20,)])


if __name__ == "__main__":
    unittest.main()
