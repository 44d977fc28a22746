"""Each story of the world, on the first screen and one level down."""
# SPDX-License-Identifier: MIT
import re
import unittest

import harness
from harness import Case
from screen import Screen

import stories      # in tests/world, which harness makes known

# domain: state, spam column ("" for the story's own number), ramp, how the
# why begins (one of several), what a tab must say: (tab, text).
ROWS = {
    "news.example.test": (
        "CRIT", "", "STOP", "spam >= 0.30",
        ("1", r"Pause the campaign with feedback\s.*\bid camp2: 0.90 %")),
    "edge.test": (
        "CRIT", "", "STOP", "spam >= 0.30",
        ("2", r"0\.300 % on .*violation since")),
    "oldtls.test": (
        "CRIT", "", "HOLD", "tls_version old_only|TLS, you -> Gmail",
        ("3", r"FAIL +tls_version +mx1\.oldtls\.test +old_only")),
    "lookups.test": (
        "CRIT", "", "HOLD", "spf too_many_lookups",
        ("3", r"FAIL +spf +domain +too_many_lookups")),
    "noptr.test": (
        "CRIT", "", "STOP", "ptr missing: 192.0.2.40",
        ("3", r"FAIL +ptr +192\.0\.2\.40 +missing")),
    "disagree.test": (
        "CRIT", "", "HOLD", "Google says needs work",
        ("7", r"Google sees a fault that sendtop does not")),
    "nodmarc.test": (
        "CRIT", "", "HOLD", "dmarc missing",
        ("3", r"_dmarc\.nodmarc\.test\. IN TXT \($")),
    "billing.example.test": (
        "CRIT", "", "HOLD", "Google says needs work",
        ("3", r"FAIL +\S+ organizational +needs_work")),
    "hostile.test": (
        "CRIT", "denied", "BLIND", "dkim syntax: s1|ptr dangling: 192.0.2.105",
        ("3", r"FAIL +dkim +s1 +syntax")),
    "offers.test": (
        "WARN", "", "HOLD", "spam >= 0.10",
        ("2", r"0\.118 % on .*: watch")),
    "weakkey.test": (
        "CRIT", "", "HOLD", "dkim weak_key: s1",
        ("3", r"FAIL +dkim +s2 +weak_key")),
    "expired.test": (
        "WARN", "", "go", "certificate expired: mx1.",
        ("3", r"FAIL +certificate +mx1\.expired\.test +expired")),
    "spamfolder.test": (
        "WARN", "", "BACK OFF", "low spam rate beside high",
        ("6", r"BACK OFF +\d\.\d+ % rejected on ")),
    "plain.test": (
        "WARN", "", "go", "starttls not_offered: mx1.",
        ("3", r"FAIL +starttls +mx1\.plain\.test .*not_offered")),
    "newcomer.test": (
        "ok", "withheld", "BLIND", "volume grew x1.60",
        ("6", r"BLIND +volume grew x1\.60 since")),
    "shop.test": ("ok", "", "go", "", ("3", r"pass +ptr +192\.0\.2\.12")),
    "six.test": (
        "ok", "", "go", "", ("3", r"pass +ptr +2001:db8::26 +ok")),
    "denied.test": (
        "ok", "denied", "BLIND", "no numbers: no permission",
        ("1", r"gives this account no permission")),
    "quiet.test": (
        "ok", "withheld", "go", "withheld: too little mail",
        ("2", r"too little mail")),
    "unverified.test": (
        "ok", "denied", "BLIND", "no numbers: the domain is not verified",
        ("1", r"lists the domain as unverified: publish")),
}
TABS = ("Summary", "Spam", "Checks", "TLS", "Replies", "Ramp", "Guidelines",
        "Timeline")
ROW = re.compile(
    r"^[\u25b8> ](?P<name>\S+) +(?P<state>CRIT|WARN|ok|unkn|new)\b *"
    r"(?:[A-Z][a-z]{2} \d\d? +)?"
    r"(?P<spam>\d\.\d+ [ ^v]|\d\.\d+|withheld|pending|denied|error|-)"
    r"(?P<rest>.*)$")


def rows(text):
    found = (ROW.match(line) for line in text.split("\n"))
    return {m["name"]: m for m in found if m}


class List(Case):
    """The first screen, from the store alone."""

    def screen(self, width, height):
        return Screen(self, ["--config", harness.world("CONFIG"), "--store",
                             self.store(), "--no-collector"], width, height)

    def check_row(self, name, row):
        state, spam, ramp, _why, _tab = ROWS[name]
        self.assertEqual(row["state"], state)
        self.assertRegex(row["rest"], r"\b%s\b" % ramp)
        if spam:
            self.assertEqual(row["spam"], spam)
        else:
            story = next(s for s in stories.STORIES if s.name == name)
            self.assertAlmostEqual(float(row["spam"].split()[0]),
                                   story.spam(0) * 100, delta=0.0051)

    def check_list(self, seen):
        self.assertEqual(set(seen), set(ROWS))
        for name, row in seen.items():
            with self.subTest(domain=name, state=row[0]):
                self.check_row(name, row)

    def test_wide(self):
        screen = self.screen(200, 60)
        screen.wait(r"unverified\.test")
        text = screen.text()
        seen = rows(text)
        self.check_list(seen)
        for name, row in seen.items():
            with self.subTest(domain=name, row=row[0]):
                self.assertTrue(any(why in row["rest"] for why in
                                    ROWS[name][3].split("|")), row[0])
        states = [row[0] for row in ROWS.values()]
        self.assertIn("%d domains: %d critical %d warning %d ok" % (
            len(states), states.count("CRIT"), states.count("WARN"),
            states.count("ok")), text)
        self.assertRegex(text, r"Postmaster to \w+ \d+ \(D-2\)")
        self.assertIn("resolver " + harness.world("DNS"), text)
        # Worst first, and of the same state the higher spam rate first.
        states = [row["state"] for row in seen.values()]
        self.assertEqual(states, sorted(
            states, key=("CRIT", "WARN", "ok").index))
        self.assertEqual(list(seen)[:2], ["news.example.test", "edge.test"])

    def test_narrow(self):
        screen = self.screen(80, 24)
        screen.wait(r"news\.example\.test +CRIT")
        seen = rows(screen.text())
        screen.press("G", r"^\u25b8unverified\.test")
        seen.update(rows(screen.text()))
        self.check_list(seen)
        for name, row in seen.items():
            with self.subTest(domain=name, row=row[0]):
                self.assertTrue(any(why[:9] in row["rest"] for why in
                                    ROWS[name][3].split("|")), row[0])
        self.assertTrue(all(len(line) <= 80 for line in screen.lines()))


class Domain(Case):
    """One level down."""
    cost = 3

    def screen(self, name, width=80, height=24):
        screen = Screen(self, ["--config", harness.world("CONFIG"), "--store",
                               self.store(), "--no-collector", name],
                        width, height)
        screen.wait(r"^ %s +(CRITICAL|WARNING|ok|unknown)" % re.escape(name))
        return screen

    def check_frame(self, screen, name, width, height):
        # The last line is drawn last.
        screen.wait(r" q back .*\? help *\n?\Z")
        lines = screen.text().split("\n")[:-1]
        self.assertEqual(len(lines), height)
        self.assertTrue(lines[0].startswith(" " + name), lines[0])
        self.assertRegex(lines[0], r"\d\d:\d\d UTC$")
        self.assertIn("q back", lines[-1])
        self.assertIn("? help", lines[-1])
        self.assertTrue(all(len(line) <= width for line in lines))

    def all_tabs(self, name, width, height):
        screen = self.screen(name, width, height)
        for i, title in enumerate(TABS, 1):
            with self.subTest(domain=name, tab=title, width=width):
                screen.press(str(i), r"\[%d %s\]" % (i, title))
                self.check_frame(screen, name, width, height)
                body = "".join(screen.lines()[3:-2]).strip()
                self.assertGreater(len(body), 40)

    def test_tabs_80x24(self):
        for name in ("news.example.test", "quiet.test", "hostile.test"):
            self.all_tabs(name, 80, 24)

    def test_tabs_200x60(self):
        for name in ("news.example.test", "denied.test", "six.test"):
            self.all_tabs(name, 200, 60)

    def go_to(self, screen, name):
        screen.type("/" + name)
        screen.wait(r"filter: %s .*1 match" % re.escape(name))
        screen.keys("Enter")
        screen.wait_gone(r"^ filter: ")
        screen.press("Enter", r"^ %s +(CRIT|WARN|ok|unk)" % re.escape(name))

    def test_telltale(self):
        """Each story's own trouble stands in its tab."""
        screen = Screen(self, ["--config", harness.world("CONFIG"), "--store",
                               self.store(), "--no-collector"], 120, 60)
        screen.wait(r"unverified\.test")
        for name, (*_, (tab, pattern)) in ROWS.items():
            with self.subTest(domain=name):
                try:
                    self.go_to(screen, name)
                    screen.press(tab, pattern)
                finally:
                    screen.press("Escape", r"^ sendtop +\d+ domains?")
                    screen.press("Escape", r"unverified\.test")

    def test_summary_answers_in_order(self):
        """How bad, since when, why, what to do: on one screen of 80x24."""
        text = self.screen("news.example.test").text()
        for pattern in (r"CRITICAL since \w+ \d+ \d\d:\d\d",
                        r"spam rate 0\.41 % on \w+ \d+ \(violation\)",
                        r"ramp STOP", r"\d failing", r"What to do next",
                        r"1 Stop: send nothing more to Gmail",
                        r"7-day clock 0 of 7 days",
                        r"Volume +~48\.2k", r"NEEDS WORK +FAIL"):
            self.assertRegex(text, pattern)

    def test_both_lines_in_the_chart(self):
        screen = self.screen("edge.test", 120, 40)
        screen.press("2", r"\[2 Spam\]")
        text = screen.text()
        self.assertRegex(text, r"0\.30\u2502.*violation")
        self.assertRegex(text, r"0\.10\u2502")


if __name__ == "__main__":
    unittest.main()
