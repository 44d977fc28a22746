"""Tests of the world: DNS and SMTP servers misbehave as they claim to."""
# SPDX-License-Identifier: MIT
import os
import re
import smtplib
import socket
import ssl
import subprocess
import time
import unittest
import warnings

import servers
import stories
import worldtest
from worldtest import ENV, PATIENCE, dns


def setUpModule():
    worldtest.start()


class Nsd(unittest.TestCase):
    def test_every_story_has_its_dns(self):
        for story in stories.STORIES:
            rcode, cut, count, raw = dns(ENV["WORLD_DNS"], story.name, 16)
            self.assertEqual(rcode, 0, story.name)
            self.assertTrue(b"v=spf1" in raw or cut, story.name)
            for selector in story.selectors:
                rcode, cut, count, raw = dns(
                    ENV["WORLD_DNS"], selector + "._domainkey." + story.name,
                    16)
                self.assertTrue(count > 0 or cut, story.name)

    def test_reverse(self):
        for name, want in (("11.2.0.192.in-addr.arpa", b"out1"),
                           ("1.1.0.127.in-addr.arpa", b"mx1"),
                           ("5.2" + ".0" * 22 + ".8.b.d.0.1.0.0.2.ip6.arpa",
                            b"out1")):
            rcode, _, count, raw = dns(ENV["WORLD_DNS"], name, 12)
            self.assertEqual((rcode, count > 0), (0, True), name)
            self.assertIn(want, raw)
        self.assertEqual(dns(ENV["WORLD_DNS"],
                             "40.2.0.192.in-addr.arpa", 12)[0], 3)

    def test_absent_names(self):
        for name in ("_dmarc.nodmarc.test", "nothing.example", "_dmarc.test"):
            self.assertEqual(dns(ENV["WORLD_DNS"], name, 16)[0], 3, name)

    def test_sizes(self):
        rcode, cut, _, _ = dns(ENV["WORLD_DNS"], "huge.hostile.test", 16)
        self.assertEqual((rcode, cut), (0, True))
        raw = dns(ENV["WORLD_DNS"], "huge.hostile.test", 16, tcp=True)[3]
        self.assertGreater(len(raw), 60000)
        self.assertEqual(dns(ENV["WORLD_DNS"], "flood.hostile.test", 16,
                             tcp=True)[2], 400)

    def test_bench(self):
        raw = dns(ENV["WORLD_DNS"], "d00049.bench", 16)[3]
        self.assertIn(b"include:_spf2.esp49.bench", raw)
        self.assertEqual(dns(ENV["WORLD_DNS"], "50.0.18.198.in-addr.arpa",
                             12)[0], 0)


class Validator(unittest.TestCase):
    """unbound, when it is there."""

    def setUp(self):
        if not ENV["WORLD_VALIDATOR"]:
            self.skipTest("needs the packages unbound and ldnsutils")

    def ask(self, name, kind, flags=0x20):
        """(rcode, authentic) of a question with these flags."""
        rcode, _, _, raw = dns(ENV["WORLD_VALIDATOR"], name, kind,
                               flags=flags)
        return rcode, bool(raw[3] & 0x20)

    def test_signed(self):
        for name, kind in (("ok.sec", 6), ("mx.ok.sec", 1),
                           ("_25._tcp.mx.ok.sec", 52), ("none.sec", 6)):
            self.assertEqual(self.ask(name, kind), (0, True), name)
        self.assertEqual(self.ask("nothing.sec", 6), (3, True))

    def test_unsigned(self):
        for name, kind in (("plain.sec", 6), ("shop.test", 16),
                           ("11.2.0.192.in-addr.arpa", 12),
                           ("66.113.0.203.list.dnsbl.test", 1)):
            self.assertEqual(self.ask(name, kind), (0, False), name)

    def test_bogus(self):
        self.assertEqual(self.ask("bogus.sec", 6), (2, False))
        self.assertEqual(self.ask("bogus.sec", 6, flags=0x30)[0], 0)


class BadDns(unittest.TestCase):
    def ask(self, name, kind=16, tcp=False, **more):
        return dns(ENV["WORLD_BAD_DNS"], name + ".broken.test", kind, tcp,
                   **more)

    def test_rcodes(self):
        for name, rcode in (("ok", 0), ("servfail", 2), ("refused", 5),
                            ("formerr", 1), ("notimp", 4), ("nxdomain", 3)):
            self.assertEqual(self.ask(name)[0], rcode, name)
        self.assertEqual(dns(ENV["WORLD_BAD_DNS"], "shop.test", 16)[0], 5)

    def test_silence(self):
        for name in ("timeout", "lossy", "lossy"):
            with self.assertRaises(TimeoutError):
                self.ask(name, seconds=1)
        self.assertEqual(self.ask("lossy")[0], 0)

    def test_truncation(self):
        self.assertTrue(self.ask("truncated")[1])
        self.assertEqual(self.ask("truncated", tcp=True)[1:3], (False, 2))
        self.assertTrue(self.ask("always-truncated", tcp=True)[1])
        self.assertGreater(len(self.ask("huge", tcp=True)[3]), 50000)
        self.assertEqual(self.ask("flood", tcp=True)[2], 2500)

    def test_lies(self):
        self.assertNotEqual(self.ask("wrong-id")[3][:2], b"\x12\x67")
        self.assertNotIn(b"broken", self.ask("wrong-question")[3])
        self.assertEqual(self.ask("cname-loop")[2], 2)
        self.assertIn(b"\x02n1", self.ask("cname-chain")[3])
        self.assertIn(b"\x02n8", self.ask("n7.cname-chain")[3])
        self.assertEqual(self.ask("bad-count")[2], 0xffff)
        self.assertIn(b"\x1b[2J", self.ask("escapes")[3])


class Sources(unittest.TestCase):
    def test_eleven_look_ups(self):
        """The SPF tree of lookups.test costs eleven, that of shop.test one."""
        def cost(name):
            raw = dns(ENV["WORLD_DNS"], name, 16)[3]
            text = re.search(rb"v=spf1[^\xc0]*?-all", raw).group().decode()
            n = 0
            for word in text.split():
                if word in ("a", "mx"):
                    n += 1
                if word.startswith("include:"):
                    n += 1 + cost(word[8:])
            return n
        self.assertEqual(cost("lookups.test"), 11)
        self.assertEqual(cost("shop.test"), 1)


# --- SMTP ------------------------------------------------------------------

def smtp_log(address):
    """The logged words of the sessions at an address, newest session last."""
    sessions = {}
    with open(ENV["WORLD_SMTP_LOG"]) as f:
        for line in f:
            number, at, _how, word, *rest = line.split(maxsplit=4)
            if at == address:
                sessions.setdefault(number, []).append(
                    " ".join([word] + [r.strip() for r in rest]))
    return list(sessions.values())


def loose():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def connect(behaviour, timeout=PATIENCE):
    return socket.create_connection(
        (servers.ADDRESSES[behaviour], int(ENV["WORLD_SMTP_PORT"])), timeout)


class Smtp(unittest.TestCase):
    def session(self, address, name, context=None):
        """A whole polite session; what TLS came to."""
        context = context or ssl.create_default_context(
            cafile=ENV["WORLD_CA"])
        smtp = smtplib.SMTP(timeout=PATIENCE)
        smtp._host = name       # the name that the certificate must bear
        smtp.connect(address, int(ENV["WORLD_SMTP_PORT"]))
        try:
            smtp.ehlo("probe.world.test")
            smtp.starttls(context=context)
            smtp.ehlo("probe.world.test")
            return smtp.sock.version(), smtp.sock.getpeercert()
        finally:
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()

    def at(self, behaviour, name=None, context=None):
        return self.session(servers.ADDRESSES[behaviour],
                            name or "mx.%s.probe.test" % behaviour, context)

    def test_good(self):
        self.assertEqual(self.at("good")[0], "TLSv1.3")
        self.assertEqual(self.at("good-rsa", "mx2.postbox.test")[0],
                         "TLSv1.3")
        self.assertEqual(self.at("good-multiline")[0], "TLSv1.3")
        self.assertEqual(self.at("tls12")[0], "TLSv1.2")
        if ENV["WORLD_IPV6"] == "yes":
            self.assertEqual(self.session("::1", "mx6.postbox.test")[0],
                             "TLSv1.3")

    def test_the_log_shows_manners(self):
        self.at("good")
        last = smtp_log(servers.ADDRESSES["good"])[-1]
        verbs = [w for w in last if w.startswith(("C:", "C+"))]
        self.assertEqual(verbs, ["C: ehlo probe.world.test", "C: STARTTLS",
                                 "C+ ehlo probe.world.test", "C+ quit"])

    def test_certificates(self):
        for name, words in (("expired", "expired"),
                            ("not-yet-valid", "not yet valid"),
                            ("self-signed", "self-signed"),
                            ("untrusted", "unable to get local issuer"),
                            ("wrong-name", "Hostname mismatch")):
            with self.assertRaisesRegex(ssl.SSLCertVerificationError, words,
                                        msg=name):
                self.at(name)
        left = ssl.cert_time_to_seconds(
            self.at("expiring")[1]["notAfter"]) - time.time()
        self.assertTrue(3 * 86400 < left < 6 * 86400)

    def test_weak_key(self):
        out = subprocess.run(
            ["openssl", "s_client", "-starttls", "smtp", "-connect",
             "%s:%s" % (servers.ADDRESSES["weak-key"],
                        ENV["WORLD_SMTP_PORT"]),
             "-cipher", "DEFAULT:@SECLEVEL=0"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=PATIENCE).stdout
        self.assertIn("Server public key is 1024 bit", out)

    def test_old_tls(self):
        with self.assertRaises(OSError):
            self.at("old-tls")
        self.assertEqual(self.at("old-tls", context=loose())[0], "TLSv1.1")

    def test_starttls_denied(self):
        for name, how in (("no-starttls", smtplib.SMTPNotSupportedError),
                          ("refuses", smtplib.SMTPResponseException)):
            with self.assertRaises(how, msg=name):
                self.at(name)

    def talk(self, behaviour, *words):
        """Raw bytes that come back for each word sent."""
        out = []
        with connect(behaviour) as s:
            out.append(s.recv(65536))
            for word in words:
                s.sendall(word)
                out.append(s.recv(65536))
        return out

    def test_injected(self):
        last = self.talk("injected", b"EHLO x\r\n", b"STARTTLS\r\n")[-1]
        self.assertTrue(last.startswith(b"220 ") and b"\r\n250 " in last)

    def test_not_tls(self):
        hello = b"\x16\x03\x01\x00\x05hello"
        for name, want in (("plaintext-after", b"500"),
                           ("tls-garbage", b"\x16\x03\x03\xff\xff")):
            last = self.talk(name, b"EHLO x\r\n", b"STARTTLS\r\n", hello)[-1]
            self.assertTrue(last.startswith(want), name)

    def test_greetings(self):
        for name, want in (("rejecting", b"554"), ("busy", b"421"),
                           ("garbage", b"\0\1\2"), ("http", b"HTTP/1.1"),
                           ("hostile", b"220 mx\x1b[2J")):
            self.assertTrue(self.talk(name)[0].startswith(want), name)
        self.assertIn(b"\xe2\x80\xae", self.talk("hostile")[0])

    def test_silences(self):
        for name, words in (("tarpit", ()),
                            ("tls-silent", (b"EHLO x\r\n", b"STARTTLS\r\n",
                                            b"\x16\x03\x01")),
                            ("quit-silent", (b"QUIT\r\n",))):
            with connect(name) as s:
                for word in words:
                    self.assertTrue(s.recv(4096), name)
                    s.sendall(word)
                s.settimeout(0.7)
                with self.assertRaises(TimeoutError, msg=name):
                    s.recv(4096)

    def test_late_and_drip(self):
        start = time.monotonic()
        self.assertTrue(self.talk("late")[0].startswith(b"220"))
        self.assertGreater(time.monotonic() - start, 1.8)
        self.assertEqual(self.talk("slow-drip")[0], b"2")

    def test_reset(self):
        with self.assertRaises(ConnectionResetError):
            self.talk("reset")

    def test_floods(self):
        with connect("flood") as s:
            s.recv(4096)
            s.sendall(b"EHLO x\r\n")
            total = 0
            while total < 5 << 20:
                total += len(s.recv(65536))
        with connect("long-line") as s:
            f = s.makefile("rb")
            f.readline()
            s.sendall(b"EHLO x\r\n")
            self.assertGreater(len(f.readline()), 65000)
            self.assertEqual(f.readline(), b"250 8BITMIME\r\n")

    def test_closed_port(self):
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(
                (servers.CLOSED, int(ENV["WORLD_SMTP_PORT"])), PATIENCE)

    def test_takes_no_mail(self):
        reply = self.talk("good", b"EHLO x\r\n", b"MAIL FROM:<>\r\n")[-1]
        self.assertTrue(reply.startswith(b"550"))
        self.assertIn("C: MAIL FROM:<>",
                      smtp_log(servers.ADDRESSES["good"])[-1])

    @unittest.skipUnless(os.geteuid() == 0, "Postfix needs root")
    def test_postfix(self):
        if ENV["WORLD_POSTFIX"] != "yes":
            self.skipTest("Postfix is left out here")
        self.assertEqual(self.session(servers.POSTFIX,
                                      "mx.postfix.probe.test")[0], "TLSv1.3")

    def test_six_hundred_at_once(self):
        base, count = servers.BENCH_DELAYED
        start = time.monotonic()
        held = [socket.create_connection(
            (servers.nth(base, i), int(ENV["WORLD_SMTP_PORT"])), PATIENCE)
            for i in range(count)]
        try:
            for s in held:
                self.assertEqual(s.recv(4), b"220 ")
            spent = time.monotonic() - start
            self.assertGreater(spent, 0.1)
            # One after the other they would take a minute.
            self.assertLess(spent, 20)
        finally:
            for s in held:
                s.close()
