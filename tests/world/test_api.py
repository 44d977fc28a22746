"""Tests of the world: the API is strict as Google, or bad as ordered."""
# SPDX-License-Identifier: MIT
import base64
import datetime
import hashlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import time
import unittest
import urllib.parse

import oauth
import stories
import worldtest
from worldtest import ENV, NEWEST, PATIENCE, TODAY


def setUpModule():
    worldtest.start()


# --- the API

SPAM = {"name": "spam", "baseMetric": {"standardMetric": "SPAM_RATE"}}


def metric(name, standard, text=None):
    out = {"name": name, "baseMetric": {"standardMetric": standard}}
    if text is not None:
        out["filter"] = text
    return out


def day(date):
    return {"year": date.year, "month": date.month, "day": date.day}


def ask(domain, *metrics, days=1, **more):
    start = NEWEST - datetime.timedelta(days=days - 1)
    return dict({"parent": "domains/" + domain,
                 "metricDefinitions": list(metrics) or [SPAM],
                 "timeQuery": {"dateRanges": {"dateRanges": [
                     {"start": day(start), "end": day(NEWEST)}]}}}, **more)


class Client:
    """HTTPS to the server itself, one connection, checked by the world's CA."""

    def __init__(self, where="WORLD_ENDPOINT_DIRECT", timeout=PATIENCE):
        url = urllib.parse.urlsplit(ENV[where])
        context = ssl.create_default_context(cafile=ENV["WORLD_CA"])
        self.http = http.client.HTTPSConnection(
            url.hostname, url.port, timeout=timeout, context=context)
        self.token = None

    def send(self, method, path, body=None, kind="application/json", **heads):
        if self.token:
            heads.setdefault("Authorization", "Bearer " + self.token)
        if body is not None:
            heads["Content-Type"] = kind
        heads = {key.replace("_", "-"): v for key, v in heads.items()}
        self.http.request(method, path, body, heads)
        reply = self.http.getresponse()
        self.headers = reply.headers
        return reply.status, reply.read()

    def json(self, method, path, value=None, **heads):
        body = None if value is None else json.dumps(value)
        status, data = self.send(method, path, body, **heads)
        return status, json.loads(data)

    def form(self, **fields):
        status, data = self.send("POST", "/token",
                                 urllib.parse.urlencode(fields),
                                 "application/x-www-form-urlencoded")
        return status, json.loads(data)

    def refresh(self, token=oauth.REFRESH):
        return self.form(grant_type="refresh_token", refresh_token=token,
                         client_id=oauth.CLIENT_ID,
                         client_secret=oauth.CLIENT_SECRET)

    def login(self, token=oauth.REFRESH):
        self.token = self.refresh(token)[1]["access_token"]
        return self


class ApiCase(unittest.TestCase):
    def setUp(self):
        self.c = Client()
        self.addCleanup(self.c.http.close)
        self.c.json("POST", "/control/reset")
        self.c.login()

    def query(self, body, domain=None):
        domain = domain or body.get("parent", "domains/shop.test")[8:]
        return self.c.json("POST", "/v2/domains/%s/domainStats:query"
                           % domain, body)

    def refused(self, reply, status, word):
        self.assertEqual((reply[0], reply[1]["error"]["status"]),
                         (status, word), reply)
        self.assertEqual(reply[1]["error"]["code"], status)


class Strict(ApiCase):
    def test_unknown_fields(self):
        for change in ({"extra": 1}, {"timeQuery": {"days": 3}},
                       {"metricDefinitions": [dict(SPAM, unit="x")]},
                       {"metric_definitions": [SPAM]}):
            self.refused(self.query(dict(ask("shop.test"), **change)),
                         400, "INVALID_ARGUMENT")

    def test_wrong_types(self):
        for change in ({"pageSize": "200"}, {"pageSize": 10.5},
                       {"metricDefinitions": SPAM}, {"pageSize": True},
                       {"aggregationGranularity": "WEEKLY"}):
            self.refused(self.query(dict(ask("shop.test"), **change)),
                         400, "INVALID_ARGUMENT")

    def test_filters_are_exact(self):
        bad = (("AUTH_SUCCESS_RATE", None), ("AUTH_SUCCESS_RATE", ""),
               ("AUTH_SUCCESS_RATE", 'auth_type="spf"'),
               ("AUTH_SUCCESS_RATE", 'auth_type = "SPF"'),
               ("AUTH_SUCCESS_RATE", "auth_type = 'spf'"),
               ("TLS_ENCRYPTION_RATE", None),
               ("TLS_ENCRYPTION_MESSAGE_COUNT", None),
               ("FEEDBACK_LOOP_SPAM_RATE", None),
               ("SPAM_RATE", 'auth_type = "spf"'),
               ("DELIVERY_ERROR_RATE", 'error_type = "temp_fail" AND '
                'error_reason = "spammy_content"'),
               ("STANDARD_METRIC_UNSPECIFIED", None), ("REPUTATION", None))
        for standard, text in bad:
            # One good metric beside it does not save the request.
            self.refused(self.query(ask("shop.test", SPAM, metric(
                "m", standard, text))), 400, "INVALID_ARGUMENT")

    def test_dates(self):
        d = day(NEWEST)
        for time_query in (
                {}, {"dateRanges": {"dateRanges": []}},
                {"dateList": {"dates": [{"year": 2026, "month": 2,
                                         "day": 30}]}},
                {"dateList": {"dates": [d]}, "dateRanges": {
                    "dateRanges": [{"start": d, "end": d}]}},
                {"dateRanges": {"dateRanges": [
                    {"start": d, "end": day(NEWEST - datetime.timedelta(1))
                     }]}}):
            self.refused(self.query(dict(ask("shop.test"),
                                         timeQuery=time_query)),
                         400, "INVALID_ARGUMENT")

    def test_parents(self):
        body = ask("shop.test")
        del body["parent"]
        self.refused(self.query(body), 400, "INVALID_ARGUMENT")
        self.refused(self.query(ask("shop.test"), "offers.test"), 400,
                     "INVALID_ARGUMENT")
        self.refused(self.c.json("POST", "/v2/domainStats:batchQuery",
                                 {"requests": [body]}), 400,
                     "INVALID_ARGUMENT")

    def test_sizes(self):
        self.refused(self.query(ask("shop.test", pageSize=201)), 400,
                     "INVALID_ARGUMENT")
        self.refused(self.c.json("GET", "/v2/domains?pageSize=201"), 400,
                     "INVALID_ARGUMENT")
        self.refused(self.c.json("POST", "/v2/domainStats:batchQuery",
                                 {"requests": [ask("shop.test")] * 101}),
                     400, "INVALID_ARGUMENT")
        self.refused(self.c.json("POST", "/v2/domainStats:batchQuery",
                                 {"requests": []}), 400, "INVALID_ARGUMENT")

    def test_not_json(self):
        path = "/v2/domains/shop.test/domainStats:query"
        good = json.dumps(ask("shop.test"))
        for body, kind in ((good[:-1], "application/json"),
                           (good, "text/plain"), ("[]", "application/json"),
                           ('{"parent":"a","parent":"b"}',
                            "application/json")):
            status, _ = self.c.send("POST", path, body, kind)
            self.assertEqual(status, 400)

    def test_parameters_and_paths(self):
        self.refused(self.c.json("GET", "/v2/domains?page_size=5"), 400,
                     "INVALID_ARGUMENT")
        self.refused(self.c.json("GET", "/v2/nothing"), 404, "NOT_FOUND")
        self.refused(self.c.json("POST", "/v2/domains"), 404, "NOT_FOUND")
        status, body = self.c.json("GET", "/v1/domains")
        self.assertEqual(status, 429)
        self.assertIn("no longer supported", body["error"]["message"])


class Access(ApiCase):
    def test_tokens(self):
        self.c.token = None
        self.refused(self.c.json("GET", "/v2/domains"), 401,
                     "UNAUTHENTICATED")
        self.c.token = "ya29.made-up"
        self.refused(self.c.json("GET", "/v2/domains"), 401,
                     "UNAUTHENTICATED")
        self.assertIn("Bearer", self.c.headers["WWW-Authenticate"])

    def test_expiry(self):
        self.c.json("POST", "/control", {"token_lifetime": 0})
        self.c.login()
        self.refused(self.c.json("GET", "/v2/domains"), 401,
                     "UNAUTHENTICATED")
        self.c.json("POST", "/control", {"token_lifetime": 3599})
        self.c.login()
        self.assertEqual(self.c.json("GET", "/v2/domains")[0], 200)
        self.c.json("POST", "/control", {"revoke": True})
        self.assertEqual(self.c.json("GET", "/v2/domains")[0], 401)

    def test_scopes(self):
        for token, path in (
                ("1//world-refresh-traffic-only", "/v2/domains"),
                ("1//world-refresh-v1", "/v2/domains"),
                ("1//world-refresh-domain-only",
                 "/v2/domains/shop.test/complianceStatus")):
            self.c.login(token)
            reply = self.c.json("GET", path)
            self.refused(reply, 403, "PERMISSION_DENIED")
            self.assertEqual(reply[1]["error"]["details"][0]["reason"],
                             "ACCESS_TOKEN_SCOPE_INSUFFICIENT")

    def test_permission(self):
        for domain in ("denied.test", "unverified.test", "unknown.test"):
            self.refused(self.query(ask(domain)), 403, "PERMISSION_DENIED")
        self.refused(self.c.json("GET", "/v2/domains/unknown.test"), 404,
                     "NOT_FOUND")
        status, body = self.c.json("GET", "/v2/domains/denied.test")
        self.assertEqual((status, body["permission"]), (200, "NONE"))

    def test_items_of_a_batch_fail_alone(self):
        status, body = self.c.json(
            "POST", "/v2/domainStats:batchQuery", {"requests": [
                ask("shop.test"), ask("denied.test"), ask("quiet.test")]})
        self.assertEqual(status, 200)
        good, bad, empty = body["results"]
        self.assertEqual(len(good["response"]["domainStats"]), 1)
        self.assertEqual(bad["error"]["code"], 7)
        self.assertEqual(empty, {"response": {}})


class Numbers(ApiCase):
    def values(self, domain, *metrics, days=1, **more):
        status, body = self.query(ask(domain, *metrics, days=days,
                                      pageSize=200, **more))
        self.assertEqual(status, 200, body)
        return [(s["metric"], s.get("date", {}).get("day"), s["value"])
                for s in body.get("domainStats", [])]

    def test_the_pager_story(self):
        self.assertEqual(self.values("news.example.test"),
                         [("spam", 19, {"floatValue": 0.0041067763})])
        got = self.values(
            "news.example.test",
            metric("n", "TLS_ENCRYPTION_MESSAGE_COUNT",
                   'traffic_direction = "inbound"'),
            metric("i", "FEEDBACK_LOOP_ID"),
            metric("r", "FEEDBACK_LOOP_SPAM_RATE",
                   'feedback_loop_id = "camp2" AND '
                   'aggregation_key_type = "FROM_HEADER"'))
        self.assertEqual([v for _, _, v in got], [
            {"intValue": "48200"},
            {"stringList": {"values": ["camp1", "camp2"]}},
            {"floatValue": 0.009}])

    def test_counts_and_rates_agree(self):
        got = dict((m, v) for m, _, v in self.values(
            "noptr.test",
            metric("n", "TLS_ENCRYPTION_MESSAGE_COUNT",
                   'traffic_direction = "inbound"'),
            metric("t", "TLS_ENCRYPTION_RATE",
                   'traffic_direction = "inbound"'),
            metric("c", "DELIVERY_ERROR_COUNT", 'error_type = "reject"'),
            metric("r", "DELIVERY_ERROR_RATE", 'error_type = "reject" AND '
                   'error_reason = "bad_or_missing_ptr_record"'),
            metric("z", "DELIVERY_ERROR_RATE", 'error_type = "temp_fail"')))
        volume = int(got["n"]["intValue"]) / got["t"]["floatValue"]
        self.assertAlmostEqual(int(got["c"]["intValue"]) / volume,
                               got["r"]["floatValue"], 3)
        self.assertEqual(got["z"], {"floatValue": 0})

    def test_number_forms(self):
        self.assertEqual(self.values("edge.test", days=2)[1][2],
                         {"floatValue": 0.003000000026077032})
        self.assertIn("doubleValue", self.values("six.test")[0][2])
        values = self.values("quiet.test", SPAM, days=118)
        self.assertEqual([v for _, _, v in values], [{}])

    def test_gaps(self):
        self.assertEqual(self.values("newcomer.test", days=2), [])
        self.assertEqual(len(self.values("newcomer.test", days=30)), 16)
        future = dict(ask("shop.test"), timeQuery={"dateList": {"dates": [
            day(TODAY), day(TODAY - datetime.timedelta(1))]}})
        self.assertEqual(self.query(future), (200, {}))
        old = day(TODAY - datetime.timedelta(days=121))
        self.assertEqual(self.query(dict(ask("shop.test"), timeQuery={
            "dateList": {"dates": [old]}})), (200, {}))

    def test_overall(self):
        got = self.values("shop.test", SPAM, metric(
            "n", "TLS_ENCRYPTION_MESSAGE_COUNT",
            'traffic_direction = "inbound"'), days=7,
            aggregationGranularity="OVERALL")
        self.assertEqual([(m, d) for m, d, _ in got],
                         [("spam", None), ("n", None)])
        self.assertGreater(int(got[1][2]["intValue"]), 70000)

    def test_paging(self):
        body = ask("shop.test", SPAM, metric(
            "dkim", "AUTH_SUCCESS_RATE", 'auth_type = "dkim"'), days=30)
        seen, token, last, pages = [], None, None, 0
        while pages == 0 or token:
            status, page = self.query(dict(body, pageToken=token)
                                      if token else body)
            self.assertEqual(status, 200)
            self.assertLessEqual(len(page["domainStats"]), 10)
            seen += [(s["metric"], tuple(s["date"].values()))
                     for s in page["domainStats"]]
            token, pages = page.get("nextPageToken"), pages + 1
            last = token or last
        self.assertEqual((len(seen), len(set(seen)), pages), (60, 60, 6))
        other = dict(ask("shop.test", days=29), pageToken=last)
        self.refused(self.query(other), 400, "INVALID_ARGUMENT")
        self.refused(self.query(dict(body, pageToken="bm8")), 400,
                     "INVALID_ARGUMENT")

    def test_list(self):
        names, token = [], ""
        while token is not None:
            status, page = self.c.json(
                "GET", "/v2/domains?pageSize=7&pageToken=" + token)
            names += [d["name"][8:] for d in page["domains"]]
            token = page.get("nextPageToken")
        listed = [s.name for s in stories.STORIES if s.listed]
        self.assertEqual(sorted(names), sorted(
            listed + ["d%05d.bench" % i for i in range(50)]))
        self.assertGreaterEqual(len(listed), 12)
        self.assertEqual(len(self.c.json("GET", "/v2/domains")[1]["domains"]),
                         10)

    def test_compliance(self):
        path = "/v2/domains/%s/complianceStatus"
        body = self.c.json("GET", path % "billing.example.test")[1]
        self.assertEqual(body["complianceData"]["domainId"], "example.test")
        rows = {r["requirement"]: r["status"]["status"]
                for r in body["complianceData"]["rowData"]}
        own = {r["requirement"]: r["status"]["status"]
               for r in body["subdomainComplianceData"]["rowData"]}
        self.assertEqual(rows["DMARC_ALIGNMENT"], "NEEDS_WORK")
        self.assertEqual(set(own.values()), {"COMPLIANT"})
        body = self.c.json("GET", path % "edge.test")[1]["complianceData"]
        self.assertIn("PARTIALLY_COMPLIANT", json.dumps(body))
        body = self.c.json("GET", path % "spamfolder.test")[1]
        self.assertEqual(body["complianceData"]["deliverabilityStatusVerdict"],
                         {"state": {"status": "NEEDS_WORK"},
                          "reason": "SMTP_ERRORS_HIGH"})


# --- tokens

def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(claims, header=None):
    with open(os.path.join(ENV["WORLD_DIR"],
                           "service_account_nosub.json")) as f:
        key = json.load(f)["private_key"]
    path = os.path.join(ENV["tmp"], "key.pem")
    with open(path, "w") as f:
        f.write(key)
    text = "%s.%s" % (b64(json.dumps(header or {"alg": "RS256"}).encode()),
                      b64(json.dumps(claims).encode()))
    done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", path],
                          input=text.encode(), stdout=subprocess.PIPE,
                          check=True)
    return text + "." + b64(done.stdout)


class Tokens(ApiCase):
    def claims(self, **more):
        now = int(time.time())
        return dict({"iss": oauth.ROBOT, "scope": oauth.DOMAIN,
                     "aud": ENV["WORLD_ENDPOINT"] + "/token", "iat": now,
                     "exp": now + 3600, "sub": oauth.OPERATOR}, **more)

    def by_jwt(self, assertion):
        return self.c.form(grant_type=oauth.JWT_BEARER, assertion=assertion)

    def test_refresh(self):
        status, body = self.c.refresh()
        self.assertEqual((status, body["expires_in"], body["token_type"]),
                         (200, 3599, "Bearer"))
        self.assertEqual(len(body["scope"].split()), 2)
        self.assertNotIn("refresh_token", body)
        status, body = self.c.refresh("1//gone")
        self.assertEqual((status, body["error"]), (400, "invalid_grant"))
        status, body = self.c.form(
            grant_type="refresh_token", refresh_token=oauth.REFRESH,
            client_id=oauth.CLIENT_ID, client_secret="no")
        self.assertEqual((status, body["error"]), (401, "invalid_client"))
        self.assertEqual(self.c.form(grant_type="password")[1]["error"],
                         "unsupported_grant_type")

    def test_jwt(self):
        status, body = self.by_jwt(signed(self.claims()))
        self.assertEqual(status, 200, body)
        self.c.token = body["access_token"]
        self.assertIn("domains", self.c.json("GET", "/v2/domains")[1])
        claims = self.claims()
        del claims["sub"]
        self.c.token = self.by_jwt(signed(claims))[1]["access_token"]
        self.assertEqual(self.c.json("GET", "/v2/domains"), (200, {}))

    def test_jwt_refused(self):
        now = int(time.time())
        for claims, error in (
                (self.claims(aud="https://elsewhere/token"), "invalid_grant"),
                (self.claims(iss="x@y"), "invalid_grant"),
                (self.claims(exp=now + 7200), "invalid_grant"),
                (self.claims(iat=now - 9000, exp=now - 5400),
                 "invalid_grant"),
                (self.claims(scope=""), "invalid_scope"),
                (self.claims(sub="boss@example.test"),
                 "unauthorized_client")):
            self.assertEqual(self.by_jwt(signed(claims))[1]["error"], error)
        good = signed(self.claims())
        head, body, tail = good.split(".")
        forged = b64(json.dumps(self.claims(exp=now + 3599)).encode())
        for text in (".".join((head, forged, tail)), head + "." + body + ".",
                     "rubbish", signed(self.claims(), {"alg": "none"})):
            self.assertEqual(self.by_jwt(text)[1]["error"], "invalid_grant")

    def authorize(self, **change):
        self.verifier = "v" * 50
        fields = dict({
            "client_id": oauth.CLIENT_ID, "response_type": "code",
            "redirect_uri": "http://127.0.0.1:5555/", "state": "s1",
            "scope": oauth.DOMAIN + " " + oauth.TRAFFIC,
            "access_type": "offline", "code_challenge_method": "S256",
            "code_challenge": b64(hashlib.sha256(
                self.verifier.encode()).digest())}, **change)
        status, body = self.c.send("GET", "/o/oauth2/v2/auth?" +
                                   urllib.parse.urlencode(fields))
        if status != 302:
            return status, json.loads(body)
        where = urllib.parse.urlsplit(self.c.headers["Location"])
        self.assertEqual(where.netloc, "127.0.0.1:5555")
        return status, dict(urllib.parse.parse_qsl(where.query))

    def redeem(self, code, **change):
        return self.c.form(**dict(
            {"grant_type": "authorization_code", "code": code,
             "client_id": oauth.CLIENT_ID, "code_verifier": self.verifier,
             "client_secret": oauth.CLIENT_SECRET,
             "redirect_uri": "http://127.0.0.1:5555/"}, **change))

    def test_login(self):
        status, back = self.authorize()
        self.assertEqual(back["state"], "s1")
        status, body = self.redeem(back["code"])
        self.assertEqual(status, 200)
        self.c.login(body["refresh_token"])
        self.assertEqual(self.c.json("GET", "/v2/domains")[0], 200)
        self.assertEqual(self.redeem(back["code"])[1]["error"],
                         "invalid_grant")     # a code works once

    def test_login_refused(self):
        for change, error in (({"code_verifier": "w" * 50}, "invalid_grant"),
                              ({"redirect_uri": "http://127.0.0.1:6666/"},
                               "redirect_uri_mismatch")):
            code = self.authorize()[1]["code"]
            self.assertEqual(self.redeem(code, **change)[1]["error"], error)
        for change, error in (
                ({"redirect_uri": "urn:ietf:wg:oauth:2.0:oob"},
                 "redirect_uri_mismatch"),
                ({"code_challenge_method": "plain"}, "invalid_request"),
                ({"scope": "everything"}, "invalid_scope")):
            self.assertEqual(self.authorize(**change)[1]["error"], error)
        self.c.json("POST", "/control", {"mode": "access_denied",
                                         "match": "/o/oauth2/"})
        self.assertEqual(self.authorize()[1]["error"], "access_denied")


# --- misbehaviour

class Orders(ApiCase):
    def order(self, mode, **more):
        reply = self.c.json("POST", "/control", dict(mode=mode, **more))
        self.assertEqual(reply, (200, {"ok": True}))

    def test_errors_are_counted_out(self):
        self.order("429", count=2, retry_after=1)
        for _ in range(2):
            self.assertEqual(self.c.send("GET", "/v2/domains")[0], 429)
            self.assertEqual(self.c.headers["Retry-After"], "1")
        self.assertEqual(self.c.send("GET", "/v2/domains")[0], 200)
        for mode, status in (("500", 500), ("503", 503), ("401", 401),
                             ("403", 403), ("html", 502), ("gone", 429),
                             ("redirect", 302)):
            self.order(mode)
            self.assertEqual(self.c.send("GET", "/v2/domains")[0], status)
        stats = self.c.json("GET", "/control/stats")[1]
        self.assertEqual(stats["methods"]["spoiled.429"], 2)
        self.assertEqual(stats["methods"]["domains.list"], 1)

    def test_match(self):
        self.order("invalid_grant", match="/token")
        self.assertEqual(self.c.send("GET", "/v2/domains")[0], 200)
        self.assertEqual(self.c.refresh()[1]["error"], "invalid_grant")
        self.assertEqual(self.c.refresh()[0], 200)

    def test_bodies(self):
        for mode, want in (("empty", b"{}"), ("empty-body", b""),
                           ("array", b"[]")):
            self.order(mode)
            self.assertEqual(self.c.send("GET", "/v2/domains"), (200, want))
        self.order("deep")
        self.assertGreater(len(self.c.send("GET", "/v2/domains")[1]), 200000)
        self.order("wrong-types")
        self.assertIsInstance(
            self.c.json("GET", "/v2/domains")[1]["domains"], dict)
        for mode in ("not-json", "nan"):
            self.order(mode)
            body = json.dumps(ask("shop.test"))
            data = self.c.send("POST", "/v2/domains/shop.test/"
                               "domainStats:query", body)[1]
            self.assertTrue(b"NaN" in data or data.startswith(b")]}'"))

    def broken(self, mode, error, where):
        self.order(mode)
        other = Client(where, timeout=1 if mode == "hang" else PATIENCE)
        other.token = self.c.token
        try:
            with self.assertRaises(error, msg=mode + " " + where):
                other.send("GET", "/v2/domains")
        finally:
            other.http.close()

    def test_broken_transfers(self):
        for where in ("WORLD_ENDPOINT_DIRECT", "WORLD_ENDPOINT"):
            self.broken("cut", (http.client.IncompleteRead, OSError), where)
            self.broken("hang", TimeoutError, where)
        self.broken("close", http.client.RemoteDisconnected,
                    "WORLD_ENDPOINT_DIRECT")
        self.broken("no-http", http.client.BadStatusLine,
                    "WORLD_ENDPOINT_DIRECT")

    def test_endless(self):
        self.order("endless")
        self.c.http.request("GET", "/v2/domains", headers={
            "Authorization": "Bearer " + self.c.token})
        reply = self.c.http.getresponse()
        total = 0
        while total < 8 << 20:
            total += len(reply.read(1 << 16))
        self.c.http.close()

    def test_unknown_orders(self):
        self.assertEqual(self.c.json("POST", "/control",
                                     {"mode": "nonesuch"})[0], 400)

    @unittest.skipUnless(shutil.which("curl"), "needs curl")
    def test_http2(self):
        if ENV["WORLD_HTTP2"] != "yes":
            self.skipTest("no nginx here")
        out = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_version} "
             "%{http_code}", "--cacert", ENV["WORLD_CA"],
             ENV["WORLD_ENDPOINT"] + "/v2/domains"],
            stdout=subprocess.PIPE, text=True).stdout
        self.assertEqual(out, "2 401")
