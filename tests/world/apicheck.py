"""Checks request bodies as strictly as Google's front end does."""
# SPDX-License-Identifier: MIT
import datetime
import json

import apidata

GRANULARITIES = ("AGGREGATION_GRANULARITY_UNSPECIFIED", "DAILY", "OVERALL")
PAGE_DEFAULT, PAGE_MAX, BATCH_MAX = 10, 200, 100


class ApiError(Exception):
    """An answer that is an error: HTTP status, Google's word, message."""

    def __init__(self, http, status, message, details=None):
        super().__init__(message)
        self.http, self.status = http, status
        self.message, self.details = message, details

    def body(self):
        error = {"code": self.http, "message": self.message,
                 "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}


def invalid(message):
    return ApiError(400, "INVALID_ARGUMENT", message)


def denied(domain=""):
    return ApiError(403, "PERMISSION_DENIED",
                    "The caller does not have permission" +
                    (" on %s." % domain if domain else ""))


# A message is a dict of its fields, [x] a repeated x.
DATE = {"year": int, "month": int, "day": int}
QUERY = {
    "parent": str,
    "metricDefinitions": [{
        "name": str,
        "baseMetric": {"standardMetric": str, "customMetric": str},
        "filter": str,
    }],
    "timeQuery": {
        "dateRanges": {"dateRanges": [{"start": DATE, "end": DATE}]},
        "dateList": {"dates": [DATE]},
    },
    "aggregationGranularity": str,
    "pageSize": int,
    "pageToken": str,
}
BATCH = {"requests": [QUERY]}


def check_shape(value, spec, path=""):
    if isinstance(spec, dict):
        check_message(value, spec, path)
    elif isinstance(spec, list):
        if not isinstance(value, list):
            raise invalid("Invalid JSON payload received. Unknown name at "
                          "'%s': not a list." % path)
        for i, item in enumerate(value):
            check_shape(item, spec[0], "%s[%d]" % (path, i))
    elif type(value) is not spec:
        raise invalid("Invalid value at '%s' (%s), %s"
                      % (path, spec.__name__, json.dumps(value)[:80]))


def check_message(value, spec, path):
    if not isinstance(value, dict):
        raise invalid("Invalid value at '%s': not a message." % path)
    for key, item in value.items():
        if key not in spec:
            raise invalid('Invalid JSON payload received. Unknown name "%s"'
                          "%s: Cannot find field."
                          % (key, " at '%s'" % path if path else ""))
        check_shape(item, spec[key], "%s.%s" % (path, key) if path else key)


def no_duplicates(pairs):
    out = dict(pairs)
    if len(out) != len(pairs):
        raise invalid("Invalid JSON payload received. Duplicate field.")
    return out


def parse(data, content_type, spec):
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise invalid("Request content type must be application/json.")
    try:
        body = json.loads(data, object_pairs_hook=no_duplicates)
    except (ValueError, RecursionError) as error:
        raise invalid("Invalid JSON payload received. " + str(error)) from None
    check_shape(body, spec)
    return body


def date(message):
    try:
        return datetime.date(message.get("year", 0), message.get("month", 0),
                             message.get("day", 0))
    except ValueError as error:
        raise invalid("Invalid date: %s." % error) from None


def days(query):
    """The days asked for, in order, without repeats."""
    if len(query) != 1:
        raise invalid("time_query: exactly one of date_ranges and date_list "
                      "must be set.")
    out = set()
    for span in query.get("dateRanges", {}).get("dateRanges", []):
        start, end = date(span.get("start", {})), date(span.get("end", {}))
        if end < start:
            raise invalid("Date range ends before it starts.")
        if (end - start).days > 3660:
            raise invalid("Date range is too long.")
        out.update(start + datetime.timedelta(days=i)
                   for i in range((end - start).days + 1))
    out.update(date(d) for d in query.get("dateList", {}).get("dates", []))
    if not out:
        raise invalid("time_query holds no dates.")
    return sorted(out)


def definitions(items):
    """[(name, metric, function, arguments)] of the metric definitions."""
    out, seen = [], set()
    if not items:
        raise invalid("metric_definitions must not be empty.")
    for item in items:
        name = item.get("name", "")
        base = item.get("baseMetric", {})
        metric = base.get("standardMetric", "")
        if not name or name in seen:
            raise invalid("metric_definitions: names must be set and unique.")
        seen.add(name)
        if metric not in apidata.METRICS:
            raise invalid("Invalid value at 'base_metric.standard_metric': "
                          + json.dumps(metric))
        try:
            function, args = apidata.getter(metric, item.get("filter", ""))
        except apidata.BadFilter as error:
            raise invalid(str(error)) from None
        out.append((name, metric, function, args))
    return out


def page_size(size):
    if size < 0 or size > PAGE_MAX:
        raise invalid("page_size must be between 0 and %d." % PAGE_MAX)
    return size or PAGE_DEFAULT


def granularity(text):
    if text not in GRANULARITIES:
        raise invalid("Invalid value at 'aggregation_granularity': "
                      + json.dumps(text))
    return "OVERALL" if text == "OVERALL" else "DAILY"


def query(body, url_parent):
    """Everything the answer needs, or ApiError."""
    parent = body.get("parent", "")
    if not parent:
        raise invalid("Request contains an invalid argument.")
    if url_parent and parent != url_parent:
        raise invalid("parent does not match the resource of the URL.")
    if not parent.startswith("domains/") or "/" in parent[8:]:
        raise invalid("Invalid resource name: " + parent)
    return {"domain": parent[8:],
            "definitions": definitions(body.get("metricDefinitions", [])),
            "days": days(body.get("timeQuery", {})),
            "granularity": granularity(body.get(
                "aggregationGranularity", "DAILY")),
            "size": page_size(body.get("pageSize", 0)),
            "token": body.get("pageToken", "")}


def batch(body):
    items = body.get("requests", [])
    if not items:
        raise invalid("requests must not be empty.")
    if len(items) > BATCH_MAX:
        raise invalid("At most %d requests in a batch." % BATCH_MAX)
    return [query(item, None) for item in items]
