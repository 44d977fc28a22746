"""What sendtop says of itself: commands, options, settings."""
# SPDX-License-Identifier: MIT
import collections
import re
import subprocess
import tempfile


class Program:
    """What sendtop says of itself."""

    def __init__(self, path):
        self.path = path
        self.help = self.run("--help")[0]
        usage = self.help.split("\n\n")[1]
        self.commands = [""] + re.findall(r"^       sendtop (\w+) ", usage,
                                          re.M)
        self.options = {c: self.read_options(c) for c in self.commands}
        self.common = set.intersection(
            *(set(o) for o in self.options.values()))
        self.settings = self.read_settings()

    def run(self, *words):
        done = subprocess.run([self.path, *words], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=60)
        return done.stdout, done.stderr

    def read_options(self, command):
        text = self.run(*([command] if command else []), "--help")[0]
        found = re.findall(r"^  --([a-z-]+)(?: ([A-Z:]+))?  ", text, re.M)
        return {"%s %s" % f if f[1] else f[0] for f in found}

    def read_settings(self):
        rows, section = [], None
        lines = self.help.split("\nSettings", 1)[1].splitlines()[1:]
        for line, below in zip(lines, lines[1:] + [""]):
            if re.fullmatch(r"  \[\w+\]", line):
                section = line.strip(" []")
            row = re.fullmatch(
                r"    ([a-z][a-z0-9-]*) = ?(.*?) ?\(([^()]*)\)", line)
            if row:
                rows.append(Setting(section, row[1], row[2], row[3],
                                    below.strip(),
                                    self.bounds(section, row[1])))
        return rows

    def bounds(self, section, key):
        """What the program expects of the key, from its own error."""
        head = {"domain": '[domain "a.example"]',
                "hook": '[hook "a"]'}.get(section, "[%s]" % section)
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
            conf.write("%s\n%s = no such value !\n" % (head, key))
            conf.flush()
            said = self.run("check", "--store", "/nonexistent/store.db",
                            "--config", conf.name)[0]
        found = re.search(r"expected (.*), got", said)
        return found[1] if found else ""


Setting = collections.namedtuple(
    "Setting", "section key standard type help expected")
