"""Reads as much of mdoc as the test of the manual needs."""
# SPDX-License-Identifier: MIT
import collections
import re

ESCAPES = {r"\&": "", r"\(ti": "~", r"\(dq": '"', r"\-": "-", r"\(mu": "x",
           r"\(pc": ".", r"\(ci": "o"}
MACROS = set("Ar Cm Em Ev Fl Ic Lk Nm No Ns Op Pa Pq Ql Sx Ta Xr".split())
Item = collections.namedtuple("Item", "section sub head body line")


def words_of(line):
    """The arguments of a macro line: quotes off, escapes read."""
    out = []
    for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', line):
        word = quoted or plain
        for escape, char in ESCAPES.items():
            word = word.replace(escape, char)
        out.append(word)
    return out


def plain(words):
    """Macro words as a reader sees them, roughly."""
    out, glue = [], ""
    for word in words:
        if word == "Fl":
            glue = "-"
        elif word == "Ns":
            glue = "" if not out else out.pop()
        elif word not in MACROS:
            out.append(glue + word)
            glue = ""
    return re.sub(r" ([.,;:)])", r"\1", " ".join(out))


class Page:
    """Sections, list items and marked words of one mdoc file."""

    def __init__(self, name, text):
        self.name, self.items, self.marked = name, [], []
        self.shell = []
        section = sub = ""
        item, literal = None, False
        for number, line in enumerate(text.splitlines(), 1):
            words = words_of(line[1:]) if line.startswith(".") else []
            macro = words[0] if words else ""
            if macro == "Sh":
                section, sub, item = " ".join(words[1:]), "", None
            elif macro == "Ss":
                sub, item = " ".join(words[1:]), None
            elif macro == "It":
                item = Item(section, sub, words[1:], [], number)
                self.items.append(item)
            elif macro == "El":
                item = None
            elif macro in ("Bd", "Ed"):
                literal = macro == "Bd"
            elif macro == "Dl":
                self.shell.append((number, " ".join(words[1:])))
            elif literal and not macro:
                self.shell.append((number, line))
            if item and item.line != number:
                item.body.append(plain(words) if macro else line)
            if macro != "Bl":
                self.mark(words, number)

    def mark(self, words, number):
        macro = ""
        for word in words:
            if word in MACROS:
                macro = word
            elif macro in ("Cm", "Fl") and not re.fullmatch("[.,;:)]", word):
                self.marked.append((number, macro, word))
                macro = macro if macro == "Cm" else ""

    def inside(self, section, sub=None):
        return [i for i in self.items if i.section == section
                and (sub is None or i.sub == sub)]


def body(item):
    return " ".join(item.body)
