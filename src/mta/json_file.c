/* Reads the shared tables' JSON. */
/* SPDX-License-Identifier: MIT */
#include "json_file.h"

#include <string.h>

#include "sendtop/text.h"

enum { FILE_MOST = 1024 * 1024, TEXT_MOST = 600 };

enum status
json_file_read(const char *path, json_t **out, struct error *err)
{
	struct buf text = { 0 };
	json_error_t where;
	enum status status = buf_file(&text, path, FILE_MOST, err);

	*out = NULL;
	if (status == STATUS_OK) {
		*out = json_loadb(text.data != NULL ? text.data : "", text.len,
		    JSON_REJECT_DUPLICATES, &where);
		if (*out == NULL)
			status = error_set(err, STATUS_PARSE, "%s:%d: %s", path,
			    where.line, where.text);
		else if (!json_is_object(*out))
			status = error_set(
			    err, STATUS_PARSE, "%s: an object is needed", path);
	}
	buf_free(&text);
	if (status != STATUS_OK) {
		json_decref(*out);
		*out = NULL;
	}
	return status;
}

enum status
json_file_members(json_t *object, const char *const *names, const char *what,
    struct error *err)
{
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach(object, name, value)
	{
		for (i = 0; names[i] != NULL; i++)
			if (strcmp(names[i], name) == 0)
				break;
		if (names[i] == NULL)
			return error_set(err, STATUS_PARSE,
			    "%s: there is no member \"%s\"", what, name);
	}
	return STATUS_OK;
}

enum status
json_file_text(struct arena *arena, const json_t *object, const char *name,
    int optional, const char **out, const char *what, struct error *err)
{
	const json_t *value = json_object_get(object, name);
	size_t len = json_string_length(value);

	*out = "";
	if (optional == JSON_OPTIONAL &&
	    (value == NULL || (json_is_string(value) && len == 0)))
		return STATUS_OK;
	if (!json_is_string(value) || len == 0 || len > TEXT_MOST)
		return error_set(err, STATUS_PARSE,
		    "%s: \"%s\" must be a text of 1 to %d octets", what, name,
		    TEXT_MOST);
	*out = text_printable_arena(
	    arena, json_string_value(value), len, TEXT_MOST);
	return STATUS_OK;
}
