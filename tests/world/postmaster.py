#!/usr/bin/env python3
"""The Postmaster Tools API v2 and its OAuth endpoints, on loopback."""
# SPDX-License-Identifier: MIT
import argparse
import base64
import collections
import datetime
import http.server
import json
import ssl
import sys
import threading
import urllib.parse

import api
import apicheck
import apidata
import misbehave
import oauth
from apicheck import ApiError

BODY_MAX = 8 << 20


class World:
    """What all connections share."""

    def __init__(self, options):
        today = options.today and datetime.date.fromisoformat(options.today)
        self.data = apidata.Data(today, options.bench)
        self.api = api.Api(self.data)
        self.nobody = api.Api(apidata.Data(today))
        self.nobody.data.domains, self.nobody.data.names = {}, []
        self.oauth = oauth.Oauth(options.public_key, options.audience)
        self.orders = misbehave.Orders()
        self.lock = threading.Lock()
        self.reset()
        self.log = open(options.log, "a", buffering=1)

    def reset(self):
        self.count = collections.Counter()
        self.statuses = collections.Counter()
        self.api.pages = 0

    def counted(self, name):
        with self.lock:
            self.count[name] += 1

    def stats(self):
        with self.lock:
            return {"methods": dict(self.count),
                    "statuses": dict(self.statuses),
                    "pages": self.api.pages,
                    "orders": misbehave.describe(self.orders)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    timeout = 600

    # --- answering

    def send_head(self, status, headers):
        with self.world.lock:
            self.world.statuses[str(status)] += 1
        self.send_response(status)
        headers = dict({"Content-Type": "application/json; charset=UTF-8"},
                       **headers)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()

    def send_raw(self, status, body, kind, headers=None):
        self.send_head(status, dict({"Content-Type": kind, "Content-Length":
                                     str(len(body))}, **(headers or {})))
        self.wfile.write(body)

    def send_json(self, status, value, headers=None):
        text = value if isinstance(value, str) else json.dumps(value)
        self.send_raw(status, text.encode(), "application/json; charset=UTF-8",
                      headers)

    def log_message(self, *_args):
        self.world.log.write("%s %s\n" % (
            getattr(self, "command", "-"), getattr(self, "path", "-")))

    # --- asking

    def body(self):
        size = self.headers.get("Content-Length", "0")
        if not size.isdigit() or int(size) > BODY_MAX or \
                "chunked" in self.headers.get("Transfer-Encoding", ""):
            self.close_connection = True
            raise ApiError(413, "INVALID_ARGUMENT", "Request is too large.")
        return self.rfile.read(int(size))

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def serve(self, method):
        url = urllib.parse.urlsplit(self.path)
        try:
            data = self.body()
            if url.path.startswith("/control"):
                self.control(method, url, data)
                return
            order = self.world.orders.take(url.path)
            if order:
                self.world.counted("spoiled." + order["mode"])
                misbehave.act(self, order,
                              lambda: self.right(method, url, data))
                return
            self.answer(method, url, data)
        except ApiError as error:
            self.send_json(error.http, error.body(), self.challenge(error))
        except oauth.OauthError as error:
            self.send_json(error.http, error.body)
        except (OSError, ssl.SSLError):
            self.close_connection = True

    def challenge(self, error):
        if error.http != 401:
            return {}
        return {"WWW-Authenticate":
                'Bearer realm="https://accounts.google.com/"'}

    def right(self, method, url, data):
        """The bytes of the right answer, whatever it is."""
        try:
            if url.path == "/token":
                value = self.token(data)
            else:
                value = self.call(method, url, data)
        except ApiError as error:
            value = error.body()
        except oauth.OauthError as error:
            value = error.body
        text = value if isinstance(value, str) else json.dumps(value)
        return text.encode()

    def consent(self, error=None):
        """Back to the client's redirect_uri, with a code or an error."""
        query = urllib.parse.urlsplit(self.path).query
        target = self.world.oauth.consent(urllib.parse.parse_qs(query), error)
        self.send_head(302, {"Location": target, "Content-Length": "0"})

    def answer(self, method, url, data):
        if url.path == "/token" and method == "POST":
            self.send_json(200, self.token(data),
                           {"Cache-Control": "no-store"})
        elif url.path == "/o/oauth2/v2/auth" and method == "GET":
            self.world.counted("authorize")
            self.consent()
        elif url.path.startswith(("/v1/", "/v1beta1/")):
            self.world.counted("v1")
            raise ApiError(429, "RESOURCE_EXHAUSTED", misbehave.GONE)
        else:
            self.send_json(200, self.call(method, url, data))

    def token(self, data):
        kind = self.headers.get("Content-Type", "").split(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            raise oauth.OauthError(400, "invalid_request",
                                   "Bad content type: " + kind)
        form = urllib.parse.parse_qs(data.decode("latin-1"),
                                     keep_blank_values=True)
        self.world.counted("token." + form.get("grant_type", ["none"])[0])
        return self.world.oauth.token(form, self.basic())

    def basic(self):
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return None
        user, _, password = base64.b64decode(text).decode().partition(":")
        return urllib.parse.unquote(user), urllib.parse.unquote(password)

    def call(self, method, url, data):
        """The value of an API call."""
        name, row, scope, argument = self.world.api.route(method, url.path)
        function, spec, allowed = row
        self.world.counted(name)
        user = self.user(scope)
        parameters = dict(urllib.parse.parse_qsl(
            url.query, keep_blank_values=True))
        api.check_parameters(parameters, allowed)
        body = None
        if spec:
            body = apicheck.parse(
                data, self.headers.get("Content-Type", ""), spec)
        elif data:
            raise apicheck.invalid("A GET request takes no body.")
        seen = self.world.api if user == oauth.OPERATOR else self.world.nobody
        return function(seen, argument, parameters, body)

    def user(self, scope):
        header = self.headers.get("Authorization")
        if not header:
            raise ApiError(401, "UNAUTHENTICATED", "Request is missing "
                           "required authentication credential. Expected "
                           "OAuth 2 access token, login cookie or other valid "
                           "authentication credential.")
        known = self.world.oauth.authorize(header)
        if not known:
            raise ApiError(*misbehave.ERRORS["401"])
        scopes, user = known
        if scope not in scopes and api.ALL not in scopes:
            raise ApiError(*misbehave.ERRORS["scope"])
        return user

    # --- the tests' own door

    def control(self, method, url, data):
        world = self.world
        if url.path == "/control/stats":
            self.send_json(200, world.stats())
            return
        if url.path == "/control/reset":
            world.reset()
            world.orders.clear()
            world.oauth.lifetime = 3599
            world.oauth.refresh_lifetime = None
            world.oauth.untick = world.oauth.no_refresh = False
            world.api.whole_batch = False
        elif method == "POST":
            try:
                self.order(json.loads(data))
            except (ValueError, TypeError) as error:
                raise apicheck.invalid(str(error)) from None
        self.send_json(200, {"ok": True})

    def order(self, order):
        known = {"mode", "count", "retry_after", "match", "token_lifetime",
                 "revoke", "refresh_lifetime", "untick", "no_refresh",
                 "whole_batch"}
        if not isinstance(order, dict) or set(order) - known:
            raise ValueError("known: " + " ".join(sorted(known)))
        if "token_lifetime" in order:
            self.world.oauth.lifetime = order["token_lifetime"]
        for key in ("refresh_lifetime", "untick", "no_refresh"):
            if key in order:
                setattr(self.world.oauth, key, order[key])
        if "whole_batch" in order:
            self.world.api.whole_batch = bool(order["whole_batch"])
        if order.get("revoke"):
            self.world.oauth.revoke_all()
        if "mode" in order:
            self.world.orders.add(order)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    tls = None

    def finish_request(self, request, client_address):
        if self.tls is None:
            self.RequestHandlerClass(request, client_address, self)
            return
        request.settimeout(30)
        try:
            wrapped = self.tls.wrap_socket(request, server_side=True)
        except OSError:
            return
        with wrapped:
            self.RequestHandlerClass(wrapped, client_address, self)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--https", type=int, required=True)
    p.add_argument("--http", type=int, required=True)
    p.add_argument("--certificate", required=True)
    p.add_argument("--public-key", required=True)
    p.add_argument("--audience", action="append", required=True)
    p.add_argument("--log", required=True)
    p.add_argument("--today")
    p.add_argument("--bench", type=int, default=0)
    return p.parse_args()


def main():
    options = parse()
    Handler.world = World(options)
    plain = Server(("127.0.0.1", options.http), Handler)
    secure = Server(("127.0.0.1", options.https), Handler)
    secure.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.tls.load_cert_chain(options.certificate)
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    print("ready", flush=True)
    secure.serve_forever()


if __name__ == "__main__":
    main()
