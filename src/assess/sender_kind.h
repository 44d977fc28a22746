/* What kind of mail a sender's address stands for. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_ASSESS_SENDER_KIND_H
#define SENDTOP_ASSESS_SENDER_KIND_H

enum sender_kind {
	KIND_OTHER, /* a person, or a word that tells nothing */
	KIND_MARKETING,
	KIND_TRANSACTIONAL,
	KIND_ACCOUNT,
	KIND_COUNT
};

/* marketing, transactional, account, other */
const char *sender_kind_name(enum sender_kind kind);

/* By the words of the local part: "news-eu@", "order.update@", "no-reply@". */
enum sender_kind sender_kind(const char *address);

#endif
