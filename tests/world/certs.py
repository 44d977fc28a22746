"""Makes the world's CA and the certificates of its servers with openssl."""
# SPDX-License-Identifier: MIT
# "openssl ca" is used because it alone can set both ends of the validity.
# What was made is kept for the day: the stamp names date and host names.
import datetime
import hashlib
import json
import os
import subprocess

import servers

CONFIG = """[ca]
default_ca = world
[world]
database = {dir}/index.txt
new_certs_dir = {dir}
serial = {dir}/serial
default_md = sha256
unique_subject = no
copy_extensions = none
policy = any
[any]
commonName = supplied
[req]
distinguished_name = empty
prompt = no
[empty]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""
# name: (kind of key, first day, last day, signed by), days from today
PLAN = {
    "good": ("ec", -1, 90, "ca"),
    "good-rsa": ("rsa:2048", -1, 90, "ca"),
    "postfix": ("rsa:2048", -1, 90, "ca"),
    "api": ("ec", -1, 90, "ca"),
    "expired": ("ec", -120, -30, "ca"),
    "expiring": ("ec", -85, 5, "ca"),
    "not-yet-valid": ("ec", 10, 100, "ca"),
    "wrong-name": ("ec", -1, 90, "ca"),
    "self-signed": ("ec", -1, 90, None),
    "untrusted": ("ec", -1, 90, "stranger"),
    "weak-key": ("rsa:1024", -1, 90, "ca"),
    "mark": ("ec", -1, 300, "ca"),
    "mark-expired": ("ec", -400, -5, "ca"),
}
# Brand indicators, where a certificate is not for TLS.
USAGE = {name: "extendedKeyUsage=1.3.6.1.5.5.7.3.31\n"
         for name in ("mark", "mark-expired")}


class Maker:
    def __init__(self, directory, hosts):
        self.dir = directory
        self.hosts = hosts      # certificate name -> [DNS or IP names]
        self.today = datetime.datetime.now(datetime.timezone.utc).date()

    def path(self, name):
        return os.path.join(self.dir, name)

    def run(self, *words):
        done = subprocess.run(("openssl",) + words, cwd=self.dir,
                              stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise SystemExit("world: openssl %s failed: %s"
                             % (" ".join(words), done.stdout.strip()))

    def stamp(self):
        seen = json.dumps([str(self.today), PLAN, self.hosts], sort_keys=True)
        return hashlib.sha256(seen.encode()).hexdigest()

    def current(self):
        try:
            with open(self.path("stamp")) as f:
                return f.read() == self.stamp()
        except FileNotFoundError:
            return False

    def key(self, name, kind):
        if kind == "ec":
            words = ("EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        else:
            words = ("RSA", "-pkeyopt",
                     "rsa_keygen_bits:" + kind.split(":")[1])
        self.run("genpkey", "-algorithm", *words, "-out", name + ".key")

    def authority(self, name, title):
        self.key(name, "ec")
        self.run("req", "-x509", "-new", "-config", "openssl.cnf",
                 "-key", name + ".key", "-subj", "/CN=" + title, "-days",
                 "3650", "-extensions", "authority", "-out", name + ".pem")

    def day(self, offset):
        day = self.today + datetime.timedelta(days=offset)
        return day.strftime("%Y%m%d000000Z")

    def extensions(self, name):
        hosts = self.hosts.get(name) or [name + ".certificate.test"]
        names = ["%s:%s" % ("IP" if h[0].isdigit() and h[-1].isdigit()
                            or ":" in h else "DNS", h) for h in hosts]
        with open(self.path(name + ".ext"), "w") as f:
            f.write("[leaf]\nbasicConstraints=CA:FALSE\n"
                    "subjectAltName=%s\n" % ",".join(names) +
                    USAGE.get(name, ""))
        return hosts[0]

    def leaf(self, name):
        kind, first, last, signer = PLAN[name]
        subject = "/CN=" + self.extensions(name)[:64]
        self.key(name, kind)
        self.run("req", "-new", "-config", "openssl.cnf", "-key",
                 name + ".key", "-subj", subject, "-out", name + ".csr")
        sign = ("-selfsign", "-keyfile", name + ".key")
        if signer:
            sign = ("-cert", signer + ".pem", "-keyfile", signer + ".key")
        self.run("ca", "-batch", "-config", "openssl.cnf", *sign, "-notext",
                 "-in", name + ".csr", "-out", name + ".crt",
                 "-startdate", self.day(first), "-enddate", self.day(last),
                 "-extfile", name + ".ext", "-extensions", "leaf")
        self.bundle(name)

    def bundle(self, name):
        with open(self.path(name + ".pem"), "w") as out:
            os.chmod(out.fileno(), 0o600)
            for part in (".crt", ".key"):
                with open(self.path(name + part)) as f:
                    out.write(f.read())

    def make(self):
        if self.current():
            return
        os.makedirs(self.dir, mode=0o700, exist_ok=True)
        for name, text in (("openssl.cnf", CONFIG.format(dir=self.dir)),
                           ("index.txt", ""), ("serial", "1000\n")):
            with open(self.path(name), "w") as f:
                f.write(text)
        self.authority("ca", "sendtop world CA")
        self.authority("stranger", "A CA nobody knows")
        for name in PLAN:
            self.leaf(name)
        self.run("genpkey", "-algorithm", "RSA", "-pkeyopt",
                 "rsa_keygen_bits:2048", "-out", "service.key")
        self.run("pkey", "-in", "service.key", "-pubout", "-out",
                 "service.pub")
        with open(self.path("stamp"), "w") as f:
            f.write(self.stamp())


def make(directory, names, bench):
    """Fills directory; names is {address: [host names]}."""
    hosts = {"api": ["localhost", "127.0.0.1"]}
    for address, at in sorted(names.items()):
        name = servers.certificate_of(address)
        if name not in ("wrong-name",):
            hosts.setdefault(name, []).extend(at)
    if bench:
        hosts["good"] += ["*.mx.bench", "*.tls.bench"]
    hosts["wrong-name"] = ["another.host.test"]
    Maker(directory, hosts).make()
