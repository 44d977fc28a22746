"""DNSSEC in the world: zones signed by ldns, and unbound, which validates."""
# SPDX-License-Identifier: MIT
import datetime
import os
import subprocess

# Signed zones, children first; whether their signatures hold.  The root is
# signed too, so that a resolver can start there.
SIGNED = {"bogus.sec.": False, "sec.": True, ".": True}
HOLDS, EXPIRED = (-1, 60), (-60, -30)       # days from today

UNBOUND = """server:
	interface: 127.0.0.1@{validator}
	port: {validator}
	do-daemonize: no
	do-ip6: no
	num-threads: 1
	username: ""
	chroot: ""
	directory: "{dir}"
	pidfile: "{dir}/unbound.pid"
	use-syslog: no
	logfile: ""
	verbosity: 0
	access-control: 127.0.0.0/8 allow
	do-not-query-localhost: no
	unblock-lan-zones: yes
	insecure-lan-zones: yes
	module-config: "validator iterator"
	trust-anchor-file: "{dir}/zones/anchor"
	local-zone: "test." nodefault
remote-control:
	control-enable: no
"""
STUB = 'stub-zone:\n\tname: "{0}"\n\tstub-addr: 127.0.0.1@{1}\n'


def day(offset):
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return (today + datetime.timedelta(days=offset)).strftime("%Y%m%d")


def run(directory, *words):
    done = subprocess.run(words, cwd=directory, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode:
        raise SystemExit("world: %s failed: %s"
                         % (" ".join(words), done.stdout.strip()))
    return done.stdout.split()[0] if done.stdout.strip() else ""


def parent(zone):
    return zone.partition(".")[2] or "."


def sign(directory, zones):
    """Signs the zones {name: file} where they stand, with new keys."""
    for zone, holds in SIGNED.items():
        key = run(directory, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k",
                  zone)
        with open(os.path.join(directory, key + ".ds")) as f:
            ds = f.read()
        above = os.path.join(directory, "anchor")
        if zone != ".":
            above = zones[parent(zone)]
        with open(above, "w" if zone == "." else "a") as f:
            f.write(ds)
        first, last = HOLDS if holds else EXPIRED
        run(directory, "ldns-signzone", "-f", zones[zone] + ".signed",
            "-i", day(first), "-e", day(last), zones[zone], key)
        os.replace(zones[zone] + ".signed", zones[zone])
        for end in (".key", ".private", ".ds"):
            os.unlink(os.path.join(directory, key + end))


def unbound_conf(zones, port, **fields):
    """unbound.conf: every zone is asked for at our own name server."""
    return UNBOUND.format(**fields) + "".join(
        STUB.format(zone, port) for zone in zones)
