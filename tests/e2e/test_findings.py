"""The Checks tab: a cursor over the findings, and what is done with one."""
# SPDX-License-Identifier: MIT
import base64
import re
import sqlite3

import harness
from harness import Case, query
from screen import Pty, Screen


class Findings(Case):
    cost = 2

    def setUp(self):
        super().setUp()
        self.db = self.store()

    def words(self, domain):
        return ["--config", harness.world("CONFIG"), "--store", self.db,
                "--no-collector", domain]

    def screen(self, domain, width=80, height=24):
        screen = Screen(self, self.words(domain), width, height)
        screen.wait(r"\[1 Summary\]")
        screen.press("3", r"\[3 Checks\]")
        return screen

    def change(self, sql, *values):
        with sqlite3.connect(self.db, timeout=20) as db:
            self.assertGreater(db.execute(sql, values).rowcount, 0)

    def to(self, screen, row):
        """The cursor to a finding, by what its detail begins with."""
        text = screen.text()
        for _ in range(60):
            if re.search(r"^ \w+ %s: " % row, text, re.M):
                return
            screen.keys("Down")
            text = harness.wait(lambda was=text: self.other(screen, was),
                                "a step from\n" + text)
        raise AssertionError("no %s in:\n%s" % (row, text))

    def other(self, screen, was):
        """What is on the screen, if it is not the same."""
        text = screen.text()
        return text if text != was else None

    def test_detail(self):
        screen = self.screen("nodmarc.test")
        screen.wait(r"^ FAIL dmarc nodmarc\.test: missing")
        screen.wait(r'^ do +publish\n_dmarc\.nodmarc\.test\. IN TXT "v=DMARC1')
        screen.wait(r"^ since +\w+ +\d+ \d\d:\d\d UTC, for .*checked .* ago")
        screen.wait(r"^ history .*FAIL missing, for .* so far")
        screen.press("Enter", r"\A.*\n.*\n.*\n FAIL dmarc nodmarc\.test")
        self.assertNotIn("Authentication", screen.text())
        screen.press("Escape", r"Authentication")
        screen.press("Down", r"^ (?!FAIL dmarc)\w+ \w+ \S+: \w+$")
        screen.press("End", r"\u2191$")
        screen.press("Home", r"^ FAIL dmarc nodmarc")
        screen.press("Enter", r"\A.*\n.*\n.*\n FAIL dmarc nodmarc\.test")
        screen.press("q", r"Authentication")
        screen.press("q", r"^\u25b8")

    def test_beside_where_there_is_room(self):
        screen = self.screen("noptr.test", 120, 40)
        screen.wait(r"FAIL +ptr +192\.0\.2\.40 +missing +\u2502")
        screen.wait(r"\u2502 FAIL ptr 192\.0\.2\.40: missing")
        screen.resize(80, 24)
        screen.wait(r"^ FAIL ptr 192\.0\.2\.40: missing")
        screen.resize(60, 12)
        screen.press("Enter", r"^ FAIL ptr 192\.0\.2\.40: missing")

    def test_how_it_went(self):
        """Older verdicts, newest first."""
        self.change(
            "INSERT INTO finding (domain, name, subject, verdict, reason, "
            "detail, cure, first_seen_s, last_seen_s, known_verdict, "
            "known_reason, known_s, known_first_s, begun_s, ended_s, record) "
            "SELECT domain, name, subject, 0, 'ok', '', '', begun_s - 7200, "
            "begun_s, 0, '', 0, 0, begun_s - 7200, begun_s, '' FROM finding "
            "WHERE name = 'ptr' AND subject = '192.0.2.40'")
        screen = self.screen("noptr.test", 100, 30)
        self.to(screen, r"ptr 192\.0\.2\.40")
        screen.wait(r"^ history .*FAIL missing, for .* so far\n"
                    r" +\w+ +\d+ \d\d:\d\d +pass ok, for 2 h$")

    def test_cursor_stays_with_its_finding(self):
        screen = self.screen("noptr.test", 80, 70)
        self.to(screen, r"ptr 192\.0\.2\.40")
        self.change("UPDATE finding SET verdict = 0, reason = 'ok' "
                    "WHERE name = 'ptr' AND subject = '192.0.2.40'")
        screen.wait(r"^ pass ptr 192\.0\.2\.40: ok", 15)
        self.change("UPDATE finding SET verdict = 3, reason = 'gone' "
                    "WHERE name = 'mx' AND domain = (SELECT id FROM domain "
                    "WHERE name = 'noptr.test')")
        screen.wait(r"^ FAIL +mx ", 15)
        screen.wait(r"^ pass ptr 192\.0\.2\.40: ok")

    def test_mute_and_note(self):
        screen = self.screen("noptr.test", 100, 30)
        self.to(screen, r"ptr 192\.0\.2\.40")
        screen.press("n", r"note on noptr\.test: ptr 192\.0\.2\.40:")
        screen.type("asked them")
        screen.press("Enter",
                     r"noted on noptr\.test: ptr 192\.0\.2\.40: asked them")
        screen.press("m", r"what +ptr 192\.0\.2\.40 \(missing\)")
        screen.keys("Enter", "Enter")
        screen.type("they are at it")
        screen.press("Enter", r"muted ptr 192\.0\.2\.40 of noptr\.test until")
        self.assertEqual(query(self.db, "SELECT name, subject FROM mute"),
                         [("ptr", "192.0.2.40")])
        # The cursor is still on it, and m now ends that.
        screen.wait(r"^ muted +until .*: they are at it")
        screen.press("m", r"what +end the mute of ptr 192\.0\.2\.40")
        screen.press("Enter", r"1 mute ended")

    def test_copy_the_line_to_paste(self):
        p = Pty(self, self.words("nodmarc.test"), 80, 24)
        p.redraw(r"\[1 Summary\]")
        p.send(b"3")
        p.redraw(r"FAIL dmarc nodmarc\.test: missing")
        p.send(b"y")
        p.redraw(r"1 do: _dmarc\.nodmarc\.test\. IN TXT")
        p.send(b"y")
        p.redraw(r"copied to the clipboard \(OSC 52\): _dmarc\.nodmarc")
        cure = query(self.db, "SELECT cure FROM finding WHERE cure LIKE "
                     "'_dmarc.nodmarc.test.%' AND name = 'dmarc'")[0][0]
        copied = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", p.bytes)
        self.assertEqual(base64.b64decode(copied[-1]).decode(), cure)

    def test_copy_of_a_long_record_is_whole(self):
        """A key is longer than a menu's line."""
        record = "v=DKIM1; p=" + "MIIB" * 300
        self.change("UPDATE finding SET verdict = 3, record = ? WHERE "
                    "name = 'dkim' AND subject = 's1' AND domain = (SELECT id "
                    "FROM domain WHERE name = 'noptr.test')", record)
        p = Pty(self, self.words("noptr.test"), 80, 24)
        p.redraw(r"\[1 Summary\]")
        p.send(b"3")
        p.redraw(r"FAIL dkim s1: ")
        p.send(b"y")
        number = p.redraw(r"(\d) now: v=DKIM1; p=MIIB")[1]
        p.send(number.encode())
        p.redraw(r"copied to the clipboard \(OSC 52\): v=DKIM1")
        copied = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", p.bytes)
        self.assertEqual(base64.b64decode(copied[-1]).decode(), record)

    def test_mouse(self):
        p = Pty(self, self.words("noptr.test"), 80, 24)
        p.redraw(r"\[1 Summary\]")
        p.send(b"3")
        p.redraw(r"\[3 Checks\]")
        first = p.redraw(r"\n ?(\w+ \w+ \S+: \w+)\n")[1]
        p.send(b"\x1b[<0;10;6M\x1b[<0;10;6m")
        p.redraw(r"\n ?(?!%s)\w+ \w+ [^:\n]+: \w+\n" % re.escape(first))
        p.send(b"\x1b[<64;10;8M")
        p.redraw(r"\n ?%s\n" % re.escape(first))
        for _ in range(2):
            p.send(b"\x1b[<0;10;5M\x1b[<0;10;5m")
            p.take(0.1)
        harness.wait(lambda: self.opened(p), "the whole detail")

    def opened(self, p):
        """A whole frame without the list's headings."""
        mark = len(p.bytes)
        p.send(b"\x0c")
        p.wait(lambda b: b"detail" in b[mark:], "a frame")
        return b"What Google's" not in p.bytes[mark:]
