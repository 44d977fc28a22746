"""A world that attacks the reader's terminal, log and spreadsheet."""
# SPDX-License-Identifier: MIT
import http.server
import os
import re
import shutil
import socketserver
import subprocess
import threading
import urllib.error
import urllib.request

import harness
from harness import (BAD, Case, Postmaster, Smtpd, bad_characters, integrity,
                     query, store_texts, world)
from screen import Pty, plain

FORMATS = ("text", "json", "csv", "markdown")
# What curses may send to an xterm without colours, and nothing else.
ALLOWED = re.compile(
    rb"\x1b\[\?(?:\d+)(?:;\d+)*[hl]|\x1b\[(?:[0-27]|22|24|27|39;49)?"
    rb"(?:;[0-247])*m|"
    rb"\x1b\[[\d;]*[ABCDGHJKLMPSTXabdfgr@]|\x1b\[4[hl]|"
    rb"\x1b\[2[23];0;0t|\x1b[()][0AB]|\x1b[=>78M]|\x1b\[!p|"
    rb"[\r\n\x08\x0f]")
ATTACK = "camp\\u001b]0;pwned\\u0007\\u001b[31m\\u202e\\u2066\\u200b\\u009b5m"


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


class Proxy(http.server.BaseHTTPRequestHandler):
    """Google's answers, with an attack wherever a text can stand."""
    protocol_version = "HTTP/1.1"
    behind = None
    REPLACE = ((b'"camp2"', b'"%s"' % ATTACK.encode()),
               (b'"PARTIALLY_COMPLIANT"', b'"%s"' % ATTACK.encode()),
               (b'"COMPLIANT"', b'"%s"' % ATTACK.encode()),
               (b'"NO_UNSUB_PROMO_SPAM_REPORTS"',
                b'"%s"' % ATTACK.encode()),
               (b'"MESSAGE_VOLUME_LOW"', b'"%s"' % ATTACK.encode()))

    def forward(self, body=None):
        request = urllib.request.Request(self.behind + self.path, body)
        for name in ("Authorization", "Content-Type"):
            if name in self.headers:
                request.add_header(name, self.headers[name])
        try:
            with urllib.request.urlopen(
                    request, timeout=harness.patience(20)) as answer:
                code, data = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            code, data = error.code, error.read()
        for old, new in self.REPLACE:
            data = data.replace(old, new)
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.forward()

    def do_POST(self):
        self.forward(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format, *args):   # noqa: A002
        pass


class ProxyServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


class Hostile(Case):
    cost = 4

    # --- nothing raw in what is written

    def harmless(self, done, kind):
        done.raw.decode()       # valid UTF-8
        done.raw_err.decode()
        self.assertEqual(bad_characters(done.out.replace(
            "\r\n", "\n") if kind == "csv" else done.out), [])
        self.assertEqual(bad_characters(done.err), [])
        if kind == "json":
            # Nor in what a reader of the JSON gets.
            for text in strings(done.json()):
                self.assertEqual(bad_characters(text), [])
        if kind == "csv":
            # No formula for a spreadsheet.
            self.assertNotRegex(done.out, r'(?m)(^|,)"?[=+@-]')

    def all_formats(self, *words, codes=(0, 1)):
        for kind in FORMATS:
            with self.subTest(format=kind, words=words[0]):
                done = self.sendtop(*words, "--format", kind)
                self.assertIn(done.code, codes, done.err)
                self.assertGreater(len(done.out), 200)
                self.harmless(done, kind)

    def clean_store(self, store):
        for table, value in store_texts(store):
            try:
                text = value.decode()
            except UnicodeDecodeError:
                # Packed numbers, kept as blobs.
                self.assertIn(table, ("series", "standing"))
                continue
            if table not in ("series", "standing"):
                self.assertEqual(bad_characters(text), [], (table, text))

    def clean_standing(self, store):
        for row in query(store, "SELECT name, tag, words FROM standing"):
            for text in row:
                self.assertEqual(bad_characters(text), [])

    def test_probe(self):
        self.all_formats("probe", "--config", world("CONFIG"),
                         "hostile.test", "hostile.probe.test",
                         "garbage.probe.test", "long-line.probe.test",
                         "huge.hostile.test", "flood.hostile.test")

    def test_snapshot(self):
        self.all_formats("snapshot", "--config", world("CONFIG"), "--store",
                         self.store(), "hostile.test")
        self.all_formats("snapshot", "--config", world("CONFIG"), "--store",
                         self.store("b.db"))

    def test_store(self):
        self.clean_store(harness.known())
        self.clean_standing(harness.known())

    def test_what_it_said_is_kept(self):
        """Escaped, not thrown away: an operator wants to see it."""
        done = self.sendtop("probe", "--config", world("CONFIG"),
                            "hostile.test")
        self.assertIn(r"\x1b[5m", done.out)
        self.assertIn(r"\u{2066}", done.out)
        self.assertIn(r"\xff\xfe", done.out)

    def test_spf_explanation(self):
        done = self.sendtop("spf", "--config", world("CONFIG"), "--ip",
                            "198.51.100.9", "a@hostile.test")
        self.assertRegex(done.out, r"(?m)^result: fail$")
        self.harmless(done, "text")

    def test_names_on_the_command_line(self):
        for name in ("ev\x1bil.test", "a\u202eb.test", "x\ny.test",
                     "a" * 300 + ".test", "..", "-", "a..b", "%s%n.test"):
            with self.subTest(name=name):
                done = self.sendtop("probe", "--config", world("CONFIG"),
                                    "--", name)
                self.assertEqual(done.code, 2)
                self.one_sentence(done.err)

    # --- the screen

    def check_bytes(self, data):
        rest = ALLOWED.sub(b"", data)
        self.assertEqual(BAD.findall(rest.decode()), [],
                         plain(rest)[-200:])
        for attack in (b"\x1b[31m", b"\x1b[5m", b"\x1b]", b"\x07",
                       b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\xe2\x80\x8b"):
            self.assertNotIn(attack, data)

    def walk(self, store, name):
        """Every byte that reaches the terminal."""
        p = Pty(self, ["--config", world("CONFIG"), "--store", store,
                       "--no-collector"], width=200, height=60, NO_COLOR="1")
        p.redraw(re.escape(name))
        p.send(b"/" + name.encode() + b"\r")
        p.redraw(r"\u25b8" + re.escape(name))
        p.send(b"\r")
        for tab in range(1, 9):
            p.send(b"%d" % tab)
            p.redraw(r"\[%d \w+\]" % tab)
            p.send(b"G")
            p.redraw(r"\[%d \w+\]" % tab)
        for key in b"denv:":            # the other screens and the dialogs
            p.send(bytes([key]))
            p.redraw(r"Esc closes|q back")
            p.send(b"\x1b")
            p.redraw(r"\[8 \w+\]")
        for key in b"my":
            p.send(bytes([key]))
            p.redraw(r"Esc closes")
            p.send(b"\x1bOB" * 3)
            p.redraw(r"Esc closes")
            p.send(b"\x1b")
            p.redraw(r"\[8 \w+\]")
        p.send(b"p")
        p.redraw(r"\[this panel\]")
        p.send(b"2")
        p.redraw(r"\[this domain\]")
        p.send(b"\r")
        said = p.redraw(r"written: (\S+\.txt)", 30)[1]
        p.send(b"<")
        p.redraw(r"AS OF")
        p.send(b"\x1b")
        p.send(b"q")
        p.redraw(r"filter s|filter|domains")
        p.send(b"\x03")
        self.assertEqual(p.ended(), 0)
        self.check_bytes(p.bytes)
        with open(self.file(said), encoding="utf-8") as f:
            self.assertEqual(bad_characters(f.read()), [])
        return plain(p.bytes)

    def test_screen(self):
        text = self.walk(self.store(), "hostile.test")
        self.assertIn(r"\u{2066}note", text)

    # --- an API that attacks

    def test_api(self):
        api = Postmaster(self.where)
        self.addCleanup(api.close)
        handler = type("Attack", (Proxy,), {"behind": api.endpoint})
        server = ProxyServer(("127.0.0.1", 0), handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        changes = api.settings()
        changes["postmaster"]["endpoint"] = (
            "http://127.0.0.1:%d" % server.server_port)
        changes["smtp"] = {"enabled": "no"}
        config = self.settings(changes)
        store = self.file("store.db")
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", store)
        self.assertIn(done.code, (0, 3))
        self.harmless(done, "text")
        self.clean_store(store)
        self.clean_standing(store)
        self.assertEqual(integrity(store), "ok")
        kept = [row[0] for row in query(
            store, "SELECT identifier FROM feedback")]
        self.assertTrue(any("pwned" in text for text in kept), kept)
        text = self.walk(store, "news.example.test")
        self.assertIn("pwned", text)
        self.all_formats("snapshot", "--config", config, "--store", store)

    # --- a certificate that attacks

    def certificates(self):
        """The world's, but for two with names made for a terminal."""
        certs = self.file("certs")
        shutil.copytree(os.path.join(world("DIR"), "certs"), certs)
        for name in ("self-signed", "wrong-name"):
            evil = "\x1b[2J\x1b]0;pwned\x07evil\x9b31m\u202e"
            key, pem = self.file("key"), self.file("pem")
            subprocess.run(
                ["openssl", "req", "-x509", "-utf8", "-newkey", "ec",
                 "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-keyout", key, "-out", pem, "-days", "30", "-subj",
                 "/O=%s/CN=%s" % (evil, evil), "-addext",
                 "subjectAltName=DNS:\x1b[31mevil\x07.test"], check=True,
                stderr=subprocess.DEVNULL)
            with open(os.path.join(certs, name + ".pem"), "w") as out:
                for part in (key, pem):
                    with open(part) as f:
                        out.write(f.read())
        return certs

    def test_certificate(self):
        smtpd = Smtpd(self.where, self.certificates())
        self.addCleanup(smtpd.close)
        config = self.settings({"smtp": {"port": smtpd.port}})
        names = ("self-signed.probe.test", "wrong-name.probe.test")
        self.all_formats("probe", "--config", config, *names)
        done = self.sendtop("probe", "--config", config, "--format", "json",
                            *names)
        found = [f for d in done.json()["domains"] for f in d["findings"]
                 if f["check"] == "certificate"]
        self.assertEqual({f["verdict"] for f in found}, {"warn"}, found)
        self.assertTrue(any("evil" in f["detail"] for f in found), found)

    # --- a DNS that attacks

    def test_dns(self):
        config = self.settings({"resolver": {"servers": world("BAD_DNS")}},
                               domains=False)
        self.all_formats("probe", "--no-smtp", "--config", config,
                         "escapes.broken.test")
