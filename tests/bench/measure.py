"""Runs of programs, and the table their figures end up in."""
# SPDX-License-Identifier: MIT
import os
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

ROUNDS = 5
SBIN = ":/usr/sbin:/sbin:/usr/local/sbin"


class Missing(Exception):
    """A program that is not here; said, and its row skipped."""

    def __init__(self, program, package):
        super().__init__("%s is not installed (Debian: %s)"
                         % (program, package))


class Failed(Exception):
    """Something could not be measured."""


def need(program, package):
    found = shutil.which(program, path=os.environ.get("PATH", "") + SBIN)
    if not found:
        raise Missing(program, package)
    return found


class Peak:
    """The most memory that a process has had, looked at until it ends.

    What wait4 says is no use: it counts the memory of the process that the
    program was forked from, which is this one."""

    def __init__(self, pid):
        self.path, self.octets = "/proc/%d/status" % pid, 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(0.005):
            try:
                with open(self.path) as f:
                    found = re.search(r"^VmHWM:\s*(\d+) kB", f.read(), re.M)
            except OSError:
                return
            if found:
                self.octets = int(found.group(1)) * 1024

    def close(self):
        self.ended.set()
        self.thread.join()


class Run:
    """One run of a program: wall and CPU seconds, memory, what it said."""

    def __init__(self, words, stdin=None, codes=(0,), keep=True):
        with tempfile.TemporaryFile() as out, \
                tempfile.TemporaryFile() as err, \
                open(stdin or os.devnull, "rb") as source:
            start = time.perf_counter()
            process = subprocess.Popen(
                words, stdin=source, stderr=err,
                stdout=out if keep else subprocess.DEVNULL)
            peak = Peak(process.pid)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - start
            peak.close()
            process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu = usage.ru_utime + usage.ru_stime
            self.rss = peak.octets
            out.seek(0)
            err.seek(0)
            self.out, self.err = out.read(), err.read()
        if process.returncode not in codes:
            raise Failed("%s ended with %d: %s" % (
                " ".join(words[:3]), process.returncode,
                self.err.decode("utf-8", "replace").strip()[-300:]))


def own_cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


# --- figures as text ---------------------------------------------------------

def seconds(value):
    for unit, size, digits in (("s", 1, 2), ("ms", 1e-3, 1)):
        if value >= size:
            return "%.*f %s" % (digits, value / size, unit)
    return "%.0f us" % (value * 1e6)


def plain(value):
    return "{:,.0f}".format(value)


def small(value):
    return "%.2f" % value


def ratio(value):
    return "%.0fx" % value if value >= 100 else "%.2fx" % value


def mebi(value):
    return "%.1f MiB" % (value / 2**20)


def mega(value):
    return "%.2f M" % (value / 1e6)


def percent(value):
    return "%.2f %%" % (value * 100)


# --- the table ---------------------------------------------------------------

class Goal:
    """What is to be reached: at most, or at least, a value."""

    def __init__(self, sign, value, form):
        self.sign, self.value, self.form = sign, value, form

    def text(self):
        return "%s %s" % (self.sign, self.form(self.value))

    def met(self, value):
        return {"<": value < self.value, "<=": value <= self.value,
                ">=": value >= self.value}[self.sign]


class Table:
    WIDTH = 80

    def __init__(self):
        self.met = self.missed = self.skipped = self.failures = 0
        self.misses = []

    def say(self, text=""):
        print(text[:self.WIDTH], flush=True)

    def head(self):
        self.say("%-42s %9s %9s  %-9s %s" % (
            "WHAT", "MEDIAN", "WORST", "GOAL", ""))

    def section(self, title):
        self.say()
        self.say(("-- %s " % title).ljust(self.WIDTH, "-"))

    def note(self, text):
        """Words under a row, wrapped."""
        line = "     "
        for word in text.split():
            if len(line) + 1 + len(word) > self.WIDTH:
                self.say(line)
                line = "     "
            line += " " + word
        self.say(line)

    def row(self, what, values, form, goal=None, more=False):
        """One line; the values are those of all rounds, or a single one.
        more: the least of them is the worst."""
        values = list(values) if isinstance(values, (list, tuple)) else [values]
        middle = median(values)
        up = more or goal is not None and goal[0] == ">="
        worst = form(min(values) if up else max(values)) \
            if len(values) > 1 else ""
        aim = verdict = ""
        if goal is not None:
            wanted = Goal(goal[0], goal[1], form)
            aim = wanted.text()
            verdict = "met" if wanted.met(middle) else "MISSED"
            if verdict == "met":
                self.met += 1
            else:
                self.missed += 1
                self.misses.append(what.strip())
        self.say(("%-42s %9s %9s  %-9s %s" % (
            what[:42], form(middle), worst, aim, verdict)).rstrip())
        return middle

    def beside(self, what, values, form, more=False):
        return self.row("  beside: " + what, values, form, more=more)

    def times(self, what, values, goal=None, more=False):
        return self.row("  = " + what, values, ratio, goal, more)

    def skip(self, why):
        self.skipped += 1
        self.note("skipped: %s" % why)

    def fail(self, why):
        self.failures += 1
        self.note("could not be measured: %s" % why)

    def end(self):
        self.say()
        self.say("goals: %d met, %d missed; %d skipped, %d not measured" % (
            self.met, self.missed, self.skipped, self.failures))
        for what in self.misses:
            self.say("  missed: " + what)
