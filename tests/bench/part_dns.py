"""The audit of many domains, beside bare loops and what people use today."""
# SPDX-License-Identifier: MIT
import re

from measure import (ROUNDS, Failed, Missing, Run, mebi, median, need, plain,
                     seconds)

COUNTS = (100, 1000, 10000)
SCRIPT_DOMAINS = 200
TYPES = {"1": "A", "2": "NS", "5": "CNAME", "6": "SOA", "12": "PTR",
         "15": "MX", "16": "TXT", "28": "AAAA"}
ASKS = re.compile(rb"^\S+ debug: asks (\S+) TYPE(\d+)(.*)$", re.M)


def probe(bench, world, count, *more, **how):
    return Run([bench.sendtop, "probe", "--config", world["CONFIG"],
                "--no-smtp", "--selector", "s1", "--stdin", "--format",
                "json", *more], stdin=bench.domains(count), codes=(0, 1),
               **how)


def questions(bench, world, count):
    """What a probe asks: a file of it for other clients, and how much."""
    run = probe(bench, world, count, "--verbose")
    asked = ASKS.findall(run.err)
    if run.out.count(b'"verdict":"unknown"'):
        raise Failed("the probe could not tell everything")
    unique = sorted(set(asked))
    path = bench.path("questions%d" % count)
    with open(path, "w") as f:
        for name, number, _how in unique:
            number = number.decode()
            f.write("%s %s\n" % (name.decode(),
                                 TYPES.get(number, "TYPE" + number)))
    return path, len(asked), len(unique)


BARE = re.compile(rb"bare (\d+)/s \((\d+) lost\)  client (\d+)/s "
                  rb"\((\d+) lost\)")


def loops(bench, world, path):
    """Questions a second of the bare loop and of the client alone."""
    run = Run([bench.program("bench_dns"), world["DNS"], path, "128", "1"])
    found = BARE.search(run.out)
    if not found:
        raise Failed("bench_dns said nothing that is understood")
    bare, lost_bare, client, lost = (float(x) for x in found.groups())
    return bare, client, lost_bare, lost


def bare_loop(bench, world, path):
    """The bare loop as a program of its own, and the answers it lost."""
    run = Run([bench.program("bench_dns"), world["DNS"], path, "128", "0"])
    found = re.match(rb"bare \d+/s \((\d+) lost\)", run.out)
    if not found:
        raise Failed("bench_dns said nothing that is understood")
    return run.wall, int(found.group(1))


def audit(bench, table, world, count):
    path, asked, unique = questions(bench, world, count)
    walls, bares, ratios, cpus, rss, clients, lost = [], [], [], [], [], [], 0
    for _ in range(ROUNDS):
        run = probe(bench, world, count, keep=False)
        bare, client, lost_bare, lost_client = loops(bench, world, path)
        walls.append(run.wall)
        cpus.append(run.cpu)
        rss.append(run.rss)
        bares.append(unique / bare)
        ratios.append(run.wall * bare / unique)
        clients.append(client / bare)
        lost += lost_client
    name = plain(count)
    table.row("probe of %s domains" % name, walls, seconds)
    table.beside("bare c-ares loop", bares, seconds)
    table.times("wall to the bare loop's", ratios,
                ("<=", 1.5) if count >= 1000 else None)
    table.times("the client alone to it, in speed", clients, more=True)
    table.row("  CPU of it", cpus, seconds)
    table.row("  memory of it", rss, mebi)
    table.row("  questions asked twice", asked - unique, plain, ("<=", 0))
    table.note("%s questions, %s of them unique; the bare loop asks those"
               % (plain(asked), plain(unique)))
    if count == COUNTS[-1]:
        table.row("  replies lost by the client", lost, plain, ("<=", 0))
    return walls, path, unique


RATE = re.compile(rb"Queries per second:\s+([\d.]+)")
LOST = re.compile(rb"Queries lost:\s+(\d+)")


def dnsperf(table, world, path, walls, unique):
    program = need("dnsperf", "dnsperf")
    host, port = world["DNS"].split(":")
    rates, lost = [], 0
    for _ in range(ROUNDS):
        out = Run([program, "-s", host, "-p", port, "-d", path, "-c", "1",
                   "-T", "1", "-q", "128", "-n", "1"]).out
        rates.append(float(RATE.search(out).group(1)))
        lost += int(LOST.search(out).group(1))
    table.row("questions a second, the whole probe",
              [unique / wall for wall in walls], plain, more=True)
    table.beside("dnsperf -c1 -T1 -q128", rates, plain, more=True)
    if lost:
        table.note("dnsperf lost %s answers" % plain(lost))


def script(bench, table, world):
    """A thousand domains by pyspf and dnspython, scaled from fewer."""
    python = need("/usr/bin/python3", "python3")
    words = [python, "-B", bench.srcdir + "/tests/bench/pyspf_probe.py",
             world["DNS"]]
    if Run(words + ["--check"], codes=(0, 1)).out.strip() != b"ok":
        raise Missing("pyspf or dnspython",
                      "python3-spf python3-dnspython")
    walls, times = [], []
    for _ in range(ROUNDS):
        walls.append(probe(bench, world, 1000, keep=False).wall)
        out = Run(words, stdin=bench.domains(SCRIPT_DOMAINS)).out
        took, asked = (float(word) for word in out.split())
        times.append(took * 1000 / SCRIPT_DOMAINS)
    table.row("probe of 1,000 domains", walls, seconds)
    table.beside("pyspf and dnspython", times, seconds)
    table.times("the script's time to sendtop's",
                [a / b for a, b in zip(times, walls)], (">=", 50))
    _, ours, _ = questions(bench, world, 1000)
    asked /= SCRIPT_DOMAINS
    table.times("the same for one question",
                [a / b * ours / 1000 / asked for a, b in zip(times, walls)],
                more=True)
    table.note("the script did %d domains a round, without its start; scaled "
               "to 1,000; it asks %.0f questions a domain, sendtop %.0f"
               % (SCRIPT_DOMAINS, asked, ours / 1000))


def part(bench, table, domains):
    world = bench.world(domains)
    walls = {}
    for count in COUNTS:
        walls[count], path, unique = audit(bench, table, world, count)
    least, most = COUNTS[0], COUNTS[-1]
    table.row("a domain's time, %s to %s domains" % (plain(most), plain(least)),
              median(walls[most]) / most / (median(walls[least]) / least),
              lambda x: "%.2fx" % x, ("<=", 1.1))
    for step in (lambda: dnsperf(table, world, path, walls[most], unique),
                 lambda: script(bench, table, world)):
        try:
            step()
        except Missing as error:
            table.skip(str(error))
