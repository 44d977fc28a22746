"""Turns the hand-written zones/*.zone into what NSD serves."""
# SPDX-License-Identifier: MIT
# The sources are master files with four additions: %{name} puts in a DKIM key
# of zones/keys, the address of an SMTP server or, as %{tlsa CERTIFICATE U S M},
# the data of a TLSA record, strings longer than 255 bytes are split, "; ptr" behind an address publishes its reverse record, and
# lines that begin with % are directives (see DIRECTIVES).
import glob
import hashlib
import ipaddress
import os
import re
import ssl

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;.*|[^\s;"]+')
TLSA = re.compile(r"%\{tlsa (\S+) (\d) (\d) (\d)\}")
BYTE = re.compile(r'\\\d\d\d|\\.|[^\\]', re.S)
HEAD = """$TTL 60
@ SOA ns.world.test. hostmaster.world.test. 1 3600 900 86400 60
@ NS ns.world.test.
"""


class Zones:
    def __init__(self):
        # Zones that the sources fill; longer names first.
        self.forward = {"bogus.sec.": [], "plain.sec.": [], "sec.": [],
                        "test.": []}
        self.reverse = {}       # address -> [names]
        self.names = {}         # server's address -> [host names]
        self.origin = "."
        self.keys = {}
        with open(os.path.join(HERE, "zones", "keys")) as f:
            for line in f:
                if line.strip():
                    name, key = line.split()
                    self.keys[name] = key

    def load(self):
        for path in sorted(glob.glob(os.path.join(HERE, "zones", "*.zone"))):
            with open(path) as f:
                self.text(f.read())
        for behaviour, address in servers.ADDRESSES.items():
            self.probe_domain(behaviour, address)
        self.probe_domain("postfix", servers.POSTFIX)
        self.probe_domain("closed", servers.CLOSED)
        return self

    def probe_domain(self, name, address):
        self.text('$ORIGIN %s.probe.test.\n'
                  '@ MX 10 mx\n'
                  '@ TXT "v=spf1 -all"\n'
                  '_dmarc TXT "v=DMARC1; p=reject"\n'
                  'mx A %s ; ptr\n' % (name, address))

    def macro(self, match):
        word = match.group(1)
        if word in self.keys:
            return self.keys[word]
        if word == "smtp6":
            return servers.GOOD_V6
        if word.startswith("web "):
            return dict(servers.WEB, **servers.WEB_CLOSED)[word[4:]]
        if word.startswith("smtp "):
            return servers.ADDRESSES[word[5:]]
        return match.group(0)       # an SPF macro

    def text(self, text):
        for number, line in enumerate(text.splitlines(), 1):
            line = re.sub(r"%\{([^}]*)\}", self.macro, line)
            words = TOKEN.findall(line)
            if not words or words[0].startswith(";"):
                continue
            if words[0] in DIRECTIVES:
                DIRECTIVES[words[0]](self, *words[1:])
            else:
                self.record(words, number)

    def record(self, words, number):
        comment = words.pop()[1:].strip() if words[-1][0] == ";" else ""
        if len(words) < 3:
            raise ValueError("line %d: owner, type and data" % number)
        data = [strings(w) for w in words[2:]]
        self.lines().append(" ".join(words[:2] + data))
        if words[1] in ("A", "AAAA"):
            self.address(words[0], words[2], comment == "ptr")

    def address(self, owner, address, ptr):
        host = absolute(owner, self.origin)
        if servers.certificate_of(address):
            self.names.setdefault(address, []).append(host.rstrip("."))
        if ptr:
            self.reverse.setdefault(address, []).append(host)

    def lines(self):
        """Of the zone that the origin lies in."""
        return next(lines for zone, lines in self.forward.items()
                    if ("." + self.origin).endswith("." + zone))

    def set_origin(self, origin):
        self.origin = origin
        self.lines().append("$ORIGIN " + origin)

    def pointer(self, address, name):
        self.reverse.setdefault(address, []).append(name)

    def also(self, address, host):
        self.names.setdefault(address, []).append(host)

    def sts(self, name, server):
        self.text('%s MX 10 mx1.postbox.test.\n'
                  '_mta-sts.%s TXT "v=STSv1; id=1"\n'
                  'mta-sts.%s A %%{web %s}\n' % (name, name, name, server))

    def fill(self, name, records, size):
        for i in range(int(records)):
            text = ("%06d" % i + "x" * int(size))[:int(size)]
            self.lines().append('%s TXT %s' % (name, strings('"%s"' % text)))

    def write(self, directory, certificates, bench=0):
        """Writes the zone files; answers {zone name: file}.

        certificates is the directory that TLSA records are made from.
        """
        os.makedirs(directory, exist_ok=True)
        bench_lines, bench_reverse = bench_zone(bench, self.keys)
        reverse = dict(self.reverse, **bench_reverse)
        v4 = pointers(reverse, 4)
        v6 = pointers(reverse, 6)
        content = {".": ["ns.world.test. A 127.0.0.1"],
                   "in-addr.arpa.": v4, "ip6.arpa.": v6}
        for zone, lines in self.forward.items():
            content[zone] = [TLSA.sub(
                lambda m: tlsa(certificates, *m.groups()), line)
                for line in lines]
        if bench:
            content["bench."] = bench_lines
        delegate(content)
        return {zone: write_zone(directory, zone, lines)
                for zone, lines in content.items()}


DIRECTIVES = {
    "$ORIGIN": Zones.set_origin,
    "%ptr": Zones.pointer,          # ADDRESS NAME: a PTR without its A
    "%fill": Zones.fill,            # NAME RECORDS BYTES: TXT records
    "%also": Zones.also,            # ADDRESS HOST: a name it has by CNAME
    "%sts": Zones.sts,              # NAME SERVER: a domain with MTA-STS
}


def tlsa(directory, name, usage, selector, matching):
    """The data of a TLSA record for the certificate of that name."""
    with open(os.path.join(directory, name + ".pem")) as f:
        pem = f.read()
    end = "-----END CERTIFICATE-----"
    data = ssl.PEM_cert_to_DER_cert(pem[:pem.index(end)] + end)
    if selector == "1":
        data = public_key(data)
    if matching != "0":
        data = hashlib.new({"1": "sha256", "2": "sha512"}[matching],
                           data).digest()
    return "%s %s %s %s" % (usage, selector, matching, data.hex())


def public_key(der):
    """SubjectPublicKeyInfo of a certificate (RFC 5280 4.1), in DER."""
    def field(at):
        """(start of the content, end) of the element there."""
        length, at = der[at + 1], at + 2
        if length & 0x80:
            octets = length & 0x7f
            length = int.from_bytes(der[at:at + octets], "big")
            at += octets
        return at, at + length

    at, _ = field(0)            # Certificate
    at, _ = field(at)           # TBSCertificate
    # version, serialNumber, signature, issuer, validity, subject
    for _ in range(6):
        at = field(at)[1]
    return der[at:field(at)[1]]


def delegate(content):
    """Has each zone named in the one above it, as DNSSEC wants."""
    for zone in content:
        above = [z for z in content if zone != z and
                 (z == "." or zone.endswith("." + z))]
        if above:
            content[max(above, key=len)].append(
                "%s NS ns.world.test." % zone)


def absolute(owner, origin):
    if owner == "@":
        return origin
    return owner if owner.endswith(".") else "%s.%s" % (owner, origin)


def strings(word):
    """A quoted string as character strings of at most 255 bytes."""
    if word[0] != '"':
        return word
    units = BYTE.findall(word[1:-1])
    if len(units) <= 255:
        return word
    return " ".join('"%s"' % "".join(units[i:i + 255])
                    for i in range(0, len(units), 255))


def pointers(reverse, version):
    lines = []
    for text, names in reverse.items():
        address = ipaddress.ip_address(text)
        if address.version == version:
            lines += ["%s. PTR %s" % (address.reverse_pointer, name)
                      for name in names]
    return lines


def write_zone(directory, zone, lines):
    path = os.path.join(directory, (zone.rstrip(".") or "root") + ".zone")
    with open(path, "w") as f:
        f.write("$ORIGIN %s\n%s" % (zone, HEAD))
        f.write("\n".join(lines) + "\n")
    return path


# --- the synthetic domains of a bench world ---------------------------------

ESPS = 50


def bench_zone(count, keys):
    """Lines of bench. and {address: [names]} for count domains."""
    if not count:
        return [], {}
    lines, reverse = bench_shared()
    for i in range(count):
        bench_domain(lines, reverse, i, strings(
            '"v=DKIM1; k=rsa; p=%s"' % keys["rsa2048"]))
    return lines, reverse


def bench_shared():
    lines, reverse = [], {}
    for i in range(ESPS):
        lines.append('_spf.esp%02d TXT "v=spf1 ip4:198.51.100.%d -all"'
                     % (i, i))
        lines.append('_spf2.esp%02d TXT "v=spf1 ip4:203.0.113.%d -all"'
                     % (i, i))
    base, count = servers.BENCH_SHARED
    for i in range(count):
        lines.append("mx%03d.mx A %s" % (i, servers.nth(base, i)))
        reverse[servers.nth(base, i)] = ["mx%03d.mx.bench." % i]
    base, count = servers.BENCH_DELAYED
    for i in range(count):
        lines.append("mx%03d.tls A %s" % (i, servers.nth(base, i)))
        lines.append("t%03d.tls MX 10 mx%03d.tls" % (i, i))
        reverse[servers.nth(base, i)] = ["mx%03d.tls.bench." % i]
    return lines, reverse


def bench_domain(lines, reverse, i, dkim):
    name, esp = "d%05d" % i, i % ESPS
    address = servers.nth("198.18.0.1", i)
    lines += [
        '%s TXT "v=spf1 ip4:%s include:_spf.esp%02d.bench '
        'include:_spf2.esp%02d.bench -all"' % (name, address, esp, esp),
        "%s MX 10 mx%03d.mx" % (name, i % servers.BENCH_SHARED[1]),
        "%s A %s" % (name, address),
        "out.%s A %s" % (name, address),
        "s1._domainkey.%s TXT %s" % (name, dkim),
        '_dmarc.%s TXT "v=DMARC1; p=reject"' % name,
    ]
    reverse[address] = ["out.%s.bench." % name]
