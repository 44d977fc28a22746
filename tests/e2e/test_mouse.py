"""The mouse, as terminals report it (SGR)."""
# SPDX-License-Identifier: MIT
import re

import harness
from harness import Case
from screen import Pty

LEFT, WHEEL_UP, WHEEL_DOWN = 0, 64, 65


class Mouse(Case):
    cost = 2

    def setUp(self):
        super().setUp()
        self.p = Pty(self, ["--config", harness.world("CONFIG"), "--store",
                            self.store(), "--no-collector"], 100, 30)
        self.p.wait(lambda b: b"help" in b, "the first frame")

    def click(self, x, y, button=LEFT, times=1):
        """Columns and rows count from 1."""
        self.p.send(b"\x1b[<%d;%d;%dM\x1b[<%d;%d;%dm" % (
            button, x, y, button, x, y) * times)

    def place(self, pattern):
        """Column and row (from 1) of a text on the screen."""
        lines = self.lines()
        for y, line in enumerate(lines, 1):
            found = re.search(pattern, line)
            if found:
                return found.start() + 1, y
        raise AssertionError("no %r in:\n%s" % (pattern, "\n".join(lines)))

    def lines(self):
        """The screen, by what a terminal makes of a whole frame."""
        mark = len(self.p.bytes)
        self.p.send(b"\x0c")
        self.p.wait(lambda b: len(b) > mark, "a frame")
        seen = 0
        while len(self.p.bytes) > seen:     # until it is whole
            seen = len(self.p.bytes)
            self.p.take(0.3)
        rows = [[" "] * 100 for _ in range(30)]
        x = y = 0
        for found in re.finditer(
                r"\x1b\[(\d*);?(\d*)H|\x1b\[(\d*)d|\x1b\[(\d*)G|"
                r"\x1b\[(\d*)C|\x1b\[(\d*)X|\x1b\[\d*b|"
                r"\x1b\[[?>]?[\d;]*[a-zA-Z]|"
                r"\x1b[()][A-Z0-9]|\x1b[=>78M]|\r|\n|\x08|([^\x1b])",
                self.p.bytes[mark:].decode("utf-8", "replace")):
            text = found.group(0)
            if text.endswith("H"):
                y = int(found[1] or 1) - 1
                x = int(found[2] or 1) - 1
            elif text.endswith("d") and found[3] is not None:
                y = int(found[3] or 1) - 1
            elif text.endswith("G") and found[4] is not None:
                x = int(found[4] or 1) - 1
            elif text.endswith("C") and found[5] is not None:
                x += int(found[5] or 1)
            elif text.endswith("b") and text[0] == "\x1b":
                n = int(text[2:-1] or 1)
                rows[y][x:x + n] = rows[y][x - 1] * n
                x += n
            elif text == "\r":
                x = 0
            elif text == "\n":
                y += 1
            elif text == "\x08":
                x -= 1
            elif found[7] and y < 30 and x < 100:
                rows[y][x] = found[7]
                x += 1
        return ["".join(row).rstrip() for row in rows]

    def test_rows(self):
        p = self.p
        p.redraw(r"\u25b8news\.example\.test")
        x, y = self.place(r"noptr\.test")
        self.click(x, y)
        p.redraw(r"\u25b8noptr\.test")
        self.click(x, y, times=2)       # a double click opens
        p.redraw(r"noptr\.test +CRITICAL since")
        p.send(b"\x1b")
        p.redraw(r"\u25b8noptr\.test")

    def test_heads(self):
        p = self.p
        p.redraw(r"\u25b8news")
        x, y = self.place(r"DOMAIN +STATE")
        self.click(x, y)
        p.redraw(r"by name")
        p.redraw(r"\u25b8billing\.example\.test")
        self.click(x, y)
        p.redraw(r"by name, reversed")
        p.redraw(r"\u25b8weakkey\.test")
        self.click(*self.place(r"SPAM %"))
        p.redraw(r"by spam rate")
        self.click(*self.place(r"STATE"))
        p.redraw(r"\u25b8news\.example\.test")

    def test_footer(self):
        p = self.p
        p.redraw(r"\u25b8news")
        self.click(*self.place(r"d changes"))
        p.redraw(r"What changed in all domains")
        self.click(*self.place(r"q back"))
        p.redraw(r"\u25b8news")
        self.click(*self.place(r"\? help"))
        p.redraw(r"search:")
        self.click(*self.place(r"search:"))     # nothing to click there
        p.send(b"\x1b")
        p.redraw(r"\u25b8news")

    def test_tabs_and_menus(self):
        p = self.p
        p.send(b"\r")
        p.redraw(r"\[1 Summary\]")
        self.click(*self.place(r"3 Checks"))
        p.redraw(r"\[3 Checks\]")
        p.send(b"y")
        p.redraw(r"\d news\.example\.test")
        # Behind a menu nothing is clicked.
        self.click(*self.place(r"2 Spam"))
        p.redraw(r"\[3 Checks\]")
        self.click(*self.place(r"\d news\.example\.test"))
        p.redraw(r"copied to the clipboard")

    def test_wheel(self):
        p = self.p
        p.redraw(r"\u25b8news\.example\.test")
        self.click(10, 10, WHEEL_DOWN)
        row = p.redraw(r"\u25b8(?!news\.ex)(\S+\.test)")[1]
        self.click(10, 10, WHEEL_UP)
        p.redraw(r"\u25b8news\.example\.test")
        p.send(b"?")
        p.redraw(r"search:")
        self.click(10, 10, WHEEL_DOWN)
        self.click(10, 10, WHEEL_DOWN)
        harness.wait(lambda: "search:" not in "\n".join(self.lines()),
                     "the help to scroll")
        p.send(b"\x1b")
        p.redraw(r"\u25b8news\.example\.test")
        self.assertNotEqual(row, "news.example.test")
