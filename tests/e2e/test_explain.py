"""sendtop explain: every collected reply, in text and JSON, from anywhere."""
# SPDX-License-Identifier: MIT
import os
import subprocess

import harness
from harness import Case

DKIM = ("421-4.7.28 Gmail has detected an unusual rate of mail originating "
        "from your DKIM 421-4.7.28 domain [news.example.com      36]. To "
        "protect our users - gsmtp")
PTR = ("550 5.7.25 [192.0.2.76] The IP address sending this message does not "
       "have a PTR record setup - gsmtp")


def rows(name):
    path = os.path.join(harness.RUN["srcdir"], "tests", "fixtures", name)
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f
                if not line.startswith("# ")]


class Explain(Case):
    def narrow(self, text):
        """80 columns, but for a word that is longer."""
        for line in text.split("\n"):
            self.assertTrue(len(line) <= 80 or " " not in line[11:], line)

    def test_one(self):
        done = self.sendtop("explain", DKIM)
        self.assertEqual((done.code, done.err), (0, ""))
        self.narrow(done.out)
        self.assertNotIn("text:", done.out)
        for pattern in (
                r"(?m)^reply: +421 4\.7\.28 of Gmail, "
                r"rate_limited_dkim_domain, temporary$",
                r"(?m)^means: +Mail signed with this DKIM domain",
                r"(?m)^do: +Stop mail",
                r"(?m)^severity: +critical$",
                r"(?m)^slow down: yes",
                r"(?m)^names: +dkim news\.example\.com$",
                r"(?m)^guideline: G9, .+\n +https://support\.google\.com/",
                r"(?m)^proof: +check burst",
                r"(?m)^source: +Gmail SMTP errors page"):
            self.assertRegex(done.out, pattern)

    def test_guideline_of_others(self):
        """Yahoo and Microsoft have guidelines of their own."""
        for reply in ("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily "
                      "deferred due to unexpected volume or user complaints",
                      "451 4.7.650 The mail server [192.0.2.1] has been "
                      "temporarily rate limited due to IP reputation"):
            with self.subTest(reply=reply):
                done = self.sendtop("explain", reply)
                self.narrow(done.out)
                self.assertRegex(
                    " ".join(done.out.split()), r"guideline: Gmail's [A-G]\d"
                    r".+ \(the cause is the same\) https://support\.google")
        self.assertNotIn("Gmail's", self.sendtop("explain", DKIM).out)

    def test_words_without_quotes(self):
        self.assertEqual(self.sendtop("explain", *DKIM.split()).out,
                         self.sendtop("explain", " ".join(DKIM.split())).out)

    def test_unknown(self):
        done = self.sendtop("explain", "550 5.7.26 Something new - gsmtp")
        self.assertEqual((done.code, done.err), (1, ""))
        self.assertIn("550 5.7.26 of Gmail, permanent", done.out)
        self.assertIn("not known", done.out)
        self.assertNotIn("do:", done.out)

    def test_code_alone(self):
        """What it may mean is listed, and not chosen from."""
        done = self.sendtop("explain", "421 4.7.28")
        self.assertEqual((done.code, done.err), (1, ""))
        self.narrow(done.out)
        self.assertRegex(done.out, r"(?m)^means: +one of these;")
        self.assertRegex(done.out, r"(?m)^gmail +rate_limited_dkim_domain: ")
        self.assertRegex(done.out, r"(?m)^gmail +rate_limited_spf_domain: ")
        self.assertNotIn("ptr_missing", done.out)
        self.assertNotIn("do:", done.out)
        for words, some, none in (
                (["4.7.23"], "ptr_missing_bulk_temp", "rate_limited"),
                (["--provider", "yahoo", "553"], "yahoo_", "no_such_user"),
                (["550-5.7.26"], "dmarc_reject", "rate_limited")):
            said = self.sendtop("explain", "--format", "json",
                                *words).json()["replies"][0]
            keys = " ".join(c["key"] for c in said["candidates"])
            self.assertIn(some, keys)
            self.assertNotIn(none, keys)
            self.assertEqual((said["known"], said["key"]), (False, None))
            self.assertTrue(all(c["meaning"] and c["provider"]
                                for c in said["candidates"]))
        for text in ("499 4.9.9", "4.7.289"):
            self.assertIn("no reply of the catalogue has that code",
                          self.sendtop("explain", text).out)
        for text in ("...", "421 4.7.28 x"):
            said = self.sendtop("explain", "--format", "json",
                                text).json()["replies"][0]
            self.assertNotIn("candidates", said)

    def test_taken(self):
        """What is grepped from a log is mostly no refusal."""
        sent = ("Nov 22 03:12:44 mx postfix/smtp[450]: 4X1: to=<a@b.test>, "
                "relay=mx.b.test[192.0.2.1]:25, dsn=2.0.0, status=sent (250 "
                "2.0.0 OK 1795317164 x - gsmtp)")
        for text in (sent, "250 2.0.0 OK x - gsmtp", "smtp;250 OK",
                     'C="250 OK"'):
            done = self.sendtop("explain", text)
            self.assertEqual((done.code, done.err), (0, ""), text)
            self.assertRegex(
                done.out, r"\Areply:     taken( by Gmail)?\n"
                r"means:     the receiver took the message\n\Z")
        said = self.sendtop("explain", "--format", "json",
                            sent).json()["replies"][0]
        self.assertEqual((said["known"], said["class"], said["reply"]),
                         (True, "taken", None))
        # The number of a process is no code, and 250 within a refusal none.
        for text, reply in (
                ("mx postfix/qmgr[402]: 4X1: from=<a@b>, size=1", "no code"),
                ("mx postfix/smtp[450]: 4X1: to=<a@b.test>, status=bounced "
                 "(host mx.b.test said: 550 no)", "550"),
                ("550 no, not (250 ok", "550")):
            done = self.sendtop("explain", text)
            self.assertEqual(done.code, 1, text)
            self.assertRegex(done.out, r"(?m)^reply: +%s\b" % reply)

    def test_stdin(self):
        """All that were collected, one a line; blank lines do not count."""
        seen = rows("replies-seen.tsv")
        feed = "\n\n".join(row[3] for row in seen) + "\n"
        for words in ([], ["-"]):
            done = self.sendtop("explain", "--format", "json", *words,
                                feed=feed)
            self.assertEqual((done.code, done.err), (1, ""))
            found = done.json()
            self.assertEqual(found["schema"], "sendtop/1")
            self.assertEqual(
                [[r["provider"] or "-", r["key"] or "unknown",
                  r["names"] or "-"] for r in found["replies"]],
                [row[:3] for row in seen])
            self.assertEqual({r["known"] for r in found["replies"]},
                             {True, False})

    def test_gmail(self):
        seen = rows("gmail-replies-seen.tsv")
        done = self.sendtop("explain", "--format", "json",
                            feed="".join(row[0] + "\n" for row in seen))
        self.assertEqual((done.code, done.err), (0, ""))
        replies = done.json()["replies"]
        self.assertEqual([r["key"] for r in replies],
                         [row[1] for row in seen])
        for reply in replies:
            self.assertEqual(reply["provider"], "gmail")
            self.assertIn(reply["class"], ("temporary", "permanent"))
            self.assertTrue(reply["meaning"] and reply["remedy"])
            self.assertIsInstance(reply["slow_down"], bool)
            if reply["guideline"] is not None:
                self.assertEqual(set(reply["guideline"]),
                                 {"of", "id", "title", "page"})
                self.assertEqual(reply["guideline"]["of"], "gmail")

    def test_text_of_several(self):
        seen = rows("replies-seen.tsv")
        done = self.sendtop("explain", feed="\n".join(r[3] for r in seen))
        self.narrow(done.out)
        parts = done.out.split("\n\n")
        self.assertEqual(len(parts), len(seen))
        for part in parts:
            self.assertRegex(part, r"\Atext: +\S")
            self.assertRegex(part, r"(?m)^reply: ")

    def test_provider(self):
        """Words of everybody mean something of who is named."""
        text = "503 5.5.1 RCPT first"
        for provider, code in ((None, 1), ("gmail", 0), ("yahoo", 1),
                               ("other", 1), ("aspmx.l.google.com", 0),
                               ("google.com.evil.test", 1)):
            words = ["--provider", provider] if provider else []
            done = self.sendtop("explain", *words, text)
            self.assertEqual((done.code, done.err), (code, ""), provider)
        done = self.sendtop("explain", "--provider", "yahoo", PTR)
        self.assertIn("of Gmail", done.out)

    def test_proof(self):
        done = self.sendtop("explain", PTR)
        self.assertRegex(done.out, r"(?m)^proof: +check ptr: sendtop probe")
        self.assertRegex(done.out, r"(?m)^guideline: A2-PTR")
        done = self.sendtop("explain", "550-5.7.1 because it has duplicate "
                            "headers - gsmtp")
        self.assertRegex(done.out, r"(?m)^proof: +sendtop lint MESSAGE$")

    def test_misuse(self):
        for words, pattern in (
                (("--provider", "gmial", "x"), r"--provider: \"gmial\""),
                (("--format", "csv", "x"), r"--format: a reply has no"),
                (("-",), r"standard input has no reply"),
                ((), r"standard input has no reply")):
            done = self.sendtop("explain", *words, feed="\n \n")
            self.assertEqual((done.code, done.raw), (2, b""), words)
            self.one_sentence(done.err)
            self.assertRegex(done.err, pattern)

    def test_hostile(self):
        """Escapes do not reach the terminal; a line of 10 MB is one reply."""
        done = self.sendtop("explain", feed="550 \x1b[2J\u202e 5.1.1 a\n")
        self.assertEqual(harness.bad_characters(done.out), [])
        done = self.sendtop("explain", "--format", "json",
                            feed="a " * 5000000 + "\n" + PTR + "\n",
                            memory=256 * 1024 * 1024)
        self.assertEqual([r["key"] for r in done.json()["replies"]],
                         [None, "ptr_missing_perm"])
        self.assertLess(len(done.out), 10000)

    def test_pipe(self):
        """Whoever has seen enough is no trouble."""
        where = self.file("many")
        with open(where, "w", encoding="utf-8") as f:
            f.write((PTR + "\n") * 20000)
        line = "%s explain <%s | head -n 1" % (harness.RUN["sendtop"], where)
        with os.popen(line) as out:
            self.assertRegex(out.read(), r"\Atext: ")

    def test_pipe_without_end(self):
        """Nor does it read on when nobody listens any more."""
        for name in ("text", "json"):
            with subprocess.Popen(["yes", PTR],
                                  stdout=subprocess.PIPE) as yes:
                p = self.spawn("explain", "--format", name, stdin=yes.stdout)
                p.stdout.readline()
                p.stdout.close()
                harness.gone(p.pid)
                yes.kill()
            self.assertEqual(p.wait(), 0)
            self.assertEqual(p.stderr.read(), b"")
            p.stdout = None
