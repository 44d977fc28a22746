"""The token and authorization endpoints (RFC 6749, 7523, 7636)."""
# SPDX-License-Identifier: MIT
import base64
import hashlib
import json
import re
import secrets
import subprocess
import threading
import time
import urllib.parse

from api import ALL, DOMAIN, PREFIX, TRAFFIC

CLIENT_ID = "1234567890-world.apps.test"
CLIENT_SECRET = "world-secret-0123456789"
REFRESH = "1//world-refresh-token"
ROBOT = "robot@world.iam.test"
OPERATOR = "operator@example.test"
OLD_V1 = PREFIX + "postmaster.readonly"
USERS = PREFIX + "postmaster.user"
KNOWN = {ALL, DOMAIN, TRAFFIC, USERS, OLD_V1}
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|\Z)")
# DER of DigestInfo for SHA-256 (RFC 8017 9.2)
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")

# Refresh tokens that exist before anybody logs in, for tests.
FIXED = {
    REFRESH: (DOMAIN, TRAFFIC),
    "1//world-refresh-domain-only": (DOMAIN,),
    "1//world-refresh-traffic-only": (TRAFFIC,),
    "1//world-refresh-v1": (OLD_V1,),
}


class OauthError(Exception):
    def __init__(self, http, error, description):
        super().__init__(description)
        self.http = http
        self.body = {"error": error, "error_description": description}


def b64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class RsaKey:
    """RS256 verification by hand: the standard library has no RSA."""

    def __init__(self, path):
        text = subprocess.run(
            ["openssl", "rsa", "-pubin", "-in", path, "-noout", "-text"],
            check=True, text=True, stdout=subprocess.PIPE).stdout
        found = re.search(r"Modulus:\s*([0-9a-f:\s]+?)Exponent: (\d+)", text)
        self.n = int(re.sub(r"[:\s]", "", found.group(1)), 16)
        self.e = int(found.group(2))

    def verify(self, data, signature):
        size = (self.n.bit_length() + 7) // 8
        if len(signature) != size:
            return False
        got = pow(int.from_bytes(signature, "big"), self.e, self.n)
        tail = DIGEST_INFO + hashlib.sha256(data).digest()
        want = b"\0\1" + b"\xff" * (size - 3 - len(tail)) + b"\0" + tail
        return got.to_bytes(size, "big") == want


class Oauth:
    def __init__(self, key_path, audiences):
        self.key = RsaKey(key_path)
        self.audiences = audiences
        self.lock = threading.Lock()
        self.lifetime = 3599
        self.refresh_lifetime = None    # said in answers when it is set
        self.untick = False             # a user who allows the first only
        self.no_refresh = False
        self.access = {}            # token -> (scopes, user, end)
        self.refresh = {t: (s, OPERATOR) for t, s in FIXED.items()}
        self.codes = {}             # code -> what it was given for
        self.grants = {"refresh_token": self.by_refresh,
                       "authorization_code": self.by_code,
                       JWT_BEARER: self.by_jwt}

    # --- the resource side

    def authorize(self, header):
        """(scopes, user) of an Authorization header; None if refused."""
        kind, _, token = (header or "").partition(" ")
        with self.lock:
            scopes, user, until = self.access.get(token, ((), None, 0))
        if kind != "Bearer" or time.time() >= until:
            return None
        return scopes, user

    def revoke_all(self):
        with self.lock:
            self.access.clear()

    # --- POST /token

    def token(self, form, basic):
        for key, values in form.items():
            if len(values) != 1:
                raise OauthError(400, "invalid_request",
                                 "Parameter specified twice: " + key)
        form = {key: values[0] for key, values in form.items()}
        grant = self.grants.get(form.get("grant_type"))
        if not grant:
            raise OauthError(400, "unsupported_grant_type",
                             "Invalid grant_type: %s"
                             % form.get("grant_type", ""))
        return grant(form, basic)

    def client(self, form, basic):
        given = (form.get("client_id"), form.get("client_secret"))
        if basic:
            given = basic
        if given[0] is None:
            raise OauthError(400, "invalid_request",
                             "Could not determine client ID from request.")
        if given != (CLIENT_ID, CLIENT_SECRET):
            raise OauthError(401, "invalid_client",
                             "The OAuth client was not found.")

    def issue(self, scopes, user, **more):
        token = "ya29." + secrets.token_urlsafe(40)
        with self.lock:
            self.access[token] = (scopes, user, time.time() + self.lifetime)
        return dict({"access_token": token, "expires_in": self.lifetime,
                     "scope": " ".join(scopes), "token_type": "Bearer"},
                    **more)

    def by_refresh(self, form, basic):
        self.client(form, basic)
        if not form.get("refresh_token"):
            raise OauthError(400, "invalid_request",
                             "Missing required parameter: refresh_token")
        known = self.refresh.get(form["refresh_token"])
        if not known:
            raise OauthError(400, "invalid_grant",
                             "Token has been expired or revoked.")
        scopes, user = known
        asked = form.get("scope", " ".join(scopes)).split()
        if not set(asked) <= set(scopes):
            raise OauthError(400, "invalid_scope",
                             "Some requested scopes were not granted.")
        return self.issue(tuple(asked), user)

    def by_code(self, form, basic):
        self.client(form, basic)
        with self.lock:
            given = self.codes.pop(form.get("code", ""), None)
        if not given:
            raise OauthError(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != given["redirect_uri"]:
            raise OauthError(400, "redirect_uri_mismatch", "Bad Request")
        digest = hashlib.sha256(form.get("code_verifier", "").encode())
        sent = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
        if not secrets.compare_digest(sent, given["code_challenge"]):
            raise OauthError(400, "invalid_grant", "Invalid code verifier.")
        more = {}
        if given.get("access_type") == "offline" and not self.no_refresh:
            more["refresh_token"] = "1//" + secrets.token_urlsafe(40)
            self.refresh[more["refresh_token"]] = (given["scopes"], OPERATOR)
            if self.refresh_lifetime:
                more["refresh_token_expires_in"] = self.refresh_lifetime
        scopes = given["scopes"][:1] if self.untick else given["scopes"]
        return self.issue(scopes, OPERATOR, **more)

    def by_jwt(self, form, _basic):
        claims = self.jwt(form.get("assertion", ""))
        now = time.time()
        if claims.get("iss") != ROBOT:
            raise OauthError(400, "invalid_grant",
                             "Invalid grant: account not found")
        if claims.get("aud") not in self.audiences:
            raise OauthError(400, "invalid_grant", "Invalid JWT: Failed "
                             "audience check. The right audience is "
                             + self.audiences[0])
        first, last = claims.get("iat"), claims.get("exp")
        if not isinstance(first, int) or not isinstance(last, int) or \
                first > now + 60 or last <= now or last - first > 3600:
            raise OauthError(400, "invalid_grant", "Invalid JWT: Token must "
                             "be a short-lived token (60 minutes) and in a "
                             "reasonable timeframe. Check your iat and exp "
                             "values in the JWT claim.")
        scopes = tuple(str(claims.get("scope", "")).split())
        if not scopes or not set(scopes) <= KNOWN:
            raise OauthError(400, "invalid_scope",
                             "Invalid OAuth scope or ID token audience "
                             "provided.")
        user = claims.get("sub", ROBOT)
        if user not in (OPERATOR, ROBOT):
            raise OauthError(401, "unauthorized_client",
                             "Client is unauthorized to retrieve access "
                             "tokens using this method, or client not "
                             "authorized for any of the scopes requested.")
        return self.issue(scopes, user)

    def jwt(self, assertion):
        """The claims of a token whose signature is right."""
        try:
            head, body, signature = assertion.split(".")
            header = json.loads(b64(head))
            claims = json.loads(b64(body))
            if header.get("alg") != "RS256":
                raise ValueError("alg")
            if not self.key.verify((head + "." + body).encode(),
                                   b64(signature)):
                raise ValueError("signature")
            return claims
        except (ValueError, AttributeError):
            raise OauthError(400, "invalid_grant",
                             "Invalid JWT Signature.") from None

    # --- GET /o/oauth2/v2/auth: the user agrees at once

    def consent(self, form, refusal):
        """The URL to redirect to."""
        form = {key: values[0] for key, values in form.items()}
        target = form.get("redirect_uri", "")
        if form.get("client_id") != CLIENT_ID:
            raise OauthError(401, "invalid_client",
                             "The OAuth client was not found.")
        if not LOOPBACK.match(target):
            raise OauthError(400, "redirect_uri_mismatch", target)
        answer = self.consent_answer(form, refusal)
        if form.get("state"):
            answer["state"] = form["state"]
        join = "&" if "?" in target else "?"
        return target + join + urllib.parse.urlencode(answer)

    def consent_answer(self, form, refusal):
        scopes = tuple(form.get("scope", "").split())
        if refusal:
            return {"error": refusal}
        if form.get("response_type") != "code":
            raise OauthError(400, "unsupported_response_type",
                             form.get("response_type", ""))
        if form.get("code_challenge_method") != "S256" or \
                not re.match(r"[\w-]{43}\Z", form.get("code_challenge", "")):
            raise OauthError(400, "invalid_request",
                             "code_challenge with method S256 is required")
        if not scopes or not set(scopes) <= KNOWN:
            raise OauthError(400, "invalid_scope",
                             "Some requested scopes were invalid.")
        code = "4/" + secrets.token_urlsafe(30)
        with self.lock:
            self.codes[code] = dict(form, scopes=scopes)
        return {"code": code, "scope": " ".join(scopes)}
