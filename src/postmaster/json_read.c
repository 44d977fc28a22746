/* JSON from outside, bounded before memory is asked for it. */
/* SPDX-License-Identifier: MIT */
#include "json_read.h"

/*
 * Four megabytes of "{}," would become a gigabyte of objects.  The largest
 * honest answer, 100 domains with 200 items each, has 60,000 objects.
 */
enum { OBJECTS_MAX = 150000, VALUES_MAX = 500000 };

bool
json_read_affordable(const char *body, size_t len)
{
	size_t objects = 0, values = 0, i;
	bool quoted = false;

	for (i = 0; i < len; i++) {
		if (quoted) {
			if (body[i] == '\\')
				i++;
			else if (body[i] == '"')
				quoted = false;
			continue;
		}
		if (body[i] == '"')
			quoted = true;
		objects += body[i] == '{' || body[i] == '[';
		values += body[i] == ',';
	}
	return objects <= OBJECTS_MAX && values <= VALUES_MAX;
}

enum status
json_read_object(const char *body, size_t len, const char *what, json_t **out,
    struct error *err)
{
	json_error_t where;

	*out = NULL;
	if (!json_read_affordable(body, len))
		return error_set(err, STATUS_PARSE,
		    "%s has more values than any honest one", what);
	*out = json_loadb(body, len, JSON_REJECT_DUPLICATES, &where);
	if (json_is_object(*out))
		return STATUS_OK;
	if (*out != NULL)
		error_set(err, STATUS_PARSE, "%s is not a JSON object", what);
	else
		error_set(err, STATUS_PARSE, "%s is not whole JSON (line %d)",
		    what, where.line);
	json_decref(*out);
	*out = NULL;
	return STATUS_PARSE;
}

const char *
json_read_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

bool
json_read_member(
    const json_t *object, const char *key, json_type type, const json_t **out)
{
	*out = json_object_get(object, key);
	if (json_is_null(*out))
		*out = NULL;
	return *out == NULL || json_typeof(*out) == type;
}
