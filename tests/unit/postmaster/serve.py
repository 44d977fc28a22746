#!/usr/bin/env python3
"""The world's Postmaster API alone, for as long as standard input is open."""
# SPDX-License-Identifier: MIT
# serve.py WORLD DIR BENCH: makes a key and a certificate in DIR, listens at
# free ports of 127.0.0.1 and prints "ready HTTPS-PORT HTTP-PORT".
import os
import ssl
import subprocess
import sys
import threading
import types

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import postmaster  # noqa: E402


def openssl(*words):
    subprocess.run(("openssl",) + words, check=True, cwd=sys.argv[2],
                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)


def main():
    path = sys.argv[2]
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=api", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", "api.key", "-out", "ca.pem")
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt",
            "rsa_keygen_bits:2048", "-out", "service.key")
    openssl("pkey", "-in", "service.key", "-pubout", "-out", "service.pub")
    audiences = []
    postmaster.Handler.world = postmaster.World(types.SimpleNamespace(
        today="2026-11-21", bench=int(sys.argv[3]), audience=audiences,
        public_key=path + "/service.pub", log=path + "/api.log"))
    plain = postmaster.Server(("127.0.0.1", 0), postmaster.Handler)
    secure = postmaster.Server(("127.0.0.1", 0), postmaster.Handler)
    secure.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.tls.load_cert_chain(path + "/ca.pem", path + "/api.key")
    ports = secure.server_port, plain.server_port
    audiences.append("https://127.0.0.1:%d/token" % ports[0])
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready %d %d" % ports, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
