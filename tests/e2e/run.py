#!/usr/bin/env python3
"""The end-to-end tests: the real sendtop in a real terminal, in the world.

  run.py SENDTOP SRCDIR [-v] [-j N] [PATTERN...]

from the build directory.  A pattern is a part of a test's name.
"""
# SPDX-License-Identifier: MIT
# Classes run beside each other, since most of what they do is waiting; those
# that measure a time (`alone`) run at the end, by themselves.
import argparse
import os
import queue
import signal
import sys
import threading
import time
import traceback
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import harness      # noqa: E402
import screen       # noqa: E402


class Result(unittest.TestResult):
    """The results of one class, told when they are known."""

    def __init__(self, verbose):
        super().__init__()
        self.verbose = verbose
        self.passed = 0
        self.began = 0.0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def say(self, word, test, more=""):
        print("%-4s %s (%.1f s)%s" % (
            word, test.id(), time.monotonic() - self.began, more),
            flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        if self.verbose:
            self.say("ok", test)

    def failed(self, test, error):
        self.say("FAIL", test, "\n" + "".join(
            traceback.format_exception(*error)))

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.failed(subtest, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say("skip", test, ": " + reason)


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def classes(patterns):
    """{class: its tests}, in the order of the files."""
    out = {}
    for test in flatten(unittest.TestLoader().discover(HERE, "test_*.py")):
        if not patterns or any(p in test.id() for p in patterns):
            out.setdefault(type(test), []).append(test)
    return out


def work(jobs, results, verbose):
    while True:
        try:
            tests = jobs.get_nowait()
        except queue.Empty:
            return
        result = Result(verbose)
        results.append(result)
        unittest.TestSuite(tests).run(result)


def run(groups, workers, verbose):
    jobs, results = queue.Queue(), []
    for tests in groups:
        jobs.put(tests)
    threads = [threading.Thread(target=work, args=(jobs, results, verbose),
                                daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def parse():
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("sendtop")
    p.add_argument("srcdir")
    p.add_argument("pattern", nargs="*")
    p.add_argument("-v", dest="verbose", action="store_true",
                   help="name the tests that pass as well")
    p.add_argument("-j", dest="jobs", type=int, default=3, metavar="N",
                   help="classes at a time [3]")
    return p.parse_intermixed_args()


def stop(number, _frame):
    """Ended from outside: what was started is ended all the same."""
    raise SystemExit(128 + number)


def main():
    options = parse()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    began = time.monotonic()
    results = []
    try:
        harness.begin(options.sendtop, options.srcdir)
        harness.RUN["tmux"] = screen.Tmux()
        found = classes(options.pattern)
        for alone in (False, True):
            groups = [tests for cls, tests in found.items()
                      if getattr(cls, "alone", False) == alone]
            # The longest first.
            groups.sort(key=lambda t: -getattr(type(t[0]), "cost", 1))
            results += run(groups, 1 if alone else options.jobs,
                           options.verbose)
    finally:
        if "tmux" in harness.RUN:
            harness.RUN["tmux"].end()
        harness.end()
    bad = sum(len(r.failures) + len(r.errors) for r in results)
    print("%.0f s" % (time.monotonic() - began))
    print("%d passed, %d failed, %d skipped" % (
        sum(r.passed for r in results), bad,
        sum(len(r.skipped) for r in results)))
    return 1 if bad or not results else 0


if __name__ == "__main__":
    sys.exit(main())
