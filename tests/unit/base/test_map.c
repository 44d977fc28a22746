/* The map against a plain array of what it should hold. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/mem.h"

enum { KEYS = 5000, STEPS = 200000 };

static char *
name(char out[32], unsigned i)
{
	snprintf(out, 32, "host-%u.example.com", i);
	return out;
}

START_TEST(test_put_get)
{
	struct map *map = map_new();
	int a, b;

	ck_assert_ptr_null(map_get(map, "x"));
	ck_assert_ptr_null(map_put(map, "x", &a));
	ck_assert_ptr_null(map_put(map, "", &b));
	ck_assert_ptr_eq(map_get(map, "x"), &a);
	ck_assert_ptr_eq(map_get(map, ""), &b);
	ck_assert_ptr_eq(map_put(map, "x", &b), &a);
	ck_assert_uint_eq(map_count(map), 2);
	ck_assert_ptr_eq(map_remove(map, "x"), &b);
	ck_assert_ptr_null(map_remove(map, "x"));
	ck_assert_uint_eq(map_count(map), 1);
	map_free(map, NULL);
	map_free(NULL, NULL);
}
END_TEST

/* Random puts and removes; after them the map equals the array. */
START_TEST(test_random)
{
	static int marks[KEYS];
	static bool held[KEYS], seen[KEYS];
	struct map *map = map_new();
	size_t count = 0, cursor = 0, walked = 0;
	unsigned random = 12345;
	const char *key;
	void *value;
	char text[32];

	for (int step = 0; step < STEPS; step++) {
		unsigned i;
		void *before;

		random = random * 1103515245u + 12345u;
		i = (random >> 8) % KEYS;
		if ((random >> 4) % 5 < 2)
			before = map_remove(map, name(text, i));
		else
			before = map_put(map, name(text, i), &marks[i]);
		if (before != (held[i] ? (void *)&marks[i] : NULL))
			ck_abort_msg("step %d, %s", step, text);
		count -= held[i] ? 1 : 0;
		held[i] = (random >> 4) % 5 >= 2;
		count += held[i] ? 1 : 0;
	}
	ck_assert_uint_eq(map_count(map), count);
	for (unsigned i = 0; i < KEYS; i++)
		ck_assert_ptr_eq(map_get(map, name(text, i)),
		    held[i] ? (void *)&marks[i] : NULL);
	while (map_next(map, &cursor, &key, &value)) {
		size_t i = (size_t)((int *)value - marks);

		ck_assert_str_eq(key, name(text, (unsigned)i));
		ck_assert(held[i] && !seen[i]);
		seen[i] = true;
		walked++;
	}
	ck_assert_uint_eq(walked, count);
	map_free(map, NULL);
}
END_TEST

START_TEST(test_free_values)
{
	struct map *map = map_new();
	char text[32];

	for (unsigned i = 0; i < 100; i++)
		ck_assert_ptr_null(
		    map_put(map, name(text, i), mem_dup("value")));
	free(map_remove(map, name(text, 7)));
	map_free(map, free);
}
END_TEST

Suite *
suite_map(void)
{
	Suite *suite = suite_create("map");
	TCase *tc = tcase_create("map");

	tcase_add_test(tc, test_put_get);
	tcase_add_test(tc, test_random);
	tcase_add_test(tc, test_free_values);
	suite_add_tcase(suite, tc);
	return suite;
}
