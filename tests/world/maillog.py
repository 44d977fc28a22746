"""What the MTAs of the stories logged: yesterday, and today until now."""
# SPDX-License-Identifier: MIT
# Most domains leave through one Postfix: mail.log and, of yesterday,
# mail.log.1.gz.  disagree.test sends through PowerMTA, whose acct.csv tells
# the source addresses, and six.test through Exim.  As many messages a day as
# Google will count; the answers that Gmail gives tell each domain's story.
import bisect
import gzip
import os
import random
import time

import stories

HOST = "mx1.world.test"
DAY = 86400
BATCH = 50          # recipients of one message
RELAYS = ("gmail-smtp-in.l.google.com[142.250.102.27]:25",
          "alt1.gmail-smtp-in.l.google.com[142.251.9.26]:25",
          "aspmx.l.google.com[142.250.102.26]:25")
PROCESSES = 60      # of smtp(8): each keeps to one relay
SESSION = 20        # deliveries over one connection
# How busy each hour of the day (UTC) is.
HOURS = (1, 1, 1, 1, 2, 3, 5, 7, 9, 9, 8, 8, 7, 8, 8, 7, 6, 5, 4, 3, 3, 2, 1, 1)

# One row is (share, status, code, text): of all attempts that share ends so.
# {d} is the domain, {ip} its first sending address, {id} the session's.
GMAIL = "{code} {text} {id} - gsmtp"
PTR = ("421-4.7.23", "[{ip} 15] The sending IP address for this message "
       "421-4.7.23 doesn't have a PTR record, or the PTR record's forward DNS "
       "421-4.7.23 entry doesn't match the sending IP address. To protect "
       "421-4.7.23 users from spam, your email has been temporarily rate "
       "421-4.7.23 limited. To learn more about IP addresses and PTR "
       "421-4.7.23 records, go to 421 4.7.23 "
       "https://support.google.com/a?p=sender-guidelines-ip")
LIMITED = ("421-4.7.28", "Gmail has detected an unusual rate of unsolicited "
           "mail originating 421-4.7.28 from your DKIM domain [{d} 36]. To "
           "protect our users from 421-4.7.28 spam, mail sent from your "
           "domain has been temporarily rate limited. 421-4.7.28 For more "
           "information, go to 421-4.7.28 "
           "https://support.google.com/mail/?p=UnsolicitedRateLimitError to "
           "421 4.7.28 review our Bulk Email Senders Guidelines.")
LOW_DOMAIN = ("550-5.7.1", "[{ip} 19] Our system has detected that this "
              "message is 550-5.7.1 likely suspicious due to the very low "
              "reputation of the sending 550-5.7.1 domain. To best protect "
              "our users from spam, the message has been 550-5.7.1 blocked. "
              "Please visit 550 5.7.1 "
              "https://support.google.com/mail/answer/188131 for more "
              "information.")
SPAMMY = ("550-5.7.1", "[{ip} 12] Gmail has detected that this message is "
          "550-5.7.1 likely unsolicited mail. To reduce the amount of spam "
          "sent to Gmail, 550-5.7.1 this message has been blocked. For more "
          "information, go to 550 5.7.1 "
          "https://support.google.com/mail/?p=UnsolicitedMessageError")
NO_SPF = ("421-4.7.27", "Your email has been rate limited because SPF "
          "authentication didn't 421-4.7.27 pass for this message. Gmail "
          "requires all bulk senders to 421-4.7.27 authenticate their mail "
          "with SPF. Authentication results: 421-4.7.27 SPF [{d}] with ip: "
          "[{ip}] = Did not pass. To learn how to set up SPF, go to "
          "421 4.7.27 https://support.google.com/a?p=sender-guidelines-spf")
NO_DKIM = ("421-4.7.30", "Your email has been rate limited because DKIM "
           "authentication didn't 421-4.7.30 pass for this message. Gmail "
           "requires all bulk senders to 421-4.7.30 authenticate their mail "
           "with DKIM. Authentication results: 421-4.7.30 DKIM = Did not "
           "pass. To learn how to set up DKIM, go to 421 4.7.30 "
           "https://support.google.com/a?p=sender-guidelines-dkim")
NO_DMARC = ("421-4.7.40", "Your email has been rate limited because the "
            "sending domain doesn't 421-4.7.40 have a DMARC record, or the "
            "DMARC record doesn't specify a DMARC 421-4.7.40 policy. Gmail "
            "requires all bulk senders to have one. 421 4.7.40 "
            "https://support.google.com/a?p=sender-guidelines-dmarc")
NO_TLS = ("421-4.7.29", "Your email has been rate limited because this "
          "message wasn't sent 421-4.7.29 over a TLS connection. Gmail "
          "requires all bulk email senders to 421-4.7.29 use TLS/SSL for SMTP "
          "connections. 421 4.7.29 "
          "https://support.google.com/a?p=sender-guidelines-tls")
NO_USER = ("550-5.1.1", "The email account that you tried to reach does not "
           "exist. Please try 550-5.1.1 double-checking the recipient's email "
           "address for typos or 550-5.1.1 unnecessary spaces. For more "
           "information, go to 550 5.1.1 "
           "https://support.google.com/mail/?p=NoSuchUser")
FULL = ("452-4.2.2", "The recipient's inbox is out of storage space. Please "
        "direct the 452-4.2.2 recipient to 452 4.2.2 "
        "https://support.google.com/mail/?p=OverQuotaTemp")
# What no catalogue knows, and what attacks the reader's terminal.
NEW = ("450-4.9.99", "Mail of this kind waits for the moon [{d}] 450 4.9.99 "
       "https://support.google.com/mail/?p=SomethingNew")
HOSTILE = ("550-5.7.1", "\x1b]0;owned\x07\x1b[2J\xe2\x80\xae [{ip}] status=sent "
           "(250 ok) postfix/smtp[1]: 4XXXXXXXXX: to=<x@gmail.com>, 550 5.7.1 "
           "go away")

USUAL = ((0.003, "bounced", NO_USER), (0.001, "deferred", FULL))
REPLIES = {
    "noptr.test": ((0.021, "deferred", PTR),),
    "spamfolder.test": ((0.045, "bounced", LOW_DOMAIN),
                        (0.015, "bounced", SPAMMY)),
    "lookups.test": ((0.02, "deferred", NO_SPF),),
    "weakkey.test": ((0.02, "deferred", NO_DKIM),),
    "nodmarc.test": ((0.01, "deferred", NO_DMARC),),
    "oldtls.test": ((0.03, "deferred", NO_TLS),),
    "offers.test": ((0.002, "bounced", SPAMMY),),
    "newcomer.test": ((0.0005, "deferred", NEW),),
    "hostile.test": ((0.3, "bounced", HOSTILE),),
}
# The pager: so many 4.7.28 in the last hour.
LIMITED_DOMAIN, LIMITED_COUNT = "news.example.test", 112
CLEAR = {"oldtls.test": 0.1, "plain.test": 0.02}
SENDERS = {"news.example.test": ("bounce+%d", "news"),
           "shop.test": ("orders", "newsletter", "billing")}
HOSTILE_VOLUME = 40
NOT_WATCHED = ("intern.example.org", 300)


class Mail:
    """One attempt: when, whose, and how it ended."""
    __slots__ = ("at", "story", "end", "reply", "clear", "n")

    def __init__(self, at, story, end, reply, clear, n):
        self.at, self.story, self.end = at, story, end
        self.reply, self.clear, self.n = reply, clear, n


def times(dice, day, count, until):
    """count moments of a day as its hours are busy; those after until go."""
    sums, total = [], 0
    for weight in HOURS:
        total += weight
        sums.append(total)
    out = []
    for _ in range(count):
        point = dice.random() * total
        hour = bisect.bisect(sums, point)
        at = day + hour * 3600 + dice.random() * 3600
        if at < until:
            out.append(at)
    return out


def volume(story):
    return HOSTILE_VOLUME if story.name == "hostile.test" else story.volume(0)


def mails(story, day, now):
    """The attempts of one domain on one day until now."""
    dice = random.Random("%s %d" % (story.name, day // DAY))
    rows = USUAL + REPLIES.get(story.name, ())
    clear = CLEAR.get(story.name, 0)
    out = []
    for n, at in enumerate(times(dice, day, volume(story), now)):
        point, end, reply = dice.random(), "sent", None
        for share, how, text in rows:
            if point < share:
                end, reply = how, text
                break
            point -= share
        out.append(Mail(at, story, end, reply,
                        clear and dice.random() < clear, n))
    if story.name == LIMITED_DOMAIN:
        for n in range(LIMITED_COUNT):
            at = now - 3500 + n * 3400 / LIMITED_COUNT
            if day <= at < day + DAY:
                out.append(Mail(at, story, "deferred", LIMITED, False, n))
    return out


def said(mail):
    code, text = mail.reply
    ip = mail.story.ips[0] if mail.story.ips else "192.0.2.1"
    return GMAIL.format(
        code=code, text=text.format(d=mail.story.name, ip=ip),
        id="%012x-%06x.%d" % (int(mail.at * 1e6) & 0xffffffffffff, mail.n,
                              mail.n % 97))


def sender(mail):
    names = SENDERS.get(mail.story.name, ("news",))
    name = names[mail.n // BATCH % len(names)]
    if "%d" in name:
        name = name % (mail.n // BATCH)
    return "%s@%s" % (name, mail.story.name)


def stamp(at):
    return "%s.%06d+00:00" % (
        time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)), at % 1 * 1e6)


def postfix(all_mails):
    """Lines of Postfix, with opendkim's where a message begins."""
    open_ids, hour, sessions = {}, None, {}
    for count, mail in enumerate(all_mails):
        if hour != int(mail.at // 3600):
            hour = int(mail.at // 3600)
            for qid in open_ids.values():
                yield "%s %s postfix/qmgr[402]: %s: removed\n" % (
                    stamp(mail.at), HOST, qid)
            open_ids = {}
        key = (mail.story.name, mail.n // BATCH, int(mail.at // 3600))
        when = stamp(mail.at)
        if key not in open_ids:
            open_ids[key] = "4%09X" % (count + 0x1000000)
            qid = open_ids[key]
            if mail.n // BATCH % 20 == 0 and mail.story.selectors:
                yield "%s %s opendkim[411]: %s: DKIM-Signature field added " \
                    "(s=%s, d=%s)\n" % (
                        when, HOST, qid,
                        mail.story.selectors[mail.n % len(
                            mail.story.selectors)], mail.story.name)
            yield "%s %s postfix/qmgr[402]: %s: from=<%s>, size=%d, " \
                "nrcpt=%d (queue active)\n" % (
                    when, HOST, qid, sender(mail), 4000 + count % 9000, BATCH)
        qid = open_ids[key]
        relay = RELAYS[mail.n % len(RELAYS)]
        if mail.end == "sent":
            dsn, words = "2.0.0", "250 2.0.0 OK  %d x%d.%d - gsmtp" % (
                mail.at, count, mail.n % 97)
        else:
            dsn = mail.reply[0].partition("-")[2]
            words = "host %s said: %s (in reply to end of DATA command)" % (
                relay.rpartition(":")[0], said(mail))
        process = 1000 + mail.n % PROCESSES
        uses = 0 if mail.clear else sessions.get(process, 0) % SESSION + 1
        if not mail.clear and uses == 1:
            yield "%s %s postfix/smtp[%d]: Trusted TLS connection " \
                "established to %s: TLSv1.3 with cipher " \
                "TLS_AES_256_GCM_SHA384 (256/256 bits)\n" % (
                    when, HOST, process, relay)
        sessions[process] = uses
        yield "%s %s postfix/smtp[%d]: %s: to=<user%d@gmail.com>, relay=%s, " \
            "%sdelay=1.1, delays=0.1/0/0.4/0.6, dsn=%s, status=%s (%s)\n" % (
                when, HOST, process, qid, mail.n, relay,
                "conn_use=%d, " % uses if uses > 1 else "", dsn, mail.end,
                words)


def exim(all_mails):
    """Lines of Exim's main log, with the local interface."""
    for count, mail in enumerate(all_mails):
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(mail.at))
        mid = "1t%04X-%06X-%02X" % (mail.n & 0xffff, count, mail.n % 100)
        ip = mail.story.ips[mail.n % len(mail.story.ips)]
        host = RELAYS[mail.n % len(RELAYS)].partition("[")
        address = host[2].partition("]")[0]
        yield "%s %s <= %s H=app.world.test [127.0.0.1] P=esmtp S=4711\n" % (
            when, mid, sender(mail))
        if mail.end == "sent":
            yield "%s %s => user%d@gmail.com F=<%s> R=dnslookup " \
                "T=remote_smtp H=%s [%s] I=[%s] X=TLS1.3:" \
                "TLS_AES_256_GCM_SHA384:256 CV=yes C=\"250 2.0.0 OK  %d " \
                "x.%d - gsmtp\"\n" % (
                    when, mid, mail.n, sender(mail), host[0], address, ip,
                    mail.at, mail.n % 97)
        else:
            mark = "**" if mail.end == "bounced" else "=="
            yield "%s %s %s user%d@gmail.com F=<%s> R=dnslookup " \
                "T=remote_smtp H=%s [%s] I=[%s]: SMTP error from remote mail " \
                "server after end of data: %s\n" % (
                    when, mid, mark, mail.n, sender(mail), host[0], address,
                    ip, said(mail))
        if mail.end != "deferred":
            yield "%s %s Completed\n" % (when, mid)


POWERMTA = ("type,timeLogged,timeQueued,orig,rcpt,dsnAction,dsnStatus,dsnDiag,"
            "dsnMta,srcType,dlvType,vmta,dlvSourceIp,dlvDestinationIp\n")
# The address that its owner forgot, which has no PTR record.
FORGOTTEN = "192.0.2.77"


def powermta(all_mails):
    """Rows of PowerMTA's accounting file."""
    kinds = {"sent": ("d", "relayed", "2.0.0 (success)"),
             "bounced": ("b", "failed", "5.0.0 (undefined status)"),
             "deferred": ("t", "delayed", "4.0.0 (undefined status)")}
    yield POWERMTA
    for mail in all_mails:
        when = time.strftime("%Y-%m-%d %H:%M:%S+0000", time.gmtime(mail.at))
        ips = mail.story.ips + (FORGOTTEN,)
        kind, action, status = kinds[mail.end]
        host, _, rest = RELAYS[mail.n % len(RELAYS)].partition("[")
        diag = "smtp;250 2.0.0 OK" if mail.end == "sent" \
            else "smtp;" + said(mail)
        yield ",".join((
            kind, when, when, sender(mail), "user%d@gmail.com" % mail.n,
            action, status, '"%s"' % diag.replace('"', '""'),
            "%s (%s)" % (host, rest.partition("]")[0]), "smtp", "smtp",
            "pool%d" % (mail.n % len(ips)), ips[mail.n % len(ips)],
            rest.partition("]")[0])) + "\n"


ELSEWHERE = {"disagree.test": ("acct.csv", powermta),
             "six.test": ("exim_main.log", exim)}


def not_watched():
    name, count = NOT_WATCHED
    return stories.Story(name, lambda age: count, lambda age: None)


def write_lines(path, lines, written):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "wt", encoding="latin-1", newline="\n") as f:
        f.writelines(lines)
    os.utime(path, (written, written))


def write(folder, now=None):
    """Writes the logs; the patterns of [logs] files."""
    now = time.time() if now is None else now
    today = int(now) // DAY * DAY
    os.makedirs(folder, exist_ok=True)
    told = stories.STORIES + [not_watched()]
    for day, name in ((today - DAY, "mail.log.1.gz"), (today, "mail.log")):
        some = [m for s in told if s.name not in ELSEWHERE
                for m in mails(s, day, now)]
        some.sort(key=lambda m: m.at)
        write_lines(os.path.join(folder, name), postfix(some),
                    min(now, day + DAY))
    for story in told:
        if story.name not in ELSEWHERE:
            continue
        name, lines = ELSEWHERE[story.name]
        some = [m for day in (today - DAY, today)
                for m in mails(story, day, now)]
        some.sort(key=lambda m: m.at)
        write_lines(os.path.join(folder, name), lines(some), now)
    return [os.path.join(folder, name)
            for name in ("mail.log*", "acct.csv", "exim_main.log")]


if __name__ == "__main__":
    import sys
    print("\n".join(write(sys.argv[1])))
