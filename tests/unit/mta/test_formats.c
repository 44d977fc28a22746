/* Each format's lines: what comes out of them, and what does not. */
/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/mta/logs.h"
#include "tests/unit/mta/suites.h"

#define GMAIL "gmail-smtp-in.l.google.com"

/* How lines begin. */
#define NONE                                                          \
	"Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, " \
	"relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, status="
#define SENDMAIL                                                                                                                               \
	"Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@gmail.com>, delay=00:05:04, xdelay=00:05:00, mailer=esmtp, pri=120, relay=" GMAIL \
	". [142.250.1.27], "
#define OPENSMTPD                                                     \
	"Nov 22 03:12:44 mx smtpd[5]: 0000000000000000 mta delivery " \
	"evpid=f6e94209918f7e7b "
#define EXIM "2026-11-22 03:12:43 "

struct row {
	const char *name, *format, *log, *told;
	int64_t skipped, unjoined;
};

/* A line of a log is a line here. */
/* clang-format off */
static const struct row
    rows
	[] = {
		/* --- Postfix ---------------------------------------------------------- */
		{ "sender by queue id, TLS by process", "postfix",
		    "Nov 22 03:12:40 mx postfix/qmgr[7]: 4F3A12: from=<news@example.com>, size=9, nrcpt=1 (queue active)\n"
		    "Nov 22 03:12:43 mx postfix/smtp[9]: Trusted TLS connection established to " GMAIL
		    "[142.250.1.27]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: 4F3A12: to=<a@gmail.com>, relay=" GMAIL
		    "[142.250.1.27]:25, delay=1.9, delays=0.05/0/1.1/0.71, dsn=2.0.0, status=sent (250 2.0.0 OK  1795316400 x1-20020a - gsmtp)\n",
		    "2026-11-22T03:12:44Z 4F3A12 <news@example.com> ? -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: 250 2.0.0 OK  1795316400 x1-20020a - gsmtp\n",
		    0, 0 },
		{ "a bounce's null sender is one", "postfix",
		    "Nov 22 03:12:40 mx postfix/qmgr[7]: 4F3A12: from=<>, size=9, nrcpt=1 (queue active)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: 4F3A12: to=<a@gmail.com>, orig_to=<root>, relay=" GMAIL
		    "[2607:f8b0:400e:c04::1b]:25, conn_use=2, delay=1, delays=0/0/1/0, dsn=4.7.28, status=deferred (host " GMAIL
		    "[2607:f8b0:400e:c04::1b] said: 421-4.7.28 rate (in reply to end of DATA command))\n",
		    "2026-11-22T03:12:44Z 4F3A12 <> ? -> gmail.com " GMAIL
		    "[2607:f8b0:400e:c04::1b] deferred ?: host " GMAIL
		    "[2607:f8b0:400e:c04::1b] said: 421-4.7.28 rate (in reply to end of DATA command)\n",
		    0, 0 },
		{ "RFC 3339, long ids, another instance, lmtp", "postfix",
		    "2026-11-22T04:12:40.123456+01:00 mx postfix-out/qmgr[7]: 3QqZJ74Qkqz1: from=<n@e.org>, size=9, nrcpt=1 (queue active)\n"
		    "2026-11-22T04:12:44.000001+01:00 mx postfix-out/lmtp[9]: 3QqZJ74Qkqz1: to=<b@x.test>, relay=box[private/dovecot-lmtp], delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 2.0.0 <b@x.test> Saved)\n",
		    "2026-11-22T03:12:44Z 3QqZJ74Qkqz1 <n@e.org> ? -> x.test box[?] done ?: 250 2.0.0 <b@x.test> Saved\n",
		    0, 0 },
		{ "no host was reached; the sender is not known", "postfix",
		    "Nov 22 03:12:44 mx postfix/smtp[9]: 4F3A12: to=<a@gmail.com>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to " GMAIL
		    "[142.250.1.27]:25: Connection timed out)\n",
		    "2026-11-22T03:12:44Z 4F3A12 <?> ? -> gmail.com " GMAIL
		    "[142.250.1.27] deferred ?: connect to " GMAIL
		    "[142.250.1.27]:25: Connection timed out\n",
		    0, 1 },
		{ "who was not reached is in Postfix's own words only",
		    "postfix",
		    NONE "deferred (connect to " GMAIL
			 "[2607:f8b0::1b]:25: Network is unreachable)\n"
		    NONE "deferred (connect to 127.0.0.1[127.0.0.1]:10024: Connection refused)\n"
		    NONE "deferred (connect to " GMAIL ": no)\n"
		    NONE "deferred (Host or domain name not found. Name service error for name=" GMAIL
			 " type=A: Host not found, try again)\n"
		    NONE "bounced (mail for a.test loops back to myself; connect to " GMAIL
			 "[142.250.1.27]:25: no)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.0.0, status=deferred (connect to " GMAIL
		    "[142.250.1.27]:25: no)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test " GMAIL
		    "[2607:f8b0::1b] deferred ?: connect to " GMAIL
		    "[2607:f8b0::1b]:25: Network is unreachable\n"
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test ?[?] deferred ?: connect to " GMAIL
		    ": no\n"
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test ?[?] deferred ?: Host or domain name not found. Name service error for name=" GMAIL
		    " type=A: Host not found, try again\n"
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test ?[?] bounced ?: mail for a.test loops back to myself; connect to " GMAIL
		    "[142.250.1.27]:25: no\n"
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] deferred ?: connect to " GMAIL
		    "[142.250.1.27]:25: no\n",
		    0, 5 },
		{ "in the clear, once TLS is told at all", "postfix",
		    "Nov 22 03:12:43 mx postfix/smtp[9]: Untrusted TLS connection established to a.test[192.0.2.1]:25: TLSv1.2 with cipher X (256/256 bits)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<b@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:45 mx postfix/smtp[9]: AAAAA2: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:46 mx postfix/smtp[8]: AAAAA3: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:47 mx postfix/smtp[9]: AAAAA4: to=<a@a.test>, relay=a.test[192.0.2.1]:25, conn_use=2, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:47 mx postfix/smtp[7]: AAAAA5: to=<a@a.test>, relay=a.test[192.0.2.1]:25, conn_use=3, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done tls: 250 OK\n"
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done tls: 250 OK\n"
		    "2026-11-22T03:12:45Z AAAAA2 <?> ? -> a.test a.test[192.0.2.1] done clear: 250 OK\n"
		    "2026-11-22T03:12:46Z AAAAA3 <?> ? -> a.test a.test[192.0.2.1] done clear: 250 OK\n"
		    "2026-11-22T03:12:47Z AAAAA4 <?> ? -> a.test a.test[192.0.2.1] done tls: 250 OK\n"
		    "2026-11-22T03:12:47Z AAAAA5 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n",
		    0, 6 },
		{ "tls= of newer releases", "postfix",
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, tls=dane, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, tls=may:none, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, tls=may?, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done tls: 250 OK\n"
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done clear: 250 OK\n"
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n",
		    0, 3 },
		{ "what nobody tried is no attempt", "postfix",
		    "Nov 22 03:12:44 mx postfix/error[9]: AAAAA1: to=<a@a.test>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.2, status=deferred (delivery temporarily suspended: lost connection)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.1.5, status=deliverable (250 OK)\n"
		    "Nov 22 03:12:44 mx postfix/local[9]: AAAAA1: to=<a@a.test>, relay=local, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (delivered to mailbox)\n"
		    "Nov 22 03:12:44 mx postfix/qmgr[9]: AAAAA1: from=<n@e.org>, status=expired, returned to sender\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: host a.test[192.0.2.1] said: 450 4.7.1 wait (in reply to RCPT TO command)\n",
		    "", 0, 0 },
		{ "a forged line inside a reply is text", "postfix",
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=5.0.0, status=bounced (host a.test[192.0.2.1] said: 550 Nov 22 03:12:44 mx postfix/smtp[9]: BBBBB1: to=<b@gmail.com> relay=" GMAIL
		    "[1.2.3.4]:25, dsn=2.0.0, status=sent (250 OK))\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: host a.test[192.0.2.1] said: 450 Trusted TLS connection established to a.test[192.0.2.1]:25: x to=<b@gmail.com>, relay=" GMAIL
		    "[1.2.3.4]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] bounced ?: host a.test[192.0.2.1] said: 550 Nov 22 03:12:44 mx postfix/smtp[9]: BBBBB1: to=<b@gmail.com> relay=" GMAIL
		    "[1.2.3.4]:25, dsn=2.0.0, status=sent (250 OK)\n",
		    0, 1 },
		{ "where a delivery stands in a delivery none is believed",
		    "postfix",
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=5.0.0, status=bounced (550 to=<b@gmail.com>, relay=" GMAIL "[1.2.3.4]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK))\n",
		    "", 1, 0 },
		{ "a forged field inside a quoted address is part of it",
		    "postfix",
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<\"x>, relay=" GMAIL
		    "[1.2.3.4]:25, \\\"\"@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n",
		    0, 1 },
		{ "a byte order mark", "postfix",
	  "\xef\xbb\xbfNov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\r\n",
	  "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n", 0, 1 },
	{ "a line that breaks off", "postfix",
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, del\n",
		    "", 1, 0 },
		{ "ids that are used again have their new sender", "postfix",
		    "Nov 22 03:12:40 mx postfix/qmgr[7]: AAAAA1: from=<old@e.org>, size=9, nrcpt=1 (queue active)\n"
		    "Nov 22 03:12:41 mx postfix/qmgr[7]: AAAAA1: removed\n"
		    "Nov 22 03:12:42 mx postfix/qmgr[7]: AAAAA2: from=<b@e.org>, size=9, nrcpt=1 (queue active)\n"
		    "Nov 22 03:12:42 mx postfix/qmgr[7]: AAAAA1: from=<new@e.org>, size=9, nrcpt=1 (queue active)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA2: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <new@e.org> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n"
		    "2026-11-22T03:12:44Z AAAAA2 <b@e.org> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n",
		    0, 0 },
		{ "signers beside the MTA", "postfix",
		    "Nov 22 03:12:40 mx postfix/cleanup[7]: AAAAA1: message-id=<x@y>\n"
		    "Nov 22 03:12:40 mx opendkim[5]: AAAAA1: DKIM-Signature field added (s=mail1, d=example.com)\n"
		    "Nov 22 03:12:40 mx opendkim[5]: AAAAA1: from (s=evil, d=gmail.com) DKIM-Signature field added (s=no, d=gmail.com)\n"
		    "Nov 22 03:12:40 mx rspamd[6]: <ab12>; task; rspamd_task_write_log: id: <x@y>, (default: F (no action): [-0.10/15.00] [DKIM_SIGNED(0.00){example.org:s=k2;},ARC_NA(0.00){}]), len: 9\n"
		    "Nov 22 03:12:40 mx amavis[8]: (08-01) dkim: signing (author), From: <a@b> , KEY.key_ind=>0, a=>rsa-sha256, c=>relaxed/simple, d=>example.net, s=>k3, ttl=>1814400\n"
		    "Nov 22 03:12:41 mx amavis[8]: (08-02) Passed CLEAN {RelayedOutbound}, <a@b> -> <c@d>, Message-ID: <x, dkim_new=no:example.com, 5 ms@y>, Hits: -1, queued_as: AAAAA2, dkim_new=k4:example.net,k5:example.org, 250 ms\n"
		    "Nov 22 03:12:41 mx amavis[8]: (08-03) Passed CLEAN {RelayedOutbound}, <a@b> -> <c@d>, Hits: -1, dkim_new=k6:example.net, 250 ms, Tests: [A=1,B=-2]\n"
		    "Nov 22 03:12:41 mx amavis[8]: (08-04) Passed CLEAN {RelayedInbound}, <a@b> -> <c@d>, Message-ID: <x, dkim_new=no:example.com, 5 ms, Tests: [A@y>, Hits: -1, 250 ms\n"
		    "Nov 22 03:12:41 mx amavis[8]: (08-05) Passed CLEAN {RelayedInbound}, dkim_new=no\n",
		    "dkim example.com mail1\ndkim example.org k2\ndkim example.net k3\n"
		    "dkim example.net k4\ndkim example.org k5\ndkim example.net k6\n",
		    0, 0 },
		/* --- the frame -------------------------------------------------------- */
		{ "RFC 5424, framed", "postfix",
		    "212 <22>1 2026-11-22T03:12:44.5Z mx postfix/smtp 9 - - AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "<22>1 2026-11-22T03:12:45.5Z mx postfix/smtp 9 - [x@1 a=\"]\"] \xef\xbb\xbf"
		    "AAAAA2: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n"
		    "2026-11-22T03:12:45Z AAAAA2 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n",
		    0, 2 },
		{ "containers: a name, a driver's stamp, Kubernetes, a level",
		    "postfix",
		    "mail-1  | Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "2026-11-22T02:12:45.123456789Z Nov 22 03:12:45 mx postfix/smtp[9]: AAAAA2: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "2026-11-22T03:12:46.1Z stdout F 2026-11-22T03:12:46.0+00:00 mx postfix/smtp[9]: AAAAA3: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n"
		    "2026-11-22T03:12:47.1Z INFO    postfix/smtp[9]: AAAAA4: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\r\n"
		    "2026-11-22T03:12:48+0000 postfix/smtp[9]: AAAAA5: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:44Z AAAAA1 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n"
		    "2026-11-22T02:12:45Z AAAAA2 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n"
		    "2026-11-22T03:12:46Z AAAAA3 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n"
		    "2026-11-22T03:12:47Z AAAAA4 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n"
		    "2026-11-22T03:12:48Z AAAAA5 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n",
		    0, 5 },
		/* --- Exim ------------------------------------------------------------- */
		{ "arrival, delivery, another recipient", "exim",
		    "2026-11-22 03:12:40 1rXyZa-0001Ab-7K <= news@example.com H=app.lan (app) [10.0.0.5] P=esmtps X=TLS1.3:ECDHE:256 CV=no S=999 id=x@y\n"
		    "2026-11-22 03:12:44 1rXyZa-0001Ab-7K => a@gmail.com R=dnslookup T=remote_smtp H=" GMAIL
		    " [142.250.1.27] X=TLS1.3:ECDHE_X25519__ECDSA_SECP256R1_SHA256__AES_256_GCM:256 CV=yes DN=\"C=US,O=Google: [x] H=y\" K C=\"250 2.0.0 OK  179 \"x\" - gsmtp\" QT=4s\n"
		    "2026-11-22 03:12:44 1rXyZa-0001Ab-7K -> b@gmail.com R=dnslookup T=remote_smtp H=" GMAIL
		    " [142.250.1.27]* X=TLS1.3:ECDHE:256 CV=yes C=\"250 2.0.0 OK\"\n"
		    "2026-11-22 03:12:44 1rXyZa-0001Ab-7K => local <c@example.com> R=local_user T=mail_spool\n"
		    "2026-11-22 03:12:44 1rXyZa-0001Ab-7K Completed\n",
		    "2026-11-22T03:12:44Z 1rXyZa-0001Ab-7K <news@example.com> ? -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: 250 2.0.0 OK  179 \"x\" - gsmtp\n"
		    "2026-11-22T03:12:44Z 1rXyZa-0001Ab-7K <news@example.com> ? -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: 250 2.0.0 OK\n",
		    0, 0 },
		{ "new ids, milliseconds, a zone, the pid, own address, sender",
		    "exim",
		    "2026-11-22 04:12:44.123 +0100 [777] 1tEXqw-00000001abC-2xYz => a@gmail.com <al@example.com> F=<n@e.org> P=<n@e.org> R=dnslookup T=remote_smtp S=100 H=" GMAIL
		    " [2a00:1450:4008:c01::1b]:25 I=[2001:db8::1]:40000 X=TLS1.3:x:256 C=\"250 OK\" DT=1s\n",
		    "2026-11-22T03:12:44Z 1tEXqw-00000001abC-2xYz <n@e.org> 2001:db8::1 -> gmail.com " GMAIL
		    "[2a00:1450:4008:c01::1b] done tls: 250 OK\n",
		    0, 0 },
		{ "deferred and failed, with and without H=", "exim",
		    "2026-11-22 03:12:40 1rXyZa-0001Ab-7K <= <> R=1rXyZa-0001Ab-7J U=exim P=local S=1\n"
		    "2026-11-22 03:12:41 1rXyZa-0001Ab-7K == a@gmail.com R=dnslookup T=remote_smtp defer (-46) H=" GMAIL
		    " [142.250.1.27] X=TLS1.3:x:256: SMTP error from remote mail server after pipelined end of data: 421 4.7.28 rate\\n421 slow\n"
		    "2026-11-22 03:12:42 1rXyZa-0001Ab-7K ** a@a.test F=<> R=dnslookup T=remote_smtp: SMTP error from remote mail server after RCPT TO:<a@a.test>: host mx.a.test [192.0.2.1]: 550 5.1.1 no: host " GMAIL
		    " [1.2.3.4]: 250 H=x\n"
		    "2026-11-22 03:12:43 1rXyZa-0001Ab-7K == a@b.test R=dnslookup T=remote_smtp defer (110): Connection timed out\n"
		    "2026-11-22 03:12:43 1rXyZa-0001Ab-7K == a@b.test R=dnslookup T=remote_smtp defer (-53): retry time not reached for any host for 'b.test'\n"
		    "2026-11-22 03:12:43 1rXyZa-0001Ab-7K == a@b.test R=dnslookup defer (-1): host lookup did not complete\n"
		    "2026-11-22 03:12:43 1rXyZa-0001Ab-7K ** x@b.test: Unrouteable address\n",
		    "2026-11-22T03:12:41Z 1rXyZa-0001Ab-7K <> ? -> gmail.com " GMAIL
		    "[142.250.1.27] deferred tls: SMTP error from remote mail server after pipelined end of data: 421 4.7.28 rate\\n421 slow\n"
		    "2026-11-22T03:12:42Z 1rXyZa-0001Ab-7K <> ? -> a.test mx.a.test[192.0.2.1] bounced ?: SMTP error from remote mail server after RCPT TO:<a@a.test>: host mx.a.test [192.0.2.1]: 550 5.1.1 no: host " GMAIL
		    " [1.2.3.4]: 250 H=x\n"
		    "2026-11-22T03:12:43Z 1rXyZa-0001Ab-7K <> ? -> b.test ?[?] deferred ?: Connection timed out\n",
		    0, 0 },
		{ "deferred by a host that was reached, in the system's words first",
		    "exim",
		    EXIM "aaaaaa-0001Ab-7K == a@gmail.com R=r T=remote_smtp defer (110): Connection timed out H=gmail-smtp-in.l.google.com [142.250.1.27]: SMTP timeout after initial connection\n"
		    EXIM "aaaaaa-0001Ab-7K == b@gmail.com R=r T=remote_smtp defer (110): Connection timed out H=gmail-smtp-in.l.google.com [142.250.1.27]:25 DT=3s: SMTP timeout after MAIL FROM:<a@b.test>\n"
		    EXIM "bbbbbb-0001Ab-7K == a@a.test R=r T=remote_smtp defer (111): Connection refused DT=0.017s\n"
		    /* A stranger's words are none of the system's. */
		    EXIM "cccccc-0001Ab-7K == a@a.test R=r T=remote_smtp defer (110): 450 4.7.1 x H=gmail-smtp-in.l.google.com [142.250.1.27]: y\n",
		    "2026-11-22T03:12:43Z aaaaaa-0001Ab-7K <?> ? -> gmail.com gmail-smtp-in.l.google.com[142.250.1.27] deferred ?: SMTP timeout after initial connection\n"
		    "2026-11-22T03:12:43Z aaaaaa-0001Ab-7K <?> ? -> gmail.com gmail-smtp-in.l.google.com[142.250.1.27] deferred ?: SMTP timeout after MAIL FROM:<a@b.test>\n"
		    "2026-11-22T03:12:43Z bbbbbb-0001Ab-7K <?> ? -> a.test ?[?] deferred ?: Connection refused\n"
		    "2026-11-22T03:12:43Z cccccc-0001Ab-7K <?> ? -> a.test ?[?] deferred ?: 450 4.7.1 x H=gmail-smtp-in.l.google.com [142.250.1.27]: y\n",
		    0, 4 },
		{ "who was not reached is told beforehand", "exim",
		    EXIM "aaaaaa-0001Ab-7K H=" GMAIL
			 " [2607:f8b0::1b] Network is unreachable\n"
		    EXIM "aaaaaa-0001Ab-7K H=alt1." GMAIL
			 " [142.250.1.27]:25 Connection timed out\n"
		    EXIM "aaaaaa-0001Ab-7K == a@gmail.com R=r T=remote_smtp defer (110): Connection timed out\n"
		    EXIM "aaaaaa-0001Ab-7K == a@a.test R=r T=remote_smtp defer (-44): other\n"
		    EXIM "bbbbbb-0001Ab-7K H=" GMAIL
			 " [142.250.1.27] Connection refused\n"
		    EXIM "bbbbbb-0001Ab-7K H=mx.a.test [192.0.2.1]: Connection refused\n"
		    EXIM "bbbbbb-0001Ab-7K H=" GMAIL
			 " [142.250.1.27] Connection refused\n"
		    EXIM "bbbbbb-0001Ab-7K == a@a.test R=r T=remote_smtp defer (111): Connection refused\n"
		    EXIM "cccccc-0001Ab-7K H=" GMAIL
			 " [142.250.1.27] Warning: Connection refused\n"
		    EXIM "cccccc-0001Ab-7K H=(" GMAIL
			 ") [192.0.2.9] Connection refused\n"
		    EXIM "cccccc-0001Ab-7K == a@a.test R=r T=remote_smtp defer (111): Connection refused\n",
		    "2026-11-22T03:12:43Z aaaaaa-0001Ab-7K <?> ? -> gmail.com alt1." GMAIL
		    "[142.250.1.27] deferred ?: Connection timed out\n"
		    "2026-11-22T03:12:43Z aaaaaa-0001Ab-7K <?> ? -> a.test ?[?] deferred ?: other\n"
		    "2026-11-22T03:12:43Z bbbbbb-0001Ab-7K <?> ? -> a.test ?[?] deferred ?: Connection refused\n"
		    "2026-11-22T03:12:43Z cccccc-0001Ab-7K <?> ? -> a.test ?[?] deferred ?: Connection refused\n",
		    0, 4 },
		{ "a forged host inside a quoted recipient or a reply is text",
		    "exim",
		    "2026-11-22 03:12:44 1rXyZa-0001Ab-7K => \"a H=" GMAIL
		    " [1.2.3.4]\"@a.test R=r T=remote_smtp H=mx.a.test [192.0.2.1] C=\"250 H=" GMAIL
		    " [1.2.3.4] F=<x@y>\"\n",
		    "2026-11-22T03:12:44Z 1rXyZa-0001Ab-7K <?> ? -> a.test mx.a.test[192.0.2.1] done clear: 250 H=" GMAIL " [1.2.3.4] F=<x@y>\n",
		    0, 1 },
		{ "through syslog, with and without its own stamp", "exim",
		    "Nov 22 03:12:44 mx exim[5]: 1PqsgA-000CU6-GO => a@gmail.com R=r T=t H=" GMAIL
		    " [142.250.1.27] X=TLSv1:x:128 C=\"250 OK\"\n"
		    "Nov 22 03:12:45 mx exim[5]: 2026-11-22 03:12:45 1PqsgA-000CU6-GO -> b@gmail.com R=r T=t H=" GMAIL
		    " [142.250.1.27] X=TLSv1:x:128 C=\"250 OK\"\n",
		    "2026-11-22T03:12:44Z 1PqsgA-000CU6-GO <?> ? -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: 250 OK\n"
		    "2026-11-22T03:12:45Z 1PqsgA-000CU6-GO <?> ? -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: 250 OK\n",
		    0, 2 },
		/* --- OpenSMTPD -------------------------------------------------------- */
		{ "sessions with and without TLS", "opensmtpd",
		    "Nov 22 03:12:40 mx smtpd[5]: 5df87c9ffd0e785d mta connecting address=smtp://142.250.1.27:25 host=ws-in-f27.1e100.net\n"
		    "Nov 22 03:12:40 mx smtpd[5]: 5df87c9ffd0e785d mta connected\n"
		    "Nov 22 03:12:41 mx smtpd[5]: 5df87c9ffd0e785d mta tls ciphers=TLSv1.3:AEAD-AES256-GCM-SHA384:256\n"
		    "Nov 22 03:12:44 mx smtpd[5]: 5df87c9ffd0e785d mta delivery evpid=f6e94209918f7e7b from=<n@e.org> to=<a@gmail.com> rcpt=<-> source=\"192.0.2.10\" relay=\"142.250.1.27 (ws-in-f27.1e100.net)\" delay=2s result=\"Ok\" stat=\"250 2.0.0 OK result=\"PermFail\" x\"\n"
		    "Nov 22 03:12:44 mx smtpd[5]: aaaaaaaaaaaaaaaa mta connected\n"
		    "Nov 22 03:12:45 mx smtpd[5]: aaaaaaaaaaaaaaaa mta delivery evpid=f6e94209918f7e7c from=<> to=<a@b.test> rcpt=<-> source=\"-\" relay=\"192.0.2.1 (mx.b.test)\" delay=2s result=\"TempFail\" stat=\"421 wait\"\n"
		    "Nov 22 03:12:45 mx smtpd[5]: bbbbbbbbbbbbbbbb mta event=delivery evpid=f6e94209918f7e7c from=<n@e.org> to=<a@b.test> rcpt=<x@y> source=\"192.0.2.10\" relay=\"192.0.2.1 (mx.b.test)\" delay=2s result=\"PermFail\" stat=\"550 no\"\n"
		    "Nov 22 03:12:45 mx smtpd[5]: cccccccccccccccc smtp envelope evpid=1 from=<\" mta delivery evpid=1 from=<a@b> \"@x> to=<a@b.test>\n"
		    "Nov 22 03:12:45 mx smtpd[5]: bbbbbbbbbbbbbbbb mta delivery evpid=f6e94209918f7e7c from=<n@e.org> to=<a@b\n",
		    "2026-11-22T03:12:44Z f6e94209918f7e7b <n@e.org> 192.0.2.10 -> gmail.com ws-in-f27.1e100.net[142.250.1.27] done tls: 250 2.0.0 OK result=\"PermFail\" x\n"
		    "2026-11-22T03:12:45Z f6e94209918f7e7c <> ? -> b.test mx.b.test[192.0.2.1] deferred clear: 421 wait\n"
		    "2026-11-22T03:12:45Z f6e94209918f7e7c <n@e.org> 192.0.2.10 -> b.test mx.b.test[192.0.2.1] bounced ?: 550 no\n",
		    1, 0 },
		{ "whose hosts none was reached of", "opensmtpd",
		    OPENSMTPD "from=<n@e.org> to=<a@gmail.com> rcpt=<-> source=\"-\" relay=\"gmail.com\" delay=2s result=\"TempFail\" stat=\"Network error on destination MXs\"\n"
		    OPENSMTPD "from=<n@e.org> to=<a@GMAIL.com> rcpt=<-> source=\"-\" relay=\"142.250.1.27 (ws-in-f27.1e100.net)\" delay=2s result=\"Ok\" stat=\"250 OK\"\n"
		    OPENSMTPD "from=<n@e.org> to=<b@gmail.com> rcpt=<-> source=\"-\" relay=\"gmail.com\" delay=2s result=\"TempFail\" stat=\"Network error on destination MXs\"\n"
		    OPENSMTPD "from=<n@e.org> to=<b@a.test> rcpt=<-> source=\"-\" relay=\"192.0.2.1\" delay=2s result=\"Ok\" stat=\"250 OK\"\n"
		    OPENSMTPD "from=<n@e.org> to=<b@a.test> rcpt=<-> source=\"-\" relay=\"a.test\" delay=2s result=\"TempFail\" stat=\"Network error on destination MXs\"\n",
		    "2026-11-22T03:12:44Z f6e94209918f7e7b <n@e.org> ? -> gmail.com ?[?] deferred ?: Network error on destination MXs\n"
		    "2026-11-22T03:12:44Z f6e94209918f7e7b <n@e.org> ? -> GMAIL.com ws-in-f27.1e100.net[142.250.1.27] done ?: 250 OK\n"
		    "2026-11-22T03:12:44Z f6e94209918f7e7b <n@e.org> ? -> gmail.com ws-in-f27.1e100.net[?] deferred ?: Network error on destination MXs\n"
		    "2026-11-22T03:12:44Z f6e94209918f7e7b <n@e.org> ? -> a.test ?[192.0.2.1] done ?: 250 OK\n"
		    "2026-11-22T03:12:44Z f6e94209918f7e7b <n@e.org> ? -> a.test ?[?] deferred ?: Network error on destination MXs\n",
		    0, 0 },
		/* --- sendmail --------------------------------------------------------- */
		{ "sender and TLS joined, several recipients", "sendmail",
		    "Nov 22 03:12:40 mx sm-mta[5]: 5AM3Ceab012345: from=<n@e.org>, size=9, class=0, nrcpts=2, msgid=<x@y>, proto=ESMTP, daemon=MTA, relay=app [10.0.0.5]\n"
		    "Nov 22 03:12:43 mx sm-mta[6]: STARTTLS=client, relay=" GMAIL
		    "., version=TLSv1.3, verify=OK, cipher=TLS_AES_256_GCM_SHA384, bits=256/256\n"
		    "Nov 22 03:12:44 mx sm-mta[6]: 5AM3Ceab012345: to=<a@gmail.com>,<\"b,c\"@gmail.com>, ctladdr=<n@e.org> (1/1), delay=00:00:04, xdelay=00:00:01, mailer=esmtp, pri=120, relay=" GMAIL
		    ". [142.250.1.27], dsn=2.0.0, stat=Sent (OK  179 x - gsmtp)\n"
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@b.test>, delay=00:00:04, xdelay=00:00:01, mailer=esmtp, pri=120, relay=mx.b.test. [192.0.2.1], dsn=4.7.1, stat=Deferred: 451 4.7.1 wait, stat=Sent (250)\n"
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@c.test>, delay=00:00:04, xdelay=00:00:01, mailer=esmtp, pri=120, relay=mx.c.test. [192.0.2.2], dsn=5.7.26, reply=550 5.7.26 no, stat=Service unavailable\n"
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@d.test>, delay=00:00:04, xdelay=00:00:01, mailer=esmtp, pri=120, relay=mx.d.test. [192.0.2.3], dsn=4.7.28, reply=421 4.7.28 last - gsmtp, stat=Deferred: 421-4.7.28 Gmail has detected\n"
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<root>, delay=00:00:04, xdelay=00:00:01, mailer=local, pri=120, dsn=2.0.0, stat=Sent\n"
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@c.test>, delay=00:00:00, mailer=esmtp, pri=1, stat=queued\n",
		    "2026-11-22T03:12:44Z 5AM3Ceab012345 <n@e.org> ? -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: OK  179 x - gsmtp\n"
		    "2026-11-22T03:12:44Z 5AM3Ceab012345 <n@e.org> ? -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: OK  179 x - gsmtp\n"
		    "2026-11-22T03:12:45Z 5AM3Ceab012345 <n@e.org> ? -> b.test mx.b.test[192.0.2.1] deferred clear: 451 4.7.1 wait, stat=Sent (250)\n"
		    "2026-11-22T03:12:45Z 5AM3Ceab012345 <n@e.org> ? -> c.test mx.c.test[192.0.2.2] bounced clear: 550 5.7.26 no\n"
		    "2026-11-22T03:12:45Z 5AM3Ceab012345 <n@e.org> ? -> d.test mx.d.test[192.0.2.3] deferred clear: 421-4.7.28 Gmail has detected\n",
		    0, 0 },
		{ "commands in one go, and what was not tried", "sendmail",
		    SENDMAIL "dsn=5.5.1, reply=503 5.5.1 RCPT first. no valid recipients. - gsmtp, stat=Deferred: 421 4.7.0 [192.0.2.1] Our system\n"
		    SENDMAIL "dsn=5.5.1, reply=503 5.5.1 RCPT first. no valid recipients. - gsmtp, stat=User unknown\n"
		    SENDMAIL "dsn=4.7.28, stat=Deferred\n"
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@gmail.com>, delay=00:05:04, mailer=esmtp, pri=120, relay=" GMAIL "., dsn=4.7.28, stat=Deferred\n"
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@gmail.com>, delay=00:05:04, mailer=esmtp, pri=120, relay=" GMAIL "., dsn=4.0.0, stat=Deferred\n",
		    "2026-11-22T03:12:45Z 5AM3Ceab012345 <?> ? -> gmail.com " GMAIL "[142.250.1.27] deferred ?: 421 4.7.0 [192.0.2.1] Our system\n"
		    "2026-11-22T03:12:45Z 5AM3Ceab012345 <?> ? -> gmail.com " GMAIL "[142.250.1.27] bounced ?: 503 5.5.1 RCPT first. no valid recipients. - gsmtp\n"
		    "2026-11-22T03:12:45Z 5AM3Ceab012345 <?> ? -> gmail.com " GMAIL "[142.250.1.27] deferred ?: Deferred\n",
		    0, 3 },
		{ "a host that was not reached has no address", "sendmail",
		    "Nov 22 03:12:45 mx sm-mta[7]: 5AM3Ceab012345: to=<a@gmail.com>, delay=00:05:04, xdelay=00:05:00, mailer=esmtp, pri=120, relay=" GMAIL
		    "., dsn=4.0.0, stat=Deferred: Connection timed out with " GMAIL
		    ".\n",
		    "2026-11-22T03:12:45Z 5AM3Ceab012345 <?> ? -> gmail.com " GMAIL
		    "[?] deferred ?: Connection timed out with " GMAIL ".\n",
		    0, 1 },
		{ "a connection that is kept is not opened again", "sendmail",
		    "Nov 22 03:12:40 mx sm-mta[6]: 5AM3Ceab012345: from=<n@e.org>, size=9, class=0, nrcpts=3\n"
		    "Nov 22 03:12:43 mx sm-mta[6]: STARTTLS=client, relay=a.test., version=TLSv1.3, verify=OK\n"
		    "Nov 22 03:12:44 mx sm-mta[6]: 5AM3Ceab012345: to=<x@a.test>, delay=00:00:04, mailer=esmtp, pri=1, relay=a.test. [192.0.2.1], dsn=2.0.0, stat=Sent (OK)\n"
		    "Nov 22 03:12:45 mx sm-mta[6]: STARTTLS=client, relay=b.test., version=TLSv1.3, verify=OK\n"
		    "Nov 22 03:12:46 mx sm-mta[6]: 5AM3Ceab012345: to=<x@b.test>, delay=00:00:04, mailer=esmtp, pri=1, relay=b.test. [192.0.2.2], dsn=2.0.0, stat=Sent (OK)\n"
		    "Nov 22 03:12:47 mx sm-mta[6]: 5AM3Ceab012345: to=<y@a.test>, delay=00:00:04, mailer=esmtp, pri=1, relay=a.test. [192.0.2.1], dsn=2.0.0, stat=Sent (OK)\n"
		    "Nov 22 03:12:48 mx sm-mta[6]: 5AM3Ceab012345: to=<x@c.test>, delay=00:00:04, mailer=esmtp, pri=1, relay=c.test. [192.0.2.3], dsn=2.0.0, stat=Sent (OK)\n",
		    "2026-11-22T03:12:44Z 5AM3Ceab012345 <n@e.org> ? -> a.test a.test[192.0.2.1] done tls: OK\n"
		    "2026-11-22T03:12:46Z 5AM3Ceab012345 <n@e.org> ? -> b.test b.test[192.0.2.2] done tls: OK\n"
		    "2026-11-22T03:12:47Z 5AM3Ceab012345 <n@e.org> ? -> a.test a.test[192.0.2.1] done tls: OK\n"
		    "2026-11-22T03:12:48Z 5AM3Ceab012345 <n@e.org> ? -> c.test c.test[192.0.2.3] done clear: OK\n",
		    0, 0 },
		{ "what stays on this machine is not sent", "sendmail",
		    "Nov 22 03:12:40 mx sendmail[5]: 5AM3Ceab012344: from=<n@e.org>, size=9, class=0, nrcpts=1\n"
		    "Nov 22 03:12:41 mx sendmail[5]: 5AM3Ceab012344: to=a@b.test, delay=00:00:01, mailer=relay, pri=1, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (5AM3Ceab012345 Message accepted for delivery)\n"
		    "Nov 22 03:12:42 mx sendmail[5]: 5AM3Ceab012344: to=a@b.test, delay=00:00:01, mailer=relay, pri=1, relay=localhost [IPv6:::1], dsn=2.0.0, stat=Sent (OK)\n"
		    "Nov 22 03:12:43 mx sm-mta[6]: 5AM3Ceab012344: to=<a@b.test>, delay=00:00:02, mailer=relay, pri=1, relay=out.test. [10.0.0.9], dsn=2.0.0, stat=Sent (OK)\n",
		    "2026-11-22T03:12:43Z 5AM3Ceab012344 <n@e.org> ? -> b.test out.test[10.0.0.9] done ?: OK\n",
		    0, 0 },
		{ "nor is what goes through a filter of this machine", "postfix",
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA1: to=<a@a.test>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as AAAAA2)\n"
		    "Nov 22 03:12:44 mx postfix/smtp[9]: AAAAA3: to=<a@a.test>, relay=localhost[::1]:10024, delay=1, delays=0/0/1/0, dsn=4.3.0, status=deferred (host localhost[::1] said: 451 4.3.0 wait (in reply to end of DATA command))\n"
		    "Nov 22 03:12:45 mx postfix/smtp[9]: AAAAA2: to=<a@a.test>, relay=a.test[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 OK)\n",
		    "2026-11-22T03:12:45Z AAAAA2 <?> ? -> a.test a.test[192.0.2.1] done ?: 250 OK\n",
		    0, 1 },
		/* --- PowerMTA --------------------------------------------------------- */
		{ "the header decides; stamps of three kinds", "powermta",
		    "type,timeLogged,orig,rcpt,dsnStatus,dsnDiag,dsnMta,dlvSourceIp,vmta,dlvTlsProtocol\n"
		    "d,2026-11-22 04:12:44+0100,n@e.org,a@gmail.com,2.0.0 (success),smtp;250 2.0.0 OK,\"" GMAIL
		    " (142.250.1.27)\",192.0.2.10,pool1,TLSv1.3\r\n"
		    "t,1795317165,n@e.org,a@gmail.com,4.7.28 (x),\"smtp;421 4.7.28 \"\"rate\"\", slow\"," GMAIL
		    " (142.250.1.27),,pool1,\n"
		    "b,2026-11-22T03:12:46,,a@b.test,5.1.1 (bad),,mx.b.test (192.0.2.1),192.0.2.10,pool1,\n"
		    "rb,2026-11-22T03:12:46,n@e.org,a@b.test,5.1.1 (bad),,,,,\n"
		    "r,2026-11-22T03:12:46,n@e.org,a@b.test,,,,,,\n",
		    "2026-11-22T03:12:44Z ? <n@e.org> 192.0.2.10 -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: 250 2.0.0 OK\n"
		    "2026-11-22T03:12:45Z ? <n@e.org> pool1 -> gmail.com " GMAIL
		    "[142.250.1.27] deferred clear: 421 4.7.28 \"rate\", slow\n"
		    "2026-11-22T03:12:46Z ? <> 192.0.2.10 -> b.test mx.b.test[192.0.2.1] bounced clear: bad\n",
		    0, 0 },
		{ "a status without words of the receiver's", "powermta",
		    "type,timeLogged,orig,rcpt,dsnStatus,dsnMta\n"
		    "b,2026-11-22T03:12:46Z,n@e.org,a@b.test,5.1.1 (bad),mx.b.test\n"
		    "type,timeLogged,orig,rcpt,dsnStatus,dsnDiag,dsnMta\n"
		    "t,2026-11-22T03:12:47Z,n@e.org,a@b.test,4.4.1 (no answer from host),,mx.b.test\n",
		    "2026-11-22T03:12:46Z ? <n@e.org> ? -> b.test mx.b.test[?] bounced ?: 5.1.1 (bad)\n"
		    "2026-11-22T03:12:47Z ? <n@e.org> ? -> b.test mx.b.test[?] deferred ?: no answer from host\n",
		    0, 0 },
		{ "what a pipe, a file or nobody takes is not sent", "powermta",
		    "\"type\",\"timeLogged\",\"orig\",\"rcpt\",\"dlvType\",\"dsnMta\"\r\n"
		    "d,2026-11-22T03:12:46Z,n@e.org,a@b.test,pipe,\n"
		    "d,2026-11-22T03:12:46Z,n@e.org,a@b.test,file,\n"
		    "d,2026-11-22T03:12:46Z,n@e.org,a@b.test,discard,\n"
		    "t,2026-11-22T03:12:46Z,n@e.org,a@b.test,pipe,\n"
		    "d,2026-11-22T03:12:46Z,n@e.org,a@b.test,smtp,mx.b.test\n"
		    "b,2026-11-22T03:12:47Z,n@e.org,a@b.test,,mx.b.test\n",
		    "2026-11-22T03:12:46Z ? <n@e.org> ? -> b.test mx.b.test[?] done ?: ?\n"
		    "2026-11-22T03:12:47Z ? <n@e.org> ? -> b.test mx.b.test[?] bounced ?: ?\n",
		    0, 0 },
		{ "a line inside quotes is none of its own", "powermta",
		    "type,timeLogged,orig,rcpt,dsnDiag,dsnMta\n"
		    "b,2026-11-22T03:12:46Z,n@e.org,a@b.test,\"550 no\n"
		    "d,2026-11-22T03:12:46Z,n@e.org,a@gmail.com,250 OK," GMAIL
		    "\n"
		    "more\",mx.b.test\n"
		    "d,2026-11-22T03:12:47Z,n@e.org,a@b.test,250 OK,mx.b.test\n",
		    "2026-11-22T03:12:47Z ? <n@e.org> ? -> b.test mx.b.test[?] done ?: 250 OK\n",
		    1, 0 },
		/* --- KumoMTA ---------------------------------------------------------- */
		{ "records of deliveries, and what KumoMTA says itself",
		    "kumomta",
		    "{\"type\":\"Reception\",\"id\":\"1d98\",\"sender\":\"n@e.org\",\"recipient\":\"a@gmail.com\",\"peer_address\":{\"name\":\"x\",\"addr\":\"10.0.0.1\"},\"timestamp\":1795317160}\n"
		    "{\"type\":\"Delivery\",\"id\":\"1d98\",\"sender\":\"n@e.org\",\"recipient\":\"a@gmail.com\",\"queue\":\"c:t@gmail.com\",\"response\":{\"code\":250,\"enhanced_code\":{\"class\":2,\"subject\":0,\"detail\":0},\"content\":\"OK\",\"command\":\".\"},\"peer_address\":{\"name\":\"" GMAIL
		    ".\",\"addr\":\"142.250.1.27\"},\"timestamp\":1795317164,\"source_address\":{\"address\":\"192.0.2.10:53210\"},\"delivery_protocol\":\"ESMTP\",\"tls_protocol_version\":\"TLSv1.3\"}\n"
		    "{\"type\":\"TransientFailure\",\"id\":\"1d99\",\"sender\":\"\",\"recipient\":[\"a@gmail.com\",\"b@gmail.com\"],\"response\":{\"code\":421,\"enhanced_code\":{\"class\":4,\"subject\":7,\"detail\":28},\"content\":\"rate \\\"x\\\"\"},\"peer_address\":{\"name\":\"" GMAIL
		    ".\",\"addr\":\"142.250.1.27\"},\"timestamp\":1795317165.5,\"egress_source\":\"pool-a\",\"tls_protocol_version\":null}\n"
		    "{\"type\":\"TransientFailure\",\"id\":\"1d9c\",\"sender\":\"n@e.org\",\"recipient\":\"a@gmail.com\",\"response\":{\"code\":400,\"content\":\"KumoMTA internal: failed to connect to any candidate hosts\"},\"peer_address\":{\"name\":\"" GMAIL
		    ".\",\"addr\":\"142.250.1.27\"},\"timestamp\":1795317165}\n"
		    "{\"type\":\"Expiration\",\"id\":\"1d9a\",\"sender\":\"n@e.org\",\"recipient\":\"a@b.test\",\"response\":{\"code\":551,\"enhanced_code\":null,\"content\":\"expired\"},\"peer_address\":null,\"timestamp\":1795317166}\n"
		    "{\"type\":\"Delivery\",\"id\":\"1d9b\",\"sender\":\"n@e.org\",\"recipient\":\"a@e.org\",\"response\":{\"code\":200,\"content\":\"ok\"},\"peer_address\":null,\"timestamp\":1795317166,\"delivery_protocol\":\"Maildir\"}\n"
		    "{\"type\":\"Delivery\",\"id\":\"1d9b\"\n",
		    "2026-11-22T03:12:44Z 1d98 <n@e.org> 192.0.2.10 -> gmail.com " GMAIL
		    "[142.250.1.27] done tls: 250 2.0.0 OK\n"
		    "2026-11-22T03:12:45Z 1d99 <> pool-a -> gmail.com " GMAIL
		    "[142.250.1.27] deferred clear: 421 4.7.28 rate \"x\"\n"
		    "2026-11-22T03:12:45Z 1d99 <> pool-a -> gmail.com " GMAIL
		    "[142.250.1.27] deferred clear: 421 4.7.28 rate \"x\"\n"
		    "2026-11-22T03:12:45Z 1d9c <n@e.org> ? -> gmail.com " GMAIL
		    "[142.250.1.27] deferred ?: KumoMTA internal: failed to connect to any candidate hosts\n",
		    1, 0 },
		/* --- Exchange --------------------------------------------------------- */
		{ "SEND, DEFER and FAIL with lists", "exchange",
		    "\xef\xbb\xbf#Software: Microsoft Exchange Server\r\n#Version: 15.02.2562.045\r\n#Log-type: Message Tracking Log\r\n"
		    "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,sender-address,return-path\r\n"
		    "2026-11-22T03:12:44.052Z,192.0.2.10,EX1,142.250.1.27," GMAIL
		    ",08D;250 2.0.0 OK,To Internet,SMTP,SEND,7,<x@y>,a@gmail.com;b@gmail.com,250 2.1.5 OK one;250 2.1.5 OK two,9,2,n@e.org,n@e.org\r\n"
		    "2026-11-22T03:12:45.052Z,,,,EX1,,To Internet,SMTP,DEFER,8,<x@y>,a@gmail.com;b@gmail.com,[{LRT=1};{LED=421 4.7.28 rate};{FQDN=" GMAIL
		    "};{IP=142.250.1.27}];[{LRT=1};{LED=450 later};{FQDN=" GMAIL
		    "};{IP=142.250.1.27}],9,2,n@e.org,<>\r\n"
		    "2026-11-22T03:12:46.052Z,192.0.2.10,EX1,192.0.2.1,mx.b.test,,To Internet,SMTP,FAIL,9,<x@y>,a@b.test,550 5.1.1 no,9,1,n@e.org,\r\n"
		    "2026-11-22T03:12:46.052Z,192.0.2.10,EX1,192.0.2.1,mx.b.test,,To Internet,SMTP,SENDEXTERNAL,9,<x@y>,c@b.test,250 2.1.5 OK,9,1,n@e.org,n@e.org\r\n"
		    "2026-11-22T03:12:46.052Z,192.0.2.10,EX1,10.0.0.9,EX2,,Intra-Organization SMTP Send Connector,SMTP,SEND,9,<x@y>,a@e.org,250 OK,9,1,n@e.org,n@e.org\r\n"
		    "2026-11-22T03:12:46.052Z,,,,,,,STOREDRIVER,DELIVER,9,<x@y>,a@e.org,,9,1,n@e.org,n@e.org\r\n",
		    "2026-11-22T03:12:44Z 7 <n@e.org> 192.0.2.10 -> gmail.com " GMAIL
		    "[142.250.1.27] done ?: 250 2.1.5 OK one\n"
		    "2026-11-22T03:12:44Z 7 <n@e.org> 192.0.2.10 -> gmail.com " GMAIL
		    "[142.250.1.27] done ?: 250 2.1.5 OK two\n"
		    "2026-11-22T03:12:45Z 8 <>  -> gmail.com " GMAIL
		    "[142.250.1.27] deferred ?: 421 4.7.28 rate\n"
		    "2026-11-22T03:12:45Z 8 <>  -> gmail.com " GMAIL
		    "[142.250.1.27] deferred ?: 450 later\n"
		    "2026-11-22T03:12:46Z 9 <n@e.org> 192.0.2.10 -> b.test mx.b.test[192.0.2.1] bounced ?: 550 5.1.1 no\n"
		    "2026-11-22T03:12:46Z 9 <n@e.org> 192.0.2.10 -> b.test mx.b.test[192.0.2.1] done ?: 250 2.1.5 OK\n",
		    0, 0 },
		{ "a domain in the place of its host", "exchange",
		    "#Fields: date-time,server-ip,server-hostname,source,event-id,internal-message-id,recipient-address,recipient-status,return-path\r\n"
		    "2026-11-22T03:12:44Z,,EX1,SMTP,DEFER,7,a@gmail.com,[{LED=441 4.4.1 no};{FQDN=gmail.com};{IP=142.250.1.27}],n@e.org\r\n"
		    "2026-11-22T03:12:45Z,142.250.1.27," GMAIL ",SMTP,SEND,7,a@gmail.com,250 2.1.5 OK,n@e.org\r\n"
		    "2026-11-22T03:12:46Z,,EX1,SMTP,DEFER,7,a@gmail.com,450 later,n@e.org\r\n"
		    "2026-11-22T03:12:47Z,,EX1,SMTP,DEFER,7,a@gmail.com,[{LED=441 4.4.1 no};{FQDN=Gmail.com};{IP=142.250.1.27}],n@e.org\r\n",
		    "2026-11-22T03:12:44Z 7 <n@e.org> ? -> gmail.com ?[142.250.1.27] deferred ?: 441 4.4.1 no\n"
		    "2026-11-22T03:12:45Z 7 <n@e.org> ? -> gmail.com " GMAIL "[142.250.1.27] done ?: 250 2.1.5 OK\n"
		    "2026-11-22T03:12:46Z 7 <n@e.org> ? -> gmail.com EX1[] deferred ?: 450 later\n"
		    "2026-11-22T03:12:47Z 7 <n@e.org> ? -> gmail.com " GMAIL "[142.250.1.27] deferred ?: 441 4.4.1 no\n",
		    0, 0 },
	};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

START_TEST(a_format_is_read)
{
	const struct row *row = &rows[_i];
	struct mta_options options = { .written_s = WRITTEN_S, .zone = "UTC" };
	struct mta_stats stats;
	char *told = log_read(row->log, strlen(row->log), &options, 0, &stats);

	ck_assert_msg(strcmp(told, row->told) == 0, "%s:\n%s\nnot\n%s",
	    row->name, told, row->told);
	ck_assert_msg(strcmp(stats.format, row->format) == 0,
	    "%s: taken for %s", row->name, stats.format);
	ck_assert_msg(stats.skipped == row->skipped, "%s: skipped %lld (%s)",
	    row->name, (long long)stats.skipped, stats.trouble);
	ck_assert_msg(stats.unjoined == row->unjoined, "%s: unjoined %lld",
	    row->name, (long long)stats.unjoined);
	ck_assert_uint_eq(stats.octets, strlen(row->log));
	free(told);
}
END_TEST

/* However the octets are cut, the same comes out. */
START_TEST(pieces_make_no_difference)
{
	static const size_t pieces[] = { 1, 2, 7, 64, 1000 };
	const struct row *row = &rows[_i];
	struct mta_options options = { .written_s = WRITTEN_S, .zone = "UTC" };
	struct mta_stats stats;
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		char *told = log_read(
		    row->log, strlen(row->log), &options, pieces[i], &stats);

		ck_assert_str_eq(told, row->told);
		ck_assert_int_eq(stats.skipped, row->skipped);
		ck_assert_uint_eq(stats.octets, strlen(row->log));
		free(told);
	}
}
END_TEST

/* With the format given, a log that begins in its middle is read. */
START_TEST(a_format_may_be_given)
{
	const struct row *row = &rows[_i];
	struct mta_options options = {
		.format = row->format, .written_s = WRITTEN_S, .zone = "UTC"
	};
	struct mta_stats stats;
	char *told = log_read(row->log, strlen(row->log), &options, 0, &stats);

	ck_assert_str_eq(told, row->told);
	free(told);
}
END_TEST

Suite *
suite_formats(void)
{
	Suite *suite = suite_create("formats");
	TCase *tcase = tcase_create("rows");

	tcase_add_loop_test(tcase, a_format_is_read, 0, ROWS);
	tcase_add_loop_test(tcase, pieces_make_no_difference, 0, ROWS);
	tcase_add_loop_test(tcase, a_format_may_be_given, 0, ROWS);
	suite_add_tcase(suite, tcase);
	return suite;
}
