/* Request bodies, to the letter. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "postmaster/parse.h"
#include "sendtop/day.h"
#include "suites.h"

#define DEFINITION(name, standard)                \
	"{\"name\":\"" name "\",\"baseMetric\":{" \
	"\"standardMetric\":\"" standard "\"}"

START_TEST(item)
{
	struct buf out = { 0 };

	body_item(&out, "a.example", day_civil(2026, 7, 25),
	    day_civil(2026, 11, 21), "{\"name\":\"x\"}",
	    _i == 0 ? NULL : "p\"2/=");
	ck_assert_str_eq(out.data,
	    _i == 0 ? "{\"parent\":\"domains/a.example\",\"metricDefinitions\":"
		      "[{\"name\":\"x\"}],\"timeQuery\":{\"dateRanges\":"
		      "{\"dateRanges\":[{\"start\":{\"year\":2026,\"month\":7,"
		      "\"day\":25},\"end\":{\"year\":2026,\"month\":11,"
		      "\"day\":21}}]}},\"aggregationGranularity\":\"DAILY\","
		      "\"pageSize\":200}"
		    : "{\"parent\":\"domains/a.example\",\"metricDefinitions\":"
		      "[{\"name\":\"x\"}],\"timeQuery\":{\"dateRanges\":"
		      "{\"dateRanges\":[{\"start\":{\"year\":2026,\"month\":7,"
		      "\"day\":25},\"end\":{\"year\":2026,\"month\":11,"
		      "\"day\":21}}]}},\"aggregationGranularity\":\"DAILY\","
		      "\"pageSize\":200,\"pageToken\":\"p\\\"2/=\"}");
	buf_free(&out);
}
END_TEST

static const char *const definitions[] = {
	DEFINITION("spam_rate", "SPAM_RATE") "}",
	DEFINITION(
	    "auth_spf", "AUTH_SUCCESS_RATE") ",\"filter\":"
					     "\"auth_type = \\\"spf\\\"\"}",
	DEFINITION(
	    "auth_dkim", "AUTH_SUCCESS_RATE") ",\"filter\":"
					      "\"auth_type = \\\"dkim\\\"\"}",
	DEFINITION(
	    "auth_dmarc", "AUTH_SUCCESS_RATE") ",\"filter\":"
					       "\"auth_type = \\\"dmarc\\\"\"}",
	DEFINITION("tls_inbound",
	    "TLS_ENCRYPTION_RATE") ",\"filter\":"
				   "\"traffic_direction = \\\"inbound\\\"\"}",
	DEFINITION("tls_outbound_count",
	    "TLS_ENCRYPTION_MESSAGE_COUNT") ",\"filter\":"
					    "\"traffic_direction = \\\"outbound\\\"\"}",
	DEFINITION("reject_rate",
	    "DELIVERY_ERROR_RATE") ",\"filter\":"
				   "\"error_type = \\\"reject\\\"\"}",
	DEFINITION("temp_fail_count",
	    "DELIVERY_ERROR_COUNT") ",\"filter\":"
				    "\"error_type = \\\"temp_fail\\\"\"}",
	DEFINITION("reject_bad_or_missing_ptr_record_rate",
	    "DELIVERY_ERROR_RATE") ",\"filter\":\"error_type = \\\"reject\\\" "
				   "AND error_reason = \\\"bad_or_missing_ptr_record\\\"\"}",
	DEFINITION("temp_fail_anomalous_traffic_pattern_count",
	    "DELIVERY_ERROR_COUNT") ",\"filter\":\"error_type = "
				    "\\\"temp_fail\\\" AND error_reason = "
				    "\\\"anomalous_traffic_pattern\\\"\"}",
	DEFINITION("fbl_from",
	    "FEEDBACK_LOOP_ID") ",\"filter\":"
				"\"aggregation_key_type = \\\"FROM_HEADER\\\"\"}",
	DEFINITION("fbl_dkim",
	    "FEEDBACK_LOOP_ID") ",\"filter\":"
				"\"aggregation_key_type = \\\"ALL_DKIM\\\"\"}",
};

START_TEST(every_definition)
{
	struct buf out = { 0 };
	json_t *list;
	char *whole;

	body_definitions(&out);
	ck_assert_msg(
	    strstr(out.data, definitions[_i]) != NULL, "%s", definitions[_i]);
	whole = mem_printf("[%s]", out.data);
	list = json_loads(whole, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_uint_eq(json_array_size(list), METRIC_GOOGLE + 2);
	json_decref(list);
	free(whole);
	buf_free(&out);
}
END_TEST

static struct feedback_loop *
add_loop(struct stats *stats, const char *id, bool exact, int32_t newest)
{
	struct feedback_loop *loop = arena_alloc(stats->arena, sizeof(*loop));

	snprintf(loop->id, sizeof(loop->id), "%s", id);
	loop->exact = exact;
	loop->newest = newest;
	stats->loops[stats->loop_count++] = loop;
	return loop;
}

START_TEST(loops)
{
	struct feedback_loop *list[LOOPS_MAX];
	struct stats stats = { .arena = arena_new(), .loops = list };
	struct buf out = { 0 };

	ck_assert(!body_feedback_definitions(&out, &stats));
	add_loop(&stats, "not \"this\"", false, 9);
	ck_assert(!body_feedback_definitions(&out, &stats));
	ck_assert_uint_eq(out.len, 0);
	add_loop(&stats, "camp1", true, 8);
	add_loop(&stats, "camp2", true, 9)->by_dkim = true;
	ck_assert(body_feedback_definitions(&out, &stats));
	ck_assert_str_eq(out.data,
	    DEFINITION("fbl_rate_1",
		"FEEDBACK_LOOP_SPAM_RATE") ",\"filter\":"
					   "\"feedback_loop_id = \\\"camp1\\\" AND aggregation_key_type = "
					   "\\\"FROM_HEADER\\\"\"}," DEFINITION(
					       "fbl_rate_2",
					       "FEEDBACK_LOOP_SPAM_RATE") ",\"filter\":"
									  "\"feedback_loop_id = \\\"camp2\\\" AND aggregation_key_type = "
									  "\\\"ALL_DKIM\\\"\"}");
	buf_free(&out);
	arena_free(stats.arena);
}
END_TEST

START_TEST(newest_loops_are_asked)
{
	struct feedback_loop *list[LOOPS_MAX];
	struct stats stats = { .arena = arena_new(), .loops = list };
	struct buf out = { 0 };
	const char *at;
	size_t n = 0;
	int i;

	for (i = 0; i < LOOPS_MAX; i++)
		add_loop(&stats, "x", true, i % 100);
	ck_assert(body_feedback_definitions(&out, &stats));
	for (at = out.data; (at = strstr(at, "\"name\"")) != NULL; at++)
		n++;
	ck_assert_uint_eq(n, LOOPS_ASKED_MAX);
	ck_assert_ptr_nonnull(strstr(out.data, "\"fbl_rate_99\""));
	ck_assert_ptr_null(strstr(out.data, "\"fbl_rate_0\""));
	buf_free(&out);
	arena_free(stats.arena);
}
END_TEST

Suite *
suite_body(void)
{
	Suite *suite = suite_create("body");
	TCase *tc = tcase_create("json");

	tcase_add_loop_test(tc, item, 0, 2);
	tcase_add_loop_test(tc, every_definition, 0, COUNT(definitions));
	tcase_add_test(tc, loops);
	tcase_add_test(tc, newest_loops_are_asked);
	suite_add_tcase(suite, tc);
	return suite;
}
