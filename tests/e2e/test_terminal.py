"""The terminal: taken over, given back, and every kind of it."""
# SPDX-License-Identifier: MIT
import os
import re
import signal
import subprocess

import harness
from harness import Case
from screen import Pty, Screen, plain
from stories import STORIES

COLOR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9\d|10\d)[;\dm]")

# Not every machine has it installed.
DIRECT = r"""xterm-direct|xterm with direct colours,
\tRGB, colors#0x1000000, pairs#0x10000, use=xterm-256color,
\tsetaf=\E[%?%p1%{8}%<%t3%p1%d%e38:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%d%;m,
\tsetab=\E[%?%p1%{8}%<%t4%p1%d%e48:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%d%;m,
""".replace(r"\t", "\t")


class Terminal(Case):
    cost = 2

    def words(self, *more):
        return ["--config", harness.world("CONFIG"), "--store", self.store(),
                "--no-collector", *more]

    def screen(self, *more, **env):
        screen = Screen(self, self.words(*more), **env)
        screen.wait(r"news\.example\.test")
        return screen

    def clean(self, screen, status):
        """The terminal is as it was before."""
        self.assertEqual(screen.status(), status)
        self.assertEqual(screen.read("before"), screen.read("after"))
        self.assertEqual(screen.flag("alternate_on"), "0")
        self.assertEqual(screen.flag("cursor_flag"), "1")
        self.assertEqual(screen.flag("mouse_any_flag"), "0")
        self.assertEqual(screen.flag("keypad_flag"), "0")
        screen.wait(r"^\[ended\]")
        self.assertNotIn("news.example.test", screen.text())

    def test_taken_over(self):
        screen = self.screen()
        self.assertEqual(screen.flag("alternate_on"), "1")
        self.assertEqual(screen.flag("cursor_flag"), "0")

    def test_quit(self):
        screen = self.screen()
        screen.keys("q")
        self.clean(screen, 0)

    def test_quit_from_within(self):
        screen = self.screen()
        screen.press("Enter", r"\[1 Summary\]")
        screen.keys("C-c")
        self.clean(screen, 0)

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(signal=number.name):
                screen = self.screen()
                os.kill(screen.pid(), number)
                status = screen.status()
                self.clean(screen, status)
                self.assertIn(status, (0, 128 + number))

    def test_crash(self):
        """Even a deadly signal gives the terminal back."""
        for number in (signal.SIGSEGV, signal.SIGABRT):
            with self.subTest(signal=number.name):
                screen = self.screen()
                os.kill(screen.pid(), number)
                status = screen.status()
                self.assertNotEqual(status, 0)
                self.clean(screen, status)

    def test_suspend(self):
        screen = Screen(self, [], shell=True, PS1="$ ")
        screen.wait(r"^\$")
        screen.type("stty -g >before; %s %s\n" % (
            harness.RUN["sendtop"], " ".join(self.words())))
        for _ in range(2):
            screen.wait(r"^\u25b8news\.example\.test")
            screen.keys("C-z")
            screen.wait(r"Stopped")
            self.assertEqual(screen.flag("alternate_on"), "0")
            self.assertEqual(screen.flag("cursor_flag"), "1")
            # Another size meanwhile.
            screen.resize(100, 30)
            screen.type("clear; fg\n")
        screen.wait(r"^\u25b8news\.example\.test")
        self.assertEqual(screen.flag("alternate_on"), "1")
        screen.press("j", r"^\u25b8edge\.test")
        screen.keys("q")
        screen.wait(r"^\$$")
        screen.type("stty -g >after; echo done\n")
        screen.wait(r"^done")
        with open(self.file("before")) as a, open(self.file("after")) as b:
            self.assertEqual(a.read(), b.read())

    def test_no_terminal(self):
        done = self.sendtop(*self.words())
        self.assertNotEqual(done.code, 0)
        self.assertEqual(done.raw, b"")
        self.one_sentence(done.err)
        self.assertIn("sendtop snapshot", done.err)


class Looks(Case):
    cost = 2

    def pty(self, *more, width=80, height=24, **env):
        p = Pty(self, ["--config", harness.world("CONFIG"), "--store",
                       self.store(), "--no-collector", *more], width, height,
                **env)
        p.wait(lambda b: b"unknown" in b or b"help" in b, "the first frame")
        return p

    def walk(self, p):
        """Through every screen there is."""
        p.redraw(r"news\.example\.test +CRIT")
        p.send(b"\r")
        for tab in range(1, 8):
            p.send(b"%d" % tab)
            p.redraw(r"\[%d \w+\]" % tab)
        p.send(b"q")
        p.redraw(r"edge\.test")
        p.send(b"?")
        p.redraw(r"search:")
        p.send(b"\r")
        p.redraw(r"edge\.test")

    def test_colors(self):
        p = self.pty()
        self.walk(p)
        self.assertRegex(p.bytes, COLOR)

    def test_no_color(self):
        for more, env in (((), {"NO_COLOR": "1"}),
                          (("--color", "never"), {})):
            with self.subTest(words=more, **env):
                p = self.pty(*more, **env)
                self.walk(p)
                self.assertIsNone(COLOR.search(p.bytes))

    def test_color_beats_no_color(self):
        p = self.pty("--color", "always", NO_COLOR="1")
        self.walk(p)
        self.assertRegex(p.bytes, COLOR)

    def test_ascii(self):
        for more, env in ((("--ascii",), {}), ((), {"LANG": "C"}),
                          ((), {"LANG": "C", "TERM": "vt100"})):
            with self.subTest(words=more, **env):
                p = self.pty(*more, width=120, height=50, **env)
                self.walk(p)
                self.assertEqual({b for b in p.bytes if b > 127}, set())
                p.send(b"G")
                p.redraw(r">unverified\.test")

    def test_vt100(self):
        p = self.pty(TERM="vt100")
        self.walk(p)
        self.assertIsNone(COLOR.search(p.bytes))

    def test_linux_console(self):
        p = self.pty(TERM="linux")
        self.walk(p)

    def test_direct_colors(self):
        """A colour of the 256 is its red, green and blue, not its number."""
        with open(self.file("direct"), "w") as f:
            f.write(DIRECT)
        subprocess.run(["tic", "-x", "-o", self.file("terminfo"),
                        self.file("direct")], check=True)
        p = self.pty(TERM="xterm-direct", TERMINFO=self.file("terminfo"))
        self.walk(p)
        self.assertIn(b"\x1b[38:2::255:95:95m", p.bytes)   # 203, bad
        self.assertIn(b"\x1b[38:2::148:148:148m", p.bytes)     # 246, dim

    # --- the mouse

    def click(self, p, x, y, button=0):
        p.send(b"\x1b[<%d;%d;%dM\x1b[<%d;%d;%dm" % (
            button, x, y, button, x, y))

    def test_mouse(self):
        p = self.pty()
        self.assertRegex(p.bytes, rb"\x1b\[\?(1006;)?1000h")
        p.redraw(r"\u25b8news\.example\.test")
        self.click(p, 10, 8)            # the fifth row
        row = p.redraw(r"\u25b8(?!news)(\S+\.test)")[1]
        self.click(p, 10, 8)            # again: opens it
        p.redraw(r"%s +\w+ since" % re.escape(row))
        self.click(p, 14, 3)            # the second tab
        p.redraw(r"\[2 Spam\]")
        p.send(b"\x1b")
        p.redraw(r"\u25b8" + re.escape(row))
        self.click(p, 10, 10, 64)       # the wheel, up
        p.redraw(r"\u25b8(?!%s)" % re.escape(row))
        self.click(p, 10, 10, 65)       # and down
        p.redraw(r"\u25b8" + re.escape(row))
        # Clicks on nothing do nothing.
        for x, y in ((80, 1), (1, 24), (500, 500), (1, 1)):
            self.click(p, x, y)
        p.redraw(r"\u25b8" + re.escape(row))
        p.send(b"q")
        self.assertEqual(p.ended(), 0)
        self.assertRegex(p.bytes, rb"\x1b\[\?(1006;)?1000l")

    def test_rubbish_from_the_keyboard(self):
        """No bytes that come from a keyboard end it or show as they are."""
        p = self.pty()
        p.redraw(r"news\.example\.test")
        p.send(b"/\xff\xfe\x1b[200~\x1b]0;x\x07\xe2\x80\xae\x1b[999;999H"
               b"\x1b[<0;0;0M\x1b[<99999;99999;99999M\x1bOZ\x00\x80")
        p.send(b"\x1b")
        p.redraw(r"help")
        p.send(b"\x1b\x1b")
        p.redraw(r"news\.example\.test")
        self.assertNotIn(b"\xe2\x80\xae", p.bytes)
        self.assertNotIn(b"\x1b]", p.bytes)

    def test_terminal_goes_away(self):
        p = self.pty()
        pid = p.pid
        p.close()
        self.assertFalse(harness.alive(pid))

    def test_first_bytes(self):
        """The alternate screen is entered before anything is drawn."""
        p = self.pty()
        self.assertLess(p.bytes.index(b"\x1b[?1049h"),
                        p.bytes.index(b"domains"))
        self.assertIn("%d domains" % len(STORIES), plain(p.bytes))
