"""sendtop metrics: valid OpenMetrics, and every number from the store."""
# SPDX-License-Identifier: MIT
import math
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import threading
import time
import unittest

import harness
import openmetrics
from harness import Case, query
from test_stories import ROWS

PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
BROKEN = (
    ("# TYPE a gauge\na 1\n", "does not end"),
    ("# TYPE a gauge\na 1\n# EOF", "does not end"),
    ("# EOF\na 1\n# EOF\n", "behind # EOF"),
    ("# TYPE a gauge\n\na 1\n# EOF\n", "no sample"),
    ("# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\na 2\n# EOF\n", "interleaved"),
    ("# TYPE a gauge\na 1\n# HELP a x\n# EOF\n", "behind its samples"),
    ("# TYPE a gauge\n# TYPE a gauge\n# EOF\n", "a second TYPE"),
    ("# TYPE a gadget\n# EOF\n", "no type gadget"),
    ("# TYPE a counter\na 1\n# EOF\n", "is no sample of a counter"),
    ("# TYPE a counter\na_total -1\n# EOF\n", "never -1"),
    ("# TYPE a counter\na_created 1\n# EOF\n", "has no total"),
    ("# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n", "end with its unit"),
    ("# TYPE a gauge\na{b=\"1\"} 1\na{b=\"1\"} 2\n# EOF\n", "twice"),
    ("# TYPE a gauge\na{b=\"1\",b=\"2\"} 1\n# EOF\n", "label b twice"),
    ("# TYPE a gauge\na{b=\"\\x\"} 1\n# EOF\n", "bad escape"),
    ("# TYPE a gauge\na{b=1} 1\n# EOF\n", "bad labels"),
    ("# TYPE a gauge\na{b=\"1\",} 1\n# EOF\n", "bad labels"),
    ("# TYPE a gauge\na one\n# EOF\n", "no sample"),
    ("# TYPE a gauge\na  1\n# EOF\n", "no sample"),
    ("# TYPE a_total gauge\na_total 1\n# EOF\n", "ends as samples"),
    ("# a remark\n# EOF\n", "no descriptor"),
)


class Validator(unittest.TestCase):
    """The validator sees each breach."""

    def test_sound(self):
        families, bad = openmetrics.parse(
            "# TYPE a_x gauge\n# UNIT a_x x\n# HELP a_x y\n"
            'a_x{b="1\\"\\\\\\n,}"} -1.5e3\na_x 2\n# TYPE c counter\n'
            'c_total{d=""} 3\nc_created{d=""} 4\n# EOF\n')
        self.assertEqual(bad, [])
        self.assertEqual(families["a_x"].series["a_x", (("b", '1"\\\n,}'),)],
                         -1500)

    def test_broken(self):
        for text, pattern in BROKEN:
            with self.subTest(text=text):
                bad = openmetrics.parse(text)[1]
                self.assertTrue(bad)
                self.assertRegex("\n".join(bad), pattern)


class Metrics(Case):
    def metrics(self, store, *words):
        done = self.sendtop("metrics", "--store", store, *words)
        self.assertEqual((done.code, done.err), (0, ""))
        return self.sound(done.out)

    def sound(self, text):
        families, bad = openmetrics.parse(text)
        self.assertEqual(bad, [])
        self.assertEqual(harness.bad_characters(text), [])
        if PROMTOOL:
            with subprocess.Popen([PROMTOOL, "check", "metrics"],
                                  stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT) as p:
                said = p.communicate(text.encode())[0].decode()
            # Counters are named by OpenMetrics here, by the older format
            # there.
            said = [line for line in said.split("\n") if line and not
                    re.search(r"_(total|created)", line) and not
                    re.match(r"sendtop_(attempts|replies|log)", line)]
            self.assertEqual((said, p.returncode in (0, 3)), ([], True))
        for family in families.values():
            self.assertIn("HELP", family.told)
            self.assertIn("TYPE", family.told)
        return families

    def value(self, families, name, **labels):
        for family in families.values():
            found = family.series.get((name, tuple(sorted(labels.items()))))
            if found is not None:
                return found
        return None

    def test_stories(self):
        """The world's domains, each in its state."""
        store = self.store()
        families = self.metrics(store)
        states = {"ok": "ok", "WARN": "warning", "CRIT": "critical",
                  "unkn": "unknown"}
        for domain, row in ROWS.items():
            with self.subTest(domain=domain):
                self.assertEqual(self.value(
                    families, "sendtop_domain_state", domain=domain,
                    state=states[row[0]]), 1)
        total = sum(families["sendtop_domains"].series.values())
        self.assertEqual(total, len(families["sendtop_domain_state"].series))
        self.assertEqual(total, query(
            store, "SELECT count(*) FROM standing WHERE watched = 1")[0][0])

    def test_no_number_no_sample(self):
        """What Google withheld has no sample, and nothing is NaN."""
        families = self.metrics(self.store())
        rates = families["sendtop_domain_spam_rate_ratio"].series
        bands = families["sendtop_domain_spam_band"].series
        blind = [dict(labels)["domain"] for (_, labels) in bands
                 if dict(labels)["band"] == "unknown"]
        self.assertTrue(blind)
        self.assertTrue(rates)
        for domain in blind:
            self.assertNotIn(
                ("sendtop_domain_spam_rate_ratio", (("domain", domain),)),
                rates)
        for family in families.values():
            for series, value in family.series.items():
                self.assertTrue(math.isfinite(value), series)

    def test_ages(self):
        families = self.metrics(self.store())
        now = self.value(families, "sendtop_taken_timestamp_seconds")
        self.assertLess(abs(now - time.time()), 60)
        for name in ("sendtop_domain_fetched_timestamp_seconds",
                     "sendtop_domain_probed_timestamp_seconds",
                     "sendtop_work_beat_timestamp_seconds"):
            self.assertTrue(families[name].series)
            for value in families[name].series.values():
                self.assertTrue(now - 3600 < value <= now, name)

    def test_labels(self):
        store = self.store()
        with sqlite3.connect(store) as db:
            for table in ("domain", "standing"):
                db.execute("UPDATE %s SET tag = ?" % table,
                           ('a"b\\c {d="e"} \u00fc',))
        families = self.metrics(store)
        tags = {dict(labels)["tag"] for _, labels
                in families["sendtop_domain_tag"].series}
        self.assertEqual(tags, {'a"b\\c {d="e"} \u00fc'})

    def test_odd_log_names(self):
        """A file may be called anything; the text stays UTF-8."""
        store = self.store()
        names = [b'a"b\\c\n\r\x1b[31m\x80\xe2\x80\xae.log', b"\x81" * 200,
                 b"\x81" * 199 + b"\x82"]
        for i, name in enumerate(names, 1):
            with open(os.path.join(self.where.encode(), name), "w") as f:
                f.write("Nov 22 03:12:0%d mx postfix/qmgr[1]: A1: from=<a@"
                        "shop.test>, size=1, nrcpt=1 (queue active)\n" % i * i)
        done = self.sendtop("ingest", "--store", store, *[
            os.path.join(self.where.encode(), name) for name in names])
        self.assertEqual(done.code, 0, done.err)
        series = self.metrics(store)["sendtop_log_lines"].series
        self.assertEqual(series, {
            ("sendtop_log_lines_total", (("path", self.file(name)),)): i
            for i, name in enumerate((
                'a"b\\c\\x0a\\x0d\\x1b[31m\\x80\\u{202e}.log',
                "\\x81" * 200, "\\x81" * 199 + "\\x82"), 1)})

    def test_empty(self):
        """A store that nobody wrote to yet: families without samples."""
        store = self.file("new.db")
        self.sendtop("note", "--store", store, "hello")
        families = self.metrics(store)
        self.assertEqual(families["sendtop_domain_state"].series, {})
        self.assertEqual(set(families["sendtop_domains"].series.values()),
                         {0})

    def test_out(self):
        """A whole file under the name, readable, and nothing beside it."""
        store, out = self.store(), self.file("sendtop.prom")
        done = self.sendtop("metrics", "--store", store, "--out", out)
        self.assertEqual((done.code, done.raw, done.err), (0, b"", ""))
        with open(out, encoding="utf-8") as f:
            self.sound(f.read())
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE(os.stat(out).st_mode), 0o666 & ~mask)
        self.assertEqual([n for n in os.listdir(self.where)
                          if n.startswith("sendtop.prom")], ["sendtop.prom"])

    def test_out_is_printed(self):
        """- is standard output, no file of that name."""
        done = self.sendtop("metrics", "--store", self.store(), "--out", "-")
        self.assertEqual((done.code, done.err), (0, ""))
        self.sound(done.raw.decode())
        self.assertNotIn("-", os.listdir(self.where))

    def test_out_is_atomic(self):
        """Whoever reads meanwhile reads one or the other."""
        store, out = self.store(), self.file("sendtop.prom")
        self.sendtop("metrics", "--store", store, "--out", out)
        ended, bad = threading.Event(), []

        def look():
            while not ended.is_set():
                with open(out, encoding="utf-8") as f:
                    text = f.read()
                if not text.endswith("# EOF\n"):
                    bad.append(text[-80:])

        reader = threading.Thread(target=look)
        reader.start()
        for _ in range(20):
            self.sendtop("metrics", "--store", store, "--out", out)
        ended.set()
        reader.join()
        self.assertEqual(bad, [])

    def test_failures(self):
        """One sentence, and what was there stays."""
        store = self.store()
        for words, code, pattern in (
                (("--out", "/nowhere/x.prom"), 3, r"--out: /nowhere/x\.prom"),
                (("example.com",), 2, r"takes no \"example.com\""),
                (("--store", self.file("none.db")), 3, r"none\.db")):
            done = self.sendtop("metrics", "--store", store, *words)
            self.assertEqual((done.code, done.raw), (code, b""), words)
            self.one_sentence(done.err)
            self.assertRegex(done.err, pattern)
        out = self.file("dir")
        os.makedirs(os.path.join(out, "x"))
        done = self.sendtop("metrics", "--store", store, "--out", out)
        self.assertEqual(done.code, 3)
        self.assertEqual([n for n in os.listdir(self.where)
                          if n.startswith("dir")], ["dir"])
