#!/usr/bin/env python3
"""Stands in for the browser of a login: browser.py HOW CA, prompt on stdin."""
# SPDX-License-Identifier: MIT
import re
import socket
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    """Where the redirect leads is looked at, not followed."""

    def redirect_request(self, *_args):
        return None


def redirect_of(url, ca):
    opener = urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(
        context=ssl.create_default_context(cafile=ca)))
    try:
        opener.open(url, timeout=5)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise SystemExit("no redirect")


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        return answer.code


def raw(port, data, wait=True):
    s = socket.create_connection(("127.0.0.1", port), 5)
    s.sendall(data)
    if not wait:
        return s
    with s:
        return s.recv(100).split(b" ")[1:2]


def noise(port):
    """All that is not the answer must be refused, and do no harm."""
    base = "http://127.0.0.1:%d" % port
    held = [raw(port, b"GET /?co", False) for _ in range(12)]
    assert get(base + "/favicon.ico") == 404
    assert get(base + "/") == 404
    assert get(base + "/?x=1") == 404
    assert raw(port, b"POST /?code=x&state=y HTTP/1.1\r\n\r\n") == [b"404"]
    assert raw(port, b"\x16\x03\x01\r\n\r\n") == [b"404"]
    assert raw(port, b"GET /?code=" + b"x" * 9000 +
               b" HTTP/1.1\r\n\r\n") == [b"404"]
    try:
        assert raw(port, b"GET / HTTP/1.1\r\nX: " + b"x" * 40000) in (
            [b"431"], [])
    except ConnectionError:
        pass
    return held


def main():
    how, ca = sys.argv[1:3]
    text = ""
    while "ssh -L" not in text:
        text += sys.stdin.readline()
    url = re.search(r"^https://\S+$", text, re.M).group(0)
    back = redirect_of(url, ca)
    port = urllib.parse.urlsplit(back).port
    assert port == int(re.search(r"port (\d+)", text).group(1))
    if how == "noise":
        held = noise(port)
        assert held
    if how == "state":
        back = back.replace("state=", "state=x")
        assert get(back) == 400
    elif how == "denied":
        assert get(back) == 400
    else:
        assert get(back) == 200


main()
