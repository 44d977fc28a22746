/* Replies added up by their meaning, hour by hour, for the screens. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_REPLY_SUM_H
#define SENDTOP_UI_REPLY_SUM_H

#include "sendtop/traffic.h"

enum {
	SUM_HOURS = 48, /* the last of them is the hour of now */
	SUM_DAY = 24,
	SUM_NAMES = 32, /* different names that are told apart */
	SUM_MOST = 64,
};

/* Names with their counts, most first. */
struct reply_names {
	struct {
		const char *name;
		int64_t count;
	} items[SUM_NAMES];
	size_t count;
	bool more; /* than could be told apart */
};

/* One meaning of one provider.  Texts are borrowed from what was added up. */
struct reply_sum {
	const char *provider, *key, *category;
	const char *reply;  /* the youngest one's code */
	const char *sample; /* the youngest */
	bool permanent, slow_down;
	int64_t hours[SUM_HOURS];
	int64_t hour;  /* in the present hour and the one before it */
	int64_t day;   /* in the last 24 hours */
	int64_t total; /* of everything that was given */
	int64_t last_s;
	/* Of the last 24 hours: "dkim news.example.com"; whose mail it was. */
	struct reply_names identities, domains;
};

/*
 * Adds up; the order is that of people: most in the last 24 hours first, then
 * in all.  What is past max gives way to what comes more often.  Returns how
 * many.
 */
size_t reply_sums(const struct reply_count *replies, size_t count,
    int64_t now_s, struct reply_sum *out, size_t max);

/* The hour that hours[0] stands for. */
int64_t reply_sums_first(int64_t now_s);

/* Deliveries to Gmail between two moments, from the log. */
struct traffic_sum {
	int64_t delivered, deferred, bounced, tls, clear;
	int64_t attempts; /* the first three together */
	int64_t hours;    /* how many hours had any */
};
struct traffic_sum traffic_sum(const struct traffic *traffic, size_t count,
    int64_t since_s, int64_t until_s);

#endif
