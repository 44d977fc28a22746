"""Hooks: a command and a webhook are told of what happens, each event once."""
# SPDX-License-Identifier: MIT
import datetime
import http.server
import json
import os
import signal
import sqlite3
import threading
import time

from harness import Case, Postmaster, gone, query, wait

NEWS = "news.example.test"
HOSTILE = "$(touch pwned) `id` \"; rm -rf ~ 'x' \\ é\u202e"


class Receiver:
    """A server that keeps what is posted; answers what `codes` says."""

    def __init__(self, port=0):
        self.bodies, self.codes = [], []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                receiver.bodies.append(json.loads(self.rfile.read(length)))
                code = receiver.codes.pop(0) if receiver.codes else 200
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", port), Handler)
        self.url = "http://127.0.0.1:%d/hook?key=s3cret" % \
            self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class HookCase(Case):
    def setUp(self):
        super().setUp()
        self.out = self.file("told")
        self.script = self.file("my hook")
        self.write_script()

    def write_script(self, more=""):
        """It appends its arguments and its input to a file."""
        with open(self.script, "w") as f:
            f.write("#!/bin/sh\n{ printf '%%s|' \"$@\"; cat; } >>'%s'\n%s\n"
                    % (self.out, more))
        os.chmod(self.script, 0o700)

    def hook(self, **more):
        return {"command": '"%s" "$(id)"' % self.script, **more}

    def told(self):
        """(arguments, event) in order."""
        if not os.path.exists(self.out):
            return []
        with open(self.out, encoding="utf-8") as f:
            lines = [line.split("|{", 1) for line in f
                     if line.endswith("\n")]
        return [(words, json.loads("{" + text)) for words, text in lines]

    def add_event(self, store, domain, kind, verdict, text, begins=1):
        db = sqlite3.connect(store, timeout=20)
        with db:
            db.execute(
                "INSERT INTO event (at_s, domain, kind, verdict, said, name,"
                " subject, begins) VALUES (?, ?, ?, ?, ?, '', '', ?)",
                (int(time.time()), domain, kind, verdict, text, begins))
        db.close()

    def errors(self, store):
        return [row[0] for row in query(
            store, "SELECT said FROM event WHERE kind = 'hook' ORDER BY id")]


class World(HookCase):
    """What the world does, and what a hook hears of it."""
    cost = 3

    def collect(self, config, store):
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", store)
        self.assertEqual((done.code, done.err), (0, ""))

    def rise(self, hooks, between=None):
        """A store of ten days ago, then of today: news.example.test rose."""
        today = datetime.datetime.now(datetime.timezone.utc).date()
        past = Postmaster(self.where, today - datetime.timedelta(10))
        changes = past.settings()
        changes["smtp"] = {"enabled": "no"}
        changes.update({'hook "%s"' % name: rows
                        for name, rows in hooks.items()})
        config = self.settings(changes)
        store = self.file("s.db")
        try:
            self.collect(config, store)
        finally:
            past.close()
        self.assertEqual(self.told(), [])
        if between:
            between(store)
        self.api = Postmaster(self.where, ports=past.ports)
        self.addCleanup(self.api.close)
        self.collect(config, store)
        return config, store

    def test_rises(self):
        config, store = self.rise({
            "pager": self.hook(kinds="spam_band"),
            "other": {"command": "/bin/false", "kinds": "log"}})
        mine = [(w, e) for w, e in self.told() if e["domain"] == NEWS]
        self.assertEqual(len(mine), 1, self.told())
        words, event = mine[0]
        self.assertEqual(words, "$(id)")
        self.assertRegex(event.pop("at"), r"^\d{4}-\d\d-\d\dT[\d:]{8}Z$")
        self.assertRegex(event.pop("text"),
                         r"^spam rate 0\.\d+ % on \w+ \d+: violation \(was "
                         r"(ok|watch|unknown)\)$")
        self.assertGreater(event.pop("id"), 0)
        self.assertEqual(event, {
            "schema": "sendtop-event/1", "hook": "pager", "domain": NEWS,
            "kind": "spam_band", "begins": True, "verdict": "fail",
            "check": "", "subject": "", "attempt": 1})
        before = len(self.told())
        self.collect(config, store)
        self.assertEqual(len(self.told()), before)
        self.assertEqual(self.errors(store), [])

    def test_muted(self):
        def mute(store):
            done = self.sendtop("mute", NEWS, "spam_band", "--why", "known",
                                "--for-good", "--store", store)
            self.assertEqual(done.code, 0, done.err)
        self.rise({"pager": self.hook(kinds="spam_band, state")}, mute)
        kinds = {e["kind"] for _, e in self.told() if e["domain"] == NEWS}
        self.assertNotIn("spam_band", kinds)


class Told(HookCase):
    """A collector that runs, and events as they come in."""

    def start(self, store, config):
        p = self.spawn("collect", "--config", config, "--store", store)
        before = query(store, "SELECT coalesce(max(beat_s), 0) FROM activity"
                       " WHERE kind = 'hooks'")[0][0]
        wait(lambda: query(store, "SELECT said FROM state WHERE name LIKE"
                           " 'hook.%'"), "the hook's first look")
        wait(lambda: query(store, "SELECT max(beat_s) FROM activity")[0][0]
             >= before, "a sign of life")
        return p

    def quiet(self, hook, **more):
        """No network: what happens is what the test writes."""
        return self.settings(
            {"postmaster": {"credentials": None}, "smtp": {"enabled": "no"},
             "https": {"enabled": "no"}, "checks": {"interval": "7d"},
             'hook "pager"': hook, **more}, domains=False)

    def end(self, p, signum=signal.SIGTERM):
        p.send_signal(signum)
        gone(p.pid)
        p.communicate()

    def test_words_as_they_are(self):
        store, config = self.store(), self.quiet(self.hook())
        p = self.start(store, config)
        self.add_event(store, NEWS, "state", 3, HOSTILE)
        self.assertEqual(wait(self.told, "the event")[0][1]["text"], HOSTILE)
        self.end(p)
        self.assertFalse(os.path.exists(self.file("pwned")))

    def test_once_over_kills(self):
        store, config = self.store(), self.quiet(self.hook(repeat="0s"))
        for n, signum in enumerate((signal.SIGKILL, signal.SIGTERM,
                                    signal.SIGKILL), 1):
            p = self.start(store, config)
            self.add_event(store, NEWS, "state", 3, "number %d" % n)
            wait(lambda: len(self.told()) == n, "event %d" % n)
            wait(lambda: query(store, "SELECT said FROM state WHERE name ="
                               " 'hook.pager'")[0][0].endswith(" 0"),
                 "that it was told")
            self.end(p, signum)
            # Nobody watches: it is told when somebody does.
        self.add_event(store, NEWS, "state", 3, "while away")
        p = self.start(store, config)
        wait(lambda: len(self.told()) == 4, "what came meanwhile")
        self.end(p)
        self.assertEqual([e["text"] for _, e in self.told()], [
            "number 1", "number 2", "number 3", "while away"])
        self.assertEqual(len({e["id"] for _, e in self.told()}), 4)
        self.assertEqual(self.errors(store), [])

    def test_killed_while_telling(self):
        """The program goes on; nobody starts it twice."""
        self.write_script("while [ ! -e '%s' ]; do sleep 0.1; done"
                          % self.file("go"))
        store, config = self.store(), self.quiet(self.hook())
        p = self.start(store, config)
        self.add_event(store, NEWS, "state", 3, "one")
        wait(self.told, "the program")
        self.end(p, signal.SIGKILL)
        open(self.file("go"), "w").close()
        p = self.start(store, config)
        wait(lambda: self.errors(store), "that it is said")
        self.add_event(store, "shop.test", "state", 3, "two")
        wait(lambda: len(self.told()) == 2, "the next event")
        self.end(p)
        self.assertEqual([e["text"] for _, e in self.told()], ["one", "two"])
        self.assertRegex(self.errors(store)[0],
                         r"^hook pager: the collector ended while event \d+ "
                         r"was told; it is not told again$")

    def test_failure_is_told(self):
        self.write_script("echo 'no modem' >&2; exit 1")
        store, config = self.store(), self.quiet(self.hook())
        p = self.start(store, config)
        self.add_event(store, NEWS, "state", 3, "one")
        wait(lambda: self.errors(store), "the failure")
        self.assertEqual(self.errors(store),
                         ["hook pager: exit status 1: no modem"])
        wait(lambda: query(store, "SELECT error FROM activity WHERE kind ="
                           " 'hooks' AND error <> ''"), "the activity")
        self.write_script()
        self.add_event(store, "shop.test", "state", 3, "two")
        wait(lambda: len(self.errors(store)) == 2, "the recovery")
        self.assertEqual(self.errors(store)[1], "hook pager: works again")
        self.end(p)

    def test_webhook(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        store = self.store()
        config = self.quiet({"url": receiver.url, "severity": "warn",
                             "ends": "yes"})
        p = self.start(store, config)
        receiver.codes = [503]
        self.add_event(store, NEWS, "state", 2, HOSTILE)
        wait(lambda: len(receiver.bodies) == 2, "the second try")
        self.assertEqual([b["attempt"] for b in receiver.bodies], [1, 2])
        self.assertEqual(receiver.bodies[1]["text"], HOSTILE)
        self.add_event(store, NEWS, "state", 0, "ok (was warning)", begins=0)
        wait(lambda: len(receiver.bodies) == 3, "the end")
        self.assertFalse(receiver.bodies[2]["begins"])
        self.assertEqual(receiver.bodies[2]["verdict"], "pass")
        wait(lambda: len(self.errors(store)) == 2, "both sentences")
        self.end(p)
        self.assertEqual(self.errors(store), [
            "hook pager: the server answered 503", "hook pager: works again"])

    def test_target_down(self):
        """Events wait for a server that is not there."""
        receiver = Receiver()
        url = receiver.url
        port = receiver.server.server_address[1]
        receiver.close()
        store, config = self.store(), self.quiet({"url": url})
        p = self.start(store, config)
        self.add_event(store, NEWS, "state", 3, "one")
        self.add_event(store, "shop.test", "state", 3, "two")
        wait(lambda: self.errors(store), "the failure")
        self.assertNotIn("s3cret", self.errors(store)[0])
        receiver = Receiver(port)
        self.addCleanup(receiver.close)
        wait(lambda: len(receiver.bodies) == 2, "both events", 20)
        self.end(p)
        self.assertEqual([b["text"] for b in receiver.bodies],
                         ["one", "two"])

    def test_no_such_kind(self):
        """A hook that would never tell is worth a word."""
        config = self.quiet(self.hook(kinds="state, spam-band, Finding"))
        done = self.sendtop("check", "--config", config,
                            "--store", self.store())
        self.assertRegex(
            done.err, r"\A\S+ warn: \[hook \"pager\"\] kinds: no event is a "
            r"\"spam-band\"; there are state, spam_band, [^\n]+\n\Z")

    def test_refused_settings(self):
        for rows, said in (({"command": "mail root"}, "path of a program"),
                           ({"url": "http://example.com/"}, "https://"),
                           ({"url": "https://u:s3cret@example.com/x"},
                            "without a user"),
                           (self.hook(url="https://x.test/"), "not both")):
            config = self.quiet(rows)
            done = self.sendtop("collect", "--once", "--config", config,
                                "--store", self.file("s.db"))
            self.assertEqual(done.code, 2)
            self.one_sentence(done.err)
            self.assertIn(said, done.err)
            self.assertNotIn("s3cret", done.err)
