#!/usr/bin/env python3
# A zone of many sending domains, and the questions an audit asks about them.
# SPDX-License-Identifier: MIT
"""dns_zone.py COUNT ZONE QUESTIONS

Writes the zone "bench." for NSD to ZONE (reverse names under r.bench.) and
ten questions a domain to QUESTIONS, one "name type" a line.
"""
import hashlib
import base64
import sys

KEY = base64.b64encode(b"".join(hashlib.sha256(bytes([i])).digest()
                                for i in range(9))).decode()


def strings(text):
    """TXT data as quoted strings of at most 255 octets."""
    return " ".join(f'"{text[i:i + 255]}"' for i in range(0, len(text), 255))


def domain(number):
    """The zone lines and questions of one domain."""
    name = f"d{number}.bench."
    octets = f"{number & 255}.{number >> 8 & 255}.{number >> 16 & 255}.10"
    address = ".".join(reversed(octets.split(".")))
    spf = f"v=spf1 ip4:{address} include:a.{name} include:b.{name} -all"
    yield name, "TXT", strings(spf)
    yield f"a.{name}", "TXT", strings("v=spf1 ip4:192.0.2.0/24 ?all")
    yield f"b.{name}", "TXT", strings("v=spf1 ip6:2001:db8::/32 ?all")
    yield (f"s1._domainkey.{name}", "TXT",
           strings(f"v=DKIM1; k=rsa; p={KEY}"))
    yield (f"_dmarc.{name}", "TXT",
           strings(f"v=DMARC1; p=none; rua=mailto:r@{name}"))
    yield name, "MX", f"10 mx.{name}"
    yield f"mx.{name}", "A", address
    yield f"{octets}.r.bench.", "PTR", f"mx.{name}"
    yield f"_25._tcp.mx.{name}", "TLSA", f"3 1 1 {number:064x}"
    yield f"{octets}.dnsbl.bench.", "A", None


def main():
    count, zone_path, question_path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    with open(zone_path, "w", encoding="ascii") as zone, \
            open(question_path, "w", encoding="ascii") as questions:
        zone.write("$TTL 300\n@ SOA ns.bench. root.bench. 1 3600 600 86400 60\n"
                   "@ NS ns.bench.\nns A 127.0.0.1\n")
        for number in range(count):
            for name, rrtype, data in domain(number):
                questions.write(f"{name.rstrip('.')} {rrtype}\n")
                if data is not None:
                    zone.write(f"{name} {rrtype} {data}\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main()
