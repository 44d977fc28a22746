"""The Postmaster API misbehaves: one sentence, and nothing stored is lost."""
# SPDX-License-Identifier: MIT
import concurrent.futures
import os
import re
import shutil
import signal
import time

import harness
from harness import Case, Postmaster, integrity, query, wait, world
from screen import Screen
from stories import STORIES

# What the sentence must say of an answer that never gets better.
SAYS = {
    "400": r"did not take the query",
    "401": r"refuses the access token: run sendtop login",
    "403": r"no permission in Postmaster Tools",
    "scope": r"lack a scope: postmaster\.domain and postmaster\.traffic",
    "disabled": r"not enabled in the credentials' Cloud project",
    "404": r"not registered in Postmaster Tools",
    "429": r"slow down",
    "gone": r"no longer supported",
    "500": r"inner error",
    "503": r"unavailable",
    "504": r"too long",
    "hostile": r"inner error",
    "cut": r"broke before the answer was whole",
    "wrong-types": r"type",
    "empty-body": r"not whole JSON",
    "array": r"not a JSON object",
    "not-json": r"not whole JSON",
    "nan": r"not whole JSON",
    "duplicate": r"not whole JSON|twice",
    "bad-utf8": r"not whole JSON",
    "deep": r"not whole JSON|deep",
    "wide": r"more values than any honest",
    "endless": r"larger than 4 MiB",
    "html": r"HTTP 502|unavailable",
    "html-ok": r"not whole JSON",
    "redirect": r"HTTP 302",
    "close": r".",
    "no-http": r".",
}
# Odd, but an answer.
FINE = ("nulls", "empty", "huge-number")
TOKEN = {
    "invalid_grant": r"invalid_grant.*(seven|7).day.*run sendtop login|"
                     r"invalid_grant.*run sendtop login",
    "invalid_client": r"invalid_client",
    "unauthorized_client": r"unauthorized_client",
    "invalid_scope": r"scope",
    "access_denied": r"access_denied|refused",
    "500": r".", "html": r".", "endless": r"4 MiB|larger", "deep": r".",
    "wrong-types": r".", "empty-body": r".", "cut": r".", "hostile": r".",
}
# Never tried again: the answer says that it is final.
FINAL = ("400", "401", "403", "scope", "disabled", "404", "gone")
# An answer of any size and shape is read in this much address space.
MEMORY = 512 << 20
KEPT = ("domain", "series", "feedback", "finding", "event")


class Collect:
    """One `collect --once` against an API of its own."""

    def __init__(self, case, api, name, store=True):
        self.api = api
        self.where = case.file(name)
        os.mkdir(self.where)
        changes = api.settings()
        changes["smtp"] = {"enabled": "no"}
        self.config = harness.settings(self.where, changes)
        self.db = os.path.join(self.where, "store.db")
        if store:
            shutil.copyfile(harness.known(), self.db)
        self.before = self.contents() if store else None

    def contents(self):
        return {table: query(self.db, "SELECT * FROM %s ORDER BY 1, 2, 3"
                             % table) for table in KEPT}

    def series(self):
        return query(self.db, "SELECT slot, first_day, days, numbers "
                     "FROM series ORDER BY slot")

    def run(self, timeout=90):
        return harness.sendtop_run(
            "collect", "--once", "--config", self.config, "--store", self.db,
            where=self.where, timeout=timeout, memory=MEMORY)


class Misbehaviour(Case):
    """Each wrong answer, to every request there is."""
    cost = 20
    SERVERS = 4

    def in_parallel(self, modes, one):
        """one(api, mode) for all modes, each API with one at a time."""
        free, modes = [], list(modes)

        def job(mode):
            api = free.pop()
            try:
                return one(api, mode)
            finally:
                api.reset()
                free.append(api)

        for number in range(self.SERVERS):
            where = self.file("api%d" % number)
            os.mkdir(where)
            free.append(Postmaster(where))
            self.addCleanup(free[-1].close)
        with concurrent.futures.ThreadPoolExecutor(self.SERVERS) as pool:
            return dict(zip(modes, pool.map(job, modes)))

    def one_mode(self, api, mode, match="/v2/"):
        collect = Collect(self, api, "m-" + mode)
        before = collect.series()
        api.order(mode=mode, count=100000, match=match, retry_after=1)
        done = collect.run()
        return (done, collect, before, api.stats())

    def check_refused(self, mode, pattern, done, collect, before):
        self.assertEqual(done.code, 3)
        last = done.err.splitlines()[-1] + "\n"
        self.one_sentence(last, "sendtop: poll: ")
        self.assertRegex(last, pattern)
        self.assertLess(len(last), 400)
        self.assertNotIn("world-refresh", done.err)
        self.assertNotIn("world-secret", done.err)
        # What was known is known still, number for number.
        self.assertEqual(collect.series(), before)
        self.assertEqual(integrity(collect.db), "ok")
        error = query(collect.db, "SELECT said FROM state WHERE name = "
                      "'postmaster.error'")[0][0]
        self.assertIn(error, last)

    def test_requests(self):
        # The ones that are tried again take longest.
        order = sorted(SAYS, key=lambda mode: mode not in (
            "429", "500", "503", "504", "hostile", "cut", "html", "close"))
        results = self.in_parallel(order, self.one_mode)
        for mode, (done, collect, before, _stats) in results.items():
            with self.subTest(mode=mode, said=done.err[-200:]):
                self.check_refused(mode, SAYS[mode], done, collect, before)
        for mode in FINAL:
            with self.subTest(final=mode):
                stats = results[mode][3]
                # A 401 is worth a second try, with a new token.
                self.assertLessEqual(stats["methods"]["spoiled." + mode],
                                     2 if mode == "401" else 1, stats)

    def test_one_refused(self):
        """The others are polled; that one was not is said and remembered."""
        done, collect, _before, _stats = self.in_parallel(
            ["one-broken"], self.one_mode)["one-broken"]
        self.assertEqual(done.code, 3, done.err)
        last = done.err.splitlines()[-1] + "\n"
        self.one_sentence(last, "sendtop: poll: ")
        self.assertRegex(last, r"poll: 1 of \d\d domains could not be polled: "
                         r"noptr\.test: .*not whole JSON")
        self.assertEqual(query(
            collect.db, "SELECT name FROM domain WHERE poll_error LIKE "
            "'%not whole JSON%'"), [("noptr.test",)])
        values = dict(query(collect.db, "SELECT name, said FROM state"))
        self.assertIn(values["postmaster.error"], last)
        self.assertEqual(values["postmaster.partly"], "1")
        shown = self.sendtop("snapshot", "shop.test", "--store", collect.db)
        self.assertRegex(shown.out, r"last poll: 1 of \d\d domains could not")
        old = dict(query(harness.known(), "SELECT name, said FROM state"))
        self.assertGreater(values["postmaster.fetched"],
                           old["postmaster.fetched"])

    def test_odd_but_fine(self):
        """Nothing that was stored is taken for gone."""
        for mode, (done, collect, before, _stats) in self.in_parallel(
                FINE, self.one_mode).items():
            with self.subTest(mode=mode):
                self.assertIn(done.code, (0, 3), done.err)
                self.assertEqual(integrity(collect.db), "ok")
                self.assertEqual(len(collect.series()), len(before))
                if mode != "huge-number":
                    self.assertEqual(collect.series(), before)

    def test_tokens(self):
        results = self.in_parallel(TOKEN, lambda api, mode: self.one_mode(
            api, mode, "/token"))
        for mode, (done, collect, before, _stats) in results.items():
            with self.subTest(mode=mode, said=done.err[-200:]):
                self.check_refused(mode, TOKEN[mode], done, collect, before)

    def test_probes_go_on(self):
        """A refused poll keeps nobody from DNS."""
        def one(api, mode):
            collect = Collect(self, api, "p-" + mode, store=False)
            api.order(mode=mode, count=100000)
            return collect.run(), collect

        done, collect = self.in_parallel(["scope"], one)["scope"]
        self.assertEqual(done.code, 3)
        rows = dict(query(collect.db, "SELECT name, probed_s FROM domain"))
        self.assertEqual(len(rows), len(STORIES))
        self.assertTrue(all(rows.values()))
        check = self.sendtop("check", "noptr.test", "--store", collect.db)
        self.assertEqual(check.code, 2, check.out)


class Recovery(Case):
    """Wrong for a while, then right."""
    cost = 5

    def setUp(self):
        super().setUp()
        self.api = Postmaster(self.where)
        self.addCleanup(self.api.close)

    def test_all_comes_in_the_end(self):
        """Each once, to somebody who knows nothing yet."""
        collect = Collect(self, self.api, "c", store=False)
        for mode in ("500", "cut", "503"):
            self.api.order(mode=mode, match=":batchQuery")
        self.api.order(mode="429", retry_after=1, match="/v2/domains")
        self.api.order(mode="500", match="complianceStatus")
        self.api.order(mode="500", match="/token")
        done = collect.run()
        self.assertEqual((done.code, self.api.stats()["orders"]), (0, []),
                         done.err)
        numbers = query(collect.db, "SELECT slot, numbers FROM series")
        base = query(harness.known(), "SELECT slot, numbers FROM series")
        self.assertEqual(len(numbers), len(base))

    def test_retry_after(self):
        """Nothing is asked before the time that Google names."""
        collect = Collect(self, self.api, "c")
        self.api.order(mode="429", retry_after=4, match="/v2/domains")
        began = time.monotonic()
        done = collect.run()
        self.assertEqual(done.code, 0, done.err)
        self.assertGreater(time.monotonic() - began, 3.9)

    def test_token_runs_out(self):
        """A 401 fetches one new token, once."""
        collect = Collect(self, self.api, "c")
        self.api.order(mode="401")
        done = collect.run()
        self.assertEqual(done.code, 0, done.err)
        stats = self.api.stats()["methods"]
        self.assertEqual(stats["token.refresh_token"], 2, stats)

    def test_service_account(self):
        file = self.api.write("robot.json", world("SERVICE_ACCOUNT"))
        changes = self.api.settings()
        changes["postmaster"]["credentials"] = file
        config = self.settings(changes)
        done = self.sendtop("collect", "--once", "--config", config,
                            "--store", self.file("robot.db"))
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertEqual(
            query(self.file("robot.db"), "SELECT count(*) FROM series"),
            query(harness.known(), "SELECT count(*) FROM series"))

    def test_lesser_scopes(self):
        """Each scope's own absence is named, whichever is missing."""
        for token, pattern in (("domain-only", r"scope"),
                               ("traffic-only", r"scope"),
                               ("v1", r"scope")):
            with self.subTest(token=token):
                file = self.api.write("lesser.json", world("CREDENTIALS"))
                with open(file) as f:
                    text = f.read()
                with open(file, "w") as f:
                    f.write(text.replace("1//world-refresh-token",
                                         "1//world-refresh-" + token))
                changes = self.api.settings()
                changes["postmaster"]["credentials"] = file
                done = self.sendtop(
                    "collect", "--once", "--config", self.settings(changes),
                    "--store", self.file(token + ".db"))
                self.assertEqual(done.code, 3)
                self.assertRegex(done.err, pattern)
                self.assertIn("run sendtop login", done.err)

    def test_status_line(self):
        """The screen names it, keeps the numbers, and recovers."""
        config = self.settings(self.api.settings())
        screen = Screen(self, ["--config", config, "--store", self.store()],
                        width=160)
        screen.wait(r"^\u25b8news\.example\.test +CRIT .* 0\.41 ")
        self.api.order(mode="scope", count=100000)
        screen.press("R", r"poll of Postmaster failed: .*lack a scope")
        screen.wait(r"last poll failed: the credentials lack a scope")
        screen.wait(r"^\u25b8news\.example\.test +CRIT .* 0\.41 ")
        self.api.reset()
        screen.press("R", r"poll of Postmaster done")
        screen.wait_gone(r"last poll failed")

    def test_quit_while_it_hangs(self):
        """No answer for ten minutes holds nobody up."""
        self.api.order(mode="hang", count=100000)
        collect = Collect(self, self.api, "c")
        p = self.spawn("collect", "--once", "--config", collect.config,
                       "--store", collect.db)
        wait(lambda: "spoiled.hang" in self.api.stats()["methods"],
             "the first request")
        pace = harness.pace()
        p.send_signal(signal.SIGTERM)
        began = time.monotonic()
        p.wait(harness.patience(10))
        self.assertLess(time.monotonic() - began, harness.limit(2, pace))
        self.assertEqual(collect.contents()["series"],
                         collect.before["series"])


class Forever(Case):
    """Answers that never end come to an end."""
    cost = 1000

    def test_hang_and_drip(self):
        jobs = []
        for mode in ("hang", "drip"):
            where = self.file("api-" + mode)
            os.mkdir(where)
            api = Postmaster(where)
            self.addCleanup(api.close)
            collect = Collect(self, api, mode)
            api.order(mode=mode, count=100000)
            p = self.spawn("collect", "--once", "--config", collect.config,
                           "--store", collect.db)
            jobs.append((mode, collect, p))
        for mode, collect, p in jobs:
            with self.subTest(mode=mode):
                _, err = p.communicate(timeout=harness.patience(200))
                self.assertEqual(p.returncode, 3)
                self.assertTrue(re.search(
                    rb"sendtop: poll: .*no whole answer in time", err), err)
                self.assertEqual(integrity(collect.db), "ok")
                for table in ("series", "feedback"):
                    self.assertEqual(collect.contents()[table],
                                     collect.before[table])
