"""What the screen writes: exports, snapshots, copies; whole or not at all."""
# SPDX-License-Identifier: MIT
import csv
import glob
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess

import harness
from harness import Case, children, wait
from screen import Pty, Screen
from stories import STORIES

MANY = 400000       # events: an export of them takes a while
LIMIT = 64 * 1024   # octets that a file may have


class Files(Case):
    cost = 3

    def setUp(self):
        super().setUp()
        self.db = self.store()

    def make_large(self):
        """So much history that an export of it can be caught."""
        with sqlite3.connect(self.db) as db:
            db.execute(
                "INSERT INTO event (domain, at_s, kind, verdict, said) "
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                "FROM n WHERE i < %d) SELECT '', 1700000000 + i, 'state', 0, "
                "'a long story that is told again and again' FROM n" % MANY)

    def screen(self, *more, width=100, height=30):
        screen = Screen(self, ["--config", harness.world("CONFIG"), "--store",
                               self.db, "--no-collector", *more], width,
                        height)
        screen.wait(r"^\u25b8news\.example\.test")
        return screen

    def command(self, screen, line, pattern, seconds=30):
        screen.type(":" + line)
        screen.keys("Enter")
        return screen.wait(pattern, seconds)

    def left(self, name):
        """Whatever begins with a name in the folder."""
        return sorted(os.path.basename(file) for file in glob.glob(
            self.file(name) + "*"))

    def read(self, *parts):
        with open(self.file(*parts), newline="") as f:
            return f.read()

    # --- exports

    def test_export_is_that_of_the_command(self):
        screen = self.screen()
        self.command(screen, "export news.example.test since 2026-01-01 a.csv",
                     r"written: a\.csv \(\d+\.\d .iB\)")
        self.command(screen, "export all b.json", r"written: b\.json ")
        for name, words in (("a.csv", ["--since", "2026-01-01",
                                       "news.example.test"]),
                            ("b.json", ["--format", "json"])):
            done = self.sendtop("export", "--store", self.db, *words)
            self.assertEqual(done.code, 0)
            self.assertEqual(self.read(name), done.out)
        rows = list(csv.DictReader(self.read("a.csv").splitlines()))
        self.assertEqual({row["domain"] for row in rows} - {""},
                         {"news.example.test"})

    def test_words_that_are_wrong(self):
        screen = self.screen()
        for line, wrong in (
                ("export al x.csv", r"no such word or domain"),
                ("export markdown", r"no such word or domain"),
                ("export all since never x.csv", r"since which day"),
                ("snapshot panel", r"the list is no panel")):
            self.command(screen, line, wrong)
            screen.keys("Escape")
            screen.wait_gone(wrong)
        self.command(screen, "export all /nonexistent/x.csv",
                     r"cannot write /nonexistent/x\.csv: No such file")
        self.command(screen, "export all /dev/full",
                     r"/dev/full is there already")
        self.assertEqual(self.left("x"), [])

    def test_progress_and_escape(self):
        """Keys go on while it is written, and Esc ends it."""
        self.make_large()
        screen = self.screen()
        self.command(screen, "export all big.csv",
                     r"writing big\.csv: .*; Esc cancels")
        screen.press("Down", r"^\u25b8(?!news)")
        screen.press("Escape", r"cancelled: big\.csv was not written")
        self.assertEqual(self.left("big"), [])
        self.assertEqual(children(screen.pid()), [])
        self.command(screen, "export news.example.test small.csv",
                     r"written: small\.csv")

    def test_one_after_the_other(self):
        self.make_large()
        screen = self.screen()
        self.command(screen, "export all big.csv", r"writing big\.csv")
        self.command(screen, "export all two.csv", r"one file after the other")
        screen.press("c", r"cancelled: big\.csv")
        self.assertEqual(self.left("two"), [])

    # --- the end of whoever writes

    def writer(self, screen):
        return wait(lambda: children(screen.pid()), "the writer")[0]

    def test_writer_killed(self):
        self.make_large()
        screen = self.screen()
        self.command(screen, "export all big.csv", r"writing big\.csv")
        os.kill(self.writer(screen), signal.SIGKILL)
        screen.wait(r"the process that writes was ended by signal 9")
        self.assertEqual(self.left("big"), [])

    def test_screen_killed(self):
        self.make_large()
        screen = self.screen()
        self.command(screen, "export all big.csv", r"writing big\.csv")
        writer = self.writer(screen)
        os.kill(screen.pid(), signal.SIGKILL)
        harness.gone(writer)
        self.assertEqual(self.left("big"), [])

    def test_left_while_writing(self):
        self.make_large()
        screen = self.screen()
        self.command(screen, "export all big.csv", r"writing big\.csv")
        writer = self.writer(screen)
        screen.keys("q")
        self.assertEqual(screen.status(), 0)
        screen.wait(r"sendtop: big\.csv was not written: that ended with the")
        harness.gone(writer)
        self.assertEqual(self.left("big"), [])

    def test_old_file_stays(self):
        """What a command was to replace is there until the new one is."""
        self.make_large()
        with open(self.file("old.csv"), "w") as f:
            f.write("old\n")
        for end in (signal.SIGKILL, signal.SIGTERM):
            p = self.spawn("export", "--store", self.db, "--out", "old.csv")
            wait(lambda pid=p.pid: os.path.exists("/proc/%d/fd" % pid) and any(
                "deleted" in os.readlink(fd) or "old.csv" in os.readlink(fd)
                for fd in glob.glob("/proc/%d/fd/*" % pid)
                if os.path.lexists(fd)), "the new file")
            p.send_signal(end)
            p.wait()
            self.assertEqual(self.read("old.csv"), "old\n")
            self.assertEqual(self.left("old"), ["old.csv"])
        done = self.sendtop("export", "--store", self.db, "--out", "old.csv",
                            "news.example.test")
        self.assertEqual(done.code, 0)
        self.assertRegex(self.read("old.csv"), r"\Akind,domain,")
        self.assertEqual(self.left("old"), ["old.csv"])

    # --- no room

    def limit(self, pid):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LIMIT, LIMIT))

    def test_no_room(self):
        """One sentence, and no half of a file."""
        screen = self.screen()
        self.limit(screen.pid())
        full = r"cannot write %s: File too large"
        self.command(screen, "export all big.csv", full % r"big\.csv")
        self.command(screen, "snapshot all json big.json",
                     full % r"big\.json")
        self.assertEqual(self.left("big"), [])
        screen.press("e", r"ERROR .*cannot write big\.csv: File too large")

    def test_no_room_for_a_command(self):
        for words in (("export",), ("snapshot", "--format", "json")):
            with open(self.file("old"), "w") as f:
                f.write("old\n")
            done = subprocess.run(
                [harness.RUN["sendtop"], *words, "--store", self.db, "--out",
                 "old"], cwd=self.where, check=False, stderr=subprocess.PIPE,
                env=harness.environment(self.where),
                preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (LIMIT, LIMIT)))
            self.assertEqual(done.returncode, 3)
            self.assertEqual(done.stderr.decode(),
                             "sendtop: cannot write old: File too large\n")
            self.assertEqual(self.left("old"), ["old"])
            self.assertEqual(self.read("old"), "old\n")

    def test_no_room_at_the_end(self):
        with open(self.file("last.txt"), "w") as f:
            f.write("old\n")
        screen = self.screen("--snapshot-on-exit", "last.txt")
        resource.prlimit(screen.pid(), resource.RLIMIT_FSIZE, (100, 100))
        screen.keys("q")
        self.assertEqual(screen.status(), 3)
        screen.wait(r"sendtop: cannot write last\.txt: File too large")
        self.assertEqual(self.read("last.txt"), "old\n")
        self.assertEqual(self.left("last"), ["last.txt"])

    # --- the form

    def test_form(self):
        screen = self.screen()
        screen.press("Enter", r"\[1 Summary\]")
        screen.press("p", r"\[this panel\] this domain")
        screen.keys("2", "Down", "Right", "Down", "Down", "Right")
        screen.wait(r"= sendtop snapshot --redact --format markdown news")
        screen.keys("Down")
        screen.type("note.md")
        screen.press("Enter", r"written: note\.md \(")
        text = self.read("note.md")
        self.assertRegex(text, r"\A# sendtop")
        self.assertNotIn("news.example", text)
        done = self.sendtop("snapshot", "--store", self.db, "--redact",
                            "--format", "markdown", "news.example.test")
        # The same aliases, and what does not hang on the moment.
        aliases = set(re.findall(r"domain-[0-9a-z]+|[0-9a-z-]+\.example\b",
                                 done.out))
        self.assertEqual(set(re.findall(
            r"domain-[0-9a-z]+|[0-9a-z-]+\.example\b", text)), aliases)
        # It is remembered.
        screen.press("p", r"\[this domain\]")
        screen.wait(r"\[markdown\].*\n.*\n.*\[redacted\]")
        screen.keys("Up")           # to the file's name
        screen.keys("Up", "Up")     # of
        screen.keys("2")
        screen.wait(r"--since \d{4}-\d\d-\d\d --redact --format markdown")
        # Nor does the name that it gets tell the domain.
        screen.press("Enter", r"written: sendtop-redacted-\S+\.md \(")

    def test_redacted_panel(self):
        screen = self.screen()
        screen.press("Enter", r"\[1 Summary\]")
        for tab in "12345678":
            screen.press(tab, r"\[%s " % tab)
            self.command(screen, "snapshot panel redacted p%s.txt" % tab,
                         r"written: p%s\.txt" % tab)
            text = self.read("p%s.txt" % tab)
            self.assertNotRegex(text, r"news\.example|192\.0\.2\.|postbox")
            self.assertTrue(all(len(line) <= 80
                                for line in text.split("\n")))
        # The screen itself has its names still.
        screen.wait(r"^ news\.example\.test ")
        self.command(screen, "note x", r"noted on news")
        screen.press("e", r"noted on news\.example\.test")
        self.command(screen, "snapshot panel redacted markdown e.md",
                     r"written: e\.md")
        self.assertNotRegex(self.read("e.md"), r"\.test\b.*spam|news\.exam")
        self.assertRegex(self.read("e.md"), r"\A```text\n(.*\n)*```\n\Z")

    # --- the end

    def last(self, keys, height=12, name="last.txt"):
        p = Pty(self, ["--config", harness.world("CONFIG"), "--store", self.db,
                       "--no-collector", "--snapshot-on-exit", name], 80,
                height)
        p.redraw(r"news\.example\.test +CRIT")
        for key, pattern in keys:
            p.send(key)
            p.redraw(pattern)
        p.send(b"\x03")
        self.assertEqual(p.ended(), 0)
        return self.read(name)

    def domains(self, text):
        return re.findall(r"(?m)^ (\S+) +(?:CRIT|WARN|ok|unkn)\b", text)

    def test_on_exit_has_the_whole_list(self):
        text = self.last(())
        names = self.domains(text)
        self.assertEqual(len(names), len(STORIES), text)
        self.assertEqual(len(set(names)), len(names))
        # In the order that was chosen, and no more than the filter leaves.
        text = self.last(((b"s", r"by name"),))
        self.assertEqual(self.domains(text), sorted(names))
        text = self.last(((b"/[rt]\\.test\r", r"filter \[rt\]"),))
        self.assertEqual(sorted(self.domains(text)), sorted(
            name for name in names if re.search(r"[rt]\.test", name)))
        self.assertIn("\n Only what matches the filter: [rt]\\.test\n", text)

    def test_json_is_whole(self):
        screen = self.screen()
        self.command(screen, "snapshot all json all.json",
                     r"written: all\.json")
        self.assertEqual(len(json.loads(self.read("all.json"))["domains"]),
                         len(STORIES))
