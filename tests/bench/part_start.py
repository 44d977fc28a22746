"""What the program costs before it does anything, beside curl."""
# SPDX-License-Identifier: MIT
import shutil

from measure import ROUNDS, Run, plain, seconds

STARTS = ROUNDS * 12


def part(bench, table, _domains):
    words = [[bench.sendtop, "--version"]]
    curl = shutil.which("curl")
    if curl:
        words.append([curl, "--version"])
    rounds = [[Run(w).wall for w in words] for _ in range(STARTS)]
    table.row("sendtop --version", [walls[0] for walls in rounds], seconds,
              ("<", 0.006))
    table.row("  libraries that the loader finds for it",
              Run(["ldd", bench.sendtop]).out.count(b"=> /"), plain)
    if curl:
        table.beside("curl --version", [walls[1] for walls in rounds], seconds)
        table.times("sendtop's time to curl's",
                    [walls[0] / walls[1] for walls in rounds], ("<", 1))
    table.note("%d starts, in turn" % STARTS)
