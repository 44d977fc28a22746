/* Struct settings: made, loaded, changed, searched, freed. */
/* SPDX-License-Identifier: MIT */
#include "sendtop/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/org.h"
#include "sendtop/text.h"
#include "settings_row.h"

enum { SHOWN_MOST = 80, SECTION_SIZE = 512 };

/* A new domain at the end; the array has room for the next power of two. */
struct settings_domain *
settings_add_domain(struct settings *settings, const char *name)
{
	size_t count = settings->domain_count;
	struct settings_domain *domain;

	if ((count & (count - 1)) == 0)
		settings->domains = mem_resize(settings->domains,
		    count > 0 ? count * 2 : 1, sizeof(*settings->domains));
	domain = &settings->domains[settings->domain_count++];
	*domain = (struct settings_domain){ .name = mem_dup(name) };
	settings_defaults(domain, SETTINGS_DOMAIN);
	return domain;
}

static int
compare_domains(const void *a, const void *b)
{
	const struct settings_domain *one = a, *other = b;

	return strcmp(one->name, other->name);
}

void
settings_sort(struct settings *settings)
{
	if (settings->domain_count > 1)
		qsort(settings->domains, settings->domain_count,
		    sizeof(*settings->domains), compare_domains);
}

struct settings *
settings_new(void)
{
	struct settings *settings = mem_zero(1, sizeof(*settings));

	settings_defaults(settings, NULL);
	return settings;
}

enum status
settings_bad_value(const struct settings_row *row, const char *section,
    const char *value, struct error *err)
{
	char expected[SETTINGS_EXPECTED_SIZE], shown[SHOWN_MOST + 1];

	/* Whoever knows the address may post there. */
	if (strcmp(row->help.type, "webhook") == 0)
		return error_set(err, STATUS_PARSE, "%s.%s: expected %s",
		    section, row->help.key,
		    settings_row_expected(row, expected));
	text_printable(shown, sizeof(shown), value, strlen(value));
	return error_set(err, STATUS_PARSE, "%s.%s: expected %s, got \"%s\"",
	    section, row->help.key, settings_row_expected(row, expected),
	    shown);
}

enum status
settings_read_file(const char *path, struct buf *buf, struct error *err)
{
	char block[16384];
	ssize_t n;
	int saved, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_system(err, errno, "cannot open %s", path);
	while (!buf->full && (n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			saved = errno;
			close(fd);
			return error_system(err, saved, "cannot read %s", path);
		}
		buf_add(buf, block, (size_t)n);
	}
	close(fd);
	return STATUS_OK;
}

static enum status
load_default(struct settings **out, struct error *err)
{
	enum status status;
	char *dir, *path;

	status = settings_config_dir(&dir, err);
	if (status != STATUS_OK)
		return status;
	path = mem_printf("%s/sendtop.conf", dir);
	free(dir);
	if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		*out = settings_new();
	else
		status = settings_load(path, out, err);
	free(path);
	return status;
}

enum status
settings_load(const char *path, struct settings **out, struct error *err)
{
	struct buf buf = { .max = SETTINGS_FILE_MOST + 1 };
	enum status status;

	if (path == NULL)
		return load_default(out, err);
	status = settings_read_file(path, &buf, err);
	if (status == STATUS_OK)
		status = settings_parse(
		    buf.data != NULL ? buf.data : "", buf.len, path, out, err);
	buf_free(&buf);
	if (status != STATUS_OK)
		return status;
	(*out)->path = mem_dup(path);
	status = settings_read_plans(*out, err);
	if (status != STATUS_OK) {
		settings_free(*out);
		*out = NULL;
	}
	return status;
}

void
settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	for (size_t i = 0; i < settings->domain_count; i++) {
		settings_clear(&settings->domains[i], SETTINGS_DOMAIN);
		free(settings->domains[i].steps);
		free(settings->domains[i].name);
	}
	settings_free_hooks(settings);
	settings_clear(settings, NULL);
	free(settings->domains);
	free(settings->path);
	free(settings);
}

/* Finds or makes the domain of "domain.NAME.KEY"; NULL if NAME is not one. */
static void *
domain_of(struct settings *settings, const char *section)
{
	const char *dot = strchr(section, '.');
	char name[ORG_NAME_SIZE];
	struct settings_domain wanted = { .name = name }, *found;

	if (dot == NULL || !org_ascii(dot + 1, name))
		return NULL;
	if (settings_domain(settings, name) == NULL) {
		settings_add_domain(settings, name);
		settings_sort(settings);
	}
	found = bsearch(&wanted, settings->domains, settings->domain_count,
	    sizeof(*settings->domains), compare_domains);
	return found;
}

enum status
settings_set(struct settings *settings, const char *key, const char *value,
    struct error *err)
{
	const char *dot = strrchr(key, '.');
	char section[SECTION_SIZE];
	const struct settings_row *row = NULL;
	void *object = settings;
	size_t len = dot != NULL ? (size_t)(dot - key) : 0;
	bool domain = text_starts_nocase(key, SETTINGS_DOMAIN ".");
	bool hook = text_starts_nocase(key, SETTINGS_HOOK ".");

	if (len > 0 && len < sizeof(section)) {
		memcpy(section, key, len);
		section[len] = '\0';
		row = settings_row_find(domain ? SETTINGS_DOMAIN
			: hook                 ? SETTINGS_HOOK
					       : section,
		    dot + 1);
	}
	if (row != NULL && domain)
		object = domain_of(settings, section);
	else if (row != NULL && hook)
		object = strlen(section) > strlen(SETTINGS_HOOK ".")
		    ? settings_add_hook(
			  settings, section + strlen(SETTINGS_HOOK "."))
		    : NULL;
	if (row == NULL || object == NULL)
		return error_set(err, STATUS_USAGE,
		    "no setting %.80s: sendtop.conf(5) lists them", key);
	if (!settings_row_set(row, value, object))
		return settings_bad_value(row, section, value, err);
	return STATUS_OK;
}

const struct settings_domain *
settings_domain(const struct settings *settings, const char *name)
{
	for (size_t low = 0, high = settings->domain_count; low < high;) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, settings->domains[middle].name);

		if (order == 0)
			return &settings->domains[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
