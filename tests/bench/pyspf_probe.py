#!/usr/bin/env python3
"""The same audit with pyspf and dnspython: pyspf_probe.py SERVER:PORT <DOMAINS

SPF of the domain's address, DMARC, DKIM (s1), MX with the addresses of its
hosts, A, and PTR of the address, one domain after the other, as scripts do.
Prints the seconds that it took and the questions it asked.  With --check it
says ok when both libraries are there.
"""
# SPDX-License-Identifier: MIT
import sys
import time

try:
    import dns.resolver
    import dns.reversename
    import spf
except ImportError as error:
    sys.exit("%s" % error)


class Prober:
    def __init__(self, server):
        host, port = server.rsplit(":", 1)
        self.resolver = dns.resolver.Resolver(configure=False)
        self.resolver.nameservers = [host]
        self.resolver.port = int(port)
        self.asked = 0
        spf.DNSLookup = self.spf_lookup

    def ask(self, name, kind):
        self.asked += 1
        try:
            return list(self.resolver.resolve(name, kind))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []

    def spf_lookup(self, name, kind, *_more, **_named):
        """pyspf's own way to a resolver, pointed at ours."""
        out = []
        for record in self.ask(name, kind):
            value = record.to_text().rstrip(".")
            if kind in ("TXT", "SPF"):
                value = record.strings
            elif kind == "MX":
                value = (record.preference, record.exchange.to_text(True))
            out.append(((name, kind), value))
        return out

    def probe(self, domain):
        found = [self.ask("_dmarc." + domain, "TXT"),
                 self.ask("s1._domainkey." + domain, "TXT")]
        for mx in self.ask(domain, "MX"):
            found.append(self.ask(mx.exchange, "A"))
        for record in self.ask(domain, "A"):
            result = spf.check2(i=record.address, s="postmaster@" + domain,
                                h=domain)
            if result[0] != "pass":
                raise SystemExit("%s: SPF said %s" % (domain, result))
            name = dns.reversename.from_address(record.address)
            for pointer in self.ask(name, "PTR"):
                found.append(self.ask(pointer.target, "A"))
        return found


def main():
    if len(sys.argv) == 3 and sys.argv[2] == "--check":
        print("ok")
        return
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    prober = Prober(sys.argv[1])
    domains = sys.stdin.read().split()
    start = time.perf_counter()
    for domain in domains:
        prober.probe(domain)
    print("%.6f %d" % (time.perf_counter() - start, prober.asked))


if __name__ == "__main__":
    main()
