/* Words and numbers of a domain as every panel writes them. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_UI_WORDS_H
#define SENDTOP_UI_WORDS_H

#include "canvas.h"
#include "plot.h"
#include "sendtop/standing.h"
#include "sendtop/store_live.h"

enum { WORD_SIZE = 64, SENTENCE_SIZE = 512 };

enum role role_verdict(enum verdict verdict);
enum role role_state(enum standing_state state);
enum role role_ramp(enum ramp_state state);
enum role role_reputation(enum reputation reputation);
enum role role_band(enum spam_band band);
/* Of a spam rate; NaN gives ROLE_DIM. */
enum role role_rate(double rate);

/* FAIL, WARN, unknown, note, pass, skip: trouble is loud without colour. */
const char *word_verdict(enum verdict verdict);
/* What sendtop itself sees of a requirement, beside Google's answer; a row
 * that is only advice warns at most. */
enum verdict own_verdict(const struct requirement_judgement *r);
/* CRITICAL, WARNING, ok, unknown. */
const char *word_state(enum standing_state state);
/* CRIT, WARN, ok, unkn. */
const char *word_state_short(enum standing_state state);
/* STOP, BACK OFF, HOLD, BLIND, go. */
const char *word_ramp(enum ramp_state state);
/* '^' rising, 'v' falling, ' ' neither or unknown. */
char sign_trend(double trend);

/* "probe of example.com done", and what came of it. */
char *word_request(
    char out[SENTENCE_SIZE], const struct store_request *request);

/* "0.412 %"; "-" without a number. */
char *word_percent(char out[WORD_SIZE], double ratio);
/* A whole number for people: "12,000"; "-" without one. */
char *word_number(char out[WORD_SIZE], double number);
/* "48.2k", with "~" where it was derived from rates; "-" unknown. */
char *word_volume(
    char out[WORD_SIZE], double volume, enum volume_source source);
/* "x2.4" or "-". */
char *word_growth(char out[WORD_SIZE], double growth);
/* "x2.0", "x1.75", "x2.04": beside what is allowed a tenth is too coarse. */
char *word_growth_exact(char out[WORD_SIZE], double growth);
/* "10.0k", "~9.8k", "200 (cold)": the base of a ramp; "-" when unknown. */
char *word_base(char out[WORD_SIZE], const struct ramp_judgement *ramp);
/* "by the log", "count / rate of TLS", ... for people. */
const char *word_source(enum volume_source source);
/* A metric's value in its unit. */
char *word_metric(char out[WORD_SIZE], enum metric metric, double value);

/* All findings, the muted ones too, in the order of people; ends with NULL;
 * free the list with free(3). */
const struct finding **words_findings(const struct history *history);

/* How the last poll ended when it was not well, in a sentence; else "". */
const char *words_poll(enum poll_state state);

/* The same in a word of at most eight columns: withheld, pending, denied,
 * error; "unpolled" before the first poll. */
const char *word_gap(enum poll_state poll, enum data_state state);
/* The state to draw: what was never asked for is no error, it is to come. */
enum data_state gap_state(const struct history *history, enum data_state state);

/* What a number that is no number means for the domain, in a sentence. */
void words_data(char out[SENTENCE_SIZE], const struct history *history,
    enum data_state state);

/* The last `count` days of a metric up to `last`, as points. */
void points_metric(const struct history *history, enum metric metric,
    int32_t last, int count, struct plot_point *out);
/* The same of the volume, by whatever source tells it. */
void points_volume(const struct history *history, int32_t last, int count,
    struct plot_point *out);
/* The newest day that has anything to say: published, or today. */
int32_t words_last_day(const struct history *history);

#endif
