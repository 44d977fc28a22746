"""The screen on a full store: first frame, keys, memory, idleness."""
# SPDX-License-Identifier: MIT
import os
import re
import shutil
import sqlite3
import sys
import time

import part_store
from measure import (ROUNDS, Failed, Missing, Run, mebi, median, need,
                     own_cpu, percent, percentile, plain, seconds)
from terminal import Terminal, watch_closely

# A row under the cursor is drawn in reverse: nothing else is.
CURSOR = re.compile(rb"\x1b\[(?:[0-9]+;)*7(?:;[0-9]+)*m")
FOOTER = b"Enter open"
SMALL = 100
STEPS = 80
PAGE_DOWN, PAGE_UP, ENTER = b"\x06", b"\x02", b"\r"
SETTLE_S, WINDOW_S = 13, 30     # the cursor is at rest after ten
CLOCK_S = 4                     # until the clock shows the new minute
PROBE_BOUND_S = 30
LONG_DAYS = 400
ORDERS = 13
PAST_S = 8                      # to read all domains of a past day
RESIDENT = 24 * 2**20           # VmRSS: what it shares with others too
# The least that answers a key: how soon the machine lets anybody.
ECHO = '''import os, tty
tty.setraw(0)
os.write(1, b"ready")
while os.read(0, 1):
    os.write(1, b"\\x1b[7m \\x1b[0m")
'''


def screen(bench, store, *more):
    return Terminal([bench.sendtop, "--store", store, *more])


def store_of(bench, count):
    path = part_store.made(bench, count)
    if not os.path.exists(path):
        part_store.fill(bench, count)
    return path


def first_frames(bench, table, store, few):
    def frame(path):
        with screen(bench, path, "--no-collector") as term:
            return term.first_frame(FOOTER)

    def htop():
        with Terminal([program]) as term:
            return term.first_frame(b"Quit")

    ours = [frame(store) for _ in range(ROUNDS)]
    table.row("first whole frame, from exec", ours, seconds, ("<", 0.050))
    try:
        program = need("htop", "htop")
        theirs = [htop() for _ in range(ROUNDS)]
        table.beside("htop", theirs, seconds)
        table.times("its time to htop's",
                    [a / b for a, b in zip(ours, theirs)])
    except Missing as error:
        table.skip(str(error))
    table.row("  with %d domains" % SMALL,
              [frame(few) for _ in range(ROUNDS)], seconds)


def walk(term):
    """Down and up again, scrolling; each key's time."""
    times = []
    for key in b"j" * STEPS + b"k" * STEPS:
        times.append(term.key(bytes([key]), CURSOR))
        term.drain(0.005)
    return times


def pages(term):
    times = [term.key(key, CURSOR)
             for key in [PAGE_DOWN] * 30 + [PAGE_UP] * 30]
    return times


def opens(term):
    times = []
    for _ in range(20):
        times.append(term.key(ENTER))
        term.drain(0.02)
        term.key(b"q")
        term.drain(0.02)
    return times


def key_rows(table, what, times, goal=None):
    table.row("%s: median" % what, median(times), seconds)
    table.row("  p99", percentile(times, 0.99), seconds, goal)


def at_rest(bench, table, store):
    """Keys, memory and CPU without a collector."""
    with screen(bench, store, "--no-collector") as term:
        term.first_frame(FOOTER)
        table.row("resident after the first frame", term.resident(), mebi,
                  ("<", RESIDENT))
        key_rows(table, "key to repaint, cursor", walk(term),
                 ("<", 0.016))
        key_rows(table, "key to repaint, pages", pages(term), ("<", 0.016))
        key_rows(table, "key to repaint, opening", opens(term),
                 ("<", 0.016))
        table.row("resident after that", term.resident(), mebi,
                  ("<", RESIDENT))


def roam(term, keys, gap):
    for key in keys:
        os.write(term.fd, bytes([key]))
        term.drain(gap)


def domains_opened(term, count):
    for _ in range(count):
        roam(term, ENTER, 0.05)
        roam(term, b"12345678", 0.03)
        roam(term, b"qj" + PAGE_DOWN, 0.02)


def roaming(bench, table):
    """Memory while all that can be looked at is."""
    store = bench.path("long.db")
    Run([bench.program("bench_store"), "10000", str(LONG_DAYS), store],
        keep=False)
    steps = (
        ("all orders, both ways", lambda t: (
            roam(t, b"s" * 2 * ORDERS, 0.03), roam(t, b"s" * 4 * ORDERS, 0.002),
            roam(t, b"sS" * ORDERS, 0.02))),
        ("scrolled", lambda t: roam(
            t, PAGE_DOWN * 100 + b"Gg" * 5 + b"j" * 60, 0.005)),
        ("domains opened, all tabs", lambda t: domains_opened(t, 10)),
        ("groups, events, replies, changes", lambda t: roam(
            t, b"tttzzeqvqdq", 0.2)),
        ("days earlier", lambda t: (roam(t, b"<" * 5, 0.3), t.drain(PAST_S))),
        ("there: orders, pages, domains", lambda t: (
            roam(t, b"s" * 2 * ORDERS, 0.02), roam(t, PAGE_DOWN * 50, 0.005),
            domains_opened(t, 10))),
        ("back at the present", lambda t: roam(t, b">" * 5, 0.3)),
    )
    table.note("10,000 domains x %d days: resident (VmRSS)" % LONG_DAYS)
    with screen(bench, store, "--no-collector") as term:
        term.first_frame(FOOTER)
        for what, step in steps:
            step(term)
            term.drain(1)
            table.row("  " + what, term.resident(), mebi, ("<", RESIDENT))
        table.row("  at its highest (VmHWM)", term.status("VmHWM") * 1024,
                  mebi, ("<", RESIDENT))
    os.unlink(store)


def frame_cost(bench, store):
    """CPU of a frame that follows a key, and of one with a new page."""
    with screen(bench, store, "--no-collector") as term:
        term.first_frame(FOOTER)
        before = term.cpu()
        walk(term)
        moved = term.cpu()
        for _ in range(STEPS):
            term.key(PAGE_DOWN, CURSOR)
            term.key(PAGE_UP, CURSOR)
        return ((moved - before) / (2 * STEPS),
                (term.cpu() - moved) / (2 * STEPS))


def frame_rows(bench, table, store, few):
    many, little = [], []
    for _ in range(ROUNDS):
        many.append(frame_cost(bench, store))
        little.append(frame_cost(bench, few))
    for i, what in enumerate(("a frame after a key", "a frame with a page")):
        table.row("CPU of %s" % what, [x[i] for x in many], seconds)
        table.beside("the same, %d domains" % SMALL,
                     [x[i] for x in little], seconds)
        table.times("10,000 to %d domains" % SMALL,
                    [a[i] / b[i] for a, b in zip(many, little)],
                    ("<=", 1.5))


def progress(path):
    """How far the collector's probe is: done, total."""
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as db:
        row = db.execute("SELECT done, total FROM activity "
                         "WHERE kind = 'probe'").fetchone()
    db.close()
    return row or (0, 0)


def under_way(term, path):
    """Waits for the first domains that are done."""
    end = time.perf_counter() + PROBE_BOUND_S
    while time.perf_counter() < end:
        begin = progress(path)
        if 0 < begin[0] < begin[1]:
            return begin
        term.drain(0.05)
    raise Failed("no probe got under way beside the screen")


def keys_down_and_up(term):
    times = []
    for key in b"jk" * 60:
        times.append(term.key(bytes([key]), CURSOR))
        term.drain(0.005)
    return times


def while_probing(bench, table, store, domains):
    """Keys while the collector probes all domains beside the screen."""
    path = bench.path("probing.db")
    world = bench.world(domains)
    config = bench.config("probing.conf", world)
    times, shares, echoes = [], [], []
    watch_closely()
    for _ in range(3):
        shutil.copyfile(store, path)
        with screen(bench, path, "--config", config) as term:
            term.first_frame(FOOTER)
            begin = under_way(term, path)
            times += keys_down_and_up(term)
            with Terminal([sys.executable, "-c", ECHO]) as echo:
                echo.first_frame(b"ready")
                echoes += keys_down_and_up(echo)
            shares.append((begin, progress(path)))
        for end in ("", "-wal", "-shm", ".lock"):
            if os.path.exists(path + end):
                os.unlink(path + end)
    key_rows(table, "key to repaint, all being probed", times,
             ("<", 0.016))
    table.row("  worst", max(times), seconds)
    table.beside("a key that is only answered, p99",
                 percentile(echoes, 0.99), seconds)
    table.note("probed at the first and at the last key, three rounds: " +
               ", ".join("%s-%s of %s" % (plain(a[0]), plain(b[0]),
                                          plain(b[1] or a[1]))
                         for a, b in shares))


def idle_rows(table, name, term, before, took, goals):
    cpu, woken, octets = before
    table.row("%s: wake-ups a minute" % name,
              (term.wakeups() - woken) * 60 / took, plain,
              ("<=", 60) if goals else None)
    table.row("  share of a core", (term.cpu() - cpu) / took, percent,
              ("<", 0.005) if goals else None)
    table.row("  octets a minute", (term.octets - octets) * 60 / took, plain)
    table.row("  resident", term.resident(), mebi)


def drain_all(terms, how_long):
    end = time.perf_counter() + how_long
    while time.perf_counter() < end:
        for _name, term in terms:
            term.drain(0.1)


def idle(bench, table, store):
    """sendtop and htop side by side, neither touched."""
    terms = []
    try:
        terms.append(("idle", screen(bench, store, "--no-collector")))
        try:
            terms.append(("  beside: htop idle",
                          Terminal([need("htop", "htop")])))
        except Missing as error:
            table.skip(str(error))
        drain_all(terms, SETTLE_S)
        # Not over a minute's end: the clock on the screen is news.
        left = 60 - time.time() % 60
        if left < WINDOW_S + 1:
            drain_all(terms, left + CLOCK_S)
        before = [(t.cpu(), t.wakeups(), t.octets) for _n, t in terms]
        start, own = time.perf_counter(), own_cpu()
        drain_all(terms, WINDOW_S)
        took = time.perf_counter() - start
        for i, (name, term) in enumerate(terms):
            idle_rows(table, name, term, before[i], took, i == 0)
        octets = terms[0][1].octets - before[0][2]
        table.row("idle: octets without news", octets, plain, ("<=", 0))
        table.note("over %d s within one minute; the bench itself took %s "
                   "CPU" % (WINDOW_S, seconds(own_cpu() - own)))
    finally:
        for _name, term in terms:
            term.__exit__()


def commands(bench, table, store):
    def walls(*words):
        return [Run([bench.sendtop, *words, "--store", store],
                    codes=(0, 1, 2)).wall for _ in range(ROUNDS * 4)]

    one = Run([bench.sendtop, "snapshot", "--store", store, "d00007.bench"])
    if b"d00007.bench" not in one.out:
        raise Failed("the snapshot does not name its domain")
    table.row("snapshot of one domain", walls("snapshot", "d00007.bench"),
              seconds, ("<", 0.020))
    table.row("  as JSON", walls("snapshot", "--format", "json",
                                 "d00007.bench"), seconds)
    table.row("snapshot of the list", walls("snapshot"), seconds)
    table.row("check of one domain", walls("check", "d00007.bench"), seconds)
    table.row("check of all", walls("check"), seconds)
    table.note("20 rounds each")


def part(bench, table, domains):
    store, few = store_of(bench, domains), store_of(bench, SMALL)
    first_frames(bench, table, store, few)
    at_rest(bench, table, store)
    roaming(bench, table)
    frame_rows(bench, table, store, few)
    while_probing(bench, table, store, domains)
    commands(bench, table, store)
    idle(bench, table, store)
