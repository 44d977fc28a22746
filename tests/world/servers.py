"""The SMTP and HTTPS servers of the world: which address behaves how."""
# SPDX-License-Identifier: MIT
# All listen on one port, since the settings know one; what differs is the
# loopback address.  The row's name is smtpd's behaviour (smtpd_say.c), and a
# domain NAME.probe.test has its MX there.

ADDRESSES = {
    "good": "127.0.1.1",
    "good-rsa": "127.0.1.2",
    "expired": "127.0.1.3",
    "expiring": "127.0.1.4",        # five days left
    "not-yet-valid": "127.0.1.5",
    "wrong-name": "127.0.1.6",
    "self-signed": "127.0.1.7",
    "weak-key": "127.0.1.8",        # RSA 1024
    "untrusted": "127.0.1.9",       # signed by a CA nobody knows
    "no-starttls": "127.0.1.10",
    "refuses": "127.0.1.11",        # offers STARTTLS, then 454
    "old-tls": "127.0.1.12",        # TLS 1.0 and 1.1 only
    "tarpit": "127.0.1.13",         # never greets
    "slow-drip": "127.0.1.14",      # a byte every quarter of a second
    "garbage": "127.0.1.15",
    "hostile": "127.0.1.16",        # escapes, bidi, NUL, invalid UTF-8
    "flood": "127.0.1.17",          # EHLO lines without end
    "injected": "127.0.1.18",       # plaintext in the segment of the 220
    "plaintext-after": "127.0.1.19",
    # 127.0.1.20 is Postfix
    "rejecting": "127.0.1.21",      # 554
    "busy": "127.0.1.22",           # 421
    "reset": "127.0.1.23",
    "tls-garbage": "127.0.1.24",
    "tls-silent": "127.0.1.25",
    "tls12": "127.0.1.26",
    "quit-silent": "127.0.1.27",
    "good-multiline": "127.0.1.28",
    "http": "127.0.1.29",
    "long-line": "127.0.1.30",      # 64 KiB
    "late": "127.0.1.31",           # greets after two seconds
}
POSTFIX = "127.0.1.20"
CLOSED = "127.0.1.99"               # nothing listens: refused
GOOD_V6 = "::1"

# For the benchmarks: hosts shared by the synthetic domains, and hosts that
# take WORLD_DELAY before every reply.
BENCH_SHARED = ("127.0.8.1", 200)
BENCH_DELAYED = ("127.0.16.1", 600)

# The HTTPS servers that DNS points to (web.py), all on one port as well.
WEB = {
    "good": "127.0.2.1",
    "expired": "127.0.2.2",
    "wrong-name": "127.0.2.3",
    "self-signed": "127.0.2.4",
    "html": "127.0.2.5",            # the policy as text/html
    "large": "127.0.2.6",           # 70 KiB
    "unsaid": "127.0.2.7",          # 1 MiB, and does not say so
    "redirect": "127.0.2.8",
    "gone": "127.0.2.9",            # 404
    "failing": "127.0.2.10",        # 503
    "slow": "127.0.2.11",           # a byte every fifth of a second
    "silent": "127.0.2.12",         # shakes hands and says nothing
    "cut": "127.0.2.13",            # ends before its end
    "no-tls": "127.0.2.14",
}
# Nothing listens there; the second comes before "good" in any order.
WEB_CLOSED = {"closed": "127.0.2.99", "closed-first": "127.0.2.0"}

# Which certificate a behaviour presents, where it is not "good".
CERTIFICATES = {
    "good-rsa": "good-rsa", "old-tls": "good-rsa", "expired": "expired",
    "expiring": "expiring", "not-yet-valid": "not-yet-valid",
    "wrong-name": "wrong-name", "self-signed": "self-signed",
    "untrusted": "untrusted", "weak-key": "weak-key",
}


def certificate_of(address):
    """The certificate's name for an address, or None for no server of ours."""
    if address == GOOD_V6:
        return "good"
    if address == POSTFIX:
        return "postfix"
    for behaviour, at in (*ADDRESSES.items(), *WEB.items()):
        if at == address:
            return CERTIFICATES.get(behaviour, "good")
    return None


def nth(address, i):
    """The i-th IPv4 address after this one."""
    a, b, c, d = (int(x) for x in address.split("."))
    n = (a << 24) + (b << 16) + (c << 8) + d + i
    return ".".join(str(n >> s & 255) for s in (24, 16, 8, 0))


def smtpd_words(ipv6, bench, delay_ms):
    """What smtpd is told on its command line."""
    words = ["%s=%s" % (a, b) for b, a in ADDRESSES.items()]
    if ipv6:
        words.append("%s=good" % GOOD_V6)
    if bench:
        words.append("%s+%d=good" % BENCH_SHARED)
        words.append("%s+%d=good:%d" % (*BENCH_DELAYED, delay_ms))
    return words
