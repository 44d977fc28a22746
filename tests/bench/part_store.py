"""What the store takes, beside a row for each value."""
# SPDX-License-Identifier: MIT
import os
import re
import sqlite3
import time

from measure import ROUNDS, Failed, Run, mebi, mega, plain, seconds, small

SMALL = 100
LINES = {
    "rate": (r"first sync, one transaction +([\d.]+) M", 1e6),
    "bytes": (r"size with only the series .*, ([\d.]+) bytes", 1),
    "refresh": (r"a day's refresh, one transaction +([\d.]+) ms", 1e-3),
    "overview": (r"overview page, worst first +([\d.]+) ms", 1e-3),
    "last": (r"its last page +([\d.]+) ms", 1e-3),
    "filtered": (r"filtered +([\d.]+) ms", 1e-3),
    "drill": (r"drill-down, all of one domain +([\d.]+) ms", 1e-3),
    "open": (r"opening as a reader +([\d.]+) ms", 1e-3),
}
NAIVE_DOMAINS = 200


def made(bench, count):
    """The path of a store with that many domains."""
    return bench.path("store%d.db" % count)


def fill(bench, count):
    out = Run([bench.program("bench_store"), str(count), "120",
               made(bench, count)]).out.decode()
    figures = {}
    for name, (pattern, unit) in LINES.items():
        found = re.search(pattern, out)
        if not found:
            raise Failed("bench_store did not say its %s" % name)
        figures[name] = float(found.group(1)) * unit
    return figures


def naive(bench):
    """Values a second and bytes a value when each is a row of its own."""
    path = bench.path("naive.db")
    if os.path.exists(path):
        os.unlink(path)
    db = sqlite3.connect(path)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                     "CREATE TABLE measure (domain INT, metric INT, day INT,"
                     " value REAL, PRIMARY KEY (domain, metric, day))"
                     " WITHOUT ROWID;")
    rows = [(d, m, day, (d * 7 + day * 13) % 997 / 1e5)
            for day in range(120) for d in range(NAIVE_DOMAINS)
            for m in range(12)]
    start = time.perf_counter()
    with db:
        db.executemany("INSERT INTO measure VALUES (?, ?, ?, ?)", rows)
    took = time.perf_counter() - start
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return len(rows) / took, os.path.getsize(path) / len(rows)


def judge(bench, table):
    """All judgements of one domain, from 120 days and twenty findings."""
    out = Run([bench.program("bench_assess")]).out.decode()
    found = re.search(r"([\d.]+) us \(worst ([\d.]+)\)", out)
    if not found:
        raise Failed("bench_assess said nothing that is understood")
    middle, worst = (float(x) / 1e6 for x in found.groups())
    table.row("judging one domain", [middle, middle, worst], seconds)


def part(bench, table, domains):
    rounds = [fill(bench, domains) for _ in range(ROUNDS)]
    plainly = [naive(bench) for _ in range(ROUNDS)]
    few = fill(bench, SMALL)

    def all_of(name):
        return [figures[name] for figures in rounds]

    table.row("first sync, values a second", all_of("rate"), mega,
              (">=", 1e6))
    table.beside("a row a value, day by day", [x[0] for x in plainly], mega,
                 more=True)
    table.row("bytes a value", all_of("bytes"), small, ("<", 10))
    table.beside("a row a value", [x[1] for x in plainly], small)
    table.note("a row a value: Python's sqlite3, %d domains" % NAIVE_DOMAINS)
    table.row("a day's refresh of all series", all_of("refresh"), seconds)
    table.row("overview: the first page", all_of("overview"), seconds,
              ("<", 0.010))
    table.row("  its last page", all_of("last"), seconds, ("<", 0.010))
    table.row("  filtered by a word", all_of("filtered"), seconds,
              ("<", 0.010))
    table.row("drill-down: all of one domain", all_of("drill"), seconds,
              ("<", 0.001))
    table.row("opening it to read", all_of("open"), seconds)
    table.row("%d domains: the first page" % SMALL, few["overview"], seconds)
    table.row("  drill-down", few["drill"], seconds)
    table.row("whole store, %s domains" % plain(domains),
              os.path.getsize(made(bench, domains)), mebi)
    table.note("queries: each round the median of 201")
    judge(bench, table)
