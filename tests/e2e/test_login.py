"""sendtop login: by loopback with a browser's part played here, by paste."""
# SPDX-License-Identifier: MIT
import json
import os
import re
import stat
import urllib.error
import urllib.parse
import urllib.request

from harness import Case, Postmaster, known, patience, query, wait, world

URL = re.compile(r"(?m)^(http\S+/o/oauth2/\S+)$")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def location(url):
    """Where the authorization server sends the browser."""
    try:
        urllib.request.build_opener(NoRedirect).open(
            url, timeout=patience(20))
    except urllib.error.HTTPError as error:
        return error.headers["Location"]
    raise AssertionError("no redirect")


class Login(Case):
    cost = 2

    def setUp(self):
        super().setUp()
        self.api = Postmaster(self.where)
        self.addCleanup(self.api.close)
        with open(world("CLIENT")) as f:
            client = json.load(f)
        client["installed"].update(
            auth_uri=self.api.endpoint + "/o/oauth2/v2/auth",
            token_uri=self.api.endpoint + "/token")
        self.client = self.file("client.json")
        fd = os.open(self.client, os.O_WRONLY | os.O_CREAT, 0o600)
        with open(fd, "w") as f:
            json.dump(client, f)
        self.out = self.file("google.json")

    def start(self, *more):
        self.said = b""
        p = self.spawn("login", "--client", self.client, "--out", self.out,
                       *more, stdin=-1)
        os.set_blocking(p.stdout.fileno(), False)
        return p

    def url(self, p):
        def look():
            self.said += p.stdout.read() or b""
            return URL.search(self.said.decode())
        return wait(look, "the address to open")[1]

    def check_url(self, url):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        self.assertEqual(asked["code_challenge_method"], "S256")
        self.assertEqual(asked["response_type"], "code")
        self.assertEqual(asked["access_type"], "offline")
        self.assertGreaterEqual(len(asked["state"]), 20)
        self.assertIn("postmaster.traffic.readonly", asked["scope"])
        return asked

    def works(self):
        """What was written makes a poll possible."""
        self.assertEqual(stat.S_IMODE(os.stat(self.out).st_mode), 0o600)
        config = self.settings({
            "postmaster": {"endpoint": self.api.endpoint,
                           "credentials": self.out},
            "smtp": {"enabled": "no"}}, domains=False)
        store = self.file("store.db")
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", store)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertEqual(query(store, "SELECT count(*) FROM series"),
                         query(known(), "SELECT count(*) FROM series"))

    def end(self, p, feed=None):
        os.set_blocking(p.stdout.fileno(), True)
        out, err = p.communicate(feed.encode() if feed else None, patience(20))
        return p.returncode, (self.said + out).decode(), err.decode()

    def test_loopback(self):
        p = self.start()
        url = self.url(p)
        asked = self.check_url(url)
        self.assertRegex(asked["redirect_uri"], r"^http://127\.0\.0\.1:\d+/")
        # What else may knock there does not disturb it.
        for path in ("favicon.ico", "?utm=1", "%1b%5d"):
            self.assertEqual(self.knock(asked["redirect_uri"] + path), 404)
        self.assertIsNone(p.poll())
        with urllib.request.urlopen(url, timeout=patience(20)) as page:
            text = page.read().decode()
        self.assertRegex(text.lower(), r"close|sendtop")
        code, out, err = self.end(p)
        self.assertEqual((code, err), (0, ""), out)
        self.assertIn("credentials = " + self.out, out)
        self.works()

    def knock(self, url):
        try:
            with urllib.request.urlopen(url, timeout=patience(10)) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_forged_answer(self):
        """Somebody else's code is not taken for the answer."""
        p = self.start()
        asked = self.check_url(self.url(p))
        self.knock(asked["redirect_uri"] + "?state=wrong&code=evil")
        self.refused(p, None, r"another login|state")
        self.assertNotIn("token.authorization_code",
                         self.api.stats()["methods"])

    def test_paste(self):
        p = self.start("--paste")
        url = self.url(p)
        self.check_url(url)
        code, out, err = self.end(p, location(url) + "\n")
        self.assertEqual((code, err), (0, ""), out)
        self.works()

    def refused(self, p, feed, pattern):
        code, _out, err = self.end(p, feed)
        self.assertNotEqual(code, 0)
        self.one_sentence(err)
        self.assertRegex(err, pattern)
        self.assertFalse(os.path.exists(self.out))

    def test_bad_pastes(self):
        for feed, pattern in (
                ("\n", r"pasted|address"), ("non sense\n", r"address|redirect"),
                ("http://127.0.0.1:1/?code=x\n", r"state|another"),
                ("http://127.0.0.1:1/?state=x&code=y\n", r"state|another"),
                ("x" * 100000 + "\n", r"too long"),
                ("\x1b]0;x\x07\n", r".")):
            with self.subTest(feed=feed[:40]):
                p = self.start("--paste")
                self.url(p)
                self.refused(p, feed, pattern)

    def test_denied(self):
        self.api.order(mode="access_denied", match="/o/oauth2")
        p = self.start("--paste")
        url = self.url(p)
        self.refused(p, location(url) + "\n", r"access_denied|not allow|den")

    def test_code_refused(self):
        self.api.order(mode="invalid_grant", match="/token")
        p = self.start("--paste")
        url = self.url(p)
        self.refused(p, location(url) + "\n", r"sendtop login")

    def test_no_client(self):
        done = self.sendtop("login")
        self.assertEqual(done.code, 2)
        self.one_sentence(done.err)
        self.assertIn("client.json is missing", done.err)
        done = self.sendtop("login", "--client", self.file("none.json"))
        self.assertNotEqual(done.code, 0)
        self.one_sentence(done.err)

    def test_interrupted(self):
        p = self.start()
        self.url(p)
        p.terminate()
        p.wait(patience(10))
        self.assertFalse(os.path.exists(self.out))
