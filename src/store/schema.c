/* The schema, as the steps that lead to it. */
/* SPDX-License-Identifier: MIT */
#include "store/schema.h"

#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

/*
 * domain: also what was asked of Postmaster, and when.
 * series: slot is domain x 256 + metric, so that what one domain's screen
 * reads lies together without a second tree to find it.
 * finding: one row a change, good from begun to before ended.
 * standing: what the overview reads, a row a domain, with a tree for each
 * order and in the first one also the words that a filter looks at.
 * tally: how many watched domains each rank has, so that no page counts them.
 */
static const char step_1[] =
    "CREATE TABLE domain ("
    " id {id},"
    " name TEXT NOT NULL UNIQUE,"
    " registrable TEXT NOT NULL,"
    " tag TEXT NOT NULL,"
    " sources {integer} NOT NULL,"
    " poll {integer} NOT NULL,"
    " poll_error TEXT NOT NULL,"
    " fetched_s {integer} NOT NULL,"
    " asked_first {integer} NOT NULL,"
    " asked_last {integer} NOT NULL,"
    " probed_s {integer} NOT NULL,"
    " bulk_latched {integer} NOT NULL);"

    "CREATE TABLE series ("
    " slot {integer} PRIMARY KEY,"
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " metric {integer} NOT NULL,"
    " first_day {integer} NOT NULL,"
    " days {integer} NOT NULL,"
    " numbers {blob} NOT NULL);"

    "CREATE TABLE feedback ("
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " day {integer} NOT NULL,"
    " by_dkim {integer} NOT NULL,"
    " identifier TEXT NOT NULL,"
    " rate {real},"
    " PRIMARY KEY (domain, day, by_dkim, identifier)) {clustered};"

    "CREATE TABLE finding ("
    " id {id},"
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " name TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " verdict {integer} NOT NULL,"
    " reason TEXT NOT NULL,"
    " detail TEXT NOT NULL,"
    " cure TEXT NOT NULL,"
    " begun_s {integer} NOT NULL,"
    " ended_s {integer} NOT NULL,"
    " first_seen_s {integer} NOT NULL,"
    " last_seen_s {integer} NOT NULL,"
    " known_verdict {integer} NOT NULL,"
    " known_reason TEXT NOT NULL,"
    " known_first_s {integer} NOT NULL,"
    " known_s {integer} NOT NULL);"
    "CREATE INDEX finding_at ON finding (domain, ended_s, begun_s);"

    "CREATE TABLE standing ("
    " domain {integer} PRIMARY KEY REFERENCES domain (id),"
    " watched {integer} NOT NULL,"
    " standing_rank {integer} NOT NULL,"
    " spam {real} NOT NULL,"
    " name TEXT NOT NULL,"
    " registrable TEXT NOT NULL,"
    " tag TEXT NOT NULL,"
    " volume {real} NOT NULL,"
    " growth {real} NOT NULL,"
    " ramp {integer} NOT NULL,"
    " reputation {integer} NOT NULL,"
    " dated_s {integer} NOT NULL,"
    " words TEXT NOT NULL,"
    " packed {blob} NOT NULL);"
    "CREATE INDEX standing_worst ON standing"
    " (watched, standing_rank DESC, spam DESC, name, words);"
    "CREATE INDEX standing_name ON standing (watched, name);"
    "CREATE INDEX standing_spam ON standing (watched, spam DESC, name);"
    "CREATE INDEX standing_volume ON standing (watched, volume DESC, name);"
    "CREATE INDEX standing_growth ON standing (watched, growth DESC, name);"
    "CREATE INDEX standing_ramp ON standing (watched, ramp DESC, name);"
    "CREATE INDEX standing_reputation"
    " ON standing (watched, reputation DESC, name);"
    "CREATE INDEX standing_dated ON standing (watched, dated_s, name);"
    "CREATE TABLE tally ("
    " standing_rank {integer} PRIMARY KEY,"
    " domains {integer} NOT NULL);"

    "CREATE TABLE event ("
    " id {id},"
    " at_s {integer} NOT NULL,"
    " domain TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " verdict {integer} NOT NULL,"
    " said TEXT NOT NULL);"
    "CREATE INDEX event_at ON event (at_s, id);"
    "CREATE INDEX event_domain ON event (domain, at_s, id);"

    "CREATE TABLE request ("
    " id {id},"
    " kind {integer} NOT NULL,"
    " domain TEXT NOT NULL,"
    " state {integer} NOT NULL,"
    " result TEXT NOT NULL,"
    " asked_s {integer} NOT NULL,"
    " ended_s {integer} NOT NULL);"
    "CREATE INDEX request_state ON request (state, id);"

    "CREATE TABLE activity ("
    " kind TEXT PRIMARY KEY,"
    " done {integer} NOT NULL,"
    " total {integer} NOT NULL,"
    " since_s {integer} NOT NULL,"
    " next_s {integer} NOT NULL,"
    " beat_s {integer} NOT NULL,"
    " error TEXT NOT NULL,"
    " error_s {integer} NOT NULL,"
    " said TEXT NOT NULL);"

    "CREATE TABLE state ("
    " name TEXT PRIMARY KEY,"
    " said TEXT NOT NULL);";

/* The record that a finding speaks of; "" where it was not kept yet.  The
 * bulk rules count a registrable domain as one. */
static const char step_2[] =
    "ALTER TABLE finding ADD COLUMN record TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX domain_registrable ON domain (registrable);";

/*
 * What the MTA's logs told, how far they were read, what was learned from
 * them, and the operator's own notes and mutes.
 * reply_kind: what a reply says, once; an hour's row only counts it, as does
 * the day's (whose hour_s is its start), and one sample a day is kept beside.  (Without a foreign key: taking out kinds that
 * nothing counts any more would have to search all hours for each.)
 */
static const char step_3[] =
    "CREATE TABLE traffic ("
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " provider TEXT NOT NULL,"
    " hour_s {integer} NOT NULL,"
    " stream TEXT NOT NULL,"
    " delivered {integer} NOT NULL,"
    " deferred {integer} NOT NULL,"
    " bounced {integer} NOT NULL,"
    " over_tls {integer} NOT NULL,"
    " in_clear {integer} NOT NULL,"
    " minutes {blob} NOT NULL,"
    " PRIMARY KEY (domain, provider, hour_s, stream)) {clustered};"

    "CREATE TABLE reply_kind ("
    " id {id},"
    " provider TEXT NOT NULL,"
    " meaning TEXT NOT NULL,"
    " reply TEXT NOT NULL,"
    " identity TEXT NOT NULL,"
    " category TEXT NOT NULL,"
    " permanent {integer} NOT NULL,"
    " slow_down {integer} NOT NULL,"
    " UNIQUE (provider, meaning, reply, identity));"

    "CREATE TABLE reply ("
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " hour_s {integer} NOT NULL,"
    " stream TEXT NOT NULL,"
    " kind {integer} NOT NULL,"
    " times {integer} NOT NULL,"
    " last_s {integer} NOT NULL,"
    " PRIMARY KEY (domain, hour_s, stream, kind)) {clustered};"
    "CREATE INDEX reply_hour ON reply"
    " (hour_s, domain, kind, stream, times, last_s);"

    "CREATE TABLE reply_day ("
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " hour_s {integer} NOT NULL,"
    " stream TEXT NOT NULL,"
    " kind {integer} NOT NULL,"
    " times {integer} NOT NULL,"
    " last_s {integer} NOT NULL,"
    " PRIMARY KEY (domain, hour_s, stream, kind)) {clustered};"
    "CREATE INDEX reply_day_hour ON reply_day"
    " (hour_s, domain, kind, stream, times, last_s);"

    "CREATE TABLE reply_sample ("
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " kind {integer} NOT NULL,"
    " day {integer} NOT NULL,"
    " last_s {integer} NOT NULL,"
    " said TEXT NOT NULL,"
    " PRIMARY KEY (domain, kind, day)) {clustered};"
    "CREATE INDEX reply_sample_day ON reply_sample (day);"

    "CREATE TABLE log_cursor ("
    " path TEXT PRIMARY KEY,"
    " device {integer} NOT NULL,"
    " inode {integer} NOT NULL,"
    " read_to {integer} NOT NULL,"
    " head_len {integer} NOT NULL,"
    " head_hash {integer} NOT NULL,"
    " read_s {integer} NOT NULL,"
    " first_s {integer} NOT NULL,"
    " last_s {integer} NOT NULL,"
    " lines {integer} NOT NULL,"
    " attempts {integer} NOT NULL,"
    " skipped {integer} NOT NULL,"
    " state TEXT NOT NULL,"
    " error TEXT NOT NULL);"
    "CREATE INDEX log_cursor_file ON log_cursor (device, inode);"

    "CREATE TABLE learned ("
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " kind TEXT NOT NULL,"
    " said TEXT NOT NULL,"
    " source TEXT NOT NULL,"
    " first_s {integer} NOT NULL,"
    " last_s {integer} NOT NULL,"
    " PRIMARY KEY (domain, kind, said)) {clustered};"

    "CREATE TABLE sender ("
    " domain {integer} NOT NULL REFERENCES domain (id),"
    " address TEXT NOT NULL,"
    " stream TEXT NOT NULL,"
    " times {integer} NOT NULL,"
    " first_s {integer} NOT NULL,"
    " last_s {integer} NOT NULL,"
    " PRIMARY KEY (domain, address, stream)) {clustered};"

    "CREATE TABLE note ("
    " id {id},"
    " at_s {integer} NOT NULL,"
    " domain TEXT NOT NULL,"
    " said TEXT NOT NULL);"
    "CREATE INDEX note_at ON note (domain, at_s);"

    "CREATE TABLE mute ("
    " id {id},"
    " domain TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " since_s {integer} NOT NULL,"
    " until_s {integer} NOT NULL,"
    " why TEXT NOT NULL);";

/* What an event is about, so that hooks need not read its sentence; and which
 * troubles each hook was told of. */
static const char step_4[] =
    "ALTER TABLE event ADD COLUMN name TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE event ADD COLUMN subject TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE event ADD COLUMN begins {integer} NOT NULL DEFAULT 0;"

    "CREATE TABLE told ("
    " hook TEXT NOT NULL,"
    " domain TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " told_s {integer} NOT NULL,"
    " verdict {integer} NOT NULL,"
    " is_open {integer} NOT NULL,"
    " PRIMARY KEY (hook, domain, kind, name, subject)) {clustered};";

/* What tells a log from another one that begins alike, and a short copy of it
 * from a log of its own; 0 and "" where it was not kept yet. */
static const char step_5[] =
    "ALTER TABLE log_cursor ADD COLUMN tail_end {integer} NOT NULL DEFAULT 0;"
    "ALTER TABLE log_cursor ADD COLUMN tail_len {integer} NOT NULL DEFAULT 0;"
    "ALTER TABLE log_cursor ADD COLUMN tail_hash {integer} NOT NULL DEFAULT 0;"
    "ALTER TABLE log_cursor ADD COLUMN head_steps TEXT NOT NULL DEFAULT '';";

static const char *const schema_list[] = { step_1, step_2, step_3, step_4,
	step_5 };

const struct schema_steps schema = {
	schema_list,
	sizeof(schema_list) / sizeof(schema_list[0]),
};

static const char *
word(const struct db_words *words, const char *name, size_t len)
{
	const struct {
		const char *name, *word;
	} all[] = {
		{ "id", words->id },
		{ "integer", words->integer },
		{ "real", words->real },
		{ "blob", words->blob },
		{ "clustered", words->clustered },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strlen(all[i].name) == len &&
		    memcmp(all[i].name, name, len) == 0)
			return all[i].word;
	return "";
}

/* Puts the driver's words in place of those in braces. */
static char *
in_dialect(const struct db_words *words, const char *step)
{
	struct buf out = { 0 };
	const char *open, *end;

	while ((open = strchr(step, '{')) != NULL &&
	    (end = strchr(open, '}')) != NULL) {
		buf_add(&out, step, (size_t)(open - step));
		buf_str(&out, word(words, open + 1, (size_t)(end - open - 1)));
		step = end + 1;
	}
	buf_str(&out, step);
	return buf_take(&out);
}

enum status
schema_check(struct db *db, const char *location,
    const struct schema_steps *steps, int64_t *version, struct error *err)
{
	enum status status = db->ops->version(db, version, err);

	if (status != STATUS_OK)
		return status;
	if (*version < 0)
		return error_set(err, STATUS_CORRUPT,
		    "store %s: has no version that makes sense", location);
	if (*version > (int64_t)steps->count)
		return error_set(err, STATUS_FUTURE,
		    "store %s: written by a newer sendtop (schema %ld, this "
		    "one knows %zu); it is left as it is: install the newer "
		    "sendtop or name another store",
		    location, (long)*version, steps->count);
	return STATUS_OK;
}

/* Inside the transaction, so that two who migrate at once do it once. */
static enum status
run_steps(struct db *db, const struct schema_steps *steps, struct error *err)
{
	int64_t version = 0;
	enum status status = db->ops->version(db, &version, err);

	for (size_t i = (size_t)version;
	     status == STATUS_OK && i < steps->count; i++) {
		char *sql = in_dialect(&db->ops->words, steps->steps[i]);

		status = db->ops->exec(db, sql, err);
		if (status != STATUS_OK)
			error_prefix(err, "migration to schema %zu", i + 1);
		free(sql);
	}
	if (status == STATUS_OK && version < (int64_t)steps->count)
		status = db->ops->set_version(db, (int64_t)steps->count, err);
	return status;
}

enum status
schema_migrate(
    struct db *db, const struct schema_steps *steps, struct error *err)
{
	enum status status = db->ops->exec(db, db->ops->words.begin, err);

	if (status != STATUS_OK)
		return status;
	status = run_steps(db, steps, err);
	if (status == STATUS_OK)
		status = db->ops->exec(db, "COMMIT", err);
	if (status != STATUS_OK)
		db->ops->rollback(db);
	return status;
}
