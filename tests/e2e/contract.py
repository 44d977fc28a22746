"""The JSON of probe and snapshot: what every reader of it relies upon."""
# SPDX-License-Identifier: MIT
import re

DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
VERDICTS = ("pass", "note", "warn", "fail", "unknown", "skip")
DATA = ("value", "withheld", "pending", "denied", "error")

# check: {reason: verdict}; unknown has the common reasons beside these.
COMMON = {"timeout", "servfail", "refused", "unreachable", "network",
          "malformed", "reset"}
REASONS = {
    "spf": "ok=pass missing=fail multiple=fail syntax=fail "
           "too_many_lookups=fail too_many_void=fail loop=fail "
           "include_missing=fail plus_all=fail ptr_mechanism=warn "
           "neutral_all=warn no_all=warn near_limit=note unsafe_range=warn "
           "no_effect=warn",
    "spf_sender": "pass=pass softfail=warn neutral=warn none=fail fail=fail "
                  "permerror=fail",
    "dkim": "ok=pass missing=fail revoked=warn weak_key=fail short_key=note "
            "testing=warn bad_key=fail syntax=fail sha1_only=fail "
            "multiple=fail no_selector=skip",
    "dmarc": "ok=pass missing=fail multiple=fail syntax=fail "
             "policy_none=note inherited=pass testing=note "
             "obsolete_tag=note no_reports=note report_unauthorised=warn",
    "ptr": "ok=pass missing=fail,note mismatch=fail,note dangling=fail,note "
           "too_many=note generic=note",
    "mx": "ok=pass missing=note null=skip dangling=fail cname=warn "
          "unsafe=warn",
    "smtp": "ok=pass rejected=warn unreachable=* timeout=* reset=*",
    "starttls": "ok=pass not_offered=fail refused=fail handshake=fail "
                "plaintext_after=fail injected=fail",
    "tls_version": "ok=pass old_only=fail",
    "certificate": "ok=pass expired=fail expiring=warn,fail "
                   "not_yet_valid=fail name_mismatch=warn,fail "
                   "self_signed=warn,fail untrusted=warn,fail "
                   "weak_key=warn,fail no_tls=skip unsafe=skip",
    "dane": "ok=pass none=note mismatch=fail insecure=warn unusable=fail "
            "no_tls=fail bogus=fail no_validation=skip unsafe=skip",
    "dnsbl": "ok=pass listed=fail,note refused=skip broken=skip no_ipv6=skip "
             "special=skip",
    "dnssec": "ok=pass unsigned=note bogus=fail no_validation=skip "
              "nxdomain=skip",
    "abuse": "ok=pass default_only=note missing=note",
    "egress": "ok=pass blocked=warn untold=skip",
}


def known_reasons(check):
    return {pair.split("=")[0]: pair.split("=")[1].split(",")
            for pair in REASONS[check].split()}


class Contract:
    """Mixed into a test case."""

    def fields(self, value, required, optional=()):
        self.assertIsInstance(value, dict)
        self.assertLessEqual(set(required), set(value))
        self.assertLessEqual(set(value), set(required) | set(optional))

    def day(self, value, null=False):
        if value is not None or not null:
            self.assertRegex(value, DAY)

    def time(self, value, null=False):
        if value is not None or not null:
            self.assertRegex(value, TIME)

    def number(self, value, null=False):
        if value is not None or not null:
            self.assertIsInstance(value, (int, float))
            self.assertNotIsInstance(value, bool)

    def points(self, value, key):
        self.assertIsInstance(value, list)
        for point in value:
            self.fields(point, ("day", key))
            self.day(point["day"])
            self.number(point[key])
        days = [point["day"] for point in value]
        self.assertEqual(days, sorted(set(days)))

    def head(self, value):
        self.fields(value, ("schema", "taken_at", "as_of", "version",
                            "sources", "domains"), ("since", "changes"))
        self.changes(value.get("changes", ()))
        self.assertEqual(value["schema"], "sendtop/1")
        self.time(value["taken_at"])
        self.day(value["as_of"])
        self.assertRegex(value["version"], r"^\d+\.\d+")
        self.fields(value["sources"], ("resolver",), ("postmaster",))
        for server in value["sources"]["resolver"]:
            self.assertRegex(server, r"^[\d.]+:\d+$")
        if "postmaster" in value["sources"]:
            source = value["sources"]["postmaster"]
            self.fields(source, ("newest_day", "fetched_at"), ("error",))
            self.day(source["newest_day"], null=True)
            self.time(source["fetched_at"], null=True)

    def finding(self, value):
        self.fields(value, ("check", "subject", "verdict", "reason",
                            "detail"), ("cure", "record", "since",
                                        "seen", "last_known"))
        for key in ("check", "subject", "verdict", "reason", "detail"):
            self.assertIsInstance(value[key], str)
        self.assertNotEqual(value["subject"], "")
        self.assertIn(value["verdict"], VERDICTS)
        self.assertRegex(value["reason"], WORD)
        if value["check"] in REASONS:
            known = known_reasons(value["check"])
            if value["verdict"] == "unknown":
                self.assertIn(value["reason"], COMMON)
            elif value["verdict"] != "skip":
                self.assertIn(value["reason"], known, value)
                verdicts = known[value["reason"]]
                self.assertTrue(value["verdict"] in verdicts
                                or verdicts == ["*"], value)
        if "since" in value:
            self.time(value["since"])
        if "last_known" in value:
            self.fields(value["last_known"], ("verdict", "reason", "at"))

    def findings(self, values):
        for value in values:
            self.finding(value)
        keys = [(v["check"], v["subject"]) for v in values]
        self.assertEqual(len(keys), len(set(keys)))

    def spam(self, value):
        self.fields(value, ("band", "data", "day", "rate", "mean7",
                            "clean_days", "series"), ("mitigation", "since"))
        self.assertIn(value["band"], ("ok", "watch", "violation", "unknown"))
        self.assertIn(value["data"], DATA)
        self.day(value["day"], null=True)
        self.number(value["rate"], null=True)
        self.number(value["mean7"], null=True)
        self.assertIn(value["clean_days"], range(0, 1000))
        self.points(value["series"], "rate")
        for point in value["series"]:
            self.assertTrue(0 <= point["rate"] <= 1)

    def requirement(self, value):
        self.fields(value, ("id", "audience", "verdict", "why", "remedy"),
                    ("title", "ours", "google"))
        self.assertRegex(value["id"], r"^[A-H]\d+(-[A-Z0-9]+)?$")
        self.assertIn(value["verdict"], VERDICTS)
        self.assertIsInstance(value["why"], list)
        self.assertGreater(len(value["remedy"]), 10)

    def ramp(self, value):
        self.fields(value, ("state", "reasons", "ceiling_tomorrow", "base",
                            "growth", "cap"),
                    ("day", "volume", "volume_source", "base_day",
                     "base_source", "week_growth", "bulk", "target",
                     "target_day", "plan_tomorrow", "slowdowns", "path"))
        self.assertIn(value["state"], ("go", "hold", "back_off", "stop",
                                       "blind"))
        for key in ("ceiling_tomorrow", "base", "growth", "cap"):
            self.number(value[key], null=True)
        for reason in value["reasons"]:
            self.assertIsInstance(reason, str)
        for limit in value.get("slowdowns", ()):
            self.fields(limit, ("provider", "identity", "key", "reply",
                                "count", "last", "quiet_until",
                                "connections", "next"), ())

    def reply(self, value):
        self.fields(value, ("key", "reply", "count", "last", "sample",
                            "provider", "identity"),
                    ("category", "permanent"))
        self.assertRegex(value["key"], WORD)
        self.assertGreater(value["count"], 0)

    def changes(self, values):
        for value in values:
            self.fields(value, ("kind", "at", "verdict", "small", "text",
                                "name", "then", "now"))
            self.assertRegex(value["kind"], WORD)
            self.time(value["at"], null=True)
            self.assertIn(value["verdict"], VERDICTS)
            self.assertIsInstance(value["small"], bool)
            self.assertNotEqual(value["text"], "")

    def snapshot_domain(self, value):
        self.fields(value, ("name", "standing", "spam", "measures",
                            "findings", "requirements", "reputation",
                            "ramp", "replies"),
                    ("poll", "feedback", "changes"))
        self.changes(value.get("changes", ()))
        for reply in value["replies"]:
            self.reply(reply)
        self.fields(value["standing"], ("state", "reasons"),
                    ("since", "why"))
        self.assertIn(value["standing"]["state"],
                      ("critical", "warning", "ok", "unknown"))
        self.spam(value["spam"])
        for name, points in value["measures"].items():
            self.assertRegex(name, WORD)
            self.points(points, "value")
        self.findings(value["findings"])
        for requirement in value["requirements"]:
            self.requirement(requirement)
        ids = [r["id"] for r in value["requirements"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.fields(value["reputation"], ("estimate", "reasons"))
        self.assertIn(value["reputation"]["estimate"],
                      ("high", "medium", "low", "bad", "unknown"))
        self.ramp(value["ramp"])

    def snapshot(self, value):
        self.head(value)
        self.assertIn("postmaster", value["sources"])
        for domain in value["domains"]:
            self.snapshot_domain(domain)

    def probe(self, value):
        self.head(value)
        self.assertNotIn("postmaster", value["sources"])
        for domain in value["domains"]:
            self.fields(domain, ("name", "findings"))
            self.findings(domain["findings"])
