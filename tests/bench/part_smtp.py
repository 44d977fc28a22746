"""STARTTLS probes at once, beside openssl one by one."""
# SPDX-License-Identifier: MIT
import json
import os
import re
import sys

from measure import (ROUNDS, Failed, Run, mebi, need, plain, seconds)

PROBES = 500
GROWTH = (50, 500)
DELAY_MS = 100
ROUND = re.compile(rb"median ([\d.]+) s, worst ([\d.]+) s, own CPU ([\d.]+) s, "
                   rb"(\d+) MiB")
SINGLE = re.compile(rb"openssl s_client: ([\d.]+) s each")


def first_address(bench):
    """Of the servers that wait before each reply."""
    sys.path.insert(0, os.path.join(bench.srcdir, "tests", "world"))
    import servers
    return servers.BENCH_DELAYED[0]


def client(bench, world, count):
    """Median and worst wall, CPU a round and memory of the client alone; and
    seconds of one openssl."""
    out = Run([bench.program("bench_smtp"), first_address(bench),
               world["SMTP_PORT"], world["CA"], str(count), str(ROUNDS),
               str(DELAY_MS)]).out
    found, single = ROUND.search(out), SINGLE.search(out)
    if not found or not single:
        raise Failed("bench_smtp said nothing that is understood")
    wall, worst, cpu, rss = (float(x) for x in found.groups())
    return wall, worst, cpu, rss * 2**20, float(single.group(1))


def command(bench, world):
    """sendtop probe of as many domains, DNS and all."""
    config = bench.config("smtp.conf", world, "parallel = %d" % PROBES)
    path = bench.path("tls-domains")
    with open(path, "w") as f:
        f.writelines("t%03d.tls.bench\n" % i for i in range(PROBES))
    runs = []
    for _ in range(ROUNDS):
        run = Run([bench.sendtop, "probe", "--config", config, "--stdin",
                   "--format", "json"], stdin=path, codes=(0, 1))
        good = sum(f["check"] == "starttls" and f["reason"] == "ok"
                   for line in run.out.splitlines()
                   for d in json.loads(line)["domains"]
                   for f in d["findings"])
        if good != PROBES:
            raise Failed("%d of %d probes saw STARTTLS" % (good, PROBES))
        runs.append(run)
    return runs


def shared(bench, table, world):
    """Full probes of domains that share 200 MX hosts."""
    config = bench.config("shared.conf", world)
    for count in (100, 1000, 10000):
        rounds = ROUNDS if count < 10000 else 3
        walls = [Run([bench.sendtop, "probe", "--config", config, "--stdin",
                      "--selector", "s1", "--format", "json"],
                     stdin=bench.domains(count), codes=(0, 1),
                     keep=False).wall for _ in range(rounds)]
        table.row("%s domains behind %d MX" % (plain(count), min(count, 200)),
                  walls, seconds)
    table.note("each MX once a run; 10,000 domains: three rounds")


def part(bench, table, domains):
    need("openssl", "openssl")
    world = bench.world(domains)
    runs = command(bench, world)
    walls = [run.wall for run in runs]
    table.row("sendtop probe, %d hosts, 100 ms a reply" % PROBES, walls,
              seconds, ("<", 1.5))
    table.row("  CPU of it", [run.cpu for run in runs], seconds)
    table.row("  memory of it", [run.rss for run in runs], mebi)
    by_count = {count: client(bench, world, count) for count in GROWTH}
    wall, worst, cpu, _, single = by_count[PROBES]
    table.row("the client alone, %d sessions" % PROBES, [wall, wall, worst],
              seconds, ("<", 1.5))
    table.row("  CPU of it", cpu, seconds)
    table.beside("openssl s_client, one by one", single * PROBES, seconds)
    table.times("openssl's time to sendtop's",
                [single * PROBES / w for w in walls], more=True)
    table.note("openssl: %d runs, scaled to %d"
               % (5, PROBES))
    for count in GROWTH[:-1]:
        table.row("the client alone, %d sessions" % count,
                  [by_count[count][0], by_count[count][0], by_count[count][1]],
                  seconds)
    shared(bench, table, world)
