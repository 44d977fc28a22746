/* Allocation, arenas, bounded buffers, and the way out of no memory. */
/* SPDX-License-Identifier: MIT */
#include "suites.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/mem.h"

START_TEST(test_copies)
{
	char *a = mem_dup("abc"), *b = mem_ndup("a\0b", 3);
	char *c = mem_printf("%s-%d", a, 7), *d = mem_ndup(NULL, 0);

	ck_assert_str_eq(a, "abc");
	ck_assert_int_eq(memcmp(b, "a\0b", 4), 0);
	ck_assert_str_eq(c, "abc-7");
	ck_assert_str_eq(d, "");
	ck_assert_ptr_null(mem_dup(NULL));
	mem_wipe(a, 3);
	ck_assert_int_eq(memcmp(a, "\0\0\0", 4), 0);
	free(a);
	free(b);
	free(c);
	free(d);
}
END_TEST

START_TEST(test_grow)
{
	size_t cap = 0;
	int *array = NULL;

	for (size_t i = 0; i < 1000; i++) {
		array = mem_grow(array, i, &cap, sizeof(*array));
		ck_assert_uint_gt(cap, i);
		array[i] = (int)i;
	}
	ck_assert_int_eq(array[0], 0);
	ck_assert_int_eq(array[999], 999);
	ck_assert_uint_le(cap, 2000);
	free(array);
}
END_TEST

/* Also where there was something before. */
START_TEST(test_table)
{
	static const size_t sizes[] = { 1, 4096, 2 << 20, (4 << 20) + 1 };

	for (size_t i = 0; i < 4 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = sizes[i / 4];
		char *table = mem_table(size);

		ck_assert_uint_eq((uintptr_t)table % 64, 0);
		for (size_t at = 0; at < size; at++)
			if (table[at] != 0)
				ck_abort_msg("%zu of %zu is not 0", at, size);
		memset(table, 1, size);
		free(table);
	}
}
END_TEST

/* AddressSanitizer would end the program where malloc returns NULL. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void
last_words(void *arg)
{
	_exit(*(int *)arg);
}

static void
hopeless(int which)
{
	static struct arena *volatile arena; /* lost with the process */
	size_t cap = SIZE_MAX / 2 + 1;
	void *p = NULL;

	switch (which) {
	case 0:
		p = mem_alloc(SIZE_MAX / 2);
		break;
	case 1:
		p = mem_zero(SIZE_MAX / 2, 4);
		break;
	case 2:
		p = mem_resize(NULL, SIZE_MAX / 2, 4);
		break;
	case 3:
		p = mem_grow(NULL, cap, &cap, 1);
		break;
	case 4:
		arena = arena_new();
		p = arena_alloc(arena, SIZE_MAX - 3);
		break;
	case 5:
		p = mem_ndup("", SIZE_MAX);
		break;
	case 6:
		p = mem_table(SIZE_MAX / 2);
		break;
	case 7:
		p = mem_table(SIZE_MAX);
		break;
	}
	free(p);
}

START_TEST(test_death)
{
	ck_assert_int_ne(close(STDERR_FILENO), -1);
	hopeless(_i);
}
END_TEST

START_TEST(test_death_hook)
{
	int code = 42;

	mem_on_death(last_words, &code);
	hopeless(0);
}
END_TEST

START_TEST(test_arena)
{
	static const unsigned char zeros[2000];
	struct arena *arena = arena_new();
	char *first = arena_dup(arena, "first");

	for (int round = 0; round < 3; round++) {
		for (size_t i = 1; i < 2000; i++) {
			unsigned char *p = arena_alloc(arena, i);

			ck_assert_uint_eq((uintptr_t)p % 16, 0);
			ck_assert_int_eq(memcmp(p, zeros, i), 0);
			memset(p, 0xaa, i);
		}
		if (round == 0)
			ck_assert_str_eq(first, "first");
		arena_reset(arena);
	}
	memset(arena_alloc(arena, 1 << 20), 1, 1 << 20);
	arena_reset(arena);
	arena_reset(arena);
	ck_assert_str_eq(arena_printf(arena, "%05d", 42), "00042");
	ck_assert_str_eq(arena_ndup(arena, "abcdef", 3), "abc");
	ck_assert_ptr_null(arena_dup(arena, NULL));
	arena_free(arena);
	arena_free(NULL);
}
END_TEST

/* What came behind a mark goes, in whatever block it is, and no more. */
START_TEST(test_arena_release)
{
	enum { MANY = 100 };
	struct arena *arena = arena_new();
	struct arena_mark start = arena_mark(arena), mark;
	const char *before;
	const void *place;
	size_t size;

	for (int round = 0; round < 3; round++) {
		before = arena_dup(arena, "before");
		arena_adopt(arena, mem_dup("mine"), 5);
		mark = arena_mark(arena);
		size = arena_size(arena);
		for (int i = 0; i < MANY * round; i++) {
			memset(arena_alloc(arena, 1000), 0xaa, 1000);
			arena_adopt(arena, mem_zero(1, 1000), 1000);
		}
		arena_release(arena, &mark);
		ck_assert_uint_eq(arena_size(arena), size);
		ck_assert_str_eq(before, "before");
		/* The same place again. */
		place = arena_room(arena, 8);
		arena_release(arena, &mark);
		ck_assert_ptr_eq(arena_room(arena, 8), place);
	}
	arena_release(arena, &start);
	ck_assert_uint_eq(arena_size(arena), 0);
	ck_assert_str_eq(arena_dup(arena, "after"), "after");
	arena_free(arena);
}
END_TEST

/* What it keeps of what it had is little; the rest is seen to be freed by
 * whoever looks for leaks. */
START_TEST(test_arena_size)
{
	enum { LARGE = 1 << 20, LITTLE = 1 << 16 };
	struct arena *arena = arena_new();

	ck_assert_uint_eq(arena_size(arena), 0);
	for (int round = 0; round < 3; round++) {
		arena_adopt(arena, mem_zero(1, LARGE), LARGE);
		arena_adopt(arena, mem_dup("small"), 6);
		ck_assert_uint_ge(arena_size(arena), LARGE + 6);
		ck_assert_uint_lt(arena_size(arena), LARGE + LITTLE);
		arena_alloc(arena, LARGE);
		ck_assert_uint_ge(arena_size(arena), 2 * LARGE);
		if (round == 2)
			break;
		arena_reset(arena);
		ck_assert_uint_le(arena_size(arena), LITTLE);
	}
	arena_free(arena);
}
END_TEST

START_TEST(test_buf)
{
	struct buf buf = { 0 };
	char *taken;

	ck_assert_str_eq(taken = buf_take(&buf), "");
	free(taken);
	buf_str(&buf, "abc");
	buf_char(&buf, '-');
	buf_printf(&buf, "%d%s", 12, "xyz");
	buf_add(&buf, "\0q", 2);
	ck_assert_uint_eq(buf.len, 11);
	ck_assert_int_eq(memcmp(buf.data, "abc-12xyz\0q", 12), 0);
	buf_shift(&buf, 4);
	ck_assert_str_eq(buf.data, "12xyz");
	buf_shift(&buf, 1000);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_str_eq(buf.data, "");
	for (int i = 0; i < 10000; i++)
		buf_char(&buf, 'x');
	ck_assert_uint_eq(strlen(buf.data), 10000);
	ck_assert(!buf.full);
	free(buf_take(&buf));
	ck_assert_ptr_null(buf.data);
	buf_shift(&buf, 1);
	buf_free(&buf);
}
END_TEST

START_TEST(test_buf_bound)
{
	struct buf buf = { .max = 8 };

	buf_str(&buf, "12345678");
	ck_assert(!buf.full);
	buf_str(&buf, "");
	ck_assert(!buf.full);
	buf_char(&buf, '9');
	ck_assert(buf.full);
	ck_assert_str_eq(buf.data, "12345678");
	buf_shift(&buf, 6);
	buf_printf(&buf, "%s", "abcdefghij");
	ck_assert_str_eq(buf.data, "78abcdef");
	ck_assert_uint_eq(buf.len, 8);
	buf_free(&buf);
	ck_assert(!buf.full);
	ck_assert_uint_eq(buf.max, 8);
}
END_TEST

START_TEST(test_buf_file)
{
	char path[] = "/tmp/test_buf_XXXXXX";
	struct buf buf = { 0 };
	struct error err;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "eight by", 8), 8);
	close(fd);
	ck_assert_int_eq(buf_file(&buf, path, 2048, &err), STATUS_OK);
	ck_assert_str_eq(buf.data, "eight by");
	buf_free(&buf);
	ck_assert_int_eq(truncate(path, 2049), 0);
	ck_assert_int_eq(buf_file(&buf, path, 2048, &err), STATUS_PARSE);
	ck_assert_ptr_nonnull(strstr(err.text, ": larger than 2 KiB"));
	buf_free(&buf);
	unlink(path);
	ck_assert_int_ne(buf_file(&buf, path, 2048, &err), STATUS_OK);
	ck_assert_ptr_nonnull(strstr(err.text, path));
}
END_TEST

Suite *
suite_mem(void)
{
	Suite *suite = suite_create("mem");
	TCase *tc = tcase_create("mem"), *deaths = tcase_create("deaths");

	tcase_add_test(tc, test_copies);
	tcase_add_test(tc, test_grow);
	tcase_add_test(tc, test_table);
	tcase_add_test(tc, test_arena);
	tcase_add_test(tc, test_arena_release);
	tcase_add_test(tc, test_arena_size);
	tcase_add_test(tc, test_buf);
	tcase_add_test(tc, test_buf_bound);
	tcase_add_test(tc, test_buf_file);
	suite_add_tcase(suite, tc);
	/* Without a process of its own each would end the runner. */
	tcase_set_tags(deaths, "native");
	tcase_add_loop_exit_test(deaths, test_death, 3, 0, 8);
	tcase_add_exit_test(deaths, test_death_hook, 42);
	suite_add_tcase(suite, deaths);
	return suite;
}
