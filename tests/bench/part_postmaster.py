"""Requests and CPU of the first sync and of the daily poll."""
# SPDX-License-Identifier: MIT
import json
import math
import urllib.request

from measure import ROUNDS, Failed, Run, mebi, median, plain, seconds

DOMAINS = 100
PAGE, BATCH = 200, 100


def control(world, what, data=None):
    request = urllib.request.Request(
        world["ENDPOINT_HTTP"] + "/control/" + what, data=data)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def forced(stats):
    """Requests that batches of 100 and pages of 200 force: the list, the
    pages of numbers, a compliance status each.  A domain's pages come one
    after the other, and nobody knows how many: hence one batch more."""
    batches = math.ceil(stats["pages"] / BATCH) + 1
    methods = stats["methods"]
    lists = math.ceil(methods["domains.getComplianceStatus"] / PAGE)
    return (batches + lists + methods["domains.getComplianceStatus"] +
            methods.get("token.refresh_token", 0))


def collect(bench, world, config, store):
    control(world, "reset", b"")
    run = Run([bench.sendtop, "collect", "--once", "--config", config,
               "--store", store])
    stats = control(world, "stats")
    bad = {k: v for k, v in stats["statuses"].items() if k != "200"}
    if bad:
        raise Failed("the API answered %s" % bad)
    return run, stats


def rows(table, what, runs):
    """How many requests, beside how many there must be."""
    sent = [sum(stats["methods"].values()) for _, stats in runs]
    least = [forced(stats) for _, stats in runs]
    table.row("%s: requests" % what, sent, plain, ("<=", median(least)))
    methods = runs[-1][1]["methods"]
    table.note("%d batches for %s pages, %d lists, %d compliance states, "
               "%d tokens" % (
                   methods.get("domainStats.batchQuery", 0),
                   plain(runs[-1][1]["pages"]),
                   methods.get("domains.list", 0),
                   methods.get("domains.getComplianceStatus", 0),
                   methods.get("token.refresh_token", 0)))
    table.row("  wall", [run.wall for run, _ in runs], seconds)


def part(bench, table, _domains):
    world = bench.world(DOMAINS, "--bench-api")
    own = bench.config("probes.conf", world, "enabled = no")
    both = bench.config(
        "polls.conf", world, "enabled = no", "[postmaster]",
        "credentials = " + world["CREDENTIALS"],
        "endpoint = " + world["ENDPOINT"])
    store = bench.path("sync.db")
    first = [collect(bench, world, both, store)]
    rows(table, "first sync, %d domains" % DOMAINS, first)
    table.row("  memory", [run.rss for run, _ in first], mebi)
    table.row("  CPU, its DNS probes too",
              [run.cpu for run, _ in first], seconds)
    daily, cpus = [], []
    for _ in range(ROUNDS):
        run, stats = collect(bench, world, both, store)
        probes = Run([bench.sendtop, "collect", "--once", "--config", own,
                      "--store", store])
        daily.append((run, stats))
        cpus.append(max(0.0, run.cpu - probes.cpu))
    rows(table, "daily poll, %d domains" % DOMAINS, daily)
    table.row("  CPU without the probes", cpus, seconds)
    table.row("  scaled to 10,000 domains",
              [cpu * 10000 / DOMAINS for cpu in cpus], seconds, ("<", 1.0))
    pages = daily[-1][1]["pages"]
    table.row("  CPU of a page of 200 numbers",
              [cpu / pages for cpu in cpus], seconds)
    table.note("one first sync; CPU of a poll: a collect with Postmaster less "
               "one without; the API gives every number there is, %.0f pages "
               "a domain" % (pages / DOMAINS))
