"""What the catalogue of replies costs for one line of a log."""
# SPDX-License-Identifier: MIT
import os
import re

from measure import Failed, Run, seconds

LINES = {"naming a reply": 1e-6, "whose a host is": 1e-9}


def part(bench, table, _domains):
    tree = bench.srcdir
    out = Run([bench.program("bench_reply"), os.path.join(tree, "share"),
               os.path.join(tree, "tests", "fixtures",
                            "gmail-replies-seen.tsv")]).out.decode()
    for name, unit in LINES.items():
        found = re.search(name + r": ([\d.]+) \w+ \(worst ([\d.]+)\)", out)
        if not found:
            raise Failed("bench_reply did not say what %s costs" % name)
        middle, worst = (float(x) * unit for x in found.groups())
        table.row(name, [middle, middle, worst], seconds)
    table.note("replies: those of tests/fixtures/gmail-replies-seen.tsv")
