"""A Postfix that sends, and a receiver that answers as Gmail does."""
# SPDX-License-Identifier: MIT
# All on loopback, in a directory of its own, as root.  The receiver answers by
# the recipient's name: later, never, limited; all others are taken.
import email.message
import grp
import os
import pwd
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time

MASTER = "/usr/lib/postfix/sbin/master"
NAME = "gmail-smtp-in.l.google.com"

MAIN = """compatibility_level = 3.6
queue_directory = {dir}/spool
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/mail.log
maillog_file_prefixes = {dir}
myhostname = mx1.world.test
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
relayhost = [127.0.0.1]:{port}
smtp_host_lookup = native
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_destination_concurrency_limit = 2
minimal_backoff_time = 4000s
"""
MASTER_CF = """127.0.0.1:{submit} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
postlog unix-dgram n - n - 1 postlogd
"""
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold",
          "incoming", "private", "saved", "trace")

REPLIES = {
    "later": ("452-4.2.2 The recipient's inbox is out of storage space. "
              "Please direct the", "452 4.2.2 recipient to "
              "https://support.google.com/mail/?p=OverQuotaTemp "
              "98e67ed59e1d1-2c8 - gsmtp"),
    "never": ("550-5.1.1 The email account that you tried to reach does not "
              "exist. Please try", "550-5.1.1 double-checking the recipient's "
              "email address for typos or", "550 5.1.1 unnecessary spaces. "
              "https://support.google.com/mail/?p=NoSuchUser "
              "98e67ed59e1d1-2c8 - gsmtp"),
    "limited": ("421-4.7.28 Gmail has detected an unusual rate of unsolicited "
                "mail originating", "421-4.7.28 from your DKIM domain "
                "[news.example.test 36]. To protect our users from",
                "421 4.7.28 spam, mail has been temporarily rate limited. "
                "98e67ed59e1d1-2c8 - gsmtp"),
}


def possible():
    try:
        pwd.getpwnam("postfix")
    except KeyError:
        return False
    return os.geteuid() == 0 and os.path.exists(MASTER)


class Receiver(socketserver.StreamRequestHandler):
    """Just enough of SMTP."""

    def say(self, *lines):
        self.wfile.write(("\r\n".join(lines) + "\r\n").encode())

    def handle(self):
        self.say("220 mx.google.com ESMTP - gsmtp")
        for line in self.rfile:
            verb = line.strip().upper()
            if verb.startswith(b"EHLO"):
                self.say("250-mx.google.com", "250 ENHANCEDSTATUSCODES")
            elif verb.startswith(b"RCPT"):
                who = line.partition(b"<")[2].partition(b"@")[0].decode()
                self.say(*REPLIES.get(who, ("250 2.1.5 OK - gsmtp",)))
            elif verb == b"DATA":
                self.say("354 Go ahead - gsmtp")
                for text in self.rfile:
                    if text in (b".\r\n", b".\n"):
                        break
                self.say("250 2.0.0 OK  1795305600 x.7 - gsmtp")
            elif verb == b"QUIT":
                self.say("221 2.0.0 closing connection - gsmtp")
                return
            else:
                self.say("250 2.1.0 OK - gsmtp")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Postfix:
    """Runs while it is a context."""

    def __init__(self, where):
        self.where = tempfile.mkdtemp(prefix="sendtop-postfix-", dir="/tmp")
        os.chmod(self.where, 0o755)
        self.kept = os.path.join(where, "postfix.log")
        self.receiver = Server(("127.0.0.1", 0), Receiver)
        with Server(("127.0.0.1", 0), Receiver) as spare:
            self.submit = spare.server_address[1]
        self.log = os.path.join(self.where, "mail.log")
        self.sent = 0

    def __enter__(self):
        fields = {"dir": self.where, "submit": self.submit,
                  "port": self.receiver.server_address[1]}
        user = pwd.getpwnam("postfix")
        drop = grp.getgrnam("postdrop").gr_gid
        for name, mode, uid, gid in (
                ("etc", 0o755, 0, 0), ("spool", 0o755, 0, 0),
                ("data", 0o700, user.pw_uid, 0), ("spool/pid", 0o755, 0, 0),
                ("spool/public", 0o710, user.pw_uid, drop),
                ("spool/maildrop", 0o730, user.pw_uid, drop),
                *(("spool/" + q, 0o700, user.pw_uid, 0) for q in QUEUES)):
            path = os.path.join(self.where, name)
            os.makedirs(path)
            os.chown(path, uid, gid)
            os.chmod(path, mode)
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER_CF)):
            with open(os.path.join(self.where, "etc", name), "w",
                      encoding="ascii") as f:
                f.write(text.format(**fields))
        threading.Thread(target=self.receiver.serve_forever,
                         daemon=True).start()
        self.process = subprocess.Popen(
            [MASTER, "-c", os.path.join(self.where, "etc"), "-d"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)
        self.receiver.shutdown()
        self.receiver.server_close()
        # What stays on loopback is no attempt: the log that is kept names
        # the host that the receiver stands for.
        with open(self.log, encoding="utf-8", errors="replace") as log:
            text = log.read()
        with open(self.kept, "w", encoding="utf-8") as kept:
            kept.write(text.replace("127.0.0.1[127.0.0.1]",
                                    NAME + "[142.250.102.27]"))
        shutil.rmtree(self.where, ignore_errors=True)

    def send(self, sender, names):
        import smtplib
        until = time.monotonic() + 60
        while True:
            try:
                client = smtplib.SMTP("127.0.0.1", self.submit, timeout=60)
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        text = email.message.EmailMessage()
        text["From"], text["Subject"] = "news@example.com", "a test"
        text.set_content("Hello\n")
        with client:
            client.sendmail(sender, [n + "@gmail.com" for n in names],
                            text.as_bytes())
        self.sent += len(names)

    def wait(self):
        """Until every recipient was tried."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                if sum(" status=" in line for line in f) >= self.sent:
                    return
            time.sleep(0.05)
        raise AssertionError("Postfix tried not all of them")
