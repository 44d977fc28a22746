#!/usr/bin/env python3
"""Holds the manual pages and the plain texts to the program and its sources.

  docs.py SENDTOP SRCDIR     one line for each thing that does not fit; exit 1
  docs.py --write-example SENDTOP SRCDIR    rewrites share/sendtop.conf.example

The first then breaks each text once, in memory, and expects to notice.
"""
# SPDX-License-Identifier: MIT
import collections
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from mdoc import Page, body     # noqa: E402
from program import Program     # noqa: E402

PAGE, CONF, CHECKS = ("man/sendtop.1", "man/sendtop.conf.5",
                      "man/sendtop-checks.7")
PLAIN = ("README", "HACKING", "NEWS")
EXAMPLE, UNIT = "share/sendtop.conf.example", "share/sendtop.service"
COMPLETION = "share/completions/sendtop.bash"
# Sections with a name, and the one that the example has.
NAMED = {"domain": "example.com", "hook": "pager"}


# --- the sources -----------------------------------------------------------

def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


FORWARD = re.compile(r"(VERDICT_[A-Z]+|failure\(subject\)|warning\(subject\))"
                     r'\s*,\s*"([a-z0-9_]+)"')
BACKWARD = re.compile(r'"([a-z0-9_]+)"\s*,\s*(VERDICT_[A-Z]+)')
OUTCOME = re.compile(r'\[DNS_[A-Z_]+\]\s*=\s*\{\s*"([a-z_]+)"')
# What ptr says is milder of an MX host, what certificate says graver where
# senders insist on good ones.
VERDICTS = {"failure(subject)": ("fail", "note"), "warning(subject)":
            ("warn", "fail")}
# Helper files: the part of the manual that tells the reasons they say.
SHARED = "starttls, tls_version, certificate and dane"
OWNERS = {"reports.c": "dmarc", "run.c": "dkim", "session.c": SHARED,
          "lint_format.c": "format", "lint_signature.c": "signature",
          "lint_spf.c": "spf_sender", "lint_align.c": "alignment",
          "lint_unsubscribe.c": "unsubscribe",
          "finding.c": "unknown", "web.c": "unknown"}


def reasons_in(text):
    found = collections.defaultdict(set)
    for verdict, reason in FORWARD.findall(text):
        found[reason].update(VERDICTS.get(verdict, (verdict[8:].lower(),)))
    for reason, verdict in BACKWARD.findall(text):
        found[reason].add(verdict[8:].lower())
    for reason in OUTCOME.findall(text):
        found[reason].add("unknown")
    return found


def merge(into, found):
    for reason, verdicts in found.items():
        into[reason] |= verdicts


class Sources:
    """The tree, with texts that may be replaced."""

    def __init__(self, root, replaced=None):
        self.root, self.replaced = root, replaced or {}

    def read(self, path):
        if path in self.replaced:
            return self.replaced[path]
        with open(os.path.join(self.root, path), encoding="utf-8") as f:
            return f.read()

    def list(self, folder, suffix):
        return sorted(n for n in os.listdir(os.path.join(self.root, folder))
                      if n.endswith(suffix))

    def literals(self):
        """Every string constant of the program."""
        out = set()
        for top in ("src", "ui"):
            for where, _, names in os.walk(os.path.join(self.root, top)):
                for name in names:
                    if name.endswith((".c", ".h")):
                        path = os.path.relpath(os.path.join(where, name),
                                               self.root)
                        out.update(re.findall(
                            r'"((?:[^"\\\n]|\\.)*)"', self.read(path)))
        return out

    def check_names(self):
        rows = re.findall(r"&check_(\w+)",
                          self.read("src/checks/check_list.c"))
        rules = re.findall(r'\{ "(\w+)", lint_\w+ \}',
                           self.read("src/checks/lint.c"))
        return (rows + [r for r in rules if r not in rows] +
                sorted(self.from_log()))

    def from_log(self):
        """{check: {reason: {verdicts}}} of what is judged from the log."""
        out = collections.defaultdict(lambda: collections.defaultdict(set))
        text = without_comments(self.read("src/assess/traffic.c"))
        for check, verdict, reason in re.findall(
                r'say\(s, "(\w+)",[^;]*?VERDICT_([A-Z]+),\s*"(\w+)"', text):
            out[check][reason].add(verdict.lower())
        return out

    def reasons(self):
        """{section of sendtop-checks(7): {reason: {verdicts}}}"""
        out = collections.defaultdict(lambda: collections.defaultdict(set))
        for name in self.list("src/checks", ".c"):
            text = without_comments(self.read("src/checks/" + name))
            checks = re.findall(r'\.name = "(\w+)"', text)
            if checks == ["spf", "spf_sender"]:
                first, second = text.split("report_sender(", 1)
                table = re.search(r"\} results\[\] = \{.*?\};", first, re.S)
                merge(out["spf"], reasons_in(first.replace(table[0], "")))
                merge(out["spf_sender"], reasons_in(table[0] + second))
            else:
                owner = OWNERS.get(name, checks[0] if checks else name)
                found = reasons_in(text)
                if found:
                    merge(out[owner], found)
        out.update(self.from_log())
        return out

    def keys(self):
        rows = re.findall(
            r'\{ \{[^}]*\},\s*"([^"]+)",\s*(?:NULL|"[^"]*"),\s*'
            r'((?:"[^"]*"\s*)+),\s*ACTION_', self.read("ui/keys.c"))
        return [(label, "".join(re.findall(r'"([^"]*)"', text)))
                for label, text in rows]


# --- the checks ------------------------------------------------------------

class Audit:
    def __init__(self, program, sources):
        self.program, self.sources = program, sources
        self.complaints = []
        self.pages = {n: Page(n, sources.read(n))
                      for n in (PAGE, CONF, CHECKS)}

    def bad(self, where, text, *args):
        self.complaints.append("%s: %s" % (where, text % args))

    def same(self, where, what, there, here):
        for name in sorted(set(there) - set(here)):
            self.bad(where, "%s %s is missing", what, name)
        for name in sorted(set(here) - set(there)):
            self.bad(where, "%s %s does not exist", what, name)

    def options(self):
        page = self.pages[PAGE]
        self.same(PAGE, "OPTIONS:", self.program.common,
                  self.options_of(page.inside("OPTIONS")))
        for command in self.program.commands:
            title = ("sendtop " + command).strip()
            self.same(PAGE, title + ":",
                      self.program.options[command] - self.program.common,
                      self.options_of(page.inside("COMMANDS", title)))
        subs = {i.sub for i in page.inside("COMMANDS")}
        self.same(PAGE, "command",
                  [("sendtop " + c).strip() for c in self.program.commands],
                  subs)

    def options_of(self, items):
        out = set()
        for item in items:
            if item.head[:1] == ["Fl"] and item.head[1].startswith("-"):
                out.add(" ".join(w for w in item.head[1:]
                                 if w != "Ar")[1:].split(" ,")[0])
        return out

    def settings(self):
        page, found = self.pages[CONF], {}
        for item in page.inside("SETTINGS"):
            head = item.head
            section = item.sub.split()[1]
            key = section + "." + head[1]
            if key in found:
                self.bad(CONF, "%s stands there twice", key)
            pq = head.index("Pq") if "Pq" in head else len(head)
            found[key] = (" ".join(head[head.index("Ar") + 1:pq]),
                          " ".join(head[pq + 1:]), body(item))
        table = {s.section + "." + s.key: s for s in self.program.settings}
        self.same(CONF, "setting", table, found)
        for key in set(table) & set(found):
            self.setting(key, table[key], *found[key])

    def setting(self, key, row, kind, standard, text):
        if kind != row.type:
            self.bad(CONF, "%s is a %s, not a %s", key, row.type, kind)
        if standard != row.standard:
            self.bad(CONF, "%s is '%s' by itself, not '%s'", key,
                     row.standard, standard)
        choice = re.fullmatch(r"one of (.*)", row.expected)
        for word in choice[1].split(", ") if choice else []:
            if not re.search(r"\b%s\b" % word, text):
                self.bad(CONF, "%s may be %s", key, word)
        bounds = re.search(r"from (\S+) to (\S+)$", row.expected)
        if not bounds or bounds.groups() in (("0%", "100%"), ("0", "1e+12")):
            bounds = None
        given = re.search(r"From (\S+) (?:to (\S+)|on)\.(?: |$)", text)
        want = bounds and (bounds[1], bounds[2])
        have = given and (given[1], given[2] or "1e+12")
        if want != have:
            self.bad(CONF, "%s: bounds %s, the page says %s", key, want, have)

    def example(self):
        section, about, found = "", "", {}
        for line in self.sources.read(EXAMPLE).splitlines():
            head = re.fullmatch(r'#?\[(\w+)(?: ".*")?\]', line)
            row = re.fullmatch(r"#([a-z0-9-]+) =(?: (.*))?", line)
            if head:
                section = head[1]
            elif row:
                found[section + "." + row[1]] = (row[2] or "", about)
            about = line
        table = {s.section + "." + s.key: s for s in self.program.settings}
        self.same(EXAMPLE, "setting", table, found)
        for key in set(table) & set(found):
            row = table[key]
            want = (row.standard, "# %s (%s)" % (row.help, row.type))
            if found[key] != want:
                self.bad(EXAMPLE, "%s is not as the table has it", key)

    def reasons(self):
        page, there = self.pages[CHECKS], self.sources.reasons()
        here = collections.defaultdict(lambda: collections.defaultdict(set))
        for item in (page.inside("CHECKS") + page.inside("COMMON REASONS")):
            verdicts = item.head[item.head.index("Pq") + 1:]
            here[item.sub][item.head[1]].update(
                v.strip(",") for v in verdicts)
        names = self.sources.check_names()
        self.same(CHECKS, "check", names,
                  {i.sub for i in page.inside("CHECKS")})
        for name in sorted(n for n in there if n.endswith(".c")):
            self.bad("src/checks/" + name, "has reasons but no check: name "
                     "the part of %s in OWNERS of tests/docs.py", CHECKS)
        self.same(CHECKS, "part", [n for n in there if n[-2:] != ".c"], here)
        for part in set(there) & set(here):
            self.same(CHECKS, part + ":", there[part], here[part])
            for reason in set(there[part]) & set(here[part]):
                if there[part][reason] != here[part][reason]:
                    self.bad(CHECKS, "%s %s is %s, not %s", part, reason,
                             *(", ".join(sorted(v)) for v in (
                                 there[part][reason], here[part][reason])))

    def google(self):
        items = self.pages[CHECKS].inside("GOOGLE'S OWN ROWS")
        text = self.sources.read("src/postmaster/compliance.c")
        self.same(CHECKS, "row", set(re.findall(r'"(google\.\w+)"', text)),
                  [i.head[1] for i in items if "Pq" not in i.head])
        states = {(r, *v) for r, v in reasons_in(text).items()}
        self.same(CHECKS, "Google's",
                  ["%s (%s)" % s for s in states],
                  ["%s (%s)" % (i.head[1], i.head[3])
                   for i in items if "Pq" in i.head])

    def requirements(self):
        rows = {r["id"]: r for r in json.loads(
            self.sources.read("share/requirements.json"))["requirements"]}
        items = {i.head[1]: i
                 for i in self.pages[CHECKS].inside("REQUIREMENTS")}
        self.same(CHECKS, "requirement", rows, items)
        for name in set(rows) & set(items):
            self.requirement(name, rows[name], items[name])

    def requirement(self, name, row, item):
        audience = row["audience"]
        if row.get("most") == "warn":
            audience += ", at most warn"
        if " ".join(item.head[3:]) != audience:
            self.bad(CHECKS, "%s is for: %s", name, audience)
        text = body(item)
        if not text.startswith(row["title"] + "."):
            self.bad(CHECKS, "%s: %s", name, row["title"])
        want, lines = set(), set()
        for source in row["sources"]:
            want.add(source.get("check") or source.get("google")
                     or source["measure"])
            want.update(source.get("reasons", ()))
            lines.update("%g %%" % (v * 100) for k, v in source.items()
                         if re.fullmatch("(warn|fail)_(from|below)", k))
        first = item.line
        after = [i.line for i in self.pages[CHECKS].items if i.line > first]
        last = min(after, default=10 ** 6)
        self.same(CHECKS, name + ": source", want, {
            w for n, m, w in self.pages[CHECKS].marked
            if first < n < last and m == "Cm"})
        for line in lines:
            if line not in text.split(". By ", 1)[-1]:
                self.bad(CHECKS, "%s has a line at %s", name, line)

    def keys(self):
        want = self.sources.keys()
        items = self.pages[PAGE].inside("KEYS")
        have = [(" ".join(i.head[1:]), body(i)) for i in items]
        self.same(PAGE, "key", [k for k, _ in want], [k for k, _ in have])
        for label, text in want:
            if not any(label == k and b.lower().startswith(text.lower())
                       for k, b in have):
                self.bad(PAGE, "key %s: %s", label, text)

    def screen(self):
        tabs = re.findall(r'\{ "\w+", "(\w+)", panel_',
                          self.sources.read("ui/panels.c"))
        self.same(PAGE, "tab", tabs, [
            i.head[1] for i in self.pages[PAGE].inside("THE SCREEN", "")
            if i.head[0] == "Em"])
        formats = {"text"}
        for name in self.sources.list("src/report", ".c"):
            formats.update(re.findall(r'\.name = "(\w+)"',
                                      self.sources.read("src/report/" + name)))
        self.same(PAGE, "format", formats,
                  [i.head[1] for i in self.pages[PAGE].inside("FORMATS")])
        text = " ".join(body(i) for i in self.pages[CONF].inside("SETTINGS")
                        if i.head[1] == "theme")
        for name in self.sources.list("share/themes", ".theme"):
            if name[:-6] not in text.replace(",", " ").split():
                self.bad(CONF, "theme %s is missing", name[:-6])

    def commands(self):
        """The screen's command line against the page."""
        rows = re.findall(
            r'\t\{ "(\w+)",\s*"([^"]*)",\s*((?:"[^"]*"\s*)+),\s*ARG_',
            self.sources.read("ui/command.c"))
        want = {":" + name: "".join(re.findall(r'"([^"]*)"', text))
                for name, _arguments, text in rows}
        have = {i.head[1]: body(i)
                for i in self.pages[PAGE].inside("COMMANDS OF THE SCREEN")}
        self.same(PAGE, "command of the screen", want, have)
        for name in set(want) & set(have):
            if not have[name].lower().startswith(
                    want[name].split(":")[0].lower()):
                self.bad(PAGE, "command %s: %s", name, want[name])

    def known_words(self):
        """Whatever may be set as a command word."""
        words = self.sources.literals()
        words |= {s.section + "." + s.key for s in self.program.settings}
        words |= {name[:-6] for name in self.sources.list("share/themes",
                                                          ".theme")}
        rows = re.findall(r'ERRORS\(\w+, "(\w+)"',
                          self.sources.read("src/base/metric.c"))
        words |= {r + end for r in rows for end in ("_rate", "_count")}
        for setting in self.program.settings:
            if setting.expected.startswith("one of "):
                words.update(setting.expected[7:].split(", "))
        words |= {r["id"] for r in json.loads(self.sources.read(
            "share/requirements.json"))["requirements"]}
        return words

    def marked(self):
        known = self.known_words()
        options = {"-" + o.split()[0]
                   for c in self.program.options.values() for o in c}
        options |= {"v", "h", "V"}
        for page in self.pages.values():
            for number, macro, word in page.marked:
                if word not in (known if macro == "Cm" else options):
                    self.bad("%s:%d" % (page.name, number),
                             "%s is not of sendtop", word)

    def shell_line(self, where, line):
        """The command and the options of an example."""
        for part in re.split(r"[|;]|&&", line):
            part = re.sub(r"^(\$|#) |\\$", "", part.strip())
            try:
                words = shlex.split(part.replace("ExecStart=", ""))
            except ValueError:
                words = []
            while words[:1] == ["sudo"]:
                words = words[3:]
            if not words or os.path.basename(words[0]) != "sendtop":
                continue
            command = words[1] if len(words) > 1 and words[1] in \
                self.program.commands else ""
            if len(words) > 1 and not command and \
                    re.fullmatch("[a-z]+", words[1]):
                self.bad(where, "there is no command %s", words[1])
            known = {o.split()[0] for o in self.program.options[command]}
            for word in words[1:]:
                if word.startswith("--") and word != "--" and \
                        word[2:].split("=")[0] not in known:
                    self.bad(where, "sendtop %s has no %s", command, word)

    def examples(self):
        for page in self.pages.values():
            for number, line in page.shell:
                self.shell_line("%s:%d" % (page.name, number), line)
        for name in PLAIN + (UNIT,):
            text = self.sources.read(name).replace("\\\n", " ")
            for line in text.splitlines():
                line = re.sub(r"^#\s+", "", line)
                if re.match(r"\s*(\$ |ExecStart=|sudo |sendtop )", line):
                    self.shell_line(name, line)

    def plain(self):
        makefile = self.sources.read("Makefile.in")
        targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.M))
        configure = self.sources.read("configure")
        texts = {n: self.sources.read(n) for n in PLAIN}
        for name, text in texts.items():
            for number, line in enumerate(text.splitlines(), 1):
                if len(line.expandtabs()) > 80:
                    self.bad("%s:%d" % (name, number), "over 80 columns")
            commands = re.sub(r"apt-get install(?:.*\\\n)*", "", text)
            for target in re.findall(r"\bmake ([a-z][a-z0-9-]*)(?![\w/])",
                                     commands):
                if target not in targets:
                    self.bad(name, "no make target %s", target)
            for line in re.findall(r"configure(( +--[a-z-]+(=\S+)?)+)", text):
                for option in re.findall(r"--[a-z-]+", line[0]):
                    if option not in configure:
                        self.bad(name, "no configure option %s", option)
            self.paths(name, text, makefile)
        phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)", makefile, re.M)[1]
        told = texts["README"] + texts["HACKING"]
        for target in set(re.findall(r"[a-z][a-z0-9-]*", phony)) - {"all"}:
            if not re.search(r"\bmake (?:[A-Z0-9_]+=\S* )*%s(?![\w-])"
                             % target, told):
                self.bad("HACKING", "make %s is missing", target)
        self.packages(configure, texts["README"])

    def paths(self, name, text, makefile):
        found = re.findall(r"(?<![\w./$~-])((?:src|ui|tests|include|share|man)"
                           r"/[\w./-]*[\w/])", text)
        for path in found:
            if not re.search("NAME|AREA", path) and \
                    "\n%s:" % path not in makefile and not os.path.exists(
                        os.path.join(self.sources.root, path)):
                self.bad(name, "%s does not exist", path)

    def packages(self, configure, readme):
        rows = re.search(r"libraries='\n(.*?)'", configure, re.S)[1]
        more = re.search(r"deps_packages='(.*?)'", configure, re.S)[1]
        want = {line.split()[3] for line in rows.splitlines()} | set(
            more.split())
        listed = re.search(r"apt-get install((?: \\\n|[^\n])*)", readme)
        self.same("README", "package", want,
                  listed[1].replace("\\", " ").split() if listed else [])

    def completion(self):
        script = os.path.join(self.sources.root, COMPLETION)
        for command in self.program.commands:
            words = [self.program.path] + ([command] if command else []) + \
                ["--"]
            code = 'source "$0"; COMP_WORDS=("$@"); ' \
                'COMP_CWORD=$(($# - 1)); _sendtop; ' \
                'printf "%s\\n" "${COMPREPLY[@]}"'
            done = subprocess.run(["bash", "-c", code, script, *words],
                                  capture_output=True, text=True, timeout=60)
            self.same(COMPLETION, "sendtop %s:" % command,
                      {"--" + o.split()[0]
                       for o in self.program.options[command]},
                      done.stdout.split())
            if done.stderr:
                self.bad(COMPLETION, "%s", done.stderr.strip())

    def lint(self):
        """From inside man/, where the pages find each other."""
        with tempfile.TemporaryDirectory() as folder:
            names = []
            for page in self.pages:
                names.append(os.path.basename(page))
                with open(os.path.join(folder, names[-1]), "w",
                          encoding="utf-8") as f:
                    f.write(self.sources.read(page))
            try:
                done = subprocess.run(
                    ["mandoc", "-Tlint", "-Wall", *names], cwd=folder,
                    capture_output=True, text=True, timeout=60)
            except FileNotFoundError:
                self.bad("mandoc", "is missing (Debian: mandoc)")
                return
        for line in (done.stdout + done.stderr).splitlines():
            self.bad("lint", "%s", line)

    def all(self):
        for part in (self.options, self.settings, self.example, self.reasons,
                     self.google, self.requirements, self.keys, self.commands,
                     self.screen,
                     self.marked, self.examples, self.plain, self.lint,
                     self.completion):
            part()
        return self.complaints


# --- the test of the test --------------------------------------------------

BREAKS = (
    (PAGE, ".It Fl -no-smtp\n", ".It Fl -no-mail\n"),
    (PAGE, ".It Fl -at Ar DAY\n", ".It Fl -at\n"),
    (PAGE, ".It Fl -verbose , Fl v\n", ".It Fl -quiet\n"),
    (PAGE, ".Ss sendtop check\n", ".Ss sendtop chek\n"),
    (PAGE, ".It Ic Ctrl-L\n", ".It Ic Ctrl-R\n"),
    (PAGE, ".It Ic R\nPoll Postmaster now.", ".It Ic R\nPoll nobody now."),
    (PAGE, ".It Ic :poll\nPoll Postmaster now.", ".It Ic :poll\nDo it."),
    (PAGE, ".It Ic :export", ".It Ic :import"),
    (PAGE, ".It Em Guidelines\n", ".It Em Rules\n"),
    (PAGE, ".It Cm csv\n", ".It Cm yaml\n"),
    (PAGE, "$ sendtop collect --once", "$ sendtop collect --twice"),
    (PAGE, ".It Cm hold Ta", ".It Cm halt Ta"),
    (CONF, ".It Cm helo No", ".It Cm hello No"),
    (CONF, "Pq 6h\n", "Pq 8h\n"),
    (CONF, "From 1 to 65535.", "From 1 to 65536."),
    (CONF, ".Cm mono", ".Cm matt"),
    (CONF, ".Cm high-contrast", ".Cm high"),
    (CONF, ".It Cm tag No = Ar text\n", ".It Cm tag No = Ar number\n"),
    (CHECKS, ".It Cm sha1_only Pq fail\n", ".It Cm sha1 Pq fail\n"),
    (CHECKS, ".It Cm cname Pq warn\n", ".It Cm cname Pq note\n"),
    (CHECKS, ".Ss mx\n", ".Ss mxs\n"),
    (CHECKS, ".It Cm google.spf\n", ".It Cm google.spv\n"),
    (CHECKS, "below 95 %", "below 94 %"),
    (CHECKS, ".It Cm C4 Pq all, at most warn\n", ".It Cm C4 Pq all\n"),
    (CHECKS, ".Sh VERDICTS\n", ".Sh VERDICTS\n.Pp\n"),
    ("README", "make demo", "make demonstration"),
    ("README", "libuv1-dev", "libuv2-dev"),
    ("README", "./configure --deps", "./configure --dependencies"),
    ("HACKING", "make fuzz-smoke", "make fuzz"),
    ("HACKING", "src/checks/check_list.c", "src/checks/list.c"),
    ("NEWS", "\n\n", "\n" + "wide " * 17 + "\n\n"),
    (EXAMPLE, "#poll = 6h\n", ""),
    (UNIT, "ExecStart=sendtop collect", "ExecStart=sendtop colect"),
    ("src/checks/mx.c", '"cname"', '"alias"'),
    ("src/checks/check_list.c", "\t&check_mx,\n", ""),
    ("ui/keys.c", '"Ctrl-L"', '"Ctrl-O"'),
    ("ui/command.c", '{ "export"', '{ "give"'),
    ("ui/panels.c", '"Guidelines"', '"Rules"'),
    ("share/requirements.json", '"C4"', '"C9"'),
    ("configure", "nginx-light", "nginx-full"),
    ("Makefile.in", "\ncheck-docs:", "\ncheck-doc:"),
)


def self_test(program, root):
    missed = 0
    for path, old, new in BREAKS:
        text = Sources(root).read(path)
        if old not in text:
            print("docs.py: %s: nothing to break: %r" % (path, old))
            missed += 1
            continue
        audit = Audit(program, Sources(root, {path: text.replace(old, new)}))
        audit.completion = lambda: None
        if not audit.all():
            print("docs.py: %s: did not notice %r" % (path, new))
            missed += 1
    return missed


def write_example(program, root):
    """From the table as --help prints it; the head stays."""
    head = Sources(root).read(EXAMPLE).split("\n\n", 1)[0]
    out, section = [head], ""
    for s in program.settings:
        if s.section != section:
            section = s.section
            named = NAMED.get(section)
            out.append('\n#[%s "%s"]' % (section, named) if named
                       else "\n[%s]" % section)
        out.append("# %s (%s)" % (s.help, s.type))
        out.append(("#%s = %s" % (s.key, s.standard)).rstrip())
    with open(os.path.join(root, EXAMPLE), "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


def main():
    if sys.argv[1:2] == ["--write-example"] and len(sys.argv) == 4:
        write_example(Program(os.path.abspath(sys.argv[2])), sys.argv[3])
        return
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    program = Program(os.path.abspath(sys.argv[1]))
    complaints = Audit(program, Sources(sys.argv[2])).all()
    for complaint in complaints:
        print(complaint)
    if complaints:
        sys.exit("docs.py: %d things do not fit" % len(complaints))
    if self_test(program, sys.argv[2]):
        sys.exit("docs.py: the test itself is broken")
    print("docs: manual pages and texts say what the program does; "
          "%d mistakes made on purpose were noticed" % len(BREAKS))


main()
