#!/usr/bin/env python3
"""Tests of the world itself: that what it claims to do to a client is real."""
# SPDX-License-Identifier: MIT
# Run from the build directory, where tests/world/smtpd is, or with
# WORLD_SMTPD set.
import os
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import stories                  # noqa: E402
import worldtest                # noqa: E402
from worldtest import ENV, PATIENCE, WORLD  # noqa: E402
from test_api import *          # noqa: E402,F401,F403
from test_servers import *      # noqa: E402,F401,F403
from test_web import *          # noqa: E402,F401,F403


def setUpModule():
    worldtest.start()


# --- the script

def left(directory):
    """The processes that name this world's directory."""
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid) as f:
                words = f.read().split("\0")
        except OSError:
            continue
        if any(w.startswith(directory) for w in words[1:]) and \
                "test_world.py" not in " ".join(words):
            out.append(words)
    return out


class Script(unittest.TestCase):
    def run_world(self, *words, **more):
        return subprocess.Popen([sys.executable, WORLD, *words],
                                stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.PIPE, **more)

    def until_gone(self, directory):
        end = time.monotonic() + PATIENCE
        while left(directory) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(left(directory), [])

    def test_files(self):
        for name in ("credentials.json", "service_account.json",
                     "client.json"):
            path = os.path.join(ENV["WORLD_DIR"], name)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        with open(ENV["WORLD_CONFIG"]) as f:
            config = f.read()
        self.assertEqual(config.count("[domain "), len(stories.STORIES))
        self.assertIn("endpoint = " + ENV["WORLD_ENDPOINT"] + "\n", config)

    def test_run_and_status(self):
        where = os.path.join(ENV["tmp"], "run")
        p = self.run_world("run", where, "--", "sh", "-c",
                           "echo $WORLD_DIR; exit 7")
        out, err = p.communicate(timeout=2 * PATIENCE)
        self.assertEqual((p.returncode, out.strip()), (7, where), err)
        self.assertEqual(left(where), [])

    def test_second_start_refused(self):
        p = self.run_world("start", ENV["WORLD_DIR"])
        _, err = p.communicate(timeout=2 * PATIENCE)
        self.assertEqual(p.returncode, 1)
        self.assertIn("already", err)

    def test_nothing_survives_a_kill(self):
        where = os.path.join(ENV["tmp"], "killed")
        p = self.run_world("run", where, "--", "sh", "-c",
                           "echo up; exec sleep 600")
        self.assertEqual(p.stdout.readline(), "up\n")
        self.assertGreaterEqual(len(left(where)), 5)
        p.kill()
        p.communicate()
        self.until_gone(where)
        p = self.run_world("start", where)
        _, err = p.communicate(timeout=2 * PATIENCE)
        self.assertEqual(p.returncode, 0, err)
        with open(os.path.join(where, "world.pid")) as f:
            os.kill(int(f.read().split()[1]), signal.SIGKILL)
        self.until_gone(where)

    def test_usage(self):
        for words in (("run", "x"), ("start", "x", "--", "y"), ("dance",)):
            p = self.run_world(*words)
            p.communicate(timeout=PATIENCE)
            self.assertEqual(p.returncode, 2)


if __name__ == "__main__":
    unittest.main()
