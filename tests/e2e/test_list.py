"""The list: expressions, groups, orders, and rows that keep their places."""
# SPDX-License-Identifier: MIT
import os
import re
import sqlite3
import time

import harness
from harness import Case
from screen import Screen
from stories import STORIES

ROW = re.compile(r"^[\u25b8 ](?:  )?([\w.-]+\.test) ", re.M)
NEVER_MOVED = 10    # seconds a cursor rests before rows may move


class List(Case):
    cost = 3

    def screen(self, *more, width=80, height=39):
        self.db = self.store()
        screen = Screen(self, ["--config", harness.world("CONFIG"), "--store",
                               self.db, "--no-collector", *more], width,
                        height)
        screen.wait(r"^\u25b8news\.example\.test")
        return screen

    def order(self, screen):
        return ROW.findall(screen.text())

    # --- expressions

    def test_expression(self):
        screen = self.screen()
        screen.type("/^n(e|o)")
        screen.wait(r"filter: \^n\(e\|o\) +4 match")
        self.assertTrue(all(name.startswith(("ne", "no"))
                            for name in self.order(screen)))
        screen.keys("Enter")
        screen.wait(r"filter \^n\(e\|o\)")
        screen.press("Escape", r"shop\.test")
        # Reasons are fields of their own.
        screen.type("/^spam_v")
        screen.wait(r"2 match")
        screen.keys("Escape")

    def test_bad_expression(self):
        """It says so while it is typed, and is a text until it is right."""
        screen = self.screen(width=100)
        screen.type("/s(h")
        screen.wait(r"a \( or \) has no partner: taken as text, 0 match")
        screen.type("op|ix)")
        screen.wait(r"filter: s\(hop\|ix\) +2 match")
        self.assertEqual(set(self.order(screen)), {"shop.test", "six.test"})
        for text, wrong in (("[a", "a \\[ is not closed"),
                            ("a{999}{999}", "it repeats too often"),
                            ("(a)\\1", "references to groups")):
            screen.keys("C-u")
            screen.type(text)
            screen.wait(wrong)
        screen.keys("Escape")
        screen.wait(r"shop\.test")

    def test_the_line_is_edited(self):
        screen = self.screen()
        screen.type("/hop")
        screen.wait(r"1 match")
        screen.keys("Home")
        screen.type("s")
        screen.wait(r"filter: shop +1 match")
        screen.keys("C-k")
        screen.wait(r"filter: s +\d+ match")
        screen.keys("C-u")
        screen.wait(r"%d match" % len(STORIES))

    # --- orders

    def test_every_order(self):
        screen = self.screen(width=110)
        for word, says in (("mean", "by 7-day mean"), ("trend", "by trend"),
                           ("tomorrow", "by tomorrow's ceiling"),
                           ("tag", "by tag"), ("why", "by reason")):
            screen.type(":sort %s\n" % word)
            screen.wait(says)
            rows = self.order(screen)
            self.assertEqual(len(rows), len(STORIES))
            screen.type(":sort %s reverse\n" % word)
            screen.wait(says + ", reversed")
            harness.wait(lambda: self.order(screen) == rows[::-1],
                         "the rows turned round")
        screen.type(":sort colour\n")
        screen.wait(r"sort by what\?")
        screen.keys("Escape")

    # --- groups

    def test_groups(self):
        screen = self.screen()
        screen.keys("t", "t")
        screen.wait(r"- example\.test .*2")
        # Those that stand alone have no heading.
        self.assertNotRegex(screen.text(), r"- shop\.test ")
        screen.press("k", r"^\u25b8- example\.test")
        screen.keys("Enter")
        screen.wait(r"^\u25b8\+ example\.test")
        self.assertNotIn("billing.example.test", screen.text())
        self.assertNotRegex(screen.text(), r"^ *news\.example\.test")
        screen.keys("Enter")
        screen.wait(r"billing\.example\.test")
        # The cursor of a row that is folded away stays with its group.
        screen.press("j", r"^\u25b8.*news\.example\.test")
        screen.press("z", r"^\u25b8\+ example\.test")
        screen.press("z", r"^\u25b8- example\.test")
        screen.press("t", r"^\u25b8\w")
        self.assertNotIn("- example.test", screen.text())

    def test_groups_by_tag(self):
        self.db = self.store()
        with sqlite3.connect(self.db) as db:
            db.execute("UPDATE standing SET tag = 'customer one' "
                       "WHERE name IN ('shop.test', 'noptr.test')")
        screen = Screen(self, ["--config", harness.world("CONFIG"), "--store",
                               self.db, "--no-collector"], height=39)
        screen.wait(r"^\u25b8news")
        screen.type(":group tag\n")
        screen.wait(r"- customer one .*1 critical 1 ok")
        screen.wait(r"- \(no tag\) .*%d" % (len(STORIES) - 2))

    # --- places

    def worsen(self, name):
        """Gives a domain the standing of the worst one."""
        with sqlite3.connect(self.db) as db:
            db.execute(
                "UPDATE standing SET (standing_rank, spam, packed) = "
                "(SELECT standing_rank, spam + 1, packed FROM standing "
                " WHERE name = 'news.example.test') WHERE name = ?", (name,))

    def test_rows_keep_their_places(self):
        screen = self.screen()
        screen.press("j", r"^\u25b8edge\.test")
        before = self.order(screen)
        time.sleep(0.5)         # the list is read into memory meanwhile
        self.worsen("six.test")
        # The row tells its news where it is ...
        screen.wait(r"^ six\.test +CRIT")
        self.assertEqual(self.order(screen), before)
        for _ in range(8):      # as long as somebody works with the list
            screen.press("j", r"^\u25b8weakkey\.test")
            screen.press("k", r"^\u25b8edge\.test")
            time.sleep(0.8)
            self.assertEqual(self.order(screen), before)
        # ... and moves when the cursor rests, which stays with its domain.
        harness.wait(lambda: self.order(screen).index("six.test") < 3,
                     "the new order", NEVER_MOVED + 10)
        screen.wait(r"^\u25b8edge\.test")

    def test_an_untouched_screen_shows_the_worst(self):
        screen = self.screen()
        self.worsen("six.test")
        screen.wait(r"^\u25b8six\.test +CRIT")

    # --- time

    def test_a_past_day(self):
        screen = self.screen(width=100)
        now = self.order(screen)
        screen.press("<", r"sendtop  AS OF \w+ \d+ +%d domains" %
                     len(STORIES))
        screen.wait(r"as it stood at the end of")
        self.assertEqual(set(self.order(screen)), set(now))
        for _ in range(9):
            screen.keys("<")
        # Then nothing was wrong with the rate.
        screen.wait(r"news\.example\.test +(ok|WARN) .* 0\.0\d")
        screen.press("Enter", r"AS OF \d{4}-\d\d-\d\d")
        screen.press("q", r"sendtop  AS OF")
        screen.keys("Escape")
        screen.wait(r"^.news\.example\.test +CRIT")
        self.assertNotIn("AS OF", screen.text())

    def test_a_chosen_day(self):
        screen = self.screen()
        screen.type(":at -5\n")
        screen.wait(r"AS OF")
        screen.type(":at 2001-01-01\n")
        screen.wait(r"that is too long ago")
        screen.keys("Escape")
        screen.type(":at now\n")
        screen.wait_gone(r"AS OF")

    # --- a store that goes away

    def test_store_replaced(self):
        """The last good picture stays, one sentence says why, and what was
        written meanwhile follows."""
        screen = self.screen("--no-collector", width=120)
        screen.keys("t", "t")
        screen.wait(r"- example\.test ")
        before = self.order(screen)
        os.unlink(self.db)
        screen.wait(r"store .*(deleted|there is none yet)")
        self.assertEqual(self.order(screen), before)
        self.assertRegex(screen.text(), r"news\.example\.test +CRIT")
        screen.press("j", r"^\u25b8 *billing\.example\.test")
        screen.type("nwhile it was away\n")
        screen.wait(r"there is no store just now: this follows")
        self.db = self.store()
        screen.wait(r"noted on billing\.example\.test: while it was away")
        self.assertEqual(harness.query(
            self.db, "SELECT said FROM note"), [("while it was away",)])
        screen.wait_gone(r"there is none yet")
        self.assertEqual(self.order(screen), before)
        screen.press("e", r"ERROR .*(deleted|there is none)")

    def test_store_that_grows(self):
        screen = self.screen("--no-collector")
        screen.press("j", r"^\u25b8edge\.test")
        with sqlite3.connect(self.db) as db:
            for sql in ("INSERT INTO domain SELECT 1000 + id, "
                        "'new-' || name, registrable, tag, "
                        "COLUMNS FROM domain WHERE name = 'six.test'",):
                names = [row[1] for row in db.execute(
                    "PRAGMA table_info(domain)")]
                same = [n for n in names
                        if n not in ("id", "name", "registrable", "tag")]
                db.execute(sql.replace("COLUMNS", ", ".join(same)).replace(
                    "INSERT INTO domain", "INSERT INTO domain (id, name, "
                    "registrable, tag, %s)" % ", ".join(same)))
            names = [row[1] for row in db.execute(
                "PRAGMA table_info(standing)")]
            same = [n for n in names if n not in ("domain", "name")]
            db.execute("INSERT INTO standing (domain, name, %s) SELECT "
                       "1000 + domain, 'new-' || name, %s FROM standing "
                       "WHERE name = 'six.test'" % (
                           ", ".join(same), ", ".join(same)))
            db.execute("UPDATE tally SET domains = domains + 1 "
                       "WHERE standing_rank = 0")
        screen.wait(r"^ new-six\.test +ok", NEVER_MOVED + 10)
        screen.wait(r"^\u25b8edge\.test")
