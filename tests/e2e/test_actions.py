"""What is done from the screen: asked, noted, muted, copied, written."""
# SPDX-License-Identifier: MIT
import base64
import json
import os
import re
import signal
import sqlite3

import harness
from harness import Case, children, query, wait
from screen import Pty, Screen
from stories import STORIES

ESCAPE = "Escape"


class Actions(Case):
    cost = 3

    def screen(self, *more, width=100, height=30, changes=None, **env):
        self.db = self.store()
        config = self.settings(changes) if changes \
            else harness.world("CONFIG")
        screen = Screen(self, ["--config", config, "--store", self.db,
                               *more], width, height, **env)
        screen.wait(r"^\u25b8news\.example\.test")
        return screen

    def command(self, screen, line, pattern):
        screen.type(":" + line)
        screen.keys("Enter")
        return screen.wait(pattern)

    # --- asking

    def stopped(self, pid):
        """Stops a collector between two writes."""
        os.kill(pid, signal.SIGSTOP)
        try:
            with sqlite3.connect(self.db, timeout=0) as db:
                db.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError:
            os.kill(pid, signal.SIGCONT)
            return False

    def test_probe_cancelled(self):
        screen = self.screen()
        collector = wait(lambda: children(screen.pid()), "the collector")[0]
        screen.wait(r"next probe")
        wait(lambda: self.stopped(collector), "a pause")
        try:
            screen.press("r", r"asked for: a probe of news\.example\.test; "
                              r"c cancels")
            screen.press("c", r"asked to cancel the probe of news")
        finally:
            os.kill(collector, signal.SIGCONT)
        screen.wait(r"probe of news\.example\.test cancelled after 0 of 1")
        # It is kept, with what came of it.
        screen.press("e", r"FAILED +news\.example\.test .*cancel")

    def test_nothing_to_cancel(self):
        screen = self.screen("--no-collector")
        screen.press("c", r"nothing that was asked for from here")

    def test_probe_of_another(self):
        screen = self.screen()
        self.command(screen, "probe shop.test",
                     r"probe of shop\.test done")

    # --- notes

    def test_note(self):
        screen = self.screen("--no-collector")
        screen.press("n", r"note on news\.example\.test:")
        screen.keys("Enter")
        screen.wait(r"a note needs a text")
        screen.type("q: campaign 7 began")
        screen.keys("Enter")
        screen.wait(r"noted on news\.example\.test: q: campaign 7 began")
        self.assertEqual(query(self.db, "SELECT domain, said FROM note"),
                         [("news.example.test", "q: campaign 7 began")])
        screen.press("Enter", r"\[1 Summary\]")
        screen.press("8", r"campaign 7 began")
        screen.press("d", r"What changed")
        screen.wait(r"campaign 7 began")

    def test_note_given_up(self):
        screen = self.screen("--no-collector")
        screen.type("nabc")
        screen.keys(ESCAPE)
        screen.wait_gone(r"note on")
        self.assertEqual(query(self.db, "SELECT * FROM note"), [])

    # --- mutes

    def test_mute_and_its_end(self):
        screen = self.screen("--no-collector")
        screen.type("/noptr")
        screen.keys("Enter")
        screen.wait(r"^\u25b8noptr\.test")
        screen.press("m", r"what +\S.*1 of \d+")
        for _ in range(30):
            if re.search(r"what +ptr 192", screen.text()):
                break
            was = re.search(r"(\d+) of \d+", screen.text())[1]
            screen.press("Right", r"(?!\b%s\b)\b\d+ of \d+" % was)
        subject = screen.wait(r"what +ptr (192\.\S+)")[1]
        screen.keys("Enter")
        screen.keys("C-u")
        screen.type("3d")
        screen.keys("Enter")
        screen.type("the provider is at it")
        screen.keys("Enter")
        screen.wait(r"muted ptr %s of noptr\.test until .*: the provider" %
                    re.escape(subject))
        rows = query(self.db, "SELECT domain, name, subject, "
                     "until_s - since_s, why FROM mute")
        self.assertEqual(rows, [("noptr.test", "ptr", subject, 3 * 86400,
                                 "the provider is at it")])
        # It is ended where it was made.
        screen.press("m", r"what +\S.*1 of \d+")
        screen.press("Left", r"end the mute of ptr %s" % re.escape(subject))
        screen.press("Enter", r"1 mute ended")

    def test_mute_by_command(self):
        screen = self.screen("--no-collector", width=120)
        self.command(screen, "mute spf 2w", r"a mute needs a reason")
        screen.keys(ESCAPE)
        self.command(screen, "mute spf 2w they move",
                     r"muted spf of news\.example\.test until .*: they move")
        self.command(screen, "unmute ptr", r"no such mute is in force")
        self.command(screen, "unmute spf", r"1 mute ended")

    # --- copies

    def copied(self, p):
        """The texts that went to the clipboard."""
        return [base64.b64decode(text).decode() for text in
                re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", p.bytes)]

    def pty(self, **env):
        p = Pty(self, ["--config", harness.world("CONFIG"), "--store",
                       self.store(), "--no-collector"], 100, 30, **env)
        p.wait(lambda b: b"help" in b, "the first frame")
        return p

    def test_copy(self):
        p = self.pty()
        p.send(b"y")
        p.redraw(r"1 news\.example\.test")
        p.send(b"1")
        p.redraw(r"copied to the clipboard \(OSC 52\): news\.example\.test")
        self.assertEqual(self.copied(p), ["news.example.test"])
        # The last of the menu is what is on the screen.
        p.send(b"y\x1bOA\r")
        p.wait(lambda b: len(self.copied(p)) == 2, "the second copy")
        self.assertRegex(self.copied(p)[1], r"(?m)^.news\.example\.test +CRIT")
        self.assertRegex(self.copied(p)[1], r"\A sendtop ")

    def test_copy_where_nobody_takes_it(self):
        p = self.pty(TERM="vt100")
        p.send(b"y1")
        p.redraw(r"this terminal takes no copy \(OSC 52\): written to \S+")
        self.assertNotIn(b"\x1b]", p.bytes)
        file = self.file("state", "sendtop", "copy.txt")
        with open(file) as f:
            self.assertEqual(f.read(), "news.example.test")
        self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)

    def test_copy_in_tmux(self):
        p = self.pty(TERM="screen-256color", TMUX="/tmp/x,1,0")
        p.send(b"y1")
        p.redraw(r"copied through the multiplexer")
        self.assertIn(b"\x1bPtmux;\x1b\x1b]52;c;", p.bytes)
        self.assertTrue(os.path.exists(
            self.file("state", "sendtop", "copy.txt")))

    def test_copy_reaches_tmux(self):
        """A tmux that takes it has it in its buffer."""
        screen = self.screen("--no-collector")
        screen.tmux("set", "-g", "set-clipboard", "on")
        screen.keys("y", "1")
        screen.wait(r"copied ")
        wait(lambda: screen.tmux("show-buffer").strip() ==
             "news.example.test", "the buffer")

    # --- files

    def written(self, screen, pattern=r"written: (\S+)"):
        with open(self.file(screen.wait(pattern, 30)[1])) as f:
            return f.read()

    def test_files(self):
        screen = self.screen("--no-collector")
        screen.press("p", r"\[this domain\] all domains")
        screen.wait(r"= sendtop snapshot --format text news\.example\.test")
        screen.keys("Enter")
        text = self.written(screen, r"written: (sendtop-news\S+\.txt)")
        self.assertIn("news.example.test  CRITICAL", text)
        self.command(screen, "snapshot all json out.json",
                     r"written: out\.json")
        with open(self.file("out.json")) as f:
            self.assertEqual(len(json.load(f)["domains"]), len(STORIES))
        # What is there is not written over.
        self.command(screen, "export csv out.json", r"is there already")
        screen.press("Enter", r"\[1 Summary\]")
        screen.press("7", r"REQUIREMENT")
        screen.press("p", r"\[this domain\]")      # it was so before
        screen.press("1", r"\[this panel\]")
        screen.keys("Enter")
        panel = self.written(
            screen, r"written: (sendtop-news\S+(?:-2|\d\dZ)\.txt)")
        self.assertIn("REQUIREMENT", panel)
        screen.press("1", r"\[1 Summary\]")
        self.command(screen, "snapshot panel note.txt",
                     r"written: note\.txt")
        with open(self.file("note.txt")) as f:
            note = f.read()
        # What is pasted into a note is not cut.
        todo, happened, _ = note.partition("What happened")
        self.assertNotEqual(happened, "")
        self.assertRegex(todo, r"camp2: 0\.90 %\s+spam on \w+ \d+")
        self.assertNotRegex(todo, r"\u2026| more: 3 Checks")
        self.assertTrue(all(len(line) <= 80 for line in panel.split("\n")))

    def test_a_file_that_cannot_be(self):
        """The error is a sentence, and kept among the events."""
        screen = self.screen("--no-collector")
        self.command(screen, "snapshot /nonexistent/x",
                     r"cannot write /nonexistent/x: No such file")
        screen.press("e", r"ERROR .*cannot write /nonexistent/x")

    # --- the command line

    def test_commands(self):
        screen = self.screen("--no-collector")
        screen.press(":", r"Tab completes")
        screen.type("go")
        screen.press("Tab", r"^ :goto")
        screen.type("quie")
        screen.press("Tab", r"^ :goto quiet\.test")
        screen.press("Enter", r"^ quiet\.test +\w+")
        self.command(screen, "goto nosuch.test",
                     r"nosuch\.test .*not .*watched|not watched")
        screen.press(":", r"Tab completes")
        screen.press("Up", r"^ :goto nosuch\.test")
        screen.press("Up", r"^ :goto quiet\.test")
        screen.keys("C-u")
        screen.type("nonsense")
        screen.press("Enter", r"there is no such command")
        screen.keys(ESCAPE)
        self.command(screen, "tab guidelines", r"\[7 Guidelines\]")
        self.command(screen, "since week", r"What changed at quiet\.test "
                                           r"since .*\(7 days\)")
        self.command(screen, "help osc", r"search: osc")
        screen.keys(ESCAPE)
        screen.type(":q")
        screen.keys("Enter")
        self.assertEqual(screen.status(), 0)

    # --- changes and events

    def test_changes(self):
        screen = self.screen("--no-collector")
        screen.press("d", r"What changed in all domains since .*\(1 day\)")
        screen.press("d", r"\(7 days\)")
        screen.press("d", r"\(30 days\)")
        screen.press("d", r"\(1 day\)")
        screen.press("q", r"^\u25b8news")
        screen.press("Enter", r"\[1 Summary\]")
        screen.press("d", r"What changed at news\.example\.test")
        screen.press("d", r"spam rate: 0\.\d+ % on .* -> 0\.41 % on")
        screen.press("q", r"\[1 Summary\]")

    # --- themes

    def test_themes(self):
        screen = self.screen("--no-collector")
        for name in ("high-contrast", "light", "mono", "dark"):
            screen.press("T", r"theme %s" % name)
        self.command(screen, "theme mono", r"theme mono")
        self.assertNotRegex(screen.tmux(
            "capture-pane", "-ep", "-t", screen.name), r"\x1b\[3[0-8][;m]")
        self.command(screen, "theme nosuch",
                     r"no theme nosuch: there are dark, high-contrast, light")

    def test_a_theme_of_my_own(self):
        with open(self.file("mine.theme"), "w") as f:
            f.write("bad = green 2\nworse = red 3\n")
        screen = self.screen("--no-collector", changes={
            "screen": {"theme": self.file("mine.theme")}})
        screen.wait(r"mine\.theme:2: worse is no role")
        screen.press("e", r"ERROR .*mine\.theme:2")

    def test_no_such_theme(self):
        screen = self.screen("--no-collector", changes={
            "screen": {"theme": "nosuch"}})
        screen.wait(r"no theme nosuch: there are dark, high-contrast, light")
