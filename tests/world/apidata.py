"""What the API answers for a domain, a metric, a filter and a day."""
# SPDX-License-Identifier: MIT
import datetime
import functools
import json
import re
import struct

import stories

ERROR_REASONS = {
    "reject": ("bad_attachment", "bad_or_missing_ptr_record", "ip_in_rbls",
               "low_domain_reputation", "low_ip_reputation", "spammy_content",
               "stamp_policy_error", "other"),
    "temp_fail": ("anomalous_traffic_pattern", "other"),
}
DIRECTIONS = ("inbound", "outbound")
KEYS = ("FROM_HEADER", "ALL_DKIM")


def error_filters():
    filters = {"": (None, None)}
    for kind, reasons in ERROR_REASONS.items():
        filters['error_type = "%s"' % kind] = (kind, None)
        for reason in reasons:
            filters['error_type = "%s" AND error_reason = "%s"'
                    % (kind, reason)] = (kind, reason)
    return filters


# Filters are compared as text: Google takes no other spelling.
AUTH = {'auth_type = "%s"' % a: (a,) for a in ("spf", "dkim", "dmarc")}
TLS = {'traffic_direction = "%s"' % d: (d,) for d in DIRECTIONS}
LOOP_ID = {"": (), **{'aggregation_key_type = "%s"' % k: () for k in KEYS}}
LOOP_RATE = re.compile(r'feedback_loop_id = "([^"]{1,200})"'
                       r'( AND aggregation_key_type = "(%s)")?\Z'
                       % "|".join(KEYS))


@functools.lru_cache(1 << 16)
def float32(x, in_full):
    """JSON text of the float nearest to x, shortest or as a double."""
    wide = struct.unpack("f", struct.pack("f", x))[0]
    if in_full:
        return json.dumps(wide)
    for digits in range(1, 10):
        text = "%.*g" % (digits, wide)
        if struct.unpack("f", struct.pack("f", float(text)))[0] == wide:
            return text
    return json.dumps(wide)


def ratio(story, value):
    if value is None:
        return None
    value = min(max(value, 0.0), 1.0)
    if story.doubles:
        return '{"doubleValue":%s}' % json.dumps(value)
    return '{"floatValue":%s}' % float32(value, story.raw_floats)


def count(value):
    return '{"intValue":"%d"}' % round(value)


def spam_rate(story, age):
    if age in story.emptied:
        return "{}"
    return ratio(story, story.spam(age))


def auth_rate(story, age, kind):
    return ratio(story, getattr(story, kind)(age))


def tls_share(story, age, direction):
    if direction == "inbound":
        return story.volume(age), story.tls_in(age)
    return max(story.volume(age) // 40, 1), story.tls_out(age)


def tls_rate(story, age, direction):
    return ratio(story, tls_share(story, age, direction)[1])


def tls_count(story, age, direction):
    messages, share = tls_share(story, age, direction)
    return count(messages * min(share, 1.0))


def error_share(story, age, kind, reason):
    return sum(share for (k, r), share in story.errors(age).items()
               if kind in (None, k) and reason in (None, r))


def error_rate(story, age, kind, reason):
    return ratio(story, error_share(story, age, kind, reason))


def error_count(story, age, kind, reason):
    return count(error_share(story, age, kind, reason) * story.volume(age))


def loop_ids(story, age):
    ids = sorted(story.loops(age))
    return json.dumps({"stringList": {"values": ids}}) if ids else None


def loop_rate(story, age, identifier):
    return ratio(story, story.loops(age).get(identifier))


# metric: (value of a day, {filter text: arguments}, a filter is required)
METRICS = {
    "SPAM_RATE": (spam_rate, {"": ()}, False),
    "AUTH_SUCCESS_RATE": (auth_rate, AUTH, True),
    "TLS_ENCRYPTION_RATE": (tls_rate, TLS, True),
    "TLS_ENCRYPTION_MESSAGE_COUNT": (tls_count, TLS, True),
    "DELIVERY_ERROR_COUNT": (error_count, error_filters(), False),
    "DELIVERY_ERROR_RATE": (error_rate, error_filters(), False),
    "FEEDBACK_LOOP_ID": (loop_ids, LOOP_ID, False),
    "FEEDBACK_LOOP_SPAM_RATE": (loop_rate, None, True),
}


class BadFilter(ValueError):
    pass


def getter(metric, text):
    """(function, arguments) for a metric and its exact filter."""
    function, filters, required = METRICS[metric]
    if filters is None:
        match = LOOP_RATE.match(text)
        if match:
            return function, (match.group(1),)
    elif text in filters:
        return function, filters[text]
    if required and not text:
        raise BadFilter("Filter is required for metric %s." % metric)
    raise BadFilter("Invalid filter for metric %s: %s" % (metric, text))


def overall(story, ages, metric, function, args):
    """One value for a whole range."""
    texts = [function(story, age, *args) for age in ages]
    values = [json.loads(t) for t in texts if t and t != "{}"]
    if not values:
        return None
    if metric == "FEEDBACK_LOOP_ID":
        ids = {i for v in values for i in v["stringList"]["values"]}
        return json.dumps({"stringList": {"values": sorted(ids)}})
    if "intValue" in values[0]:
        return count(sum(int(v["intValue"]) for v in values))
    numbers = [next(iter(v.values())) for v in values]
    return ratio(story, sum(numbers) / len(numbers))


class Data:
    """All domains of the user, and the date."""

    def __init__(self, today=None, bench=0):
        self.fixed = today
        self.domains = {s.name: s for s in stories.STORIES if s.listed}
        for i in range(bench):
            story = stories.bench_story(i)
            self.domains[story.name] = story
        self.names = sorted(self.domains)

    def today(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        return self.fixed or now.date()

    def newest(self):
        return self.today() - datetime.timedelta(days=stories.LAG)

    def age(self, story, day):
        """The age of a day on which Google has data, or None."""
        age = (self.newest() - day).days
        if age < 0 or age > stories.WINDOW - stories.LAG:
            return None
        return age if story.volume(age) > 0 else None

    def domain(self, story):
        out = {"name": "domains/" + story.name,
               "createTime": "2025-03-01T08:00:00Z",
               "permission": story.permission,
               "verificationState":
                   "VERIFIED" if story.verified else "UNVERIFIED"}
        if story.verified:
            out["lastVerifyTime"] = "2026-01-15T09:30:00.123456Z"
        return out


def rows(needs_work, odd):
    out = [{"requirement": r, "status": {
        "status": "NEEDS_WORK" if r in needs_work else "COMPLIANT"}}
        for r in stories.REQUIREMENTS]
    for requirement, status in odd:
        out = [row for row in out if row["requirement"] != requirement]
        out.append({"requirement": requirement, "status": {"status": status}})
    return out


def verdict(pair, key="status"):
    status, reason = pair
    out = {key: {"status": status}}
    if reason:
        out["reason"] = reason
    return out


def compliance(story):
    parent = ".".join(story.name.split(".")[-2:])
    data = {"domainId": parent,
            "rowData": rows(story.needs_work, story.odd_rows),
            "oneClickUnsubscribeVerdict": verdict(story.unsubscribe),
            "honorUnsubscribeVerdict": verdict(story.honor)}
    if story.deliverability:
        data["deliverabilityStatusVerdict"] = verdict(story.deliverability,
                                                      "state")
    out = {"name": "domains/%s/complianceStatus" % story.name,
           "complianceData": data}
    if story.subdomain is not None:
        out["subdomainComplianceData"] = {
            "domainId": story.name,
            "rowData": rows(story.subdomain["needs_work"], ()),
            "oneClickUnsubscribeVerdict": verdict(("COMPLIANT", None)),
            "honorUnsubscribeVerdict": verdict(("COMPLIANT", None))}
    return out
