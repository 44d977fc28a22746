"""Every key of the screen does what the help says of it."""
# SPDX-License-Identifier: MIT
import glob
import os
import re

import harness
from harness import Case
from screen import Screen
from stories import STORIES

SIZES = ((10, 3), (300, 100), (20, 5), (79, 23), (200, 60), (1, 1), (40, 10),
         (81, 24), (130, 30), (10, 100), (300, 3))


def masked(text):
    """Without what changes by itself: clocks, ages, lengths of rules."""
    text = re.sub(r"time +\S+Z", "time", text)
    text = re.sub(r"\d\d:\d\d UTC", "CLOCK", text)
    text = re.sub(r"\d+ (s|min|h|days?)( \d+ min)? ago", "AGE", text)
    text = re.sub(r"in \d+ (s|min|h|days?)( \d+ min)?", "SOON", text)
    text = re.sub(r"\u2500+", "-", text)
    # That the panel goes on is told at its edge.
    text = re.sub(r"[\u2191\u2193]$", "", text, flags=re.M)
    return re.sub(r" +$", "", re.sub(r" {2,}", "  ", text), flags=re.M)


class Live(Case):
    """A screen with its collector, in the world."""
    cost = 3

    def screen(self, *words, width=80, height=24, **env):
        screen = Screen(self, ["--config", harness.world("CONFIG"), "--store",
                               self.store(), *words], width, height, **env)
        screen.wait(r"news\.example\.test")
        return screen

    def cursor(self, screen):
        """The domain under the cursor."""
        return screen.wait(r"^\u25b8(\S+)")[1]

    # --- moving

    def test_moving(self):
        screen = self.screen("--no-collector")
        screen.wait(r"^\u25b8news\.example\.test")
        for key, name in (("j", "edge.test"), ("Down", None), ("k", None),
                          ("Up", "news.example.test"), ("k", None),
                          ("G", "unverified.test"), ("j", None),
                          ("g", "news.example.test"),
                          ("End", "unverified.test"),
                          ("Home", "news.example.test")):
            if name:
                screen.press(key, r"^\u25b8%s" % re.escape(name))
            else:
                screen.keys(key)
        self.assertEqual(self.cursor(screen), "news.example.test")
        screen.press("NPage", r"^\u25b8(?!news).*")
        screen.press("PPage", r"^\u25b8news")
        self.assertRegex(screen.lines()[-2],
                         r"news\.example\.test: .*1/%d$" % len(STORIES))

    def test_in_and_out(self):
        screen = self.screen("--no-collector")
        screen.press("j", r"^\u25b8edge\.test")
        for way_in, way_out in (("Enter", "Escape"), ("Right", "q"),
                                ("l", "Escape")):
            screen.press(way_in, r"^ edge\.test +CRITICAL")
            # The selection is where it was.
            screen.press(way_out, r"^\u25b8edge\.test")

    def test_tabs_by_arrows(self):
        screen = self.screen("--no-collector")
        screen.press("Enter", r"\[1 Summary\]")
        for key, tab in (("Right", "2 Spam"), ("l", "3 Checks"),
                         ("Tab", "4 TLS"), ("Left", "3 Checks"),
                         ("h", "2 Spam"), ("BTab", "1 Summary"),
                         ("Left", "8 Timeline"), ("Right", "1 Summary")):
            screen.press(key, r"\[%s\]" % tab)

    def test_scrolling(self):
        screen = self.screen("--no-collector")
        screen.press("Enter", r"\[1 Summary\]")
        screen.press("7", r"REQUIREMENT")
        screen.press("G", r"\u2191")
        self.assertNotIn("REQUIREMENT", screen.text())
        screen.press("g", r"REQUIREMENT")
        screen.keys("j")
        screen.wait_gone(r"REQUIREMENT")
        screen.press("k", r"REQUIREMENT")

    # --- choosing

    def test_filter(self):
        screen = self.screen("--no-collector")
        screen.type("/")
        screen.wait(r"filter:")
        screen.type("too_m")            # a part of a reason
        screen.wait(r"filter: too_m +1 match")
        self.assertRegex(screen.text(), r"(?m)^\u25b8lookups\.test")
        self.assertNotIn("shop.test", screen.text())
        screen.keys(*["BSpace"] * 5)
        screen.wait(r"%d match" % len(STORIES))
        screen.type("EXAMPLE")
        screen.wait(r"2 match")
        screen.press("Enter", r"filter EXAMPLE")
        screen.press("j", r"^\u25b8billing\.example\.test")
        screen.press("Escape", r"shop\.test")
        # Nothing matches: the screen says so; q is a letter while typing.
        screen.type("/qqq")
        screen.wait(r"No domain has \"qqq\"")
        screen.press("Escape", r"shop\.test")

    def test_sort(self):
        screen = self.screen("--no-collector", height=39)
        order = re.compile(r"^[\u25b8 ](\S+\.test) ", re.M)
        screen.press("s", r"by name")
        names = order.findall(screen.text())
        self.assertEqual(names, sorted(names))
        self.assertEqual(len(names), len(STORIES))
        screen.press("S", r"by name, reversed")
        self.assertEqual(order.findall(screen.text()), names[::-1])
        screen.press("s", r"by spam rate")
        self.assertEqual(order.findall(screen.text())[:3],
                         ["news.example.test", "edge.test", "offers.test"])
        screen.press("s", r"by volume")
        self.assertEqual(order.findall(screen.text())[:2],
                         ["news.example.test", "spamfolder.test"])
        for title in ("by growth", "by ramp", "by reputation",
                      "by age of data", "by 7-day mean", "by trend",
                      "by tomorrow's ceiling", "by tag", "by reason"):
            screen.press("s", title)
            self.assertEqual(len(order.findall(screen.text())),
                             len(STORIES))
        # And round again to the worst first, which needs no mention.
        screen.press("s", r"\? help")
        self.assertEqual(self.cursor(screen), "news.example.test")

    def test_help(self):
        screen = self.screen("--no-collector")
        screen.press("?", r"search:")
        screen.wait("open the domain under the cursor")
        screen.type("snapshot")
        screen.wait(r"search: snapshot")
        text = screen.text()
        self.assertIn("write the panel, the domain, everything or", text)
        self.assertIn(":snapshot", text)
        self.assertNotIn("quit", text)
        self.assertNotIn("Ctrl-Z", text)
        screen.keys(*["BSpace"] * 8)
        screen.wait(r"search: *$")
        screen.type("withheld")
        screen.wait(r"too little mail")
        screen.press("Escape", r"^\u25b8news")
        screen.press("?", r"search:")     # a new search each time
        screen.press("Enter", r"^\u25b8news")

    def test_still(self):
        screen = self.screen("--no-collector")
        screen.press("Space", r"the screen stands still")
        screen.keys("Space")
        screen.wait_gone(r"the screen stands still")

    # --- asking

    def test_probe_now(self):
        screen = self.screen()
        screen.press("j", r"^\u25b8edge\.test")
        screen.press("r", r"asked for: a probe of edge\.test|"
                          r"probe of edge\.test (runs|done)")
        screen.wait(r"probe of edge\.test done")
        screen.press("Enter", r"^ edge\.test")
        screen.press("3", r"probed \d+ s ago")

    def test_poll_now(self):
        screen = self.screen()
        screen.press("R", r"poll of Postmaster done: \d+ domains, numbers to \w+ \d")
        screen.press("Enter", r"^ news\.example\.test +CRITICAL")
        screen.press("R", r"poll of Postmaster done: \d+ domains, numbers to \w+ \d")

    # --- the snapshot

    def snapshot(self, screen, number, what):
        """What the form writes of its choice of that number."""
        screen.press("p", r"^. what ")
        screen.press(number, r"\[%s\]" % what)
        said = screen.press("Enter", r"written: (\S+\.txt) \(", 30)[1]
        file = os.path.join(self.where, said)
        self.assertTrue(os.path.exists(file), said)
        with open(file) as f:
            return said, f.read()

    def test_snapshot_of_a_domain(self):
        screen = self.screen("--no-collector")
        screen.press("Enter", r"^ news\.example\.test +CRITICAL")
        screen.press("4", r"\[4 TLS\]")
        panel = [line for line in masked(screen.text()).split("\n")[3:-3]
                 if line.strip()]
        said, text = self.snapshot(screen, "2", "this domain")
        self.assertRegex(said, r"^sendtop-news\.example\.test-.*Z\.txt$")
        self.assertGreater(len(panel), 10)
        # What was on the screen is in the file.
        kept = masked(text).split("\n")
        self.assertEqual([line for line in panel if line not in kept], [])
        # And the file is what the command prints.
        store = glob.glob(self.file("*.db"))[0]
        done = self.sendtop("snapshot", "news.example.test", "--config",
                            harness.world("CONFIG"), "--store", store)
        self.assertEqual(masked(done.out), masked(text))
        for word in ("time ", "postmaster data to", "resolver ", "store "):
            self.assertIn(word, text)
        self.assertTrue(all(len(line) <= 80 for line in text.split("\n")))

    def test_snapshot_of_all(self):
        screen = self.screen("--no-collector")
        said, text = self.snapshot(screen, "2", "all domains")
        self.assertRegex(said, r"^sendtop-all-.*Z\.txt$")
        for name in ("news.example.test", "unverified.test"):
            self.assertIn(name, text)

    def test_snapshot_again(self):
        """A file that is there is not written over."""
        screen = self.screen("--no-collector")
        said, text = self.snapshot(screen, "2", "all domains")
        again, _ = self.snapshot(screen, "2", "all domains")
        self.assertNotEqual(said, again)
        with open(self.file(said)) as f:
            self.assertEqual(f.read(), text)

    def test_snapshot_of_a_past_day(self):
        screen = self.screen("--no-collector")
        screen.press("Enter", r"^ news\.example\.test +CRITICAL")
        screen.press("<", r"AS OF (\S+)")
        day = screen.press("<", r"AS OF (\S+)")[1]
        _, text = self.snapshot(screen, "2", "this domain")
        self.assertIn("the end of " + screen.wait(r"AS OF (\S+)")[1], text)
        self.assertRegex(day, r"\d{4}-\d\d-\d\d")

    # --- the time cursor

    def test_time_cursor(self):
        screen = self.screen("--no-collector")
        screen.press("Enter", r"^ news\.example\.test +CRITICAL")
        first = screen.press("<", r"AS OF (\S+)")[1]
        screen.wait(r"spam rate 0\.41 %")
        for rate in ("0.36", "0.310"):
            screen.press("<", r"spam rate %s %%" % re.escape(rate))
        text = screen.press("<", r"spam rate 0\.2[56]\d* %").string
        self.assertRegex(text, r"\(watch\)")
        self.assertNotIn(first, text)
        screen.press("2", r"\[2 Spam\]")
        screen.press(">", r"spam rate 0\.310 %")
        for _ in range(3):
            screen.keys(">")
        screen.wait(r"AS OF|CRITICAL since")
        screen.keys("Escape")
        screen.wait(r"^ news\.example\.test +CRITICAL since")
        self.assertNotIn("AS OF", screen.text())
        screen.press("Escape", r"^\u25b8news")

    def test_a_bad_past_was_better(self):
        """Eight days back nothing was wrong with the spam rate."""
        screen = self.screen("--no-collector")
        screen.press("Enter", r"^ news\.example\.test +CRITICAL")
        for _ in range(10):
            screen.keys("<")
        screen.wait(r"spam rate 0\.0\d+ % .*\(ok\)")
        self.assertNotIn("ramp STOP", screen.text())

    # --- sizes

    def storm(self, screen):
        for width, height in SIZES:
            screen.resize(width, height)
        screen.resize(80, 24)

    def again(self, screen, before):
        """Waits for a frame that was there before."""
        try:
            harness.wait(lambda: masked(screen.text()) == before,
                         "the same frame again")
        except AssertionError:
            self.assertEqual(masked(screen.text()), before)

    def test_resize_storm(self):
        screen = self.screen("--no-collector")
        before = masked(screen.text())
        for _ in range(3):
            self.storm(screen)
        self.again(screen, before)
        screen.press("Enter", r"^ news\.example\.test +CRITICAL")
        for tab in "1234567":
            screen.keys(tab)
            self.storm(screen)
        screen.press("1", r"\[1 Summary\]")
        screen.press("Escape", r"^\u25b8news")
        self.again(screen, before)

    def test_each_size_holds(self):
        screen = self.screen("--no-collector")
        for width, height in SIZES:
            with self.subTest(width=width, height=height):
                screen.resize(width, height)
                size = "%dx%d" % (width, height)
                harness.wait(lambda: screen.flag(
                    "window_width") + "x" + screen.flag(
                        "window_height") == size, size)
                if width >= 40 and height >= 5:
                    screen.wait(r"news")
                self.assertTrue(harness.alive(screen.pid()))
        screen.resize(80, 24)
        screen.wait(r"^ Enter open")
