/* DNS questions on their way: waiting, under way, ended. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_NET_QUESTION_H
#define SENDTOP_NET_QUESTION_H

#include "net/dnswire.h"
#include "sendtop/dns.h"

struct channel;

struct fifo {
	struct question *head, **tail;
};

/* All questions of a client.  Every step costs the same, however many. */
struct questions {
	struct fifo waiting;              /* never sent */
	struct fifo again;                /* sent before, to be sent anew */
	struct fifo ended;                /* to be delivered */
	struct question *oldest, *newest; /* sent and not ended */
	struct question *spare;           /* to be used again */
	unsigned spare_count;
	struct dns_counts counts;
};

struct question {
	struct questions *all;
	struct question *next;          /* in its fifo */
	struct question *older, *newer; /* among those under way */
	struct channel *channel;        /* that has it just now, or NULL */
	dns_done *done;                 /* NULL once delivered */
	void *arg;
	struct dns_answer *answer; /* once ended */
	int64_t started_ms;        /* first sent; 0 before */
	int64_t sent_us;           /* last sent */
	int64_t refused_ms;        /* every server refused it; 0 never */
	enum dns_type type;
	enum dns_outcome failed; /* what an earlier server said, or DNS_OK */
	bool ended;
	bool reusable;   /* it has room for a query of the usual size */
	uint8_t server;  /* which server is asked first */
	uint16_t len;    /* of the query, the OPT record included */
	uint8_t query[]; /* as dnswire_query makes it */
};

/* Adds a question to those waiting; one that cannot be asked ends at once
 * with DNS_BAD_NAME. */
void question_ask(struct questions *all, const char *name, enum dns_type type,
    bool unchecked, dns_done *done, void *arg);

/* The name as it stands in the query. */
void question_name(const struct question *q, struct dnswire_name *out);

/* It is being sent for the first time, at now. */
void question_start(struct question *q, int64_t now_ms);
/* A channel gave it back; it wants to be sent once more. */
void question_again(struct question *q);
/* Ends it with an answer (taken), or without: with the outcome, or rather
 * with what an earlier server said. */
void question_end(struct question *q, struct dns_answer *take);
void question_fail(struct question *q, enum dns_outcome outcome);
/* The channel let go of a question that has ended. */
void question_let_go(struct question *q);

/* The next to send, those to be sent anew first; NULL if there is none. */
struct question *questions_peek(const struct questions *all);
/* Takes that one out. */
struct question *questions_pop(struct questions *all);

/* Ends all that wait. */
void questions_fail_waiting(struct questions *all, enum dns_outcome outcome);
/* Ends with DNS_TIMEOUT what a channel has had since first_ms or longer.
 * (What is to be sent anew is looked at when its turn comes.) */
void questions_expire(struct questions *all, int64_t first_ms);
/* Calls back for what has ended, until none is left or *stop is set. */
void questions_deliver(struct questions *all, const bool *stop);
/* Drops all but what channels still have: that ends silently, and goes with
 * question_let_go. */
void questions_drop(struct questions *all);
/* Frees what is kept for later, once no channel has any. */
void questions_fini(struct questions *all);

#endif
