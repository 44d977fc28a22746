"""The stories of the demo: what Google knows of each sending domain."""
# SPDX-License-Identifier: MIT
# One row of STORIES is one domain an operator meets.  Its DNS stands under the
# same name in zones/stories.zone.  Every number is a function of the day's
# age: 0 is the newest day Google has published (the day before yesterday,
# UTC), so that the world tells the same story on any date.
import zlib
from dataclasses import dataclass
from typing import Callable, Optional

REQUIREMENTS = ("SPF", "DKIM", "SPF_AND_DKIM", "DMARC_POLICY",
                "DMARC_ALIGNMENT", "MESSAGE_FORMATTING", "DNS_RECORDS",
                "ENCRYPTION", "USER_REPORTED_SPAM_RATE")
WINDOW = 120    # days back from today that the API answers for
LAG = 2         # the newest day published is so many days old


def noise(*key):
    """A number in -1..1 that depends on nothing but the key."""
    return zlib.crc32(repr(key).encode()) / 0x7fffffff - 1


def near(value, spread, *key):
    return value * (1 + spread * noise(*key))


def nothing(_age):
    return {}


@dataclass
class Story:
    name: str
    volume: Callable                # age -> messages a day, 0 for no data
    spam: Callable                  # age -> ratio, None for withheld
    ips: tuple = ()                 # for sendtop.conf
    selectors: tuple = ("s1",)
    target: int = 0
    listed: bool = True             # known to Postmaster
    permission: str = "OWNER"
    verified: bool = True
    spf: Callable = lambda age: 1.0
    dkim: Callable = lambda age: near(0.999, 0.0005, "dkim", age)
    dmarc: Callable = lambda age: near(0.998, 0.0005, "dmarc", age)
    tls_in: Callable = lambda age: 1.0
    tls_out: Callable = lambda age: near(0.995, 0.004, "out", age)
    errors: Callable = nothing      # age -> {(type, reason): ratio}
    loops: Callable = nothing       # age -> {identifier: ratio}
    needs_work: tuple = ()          # requirements of complianceData
    unsubscribe: tuple = ("COMPLIANT", None)
    honor: tuple = ("COMPLIANT", None)
    subdomain: Optional[dict] = None    # {"needs_work": (...)} of a subdomain
    deliverability: Optional[tuple] = None
    odd_rows: tuple = ()            # rows with values nobody knows yet
    doubles: bool = False           # rates as doubleValue
    emptied: tuple = ()             # ages whose value object has no field
    raw_floats: bool = False        # float32 printed in full


def steady(name, level, spread=0.08):
    return lambda age: round(near(level, spread, name, "volume", age))


def low(name, rate, spread=0.3):
    return lambda age: near(rate, spread, name, "spam", age)


def path(values, before):
    """values[age] for the newest days, before(age) for all others."""
    return lambda age: values[age] if age < len(values) else before(age)


def news_errors(age):
    if age > 5:
        return {("temp_fail", "anomalous_traffic_pattern"): 0.0004}
    return {("temp_fail", "anomalous_traffic_pattern"): 0.012,
            ("temp_fail", "other"): 0.002,
            ("reject", "spammy_content"): 0.004,
            ("reject", "low_domain_reputation"): 0.0015}


def news_loops(age):
    if age > 5:
        return {}
    return {"camp1": 0.0009, "camp2": (0.009, 0.0081, 0.007)[min(age, 2)]}


def folder_errors(age):
    share = max(0.0, 0.06 - 0.002 * age)
    return {("reject", "low_domain_reputation"): share,
            ("reject", "spammy_content"): share / 3,
            ("temp_fail", "other"): 0.003}


def ramp(age):
    """A domain 24 days old: +22 % a day, then +60 % in the last two."""
    if age >= 22:
        return 0
    if age >= 2:
        return round(4200 / 1.22 ** (age - 2))
    return (6720, 5300)[age]


STORIES = [
    # All is well: bulk, steady, an ESP beside own hosts.
    Story("shop.test", steady("shop", 12100), low("shop", 0.0002),
          ips=("192.0.2.11", "192.0.2.12"), selectors=("s1", "s2"),
          errors=lambda age: {("temp_fail", "other"): 0.0003}),

    # The pager: past 0.30 % since three days, volume x2.4, one campaign.
    Story("news.example.test",
          path((48200, 47600, 44900, 41000, 34800, 27500),
               steady("news", 20080, 0.03)),
          path((0.0041067763, 0.0036, 0.0031, 0.0026, 0.0019, 0.0014, 0.0011,
                0.0009), low("news", 0.0006)),
          ips=("192.0.2.21", "192.0.2.22"), selectors=("s1", "nov"),
          target=100000, errors=news_errors, loops=news_loops,
          needs_work=("USER_REPORTED_SPAM_RATE", "DMARC_ALIGNMENT"),
          unsubscribe=("NEEDS_WORK", "NO_UNSUB_PROMO_SPAM_REPORTS"),
          subdomain={"needs_work": ("USER_REPORTED_SPAM_RATE",)}),

    # A clean subdomain that bears what Google says of example.test.
    Story("billing.example.test", steady("billing", 3300),
          low("billing", 0.0001), ips=("192.0.2.25",),
          needs_work=("USER_REPORTED_SPAM_RATE", "DMARC_ALIGNMENT"),
          subdomain={"needs_work": ()}),

    # The watch band: at or above 0.10 % for two days.
    Story("offers.test", steady("offers", 9800, 0.05),
          path((0.00118, 0.00104, 0.00097, 0.0009, 0.0008, 0.0008, 0.0007),
               low("offers", 0.0006)), ips=("192.0.2.30",)),

    # Exactly on the lines, 0.30 % newest and 0.10 % before; and a Google
    # that speaks of things not in the manual.
    Story("edge.test", steady("edge", 5400, 0.02),
          path((0.003, 0.001, 0.0009995), low("edge", 0.0008, 0.1)),
          ips=("192.0.2.35",), raw_floats=True,
          odd_rows=(("ARC_SEALING", "COMPLIANT"),
                    ("MESSAGE_FORMATTING", "PARTIALLY_COMPLIANT"))),

    # One of two sending addresses without PTR; Gmail rejects its share.
    Story("noptr.test", steady("noptr", 12100), low("noptr", 0.0002),
          ips=("192.0.2.40", "192.0.2.41"), needs_work=("DNS_RECORDS",),
          errors=lambda age: {
              ("reject", "bad_or_missing_ptr_record"): 0.021}),

    # Its MX shows a certificate that ran out a month ago.
    Story("expired.test", steady("expired", 2500), low("expired", 0.0003),
          ips=("192.0.2.45",), tls_out=lambda age: near(
              0.93, 0.02, "expired", age)),

    # SPF with eleven look-ups: a permanent error, so DKIM carries it alone.
    Story("lookups.test", steady("lookups", 7600), low("lookups", 0.0004),
          ips=("192.0.2.51",), needs_work=("SPF", "SPF_AND_DKIM"),
          spf=lambda age: near(0.31, 0.1, "lookups", age)),

    # DKIM keys of 512, 768 and 1024 bits.
    Story("weakkey.test", steady("weakkey", 4100), low("weakkey", 0.0005),
          ips=("192.0.2.55",), selectors=("s1", "s2", "s3"),
          needs_work=("DKIM", "SPF_AND_DKIM"),
          dkim=lambda age: near(0.42, 0.1, "weakkey", age)),

    # No DMARC record, neither here nor above.
    Story("nodmarc.test", steady("nodmarc", 6200), low("nodmarc", 0.0003),
          ips=("192.0.2.60",), needs_work=("DMARC_POLICY",),
          dmarc=lambda age: near(0.97, 0.02, "nodmarc", age)),

    # Too little mail: numbers on every third day, a spam rate never; once
    # an answer whose value object is empty.
    Story("quiet.test", lambda age: 260 + age % 5 * 11 if age % 3 == 1 else 0,
          lambda age: 0.0 if age == 40 else None, ips=("192.0.2.65",),
          emptied=(40,), deliverability=(
              "STATE_UNSPECIFIED", "MESSAGE_VOLUME_LOW")),

    # Somebody else's domain: listed, but we may not read it.
    Story("denied.test", steady("denied", 9000), low("denied", 0.0002),
          ips=("192.0.2.70",), permission="NONE"),

    # Added and never verified.
    Story("unverified.test", steady("unverified", 900),
          low("unverified", 0.0002), ips=("192.0.2.75",), verified=False,
          permission="NONE"),

    # The spam rate falls because nothing reaches the inbox any more.
    Story("spamfolder.test", steady("spamfolder", 30500),
          lambda age: near(min(0.0002 + 0.00007 * age, 0.0022), 0.05,
                           "spamfolder", age),
          ips=("192.0.2.80",), errors=folder_errors,
          deliverability=("NEEDS_WORK", "SMTP_ERRORS_HIGH")),

    # Ramping: volume +60 % since the newest spam rate, four days old.
    Story("newcomer.test", ramp,
          lambda age: None if age < 2 or age > 17
          else near(0.0003, 0.3, "newcomer", age),
          ips=("192.0.2.85",), target=50000),

    # Google says DNS needs work; everything we can see is in order.
    Story("disagree.test", steady("disagree", 15800),
          low("disagree", 0.0002), ips=("192.0.2.90", "192.0.2.91"),
          needs_work=("DNS_RECORDS",)),

    # An MX stuck at TLS 1.1; a tenth of its own mail goes out in the clear.
    Story("oldtls.test", steady("oldtls", 1900), low("oldtls", 0.0004),
          ips=("192.0.2.95",), needs_work=("ENCRYPTION",),
          tls_in=lambda age: near(0.9, 0.02, "oldtls", age),
          tls_out=lambda age: near(0.55, 0.05, "oldtls", age)),

    # An MX without STARTTLS; the sending side is fine.
    Story("plain.test", steady("plain", 1400), low("plain", 0.0001),
          ips=("192.0.2.100",), tls_out=lambda age: 0.0),

    # Sends over IPv6; its rates come as doubles.
    Story("six.test", steady("six", 8300), low("six", 0.0003),
          ips=("2001:db8::25", "2001:db8::26"), doubles=True),

    # Not in Postmaster; its DNS and its MX attack the reader's terminal.
    Story("hostile.test", lambda age: 0, lambda age: None, listed=False,
          ips=("192.0.2.105",)),
]


def bench_story(i):
    """Domain number i of a bench world; the series differ, cheaply."""
    level = 1500 + i * 37 % 40000
    rate = 0.0001 + i % 23 * 0.00004
    if i % 97 == 5:
        rate = 0.0035
    return Story("d%05d.bench" % i,
                 lambda age: level + (age * 131 + i) % 500,
                 lambda age: rate + (age * 7 + i) % 11 * 1e-6,
                 dkim=lambda age: 0.999, dmarc=lambda age: 0.998,
                 tls_out=lambda age: 0.995,
                 errors=lambda age: {("temp_fail", "other"): 0.0003})
