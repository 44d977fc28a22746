#!/usr/bin/env python3
"""The DNS side alone, up to a fleet: run_dns.py SENDTOP SRCDIR [COUNT...]

Runs in the build directory.  For 100, 1,000, 10,000 and 100,000 domains (or
the counts given): the probe's wall time beside a bare c-ares loop that asks
the same unique questions, CPU, memory and questions; then dnsperf, a pyspf and
dnspython script, and both loops again through an unbound whose cache is cold.
The exit status is 1 when something could not be measured.
"""
# SPDX-License-Identifier: MIT
import os
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import measure              # noqa: E402
import part_dns             # noqa: E402
import run                  # noqa: E402
from measure import Missing, median, need, plain, seconds   # noqa: E402

COUNTS = (100, 1000, 10000, 100000)
ROUNDS_OF_MANY = 3          # a fleet of 100,000 takes its time
THROUGH_UNBOUND = 1000
# What unbound takes differs by a fifth from run to run, and that is nearly all
# of either's time.  Two that are alike differ in 15 of 21 rounds or more in one
# case of 25: that one is slower which is it in so many.
ROUNDS_THROUGH = 21
SLOWER_MOST = 14


class Fleet:
    """What each count came to."""

    def __init__(self):
        self.walls, self.paths, self.unique, self.peaks = {}, {}, {}, {}

    def measure(self, bench, table, world, count):
        part_dns.ROUNDS = measure.ROUNDS if count <= 10000 else ROUNDS_OF_MANY
        self.walls[count], self.paths[count], self.unique[count] = \
            part_dns.audit(bench, table, world, count)
        part_dns.ROUNDS = measure.ROUNDS
        self.peaks[count] = part_dns.probe(bench, world, count,
                                           keep=False).rss

    def growth(self, table):
        """Against the run of a tenth."""
        counts = sorted(self.walls)
        for less, more in zip(counts, counts[1:]):
            one = median(self.walls[less]) / less
            table.times("a domain's time, %s to %s" % (
                plain(more), plain(less)),
                        [wall / more / one for wall in self.walls[more]],
                        ("<=", 1.1))
        if len(counts) > 1:
            table.row("memory a domain, from %s to %s" % (
                plain(counts[0]), plain(counts[-1])),
                      (self.peaks[counts[-1]] - self.peaks[counts[0]]) /
                      (counts[-1] - counts[0]),
                      lambda octets: "%.1f KiB" % (octets / 1024))


# --- through a resolver ------------------------------------------------------

UNBOUND = """server:
    interface: 127.0.0.1@%(port)d
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    do-daemonize: no
    use-syslog: no
    logfile: ""
    verbosity: 0
    chroot: ""
    username: ""
    directory: "%(dir)s"
    pidfile: "%(dir)s/unbound.pid"
    module-config: "iterator"
    qname-minimisation: no
    num-threads: 1
    so-rcvbuf: 0
    so-sndbuf: 0
    local-zone: "10.in-addr.arpa." nodefault
    local-zone: "127.in-addr.arpa." nodefault
    local-zone: "test." nodefault
    local-zone: "invalid." nodefault
stub-zone:
    name: "."
    stub-addr: %(server)s
remote-control:
    control-enable: no
"""


class Unbound:
    """An unbound with nothing in its cache, before the world's servers."""

    def __init__(self, bench, world):
        program = need("unbound", "unbound")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        where = bench.path("unbound")
        os.makedirs(where, exist_ok=True)
        config = os.path.join(where, "unbound.conf")
        with open(config, "w") as f:
            f.write(UNBOUND % {"port": port, "dir": where,
                               "server": world["DNS"].replace(":", "@")})
        self.address = "127.0.0.1:%d" % port
        self.process = subprocess.Popen(
            [program, "-d", "-c", config], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.wait()

    def wait(self):
        for _ in range(200):
            if self.process.poll() is not None:
                raise measure.Failed("unbound ended: " + self.process.stderr
                                     .read().decode("utf-8", "replace")[-200:])
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(0.1)
                host, port = self.address.split(":")
                s.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1",
                         (host, int(port)))
                try:
                    s.recv(512)
                    return
                except OSError:
                    time.sleep(0.02)
        raise measure.Failed("unbound does not answer")

    def close(self):
        self.process.terminate()
        self.process.communicate()


def through_unbound(bench, table, world, fleet):
    """Each run has an unbound of its own that has heard nothing yet; both are
    programs, measured from their start to their end."""
    count = THROUGH_UNBOUND
    path = fleet.paths[count]
    walls, bares, lost = [], [], 0
    for number in range(ROUNDS_THROUGH):
        for loop in (number % 2 == 0, number % 2 != 0):
            unbound = Unbound(bench, world)
            try:
                there = dict(world, DNS=unbound.address)
                if loop:
                    wall, gone = part_dns.bare_loop(bench, there, path)
                    bares.append(wall)
                    lost += gone
                else:
                    walls.append(part_dns.probe(
                        bench, there, count, "--resolver", unbound.address,
                        keep=False).wall)
            finally:
                unbound.close()
    table.row("probe of %s through a cold unbound" % plain(count), walls,
              seconds)
    table.beside("bare loop through one", bares, seconds)
    table.times("wall to the bare loop's",
                [a / b for a, b in zip(walls, bares)])
    table.row("  of %d rounds it was slower in" % len(walls),
              [sum(a > b for a, b in zip(walls, bares))], plain,
              ("<=", SLOWER_MOST))
    if lost:
        table.note("the bare loop lost %s answers" % plain(lost))


def others(bench, table, world, fleet):
    steps = []
    if 10000 in fleet.walls:
        steps.append(lambda: part_dns.dnsperf(
            table, world, fleet.paths[10000], fleet.walls[10000],
            fleet.unique[10000]))
    if 1000 in fleet.walls:
        steps.append(lambda: part_dns.script(bench, table, world))
    if THROUGH_UNBOUND in fleet.walls:
        steps.append(lambda: through_unbound(bench, table, world, fleet))
    for step in steps:
        try:
            step()
        except Missing as error:
            table.skip(str(error))
        except (measure.Failed, OSError, ValueError) as error:
            table.fail(str(error))


def measure_all(bench, table, counts):
    world, fleet = bench.world(max(counts)), Fleet()
    for count in counts:
        table.section("%s domains" % plain(count))
        try:
            fleet.measure(bench, table, world, count)
        except (measure.Failed, OSError, ValueError) as error:
            table.fail(str(error))
    table.section("Growth, and other programs")
    fleet.growth(table)
    others(bench, table, world, fleet)


def main():
    if len(sys.argv) < 3 or not all(w.isdigit() for w in sys.argv[3:]):
        sys.exit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, run.ended)
    start = time.monotonic()
    counts = sorted(int(word) for word in sys.argv[3:]) or COUNTS
    bench, table = run.Bench(*sys.argv[1:3]), measure.Table()
    run.machine(table)
    table.head()
    try:
        measure_all(bench, table, counts)
    except (measure.Failed, OSError) as error:
        table.fail(str(error))
    finally:
        bench.close()
    table.end()
    table.say("%.0f s in all" % (time.monotonic() - start))
    return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
