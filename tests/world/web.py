#!/usr/bin/env python3
"""The HTTPS servers that DNS points to: policies, logos, mark certificates.

  web.py PORT CERTIFICATES LOG    one behaviour an address (servers.WEB)
"""
# SPDX-License-Identifier: MIT
import asyncio
import logging
import os
import ssl
import sys

sys.dont_write_bytecode = True
import servers      # noqa: E402

WAIT_S = 600
DRIP_S = 0.2
UNSAID = 256        # times 4 KiB, of a length that is not said
PATH = "/.well-known/mta-sts.txt"


def policy(mode, *mx, age=604800):
    lines = ["version: STSv1", "mode: " + mode, "max_age: %d" % age]
    return "\r\n".join(lines + ["mx: " + m for m in mx]) + "\r\n"


ALL = policy("enforce", "*.postbox.test")
# What mta-sts.NAME.sts.test serves where it is not ALL.
POLICIES = {
    "testing": policy("testing", "*.postbox.test"),
    "none": policy("none"),
    "uncovered": policy("enforce", "mx2.postbox.test"),
    "strict": policy("enforce", "mx.self-signed.probe.test"),
    "short": policy("enforce", "*.postbox.test", age=3600),
    "bad-policy": "version: STSv1\nmode: always\nmax_age: 604800\n",
    "no-mx": policy("enforce"),
}
SVG = ('<?xml version="1.0" encoding="UTF-8"?>\n'
       '<svg xmlns="http://www.w3.org/2000/svg" version="1.2" '
       'baseProfile="tiny-ps" viewBox="0 0 64 64">\n'
       '<title>World</title>\n%s</svg>\n')
CIRCLE = '<circle cx="32" cy="32" r="32" fill="#456"/>\n'
LOGOS = {
    "/logo.svg": SVG % CIRCLE,
    "/script.svg": SVG % "<script>1</script>\n",
    "/plain.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
    "/large.svg": SVG % ("<!-- %s -->" % ("x" * 40000)),
}
MARKS = {"/mark.pem": "mark.crt", "/mark-expired.pem": "mark-expired.crt",
         "/tls.pem": "good.crt"}


def answer(body, code="200 OK", kind="text/plain", more=()):
    body = body.encode() if isinstance(body, str) else body
    head = ["HTTP/1.1 " + code, "Content-Type: " + kind,
            "Content-Length: %d" % len(body), "Connection: close", *more]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Web:
    def __init__(self, port, certificates, log):
        self.port, self.certificates, self.log = port, certificates, log

    def page(self, host, path):
        """What there is, whichever server has it."""
        if path == PATH:
            return answer(POLICIES.get(host.split(".")[1], ALL))
        if path in LOGOS:
            return answer(LOGOS[path], kind="image/svg+xml")
        if path in MARKS:
            name = os.path.join(self.certificates, MARKS[path])
            with open(name, "rb") as f:
                return answer(f.read(), kind="application/x-pem-file")
        return answer("not here\n", "404 Not Found")

    async def good(self, writer, host, path):
        writer.write(self.page(host, path))

    async def html(self, writer, host, path):
        writer.write(answer(ALL, kind="text/html"))

    async def large(self, writer, host, path):
        writer.write(answer(ALL + "x: y\r\n" * 12000))

    async def unsaid(self, writer, host, path):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(UNSAID):
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()

    async def redirect(self, writer, host, path):
        writer.write(answer("", "301 Moved Permanently", more=[
            "Location: https://mta-sts.ok.sts.test" + PATH]))

    async def gone(self, writer, host, path):
        writer.write(answer("", "404 Not Found"))

    async def failing(self, writer, host, path):
        writer.write(answer("", "503 Service Unavailable"))

    async def slow(self, writer, host, path):
        for byte in self.page(host, path):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(DRIP_S)

    async def silent(self, writer, host, path):
        await asyncio.sleep(WAIT_S)

    async def cut(self, writer, host, path):
        writer.write(self.page(host, path)[:-20])

    def say(self, address, *words):
        with open(self.log, "a") as f:
            f.write(" ".join((address,) + words) + "\n")

    async def serve(self, name, address, reader, writer):
        behave = getattr(self, name.replace("-", "_"), self.good)
        try:
            if name == "no-tls":
                writer.write(answer("", "400 Bad Request"))
                return
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            host = [line.split(":")[1].strip() for line in lines[1:]
                    if line.lower().startswith("host:")][0]
            self.say(address, host, path)
            await behave(writer, host, path)
            await writer.drain()
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError,
                asyncio.LimitOverrunError, asyncio.TimeoutError, IndexError):
            pass
        finally:
            writer.close()

    def context(self, address):
        out = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        out.load_cert_chain(os.path.join(
            self.certificates, servers.certificate_of(address) + ".pem"))
        return out

    async def listen(self, name, address):
        async def serve(reader, writer):
            await self.serve(name, address, reader, writer)

        tls = None if name == "no-tls" else self.context(address)
        return await asyncio.start_server(serve, address, self.port, ssl=tls)

    async def run(self):
        started = [await self.listen(*row) for row in servers.WEB.items()]
        await asyncio.gather(*(s.serve_forever() for s in started))


if __name__ == "__main__":
    # Clients that leave in the middle are what this is for.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    asyncio.run(Web(int(sys.argv[1]), sys.argv[2], sys.argv[3]).run())
