"""The MTA's log: 1 GiB of Postfix's, beside grep and pflogsumm."""
# SPDX-License-Identifier: MIT
import os
import re
import shutil
import signal
import subprocess
import time

from measure import (ROUNDS, Failed, Missing, Run, mebi, median, need, plain,
                     seconds)

MIB = 1024
SEED = 1
DOMAINS = 40
NEEDLE = "gmail-smtp-in"
EVERY_S = 15                # of pflogsumm's time; then readings
READINGS = 5


def made(bench, name, mib):
    """A log of that size on the file system of $TMPDIR, where logs are, not one
    of memory: its pages cost otherwise.  It was written just now, so the disk
    is not what is measured; nor is what the kernel still has to write."""
    path = bench.path(name)
    room = shutil.disk_usage(bench.dir).free
    if room < (mib + 512) * 2**20:
        raise Missing("a log of %d MiB: no room in %s" % (mib, bench.dir))
    Run([bench.program("bench_log"), "make", path, str(mib), str(SEED)])
    with open(path, "rb") as log:
        os.fsync(log.fileno())
    return path


def config(bench):
    path = bench.path("log.conf")
    with open(path, "w") as f:
        f.writelines('[domain "news%d.example.com"]\n' % i
                     for i in range(DOMAINS))
    return path


def ingest(bench, path, conf, turn):
    store = bench.path("log%d.db" % turn)
    return Run([bench.sendtop, "ingest", "--config", conf, "--store", store,
                path])


def counted(run, pattern):
    found = re.search(pattern, run.out.decode())
    if not found:
        raise Failed("%r is not in: %s" % (pattern, run.out.decode()[:200]))
    return int(found.group(1))


def read_once(bench, path):
    return Run([bench.program("bench_log"), "read", path,
                os.path.join(bench.srcdir, "share", "providers.json")])


def rounds(bench, path):
    """Each program once a round, so that all have the same machine."""
    conf = config(bench)
    runs = {"grep": [], "read": [], "ingest": []}
    for turn in range(ROUNDS):
        runs["grep"].append(
            Run(["env", "LC_ALL=C", "grep", "-cF", NEEDLE, path]))
        runs["read"].append(read_once(bench, path))
        runs["ingest"].append(ingest(bench, path, conf, turn))
    return runs


def in_turns(bench, path):
    """The same log by pflogsumm, which takes minutes and is halted now and then
    for some readings: so both have the same machine, however its pace changes.
    The first of some finds one of two processors asleep: their median counts.
    """
    readings, took = [], 0.0
    theirs = subprocess.Popen([need("pflogsumm", "pflogsumm"), path],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        while theirs.returncode is None:
            start = time.monotonic()
            try:
                theirs.wait(EVERY_S)
            except subprocess.TimeoutExpired:
                theirs.send_signal(signal.SIGSTOP)
            took += time.monotonic() - start
            if theirs.returncode is None:
                readings.append(median([read_once(bench, path).wall
                                        for _ in range(READINGS)]))
                theirs.send_signal(signal.SIGCONT)
    finally:
        if theirs.returncode is None:
            theirs.kill()
            theirs.wait()
    if theirs.returncode != 0:
        raise Failed("pflogsumm ended with %d" % theirs.returncode)
    return took, readings


def summed(bench, table, path):
    theirs, ours = in_turns(bench, path)
    table.row("read and counted, pflogsumm halted", ours, seconds)
    table.beside("pflogsumm, without its halts", [theirs], seconds)
    table.times("reading, of pflogsumm's speed",
                [theirs * len(ours) / sum(ours)], (">=", 300))


def rows(table, runs):
    grep, read, whole = runs["grep"], runs["read"], runs["ingest"]
    table.row("each delivery read and counted",
              [run.wall for run in read], seconds)
    table.beside("LC_ALL=C grep -cF " + NEEDLE,
                 [run.wall for run in grep], seconds)
    table.times("reading, of grep's speed",
                [g.wall / r.wall for g, r in zip(grep, read)], (">=", 0.9))
    table.row("  CPU time, two threads", [run.cpu for run in read], seconds)
    table.beside("grep", [run.cpu for run in grep], seconds)
    table.row("  memory", [run.rss for run in read], mebi)
    table.row("sendtop ingest of it, all watched",
              [run.wall for run in whole], seconds)
    table.times("ingest, of grep's speed",
                [g.wall / r.wall for g, r in zip(grep, whole)], (">=", 0.9))
    table.row("  CPU time, two threads", [run.cpu for run in whole], seconds)
    table.row("  memory", [run.rss for run in whole], mebi)


def part(bench, table, _domains):
    path = runs = None
    try:
        path = made(bench, "big.log", MIB)
        runs = rounds(bench, path)
        attempts = counted(runs["read"][0], r"(\d+) attempts")
        if counted(runs["ingest"][0], r"(\d+) attempts") != attempts:
            raise Failed("sendtop ingest counted other attempts")
        rows(table, runs)
        table.note("log: %d MiB, %s lines, %s attempts, %s to Gmail" % (
            MIB, plain(counted(runs["read"][0], r"(\d+) lines")),
            plain(attempts), plain(counted(runs["read"][0],
                                           r"(\d+) of gmail"))))
        summed(bench, table, path)
    except Missing as error:
        table.skip(str(error))
    finally:
        if path is not None:
            os.unlink(path)
    if runs and median([run.rss for run in runs["read"]]) > 64 * 2**20:
        raise Failed("reading took more than 64 MiB")
