"""The methods of the Postmaster Tools API v2 that the world serves."""
# SPDX-License-Identifier: MIT
import base64
import hashlib
import hmac
import json
import secrets
import threading
import urllib.parse

import apicheck
import apidata
from apicheck import ApiError, denied, invalid

PREFIX = "https://www.googleapis.com/auth/"
ALL = PREFIX + "postmaster"
DOMAIN = PREFIX + "postmaster.domain"
TRAFFIC = PREFIX + "postmaster.traffic.readonly"
GRPC = {"INVALID_ARGUMENT": 3, "NOT_FOUND": 5, "PERMISSION_DENIED": 7}
PARAMETERS = ("alt", "prettyPrint", "quotaUser", "key", "fields")
SECRET = secrets.token_bytes(16)


def seal(kind, state, body):
    """An opaque page token that only goes with the same request."""
    rest = {k: v for k, v in body.items() if k not in ("pageToken",
                                                       "pageSize")}
    text = json.dumps([kind, state, rest], sort_keys=True)
    mac = hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()[:16]
    token = "%s/%s" % (state, mac)
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def unseal(kind, token, body):
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        state = text.decode().rsplit("/", 1)[0]
    except ValueError:
        raise invalid("Invalid page token.") from None
    if seal(kind, state, body) != token:
        raise invalid("Invalid page token.")
    return state


class Api:
    def __init__(self, data):
        self.data = data
        self.whole_batch = False    # one refusal refuses the batch
        self.lock = threading.Lock()
        self.pages = 0              # of numbers, in batches

    def route(self, method, path):
        """(name, function, scope, URL argument), or ApiError."""
        for verb, head, tail, name, function, scope in ROUTES:
            if verb != method or not path.startswith(head) or \
                    not path.endswith(tail):
                continue
            middle = path[len(head):len(path) - len(tail)]
            if "/" not in middle and ":" not in middle and \
                    bool(middle) == head.endswith("domains/"):
                return name, function, scope, urllib.parse.unquote(middle)
        raise ApiError(404, "NOT_FOUND", "Method not found.")

    def story(self, domain):
        return self.data.domains.get(domain)

    def readable(self, domain):
        story = self.story(domain)
        if not story or story.permission == "NONE" or not story.verified:
            raise denied()
        return story

    # --- methods: (argument of the URL, parameters, body) -> text

    def domains_list(self, _argument, parameters, _body):
        extra = {k: v for k, v in parameters.items()
                 if k in ("pageSize", "pageToken")}
        size = apicheck.page_size(integer(extra.get("pageSize", "0")))
        start = 0
        if extra.get("pageToken"):
            start = int(unseal("list", extra["pageToken"], {}))
        names = self.data.names[start:start + size]
        if not names:
            return {}
        out = {"domains": [self.data.domain(self.story(n)) for n in names]}
        if start + size < len(self.data.names):
            out["nextPageToken"] = seal("list", str(start + size), {})
        return out

    def domains_get(self, domain, _parameters, _body):
        if not self.story(domain):
            raise ApiError(404, "NOT_FOUND", "Requested entity was not found.")
        return self.data.domain(self.story(domain))

    def compliance_get(self, domain, _parameters, _body):
        if not self.story(domain):
            raise ApiError(404, "NOT_FOUND", "Requested entity was not found.")
        return apidata.compliance(self.readable(domain))

    def stats_query(self, domain, _parameters, body):
        want = apicheck.query(body, "domains/" + domain)
        return Text(self.page(want, body))

    def stats_batch(self, _argument, _parameters, body):
        out = []
        for want, item in zip(apicheck.batch(body), body["requests"]):
            try:
                out.append('{"response":%s}' % self.page(want, item))
            except ApiError as error:
                if error.status == "INVALID_ARGUMENT" or self.whole_batch:
                    raise
                out.append(json.dumps({"error": {
                    "code": GRPC[error.status], "message": error.message}}))
        with self.lock:
            self.pages += len(out)
        return Text('{"results":[%s]}' % ",".join(out))

    # --- one page of numbers

    def page(self, want, body):
        start = (0, 0)
        if want["token"]:
            state = unseal("stats", want["token"], body)
            start = tuple(int(x) for x in state.split("/"))
        story = self.readable(want["domain"])
        if want["granularity"] == "OVERALL":
            items = self.overall(story, want, start)
        else:
            items = self.daily(story, want, start)
        texts, then = [], None
        for at, text in items:
            if len(texts) == want["size"]:
                then = at
                break
            texts.append(text)
        if not texts:
            return "{}"
        tail = ""
        if then:
            tail = ',"nextPageToken":"%s"' % seal(
                "stats", "%d/%d" % then, body)
        return '{"domainStats":[%s]%s}' % (",".join(texts), tail)

    def daily(self, story, want, start):
        head = '{"name":"domains/%s/domainStats/' % story.name
        metrics = [(json.dumps(n), f, a) for n, _m, f, a
                   in want["definitions"]]
        first = start[1]
        for i in range(start[0], len(want["days"])):
            day = want["days"][i]
            age = self.data.age(story, day)
            if age is None:
                first = 0
                continue
            when = '"date":{"year":%d,"month":%d,"day":%d}' % (
                day.year, day.month, day.day)
            for j in range(first, len(metrics)):
                name, function, args = metrics[j]
                value = function(story, age, *args)
                if value is not None:
                    yield (i, j), '%s%x%02x","metric":%s,%s,"value":%s}' % (
                        head, day.toordinal(), j, name, when, value)
            first = 0

    def overall(self, story, want, start):
        ages = [self.data.age(story, day) for day in want["days"]]
        ages = [age for age in ages if age is not None]
        for j in range(start[1], len(want["definitions"])):
            name, metric, function, args = want["definitions"][j]
            value = apidata.overall(story, ages, metric, function, args)
            if value is not None:
                yield (0, j), '{"name":"domains/%s/domainStats/o%02x",' \
                    '"metric":%s,"value":%s}' % (
                        story.name, j, json.dumps(name), value)


class Text(str):
    """JSON that is text already."""


def integer(text):
    try:
        return int(text)
    except ValueError:
        raise invalid("Invalid value at 'page_size': " + text) from None


QUERY, BATCH = apicheck.QUERY, apicheck.BATCH
# verb, path before and after the domain, name, (function, body, parameters)
ROUTES = (
    ("GET", "/v2/domains", "", "domains.list",
     (Api.domains_list, None, ("pageSize", "pageToken")), DOMAIN),
    ("GET", "/v2/domains/", "/complianceStatus",
     "domains.getComplianceStatus", (Api.compliance_get, None, ()), TRAFFIC),
    ("GET", "/v2/domains/", "", "domains.get",
     (Api.domains_get, None, ()), DOMAIN),
    ("POST", "/v2/domains/", "/domainStats:query", "domainStats.query",
     (Api.stats_query, QUERY, ()), TRAFFIC),
    ("POST", "/v2/domainStats:batchQuery", "", "domainStats.batchQuery",
     (Api.stats_batch, BATCH, ()), TRAFFIC),
)


def check_parameters(parameters, allowed):
    for key in parameters:
        if key not in allowed and key not in PARAMETERS:
            raise invalid('Invalid JSON payload received. Unknown name "%s": '
                          "Cannot bind query parameter. Field '%s' could not "
                          "be found in request message." % (key, key))
