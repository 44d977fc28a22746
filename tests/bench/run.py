#!/usr/bin/env python3
"""What sendtop costs, beside other programs: run.py SENDTOP SRCDIR [PART...]

Runs in the build directory.  Each figure is the median of five rounds unless
a line says otherwise, with the worst beside it; where another program does
the same work it runs in the same round.  The exit status is 0 whether goals
are met or missed, 1 when something could not be measured.
"""
# SPDX-License-Identifier: MIT
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import measure              # noqa: E402
import part_dns             # noqa: E402
import part_log             # noqa: E402
import part_postmaster      # noqa: E402
import part_replies         # noqa: E402
import part_screen          # noqa: E402
import part_smtp            # noqa: E402
import part_start           # noqa: E402
import part_store           # noqa: E402

DOMAINS = 10000
PARTS = (
    ("start", "Start: before there is any work", part_start.part),
    ("dns", "DNS: the audit of many domains", part_dns.part),
    ("smtp", "SMTP: STARTTLS probes", part_smtp.part),
    ("postmaster", "Postmaster: polls of the API", part_postmaster.part),
    ("replies", "Replies: naming them", part_replies.part),
    ("log", "Logs: 1 GiB of Postfix's", part_log.part),
    ("store", "Store: 120 days x 12 metrics a domain", part_store.part),
    ("screen", "Screen: 10,000 domains, 200x60", part_screen.part),
)


class Bench:
    """Where everything is, and what was started."""

    def __init__(self, sendtop, srcdir):
        self.sendtop = os.path.abspath(sendtop)
        self.srcdir = os.path.abspath(srcdir)
        self.build = os.getcwd()
        self.dir = tempfile.mkdtemp(prefix="sendtop-bench-")
        os.chmod(self.dir, 0o755)
        self.worlds = {}

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def program(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def world_program(self):
        return os.path.join(self.srcdir, "tests", "world", "world")

    def world(self, count, *options):
        """The environment of a world with that many domains."""
        key = (count,) + options
        if key not in self.worlds:
            measure.need("nsd", "nsd")
            where = self.path("world%d" % len(self.worlds))
            done = subprocess.run(
                [sys.executable, "-B", self.world_program(), "start", where,
                 "--bench", str(count), *options],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                check=False)
            if done.returncode != 0:
                raise measure.Failed(done.stderr.strip())
            self.worlds[key] = dict(
                line[6:].split("=", 1) for line in done.stdout.splitlines())
        return self.worlds[key]

    def domains(self, count):
        """A file of the first so many domains of a bench world."""
        path = self.path("domains%d" % count)
        if not os.path.exists(path):
            with open(path, "w") as f:
                f.writelines("d%05d.bench\n" % i for i in range(count))
        return path

    def config(self, name, world, *lines):
        """Settings for a world without its stories' domains; the lines
        follow in [smtp]."""
        path = self.path(name)
        with open(path, "w") as f:
            f.write("[resolver]\nservers = %s\n[tls]\nca-file = %s\n"
                    "[smtp]\nport = %s\nhelo = probe.world.test\n"
                    "allow-private = yes\n"
                    % (world["DNS"], world["CA"], world["SMTP_PORT"]))
            f.writelines(line + "\n" for line in lines)
        return path

    def close(self):
        for where in (world["DIR"] for world in self.worlds.values()):
            subprocess.run([sys.executable, "-B", self.world_program(),
                            "stop", where], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)


def ended(_number, _frame):
    raise SystemExit(1)


def machine(table):
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f
                 if line.startswith("model name")]
    table.say("%d x %s, Linux %s, load %.1f" % (
        os.cpu_count(), names[0] if names else os.uname().machine,
        os.uname().release, os.getloadavg()[0]))


def run_parts(bench, table, chosen):
    for name, title, part in PARTS:
        if chosen and name not in chosen:
            continue
        table.section(title)
        try:
            part(bench, table, DOMAINS)
        except measure.Missing as error:
            table.skip(str(error))
        except (measure.Failed, OSError, ValueError) as error:
            table.fail(str(error))


def main():
    if len(sys.argv) < 3 or set(sys.argv[3:]) - {p[0] for p in PARTS}:
        sys.exit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ended)
    start = time.monotonic()
    bench, table = Bench(*sys.argv[1:3]), measure.Table()
    machine(table)
    table.head()
    try:
        run_parts(bench, table, sys.argv[3:])
    finally:
        bench.close()
    table.end()
    table.say("%.0f s in all" % (time.monotonic() - start))
    return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
