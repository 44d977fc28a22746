"""The rules of OpenMetrics text 1.0, as far as a writer can break them.

  openmetrics.py [FILE]      one line for each breach; exit 1
"""
# SPDX-License-Identifier: MIT
# Written from the format's grammar and its prose alone, so that it shares no
# error with the writer.
import math
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r"[a-zA-Z_][a-zA-Z0-9_]*"
TYPES = ("unknown", "gauge", "counter", "stateset", "info", "histogram",
         "gaugehistogram", "summary")
# What a family's samples may be called behind its name.
SUFFIXES = {"unknown": ("",), "gauge": ("",), "stateset": ("",),
            "counter": ("_total", "_created"), "info": ("_info",)}
RESERVED = ("_total", "_created", "_info", "_bucket", "_count", "_sum",
            "_gcount", "_gsum")
DESCRIPTOR = re.compile(r"# (TYPE|UNIT|HELP) (%s) (.*)" % NAME, re.S)
SAMPLE = re.compile(r"(%s)(?:\{(.*)\})? (\S+)(?: (\S+))?" % NAME, re.S)
PAIR = re.compile(r'(%s)="((?:[^"\\\n]|\\.)*)"' % LABEL, re.S)
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
                    r"|[+-]?[iI]nf(?:inity)?|[nN]a[nN]")


def bad_escape(text):
    return "\\" in re.sub(r'\\[\\n"]', "", text)


class Family:
    def __init__(self, name):
        self.name, self.told = name, {}
        self.series, self.samples = {}, 0

    @property
    def type(self):
        return self.told.get("TYPE", "unknown")


class Reader:
    def __init__(self, text):
        self.text, self.bad, self.number = text, [], 0
        self.families, self.current = {}, None

    def breach(self, text, *args):
        self.bad.append("line %d: %s" % (self.number, text % args))

    def read(self):
        if not self.text.endswith("# EOF\n"):
            self.breach("the text does not end with # EOF and a newline")
        if "\r" in self.text:
            self.breach("there is a carriage return")
        lines = self.text.split("\n")
        for self.number, line in enumerate(lines[:-1], 1):
            if line == "# EOF":
                if self.number != len(lines) - 1:
                    self.breach("something stands behind # EOF")
            elif line.startswith("#"):
                self.descriptor(line)
            else:
                self.sample(line)
        for family in self.families.values():
            self.whole(family)
        return self

    def enter(self, name):
        """A family's lines stand together."""
        if self.current is not None and self.current.name == name:
            return self.current
        if name in self.families:
            self.breach("%s is interleaved with another family", name)
        for other in self.families:
            for suffix in RESERVED:
                if other + suffix == name or name + suffix == other:
                    self.breach("%s clashes with %s", name, other)
        self.current = self.families.setdefault(name, Family(name))
        return self.current

    def descriptor(self, line):
        found = DESCRIPTOR.fullmatch(line)
        if not found:
            return self.breach("no descriptor: %r", line)
        word, name, text = found.groups()
        family = self.enter(name)
        if family.samples:
            self.breach("%s of %s behind its samples", word, name)
        if word in family.told:
            self.breach("a second %s of %s", word, name)
        family.told[word] = text
        if word == "TYPE" and text not in TYPES:
            self.breach("there is no type %s", text)
        if word == "UNIT" and text and not name.endswith("_" + text):
            self.breach("%s does not end with its unit %s", name, text)
        if word == "HELP" and bad_escape(text):
            self.breach("bad escape in the help of %s", name)
        return None

    def family_of(self, name):
        if self.current is not None:
            for suffix in SUFFIXES.get(self.current.type, RESERVED + ("",)):
                if name == self.current.name + suffix:
                    return self.current, suffix
        family = self.enter(name)
        if "" not in SUFFIXES.get(family.type, ("",)):
            self.breach("%s is no sample of a %s", name, family.type)
        return family, ""

    def labels(self, text):
        out, at = [], 0
        while text is not None and at < len(text):
            found = PAIR.match(text, at)
            if not found:
                self.breach("bad labels: %r", text)
                return None
            name, value = found.groups()
            if bad_escape(value):
                self.breach("bad escape in label %s", name)
            if name in [pair[0] for pair in out]:
                self.breach("label %s twice", name)
            if name.startswith("__"):
                self.breach("label %s is reserved", name)
            out.append((name, re.sub(
                r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)))
            at = found.end()
            if at < len(text):
                if text[at] != "," or at + 1 == len(text):
                    self.breach("bad labels: %r", text)
                    return None
                at += 1
        return tuple(sorted(out))

    def sample(self, line):
        found = SAMPLE.fullmatch(line)
        if not found or not NUMBER.fullmatch(found[3]):
            return self.breach("no sample: %r", line)
        name, labels, value = found[1], self.labels(found[2]), float(found[3])
        family, suffix = self.family_of(name)
        family.samples += 1
        if found[4] is not None and not NUMBER.fullmatch(found[4]):
            self.breach("bad time stamp %s", found[4])
        if suffix == "_total" and (math.isnan(value) or value < 0):
            self.breach("a counter is never %s", found[3])
        if suffix == "_info" and value != 1:
            self.breach("an info is 1, not %s", found[3])
        if family.type == "stateset" and value not in (0, 1):
            self.breach("a state is 0 or 1, not %s", found[3])
        if (name, labels) in family.series:
            self.breach("%s%r twice", name, labels)
        family.series[name, labels] = value
        return None

    def whole(self, family):
        self.number = 0
        if family.type in ("info", "stateset") and family.told.get("UNIT"):
            self.breach("%s has a unit", family.name)
        if family.type != "unknown" and family.name.endswith(RESERVED):
            self.breach("%s ends as samples of others do", family.name)
        if family.type == "counter":
            for name, labels in family.series:
                if name.endswith("_created") and (
                        family.name + "_total", labels) not in family.series:
                    self.breach("%s%r has no total", name, labels)


def parse(text):
    """({name: Family}, [breach])"""
    reader = Reader(text).read()
    return reader.families, reader.bad


def main():
    where = open(sys.argv[1], encoding="utf-8") if sys.argv[1:] else sys.stdin
    with where as f:
        bad = parse(f.read())[1]
    for line in bad:
        print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
