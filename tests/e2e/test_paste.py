"""Records to publish, as they are taken off screens and out of reports."""
# SPDX-License-Identifier: MIT
import json
import os
import re
import shutil
import subprocess

import harness
from harness import Case, world
from screen import Screen
from stories import STORIES

CHECKZONE = shutil.which("nsd-checkzone", path=os.environ.get("PATH", "") +
                         ":/usr/sbin:/sbin:/usr/local/sbin")
ZONE = "$ORIGIN .\n$TTL 60\n@ SOA a. b. 1 1 1 1 1\n@ NS a.\n"
RECORD = re.compile(r"\S+\. IN [A-Z]+ \S")
BEGINS = re.compile(r"\S+\. (IN [A-Z]+ |\($)")
BESIDE = re.compile(r" *(?:\d .*:|do:?|.* do:?) +(\S+\. IN [A-Z]+ .*)")
TOLD = ("fail", "warn", "unknown", "note")


def pieces(text):
    """The records of a text, each as its whole lines, or what stands in a row
    behind a label."""
    found, inside, remarks = [], False, False
    for line in text.splitlines():
        if inside or (remarks and line.startswith(";")):
            found[-1].append(line)
            inside = inside and not line.endswith(" )")
            continue
        remarks = inside = False
        beside = BESIDE.fullmatch(line)
        if BEGINS.match(line):
            found.append([line])
            remarks = True
            inside = line.endswith(" (") or " ( " in line
        elif beside:
            found.append([beside[1]])
    return ["\n".join(lines) + "\n" for lines in found]


class Paste(Case):
    cost = 3

    def setUp(self):
        super().setUp()
        self.db = self.store()

    def read(self, record):
        """What the name server makes of it: strings of TXT as one."""
        zone = self.file("zone")
        with open(zone, "w") as out:
            out.write(ZONE + record)
        done = subprocess.run([CHECKZONE, "-p", ".", zone], text=True,
                              capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""), record)
        return done.stdout.replace('" "', "")

    def good(self, *words):
        done = self.sendtop(words[0], "--config", world("CONFIG"), *words[1:])
        self.assertEqual(done.err, "")
        return done.out

    def snapshot(self, *words):
        return self.good("snapshot", "--store", self.db, *words)

    def cures(self, name, verdicts=TOLD):
        """Those of the findings, a line each, as scripts get them."""
        found = []

        def look(part):
            if isinstance(part, list):
                for one in part:
                    look(one)
            elif isinstance(part, dict):
                if RECORD.match(part.get("cure", "")) and \
                        part.get("verdict") in verdicts:
                    found.append(part["cure"] + "\n")
                for one in part.values():
                    look(one)

        look(json.loads(self.snapshot("--format", "json", name)))
        return found

    def same(self, text, wanted):
        self.assertEqual({self.read(piece) for piece in pieces(text)},
                         {self.read(cure) for cure in wanted}, text)

    def test_snapshots(self):
        told = 0
        for story in STORIES:
            with self.subTest(domain=story.name):
                wanted = self.cures(story.name)
                self.same(self.snapshot(story.name), wanted)
                self.same(self.snapshot("--format", "markdown", story.name),
                          self.cures(story.name, ("fail",)))
                told += len(wanted)
        self.assertGreater(told, 40)

    def test_probe(self):
        """Of all kinds."""
        words = ("--no-smtp", "--ip", "203.0.113.2", "--ip", "2001:db8::66",
                 "--selector", "sha1", "--selector", "testing", "dkim.test",
                 "lookups.test", "dmarc.test", "hostile.test")
        said = self.good("probe", "--format", "json", *words)
        wanted = [cure + "\n" for cure in
                  re.findall(r'"cure":"((?:[^"\\]|\\.)*)"', said)
                  for cure in [json.loads('"%s"' % cure)]
                  if RECORD.match(cure)]
        self.assertGreater(len(wanted), 15)
        self.same(self.good("probe", *words), wanted)

    def test_screen(self):
        """Of the finding in full, its rows as they are selected."""
        wanted = self.cures("lookups.test", ("fail",))
        self.assertEqual(len(wanted), 1)
        screen = Screen(self, ["--config", world("CONFIG"), "--store", self.db,
                               "--no-collector", "lookups.test"], 80, 24)
        screen.wait(r"\[1 Summary\]")
        screen.wait(r"spf too_many_lookups: publish")
        screen.press("3", r"^ FAIL spf lookups\.test: too_many_lookups")
        screen.press("Enter", r"\A.*\n.*\n.*\n FAIL spf lookups\.test")
        for width, height in ((80, 24), (40, 30), (61, 24), (200, 60)):
            with self.subTest(width=width):
                screen.resize(width, height)
                screen.wait(r'^; was "v=spf1')
                text = harness.wait(
                    lambda: self.settled(screen, width), "the record")
                self.same(text, wanted)

    def settled(self, screen, width):
        """The text, once it is drawn anew: one row has all columns."""
        text = screen.text()
        head = text.split("\n", 1)[0]
        return text if len(head) == width - 1 else None
