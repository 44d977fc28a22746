"""sendtop ramp: what may be sent tomorrow, and the way to a target."""
# SPDX-License-Identifier: MIT
import csv
import datetime
import io
import os

import harness
from harness import Case, sendtop_run


class Ramp(Case):
    """Over the world's store, as the first collect left it."""
    cost = 2

    def ramp(self, *words, config=None):
        return sendtop_run("ramp", "--config", config or
                           harness.world("CONFIG"), "--store", self.store(),
                           *words)

    def config(self, text):
        """The world's settings and some more."""
        name = self.file("more.conf")
        with open(harness.world("CONFIG"), encoding="utf-8") as f:
            text = f.read() + "\n" + text
        with open(name, "w", encoding="utf-8") as f:
            f.write(text)
        return name

    def test_stop(self):
        done = self.ramp("news.example.test")
        self.assertEqual(done.code, 1, done.err)
        lines = done.out.splitlines()
        self.assertEqual(lines[0], "news.example.test: STOP: send nothing "
                         "more to Gmail")
        self.assertRegex(lines[1], r"^As of .* UTC; Postmaster to ")
        self.assertRegex(done.out, r"\nSend nothing to Gmail on \w+ \d+\.\n")
        # The worst first.
        order = [line.split("  ")[0] for line in
                 lines[lines.index("Reasons, worst first") + 1:]
                 if line and not line.startswith(" ")]
        order = order[:order.index("Figures")]
        rank = ["stop", "back off", "blind", "hold", "note"]
        self.assertEqual(order, sorted(order, key=rank.index))
        self.assertGreater(len(order), 3)
        for line in lines:
            self.assertLessEqual(len(line), 80, line)

    def test_go(self):
        done = self.ramp("--target", "60000", "shop.test")
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("shop.test: GO: grow up to the ceiling", done.out)
        self.assertIn("none: nothing speaks against growth", done.out)
        self.assertRegex(done.out, r"60,000 a day are reached on 20\d\d-")
        self.assertRegex(done.out, r"(?m)^20\d\d-\d\d-\d\d +60,000  x1\.\d\d$")

    def test_fail_on(self):
        for verdict, code in (("fail", 0), ("warn", 0), ("note", 0)):
            done = self.ramp("--fail-on", verdict, "shop.test")
            self.assertEqual(done.code, code, verdict)
        # Withheld rates are a note.
        self.assertEqual(self.ramp("quiet.test").code, 0)
        self.assertEqual(self.ramp("--fail-on", "note",
                                   "quiet.test").code, 1)

    def test_json(self):
        done = self.ramp("--target", "60000", "--format", "json", "shop.test")
        document = done.json()
        self.assertEqual(document["schema"], "sendtop/1")
        (domain,) = document["domains"]
        self.assertEqual(sorted(domain), ["name", "ramp"])
        ramp = domain["ramp"]
        self.assertEqual(ramp["state"], "go")
        self.assertEqual(ramp["path"][0]["messages"],
                         ramp["ceiling_tomorrow"])
        self.assertEqual(ramp["path"][-1],
                         {"day": ramp["target_day"], "messages": 60000})
        self.assertEqual(ramp["volume_source"], "tls")
        self.assertEqual(ramp["slowdowns"], [])
        # The same as the snapshot has, which knows of no target.
        whole = sendtop_run("snapshot", "--config", harness.world("CONFIG"),
                            "--store", self.store(), "--format", "json",
                            "shop.test").json()["domains"][0]
        self.assertEqual(whole["ramp"]["ceiling_tomorrow"],
                         ramp["ceiling_tomorrow"])
        self.assertNotIn("path", whole["ramp"])
        self.assertEqual(whole["replies"], [])

    def test_csv_is_a_plan(self):
        """What it prints goes into the settings, and holds the ceiling."""
        done = self.ramp("--target", "60000", "--format", "csv", "shop.test")
        rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
        days = [datetime.date.fromisoformat(r["day"]) for r in rows]
        self.assertEqual([(d - days[0]).days for d in days],
                         list(range(len(days))))
        self.assertEqual(rows[-1]["volume"], "60000")
        half = "".join("%s,%d\n" % (r["day"], int(r["volume"]) // 2)
                       for r in rows)
        with open(self.file("plan.csv"), "w", encoding="utf-8") as f:
            f.write("day,volume   # of our own\n" + half)
        config = self.config('[domain "shop.test"]\nplan = %s\n' %
                             self.file("plan.csv"))
        ramp = self.ramp("--target", "60000", "--format", "json", "shop.test",
                         config=config).json()["domains"][0]["ramp"]
        self.assertEqual(ramp["ceiling_tomorrow"],
                         int(rows[0]["volume"]) // 2)
        self.assertEqual(ramp["plan_tomorrow"], ramp["ceiling_tomorrow"])

    def test_bad_plan(self):
        with open(self.file("plan.csv"), "w", encoding="utf-8") as f:
            f.write("day,volume\n2026-11-21,5000\n2026-11-20,9000\n")
        done = self.ramp("shop.test", config=self.config(
            '[domain "shop.test"]\nplan = %s\n' % self.file("plan.csv")))
        self.assertEqual(done.code, 2)
        self.assertIn("domain.shop.test.plan: %s:3: expected a day after that "
                      "of the line before" % self.file("plan.csv"), done.err)
        os.unlink(self.file("plan.csv"))
        done = self.ramp("shop.test", config=self.file("more.conf"))
        self.assertEqual(done.code, 3)
        self.assertIn("cannot open", done.err)

    def test_misuse(self):
        for words, text in (((), "takes one domain"),
                            (("a.test", "b.test"), "takes one domain"),
                            (("--target", "many", "shop.test"), "--target"),
                            (("--at", "soon", "shop.test"), "--at"),
                            (("--format", "markdown", "shop.test"),
                             "text, json or csv")):
            done = self.ramp(*words)
            self.assertEqual(done.code, 2, words)
            self.assertIn(text, done.err)
            self.assertEqual(done.out, "")
        done = self.ramp("nobody.test")
        self.assertEqual(done.code, 3)
        self.assertIn("is not watched", done.err)

    def test_past(self):
        done = self.ramp("--at", "-9", "--format", "json", "news.example.test")
        day = datetime.datetime.now(datetime.timezone.utc).date() - \
            datetime.timedelta(9)
        self.assertEqual(done.json()["as_of"], day.isoformat())

    def test_before_everything(self):
        """Of a day that nobody knows of nothing is said to be known."""
        words = ("--at", "2024-01-05", "news.example.test")
        done = self.ramp(*words)
        self.assertIn("As of the end of 2024-01-05 UTC; no data of Postmaster "
                      "from then; no log from then.", " ".join(done.out.split()))
        self.assertIn("was not asked", done.out)
        self.assertNotIn("could not", done.out)
        done = self.ramp("--format", "json", *words)
        self.assertIsNone(
            done.json()["sources"]["postmaster"]["newest_day"])


class Told(Case):
    """By the own log alone, of a domain of its own."""
    cost = 2
    domain = "told.test"
    refused = ("5.7.25", "bounced", "host gmail-smtp-in.l.google.com said: "
               "550-5.7.25 [192.0.2.10] The IP address sending this message "
               "does not have a PTR record setup, or the corresponding forward "
               "DNS entry does not match the sending IP. 550 5.7.25 - gsmtp "
               "(in reply to end of DATA command)")
    taken = ("2.0.0", "sent", "250 2.0.0 OK  1 x.7 - gsmtp")

    def told(self, *parts):
        """`ramp` after a log of yesterday, of so many (count, reply)."""
        config = self.settings({'domain "%s"' % self.domain: {}},
                               domains=False)
        words = ("--config", config, "--store", self.file("told.db"))
        noon = datetime.datetime.now(datetime.timezone.utc).replace(
            hour=12, minute=0) - datetime.timedelta(1)
        lines, number = [], 0
        for count, (code, status, text) in parts:
            for _ in range(count):
                number += 1
                head = "%s mx postfix/" % (
                    noon + datetime.timedelta(seconds=number)).isoformat()
                lines.append("%sqmgr[7]: 4Y%06dz: from=<a@%s>, size=1, nrcpt=1 "
                             "(queue active)\n" % (head, number, self.domain))
                lines.append("%ssmtp[9]: 4Y%06dz: to=<b@gmail.com>, relay="
                             "gmail-smtp-in.l.google.com[142.250.1.26]:25, "
                             "delay=1, delays=0/0/0/1, dsn=%s, status=%s (%s)\n"
                             % (head, number, code, status, text))
        with open(self.file("mail.log"), "w", encoding="utf-8") as f:
            f.writelines(lines)
        done = self.sendtop("ingest", *words, self.file("mail.log"))
        self.assertEqual(done.code, 0, done.err)
        return self.sendtop("ramp", *words, "--format", "json",
                            self.domain)

    def test_refused(self):
        """What Gmail refuses for good stops it, before Postmaster knows."""
        done = self.told((2000, self.taken), (25, self.refused))
        self.assertEqual(done.code, 1, done.err)
        ramp = done.json()["domains"][0]["ramp"]
        self.assertEqual((ramp["state"], ramp["ceiling_tomorrow"]),
                         ("stop", 0))
        self.assertRegex(ramp["reasons"][0],
                         r"1\.23 % rejected on .* for a bad or missing PTR "
                         r"\(550 5\.7\.25; >= 0\.10 %, own log\)")

    def test_small_sample(self):
        """A few of them on one day are told, and stop nothing."""
        done = self.told((2000, self.taken), (5, self.refused))
        self.assertEqual(done.code, 0, done.err)
        ramp = done.json()["domains"][0]["ramp"]
        self.assertNotEqual(ramp["state"], "stop")
        self.assertIn("small sample", ramp["reasons"][-1])
