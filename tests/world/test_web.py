"""Tests of the world: the HTTPS servers behave as they claim to."""
# SPDX-License-Identifier: MIT
import socket
import ssl
import time
import unittest

import servers
import web
import worldtest
from worldtest import ENV, PATIENCE, dns


def setUpModule():
    worldtest.start()


class Web(unittest.TestCase):
    def get(self, server, host, path=web.PATH, trust=True):
        """(status, headers, body) of one GET."""
        context = ssl.create_default_context(cafile=ENV["WORLD_CA"])
        if not trust:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        address = (servers.WEB[server], int(ENV["WORLD_WEB_PORT"]))
        with socket.create_connection(address, PATIENCE) as plain, \
                context.wrap_socket(plain, server_hostname=host) as s:
            s.sendall(b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
                      % (path.encode(), host.encode()))
            with s.makefile("rb") as f:
                raw = f.read()
        head, _, body = raw.partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode(), body

    def test_policies(self):
        code, head, body = self.get("good", "mta-sts.ok.sts.test")
        self.assertEqual(code, 200)
        self.assertIn("Content-Type: text/plain", head)
        self.assertEqual(body.decode(), web.ALL)
        for name, text in web.POLICIES.items():
            body = self.get("good", "mta-sts.%s.sts.test" % name)[2]
            self.assertEqual(body.decode(), text, name)

    def test_certificate_by_alias(self):
        self.assertEqual(
            self.get("good", "mta-sts.delegated.sts.test")[0], 200)

    def test_logos_and_marks(self):
        for path in (*web.LOGOS, *web.MARKS):
            code, _, body = self.get("good", "logos.bimi.test", path)
            self.assertEqual(code, 200, path)
            self.assertTrue(body, path)
        self.assertEqual(
            self.get("good", "logos.bimi.test", "/none")[0], 404)

    def test_certificates(self):
        for name, words in (("expired", "expired"),
                            ("self-signed", "self-signed"),
                            ("wrong-name", "Hostname mismatch")):
            with self.assertRaisesRegex(ssl.SSLCertVerificationError, words,
                                        msg=name):
                self.get(name, "mta-sts.%s.sts.test" % name)

    def test_answers(self):
        for name, want in (("redirect", 301), ("gone", 404),
                           ("failing", 503), ("html", 200)):
            code, head, _ = self.get(name, "mta-sts.%s.sts.test" % name)
            self.assertEqual(code, want, name)
        self.assertIn("text/html", head)

    def test_sizes(self):
        body = self.get("large", "mta-sts.large.sts.test")[2]
        self.assertGreater(len(body), 65536)
        _, head, body = self.get("unsaid", "mta-sts.unsaid.sts.test")
        self.assertGreater(len(body), 1 << 20)
        self.assertNotIn("Content-Length", head)
        _, head, body = self.get("cut", "mta-sts.cut.sts.test")
        self.assertNotIn("Content-Length: %d\r" % len(body), head + "\r")

    def test_silences(self):
        for name in ("slow", "silent"):
            context = ssl._create_unverified_context()
            address = (servers.WEB[name], int(ENV["WORLD_WEB_PORT"]))
            with socket.create_connection(address, PATIENCE) as plain, \
                    context.wrap_socket(plain) as s:
                s.sendall(b"GET / HTTP/1.1\r\nHost: a.b\r\n\r\n")
                s.settimeout(1)
                start = time.monotonic()
                with self.assertRaises(TimeoutError, msg=name):
                    while time.monotonic() - start < 1:
                        self.assertEqual(len(s.recv(1)), 1)
                    raise TimeoutError

    def test_no_tls(self):
        with self.assertRaises(ssl.SSLError):
            self.get("no-tls", "mta-sts.no-tls.sts.test")

    def test_closed(self):
        for address in servers.WEB_CLOSED.values():
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(
                    (address, int(ENV["WORLD_WEB_PORT"])), PATIENCE)

    def test_zones(self):
        for name in ("_mta-sts.ok.sts.test", "_mta-sts.delegated.sts.test",
                     "_smtp._tls.ok.tlsrpt.test",
                     "default._bimi.ok.bimi.test"):
            rcode, _, count, _ = dns(ENV["WORLD_DNS"], name, 16)
            self.assertEqual((rcode, count > 0), (0, True), name)
        self.assertEqual(
            dns(ENV["WORLD_DNS"], "mta-sts.no-host.sts.test", 1)[0], 3)


if __name__ == "__main__":
    unittest.main()
