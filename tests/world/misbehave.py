"""Wrong answers on order: POST /control says which, how often and where."""
# SPDX-License-Identifier: MIT
# {"mode": "429", "count": 3, "retry_after": 1, "match": "/v2/"} spoils the
# next three requests whose path contains the text of match.
import json
import threading
import time

GONE = "This version of the Postmaster Tools API is no longer supported"
SCOPE = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
          "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
          "domain": "googleapis.com"}]
DISABLED = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
             "reason": "SERVICE_DISABLED", "domain": "googleapis.com"}]

# mode: (HTTP status, Google's word, message, details)
ERRORS = {
    "400": (400, "INVALID_ARGUMENT", "Request contains an invalid argument.",
            None),
    "401": (401, "UNAUTHENTICATED", "Request had invalid authentication "
            "credentials. Expected OAuth 2 access token, login cookie or "
            "other valid authentication credential.", None),
    "403": (403, "PERMISSION_DENIED", "The caller does not have permission",
            None),
    "scope": (403, "PERMISSION_DENIED",
              "Request had insufficient authentication scopes.", SCOPE),
    "disabled": (403, "PERMISSION_DENIED", "Gmail Postmaster Tools API has "
                 "not been used in project 1234567890 before or it is "
                 "disabled.", DISABLED),
    "404": (404, "NOT_FOUND", "Requested entity was not found.", None),
    "429": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric "
            "'Queries' and limit 'Queries per minute'.", None),
    "gone": (429, "RESOURCE_EXHAUSTED", GONE, None),
    "500": (500, "INTERNAL", "Internal error encountered.", None),
    "503": (503, "UNAVAILABLE", "The service is currently unavailable.",
            None),
    "504": (504, "DEADLINE_EXCEEDED", "Deadline exceeded.", None),
    "hostile": (500, "INTERNAL", "\x1b[2J\x1b]0;x\x07\u202eevil\u2066\u200b "
                "\r\n\x00 end " + "A" * 5000, None),
}
OAUTH = ("invalid_grant", "invalid_client", "unauthorized_client",
         "invalid_scope", "access_denied")
HTML = b"""<!DOCTYPE html>
<html><head><title>Error 502 (Server Error)!!1</title></head>
<body><p><b>502.</b> That\xe2\x80\x99s an error. \x1b[31m</body></html>
"""
WRONG = {"domains": {"0": "x"}, "domainStats": "none",
         "results": [1, None, "x", {"response": []}, {"error": "no"}],
         "complianceData": [], "nextPageToken": 7, "access_token": 5,
         "expires_in": "soon"}
NULLS = {"domains": None, "domainStats": None, "results": None,
         "complianceData": None, "nextPageToken": None}


class Orders:
    def __init__(self):
        self.lock = threading.Lock()
        self.list = []

    def add(self, order):
        mode = order.get("mode")
        if mode not in MODES:
            raise ValueError("unknown mode %r; known: %s"
                             % (mode, " ".join(sorted(MODES))))
        with self.lock:
            self.list.append({"mode": mode, "left": order.get("count", 1),
                              "match": order.get("match", "/v2/"),
                              "retry_after": order.get("retry_after")})

    def take(self, path):
        """The order that this request falls under, or None."""
        with self.lock:
            for order in self.list:
                if order["match"] in path and order["left"] > 0:
                    order["left"] -= 1
                    return order
        return None

    def clear(self):
        with self.lock:
            self.list.clear()

    def pending(self):
        with self.lock:
            return [o for o in self.list if o["left"] > 0]


def error(handler, order, _right):
    http, status, message, details = ERRORS[order["mode"]]
    body = {"code": http, "message": message, "status": status}
    if details:
        body["details"] = details
    headers = {}
    if order["retry_after"] is not None:
        headers["Retry-After"] = str(order["retry_after"])
    handler.send_json(http, {"error": body}, headers)


def oauth_error(handler, order, _right):
    if handler.path.startswith("/o/oauth2/"):
        handler.consent(order["mode"])
        return
    status = 401 if order["mode"] in ("invalid_client",
                                      "unauthorized_client") else 400
    text = "Token has been expired or revoked." \
        if order["mode"] == "invalid_grant" else "Refused on order."
    handler.send_json(status, {"error": order["mode"],
                               "error_description": text})


def cut(handler, _order, right):
    """Half of the body, then the end."""
    body = right()
    handler.send_head(200, {"Content-Length": str(len(body) + 10)})
    handler.wfile.write(body[:len(body) // 2])
    handler.close_connection = True


def wrong_types(handler, _order, _right):
    handler.send_json(200, WRONG)


def nulls(handler, _order, _right):
    handler.send_json(200, NULLS)


def empty_object(handler, _order, _right):
    handler.send_json(200, {})


def empty_body(handler, _order, _right):
    handler.send_raw(200, b"", "application/json")


def array(handler, _order, _right):
    handler.send_raw(200, b"[]", "application/json")


def not_json(handler, _order, _right):
    handler.send_raw(200, b")]}'\n{\"domains\": [", "application/json")


def not_a_number(handler, _order, right):
    text = right().replace(b'"floatValue":', b'"floatValue":NaN,"x":')
    handler.send_raw(200, text, "application/json")


def huge_number(handler, _order, right):
    text = right().replace(b'"floatValue":', b'"floatValue":1e300,"x":')
    handler.send_raw(200, text, "application/json")


def duplicate_keys(handler, _order, right):
    text = right().replace(b'"floatValue":', b'"floatValue":0,"floatValue":')
    handler.send_raw(200, text, "application/json")


def bad_utf8(handler, _order, right):
    text = right().replace(b"domains/", b"domains/\xff\xfe")
    handler.send_raw(200, text, "application/json")


def one_broken(handler, order, right):
    """What tells of one domain breaks every answer that it is in."""
    body = right()
    if b'"domains/noptr.test/' in body:
        not_json(handler, order, right)
    else:
        handler.send_raw(200, body, "application/json")


def item_503(handler, _order, right):
    """The first item of a batch is an error that passes."""
    value = json.loads(right())
    if value.get("results"):
        value["results"][0] = {"error": {
            "code": 14, "message": "The service is currently unavailable."}}
    handler.send_json(200, value)


def deep(handler, _order, _right):
    n = 100000
    handler.send_raw(200, b'{"domainStats":' + b"[" * n + b"]" * n + b"}",
                     "application/json")


def wide(handler, _order, _right):
    """Small on the wire for what it costs a parser: 3.9 MB of {}."""
    handler.send_raw(200, b'{"domainStats":[' + b"{}," * 1300000 + b"{}]}",
                     "application/json")


def endless(handler, _order, _right):
    """A list that does not end, until the client has had enough."""
    handler.send_head(200, {"Transfer-Encoding": "chunked"})
    chunk = b'{"metric":"x","value":{"floatValue":1}},' * 1000
    chunk = b"%x\r\n%s\r\n" % (len(chunk), chunk)
    handler.close_connection = True
    handler.wfile.write(b'f\r\n{"domainStats":\r\n1\r\n[\r\n')
    while True:
        handler.wfile.write(chunk)


def hang(handler, _order, _right):
    """No answer for ten minutes, or until the client goes away."""
    handler.close_connection = True
    handler.connection.settimeout(600)
    handler.connection.recv(1)


def drip(handler, _order, right):
    """The right answer, ten bytes a second."""
    body = right()
    handler.send_head(200, {"Content-Length": str(len(body))})
    for i in range(len(body)):
        handler.wfile.write(body[i:i + 1])
        handler.wfile.flush()
        time.sleep(0.1)


def html(handler, _order, _right):
    handler.send_raw(502, HTML, "text/html; charset=UTF-8")


def html_ok(handler, _order, _right):
    handler.send_raw(200, HTML, "text/html; charset=UTF-8")


def redirect(handler, _order, _right):
    handler.send_head(302, {"Location": "http://127.0.0.1:9/elsewhere",
                            "Content-Length": "0"})


def close(handler, _order, _right):
    handler.close_connection = True


def no_http(handler, _order, _right):
    handler.wfile.write(b"\x00\x01\x02 220 mx.world.test ESMTP\r\n")
    handler.close_connection = True


MODES = {
    **{mode: error for mode in ERRORS}, **{mode: oauth_error
                                           for mode in OAUTH},
    "cut": cut, "wrong-types": wrong_types, "nulls": nulls,
    "empty": empty_object, "empty-body": empty_body, "array": array,
    "not-json": not_json, "nan": not_a_number, "huge-number": huge_number,
    "duplicate": duplicate_keys, "bad-utf8": bad_utf8, "deep": deep,
    "wide": wide, "endless": endless, "hang": hang, "drip": drip,
    "html": html, "html-ok": html_ok, "redirect": redirect, "close": close,
    "no-http": no_http, "item-503": item_503, "one-broken": one_broken,
}


def act(handler, order, right):
    """Answers a request as ordered; right() is the right body."""
    MODES[order["mode"]](handler, order, right)


def describe(orders):
    return json.loads(json.dumps(orders.pending()))
