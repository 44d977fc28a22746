/* How the values of settings are read, one function a type. */
/* SPDX-License-Identifier: MIT */
#include "settings_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/text.h"
#include "settings_check.h"

enum { ZONES_MOST = 32, TIERS_MOST = 16 };

static void *
field(const struct settings_row *row, void *object)
{
	return (char *)object + row->offset;
}

/* Puts new in the place of the text that was there; takes it over. */
static bool
replace(const struct settings_row *row, void *object, char *new)
{
	char **text = field(row, object);

	free(*text);
	*text = new;
	return true;
}

static void
clear_text(const struct settings_row *row, void *object)
{
	(void)replace(row, object, NULL);
}

/* A value that is empty, where empty is the default: then there is none. */
static bool
is_unset(const struct settings_row *row, const char *value)
{
	return value[0] == '\0' && row->help.standard[0] == '\0';
}

static bool
set_text(const struct settings_row *row, const char *value, void *object)
{
	if (is_unset(row, value))
		return replace(row, object, NULL);
	if (value[0] == '\0' || !settings_is_printable(value))
		return false;
	return replace(row, object, mem_dup(value));
}

static bool
set_path(const struct settings_row *row, const char *value, void *object)
{
	char *path;

	if (is_unset(row, value))
		return replace(row, object, NULL);
	if (value[0] == '\0' || strchr(value, '\n') != NULL)
		return false;
	path = settings_expand(value);
	return path != NULL && replace(row, object, path);
}

static bool
set_store(const struct settings_row *row, const char *value, void *object)
{
	if (strstr(value, "://") == NULL)
		return set_path(row, value, object);
	if (!text_starts_nocase(value, "postgresql://") &&
	    !text_starts_nocase(value, "postgres://"))
		return false;
	return set_text(row, value, object);
}

static bool
set_url(const struct settings_row *row, const char *value, void *object)
{
	size_t len = strlen(value);

	if (!settings_is_endpoint(value))
		return false;
	while (len > 0 && value[len - 1] == '/')
		len--;
	return replace(row, object, mem_ndup(value, len));
}

static bool
set_host(const struct settings_row *row, const char *value, void *object)
{
	if (is_unset(row, value))
		return replace(row, object, NULL);
	return settings_is_host(value) && replace(row, object, mem_dup(value));
}

static bool
set_zone(const struct settings_row *row, const char *value, void *object)
{
	int64_t weight;
	char *zone;

	if (value[0] == '\0')
		return replace(row, object, NULL);
	zone = strchr(value, ':') == NULL ? settings_zone(value, &weight)
					  : NULL;
	return zone != NULL && replace(row, object, zone);
}

bool
settings_next_item(const char **list, const char **item, size_t *len)
{
	static const char between[] = ", \t\n";

	*list += strspn(*list, between);
	*item = *list;
	*len = strcspn(*list, ",\n");
	*list += *len;
	while (*len > 0 && strchr(between, (*item)[*len - 1]) != NULL)
		--*len;
	return *len > 0;
}

static bool
set_choice(const struct settings_row *row, const char *value, void *object)
{
	const char *list = row->words, *item;
	size_t len;

	while (settings_next_item(&list, &item, &len))
		if (strlen(value) == len && memcmp(value, item, len) == 0)
			return replace(row, object, mem_dup(value));
	return false;
}

static bool
set_bool(const struct settings_row *row, const char *value, void *object)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!text_equal_nocase(value, words[i]))
			continue;
		*(bool *)field(row, object) = i % 2 == 1;
		return true;
	}
	return false;
}

static bool
set_whole(const struct settings_row *row, const char *value, void *object)
{
	return text_to_int(
	    value, (int64_t)row->min, (int64_t)row->max, field(row, object));
}

static bool
set_number(const struct settings_row *row, const char *value, void *object)
{
	return text_to_double(value, row->min, row->max, field(row, object));
}

/* "0.30%" becomes 0.003 to the last bit: the exponent does the division. */
static bool
set_percentage(const struct settings_row *row, const char *value, void *object)
{
	size_t len = strcspn(value, "%");
	char number[40];

	if (value[len] != '%' || value[len + 1] != '\0')
		return false;
	while (len > 0 && value[len - 1] == ' ')
		len--;
	if (len == 0 || len + sizeof("e-2") > sizeof(number) ||
	    strspn(value, "0123456789.") != len)
		return false;
	memcpy(number, value, len);
	memcpy(number + len, "e-2", sizeof("e-2"));
	return text_to_double(
	    number, row->min / 100, row->max / 100, field(row, object));
}

/* "1h30m" as milliseconds; -1 when it is no duration. */
static int64_t
milliseconds(const char *text)
{
	static const struct {
		char unit[3];
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 },
		{ "y", INT64_C(31536000000) } };
	int64_t total = 0;

	if (*text == '\0')
		return -1;
	while (*text != '\0') {
		size_t digits = strspn(text, "0123456789"), i = 0;
		char number[10];
		int64_t value;

		if (digits == 0 || digits >= sizeof(number))
			return -1;
		memcpy(number, text, digits);
		number[digits] = '\0';
		text += digits;
		while (i < sizeof(units) / sizeof(units[0]) &&
		    strncmp(text, units[i].unit, strlen(units[i].unit)) != 0)
			i++;
		if (i == sizeof(units) / sizeof(units[0]) ||
		    !text_to_int(number, 0, 1000000000, &value))
			return -1;
		text += strlen(units[i].unit);
		total += value * units[i].ms;
		if (total > INT64_MAX / 1000)
			return -1;
	}
	return total;
}

static bool
set_ms(const struct settings_row *row, const char *value, void *object)
{
	int64_t ms = milliseconds(value);

	if ((double)ms < row->min * 1000 || (double)ms > row->max * 1000)
		return false;
	*(int64_t *)field(row, object) = ms;
	return true;
}

static bool
set_seconds(const struct settings_row *row, const char *value, void *object)
{
	int64_t ms = milliseconds(value);

	if (ms % 1000 != 0 || (double)ms < row->min * 1000 ||
	    (double)ms > row->max * 1000)
		return false;
	*(int64_t *)field(row, object) = ms / 1000;
	return true;
}

void
settings_free_list(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct text_list){ NULL, 0 };
}

static void
clear_list(const struct settings_row *row, void *object)
{
	settings_free_list(field(row, object));
}

/* Reads a list; read_item returns the text to keep, or NULL. */
static bool
set_list(const struct settings_row *row, const char *value, void *object,
    char *(*read_item)(const char *))
{
	struct text_list new = { NULL, 0 };
	size_t len, cap = 0;
	const char *item;

	while (settings_next_item(&value, &item, &len)) {
		char *text = mem_ndup(item, len), *kept = read_item(text);

		free(text);
		if (kept == NULL) {
			settings_free_list(&new);
			return false;
		}
		new.items = mem_grow(
		    new.items, new.count, &cap, sizeof(*new.items));
		new.items[new.count++] = kept;
	}
	clear_list(row, object);
	*(struct text_list *)field(row, object) = new;
	return true;
}

static char *
read_selector(const char *text)
{
	char *selector = settings_is_selector(text) ? mem_dup(text) : NULL;

	if (selector != NULL)
		text_lower(selector);
	return selector;
}

/* A path, or what glob(3) takes. */
static char *
read_log(const char *text)
{
	return settings_is_printable(text) ? settings_expand(text) : NULL;
}

static bool
set_logs(const struct settings_row *row, const char *value, void *object)
{
	return set_list(row, value, object, read_log);
}

static bool
set_servers(const struct settings_row *row, const char *value, void *object)
{
	return set_list(row, value, object, settings_server);
}

static bool
set_selectors(const struct settings_row *row, const char *value, void *object)
{
	return set_list(row, value, object, read_selector);
}

static void
clear_addresses(const struct settings_row *row, void *object)
{
	struct settings_domain *domain = object;

	(void)row;
	free(domain->sending_ips);
	domain->sending_ips = NULL;
	domain->sending_ip_count = 0;
}

static bool
set_addresses(const struct settings_row *row, const char *value, void *object)
{
	struct settings_domain *domain = object;
	struct address *new = NULL;
	size_t len, cap = 0, count = 0;
	const char *item;

	while (settings_next_item(&value, &item, &len)) {
		char text[ADDRESS_TEXT_SIZE];

		new = mem_grow(new, count, &cap, sizeof(*new));
		memcpy(text, item, len < sizeof(text) ? len : 0);
		text[len < sizeof(text) ? len : 0] = '\0';
		if (!address_parse(text, &new[count])) {
			free(new);
			return false;
		}
		address_unmap(&new[count++]);
	}
	clear_addresses(row, object);
	domain->sending_ips = new;
	domain->sending_ip_count = count;
	return true;
}

static void
free_zones(struct settings_zones *zones)
{
	for (size_t i = 0; i < zones->count; i++)
		free(zones->items[i].name);
	free(zones->items);
	*zones = (struct settings_zones){ NULL, 0 };
}

static void
clear_zones(const struct settings_row *row, void *object)
{
	free_zones(field(row, object));
}

static bool
set_zones(const struct settings_row *row, const char *value, void *object)
{
	struct settings_zones new = { NULL, 0 };
	size_t len, cap = 0;
	const char *item;

	while (settings_next_item(&value, &item, &len)) {
		char *text = mem_ndup(item, len);
		struct settings_zone zone;

		zone.name = settings_zone(text, &zone.weight);
		free(text);
		if (zone.name == NULL || new.count == ZONES_MOST) {
			free(zone.name);
			free_zones(&new);
			return false;
		}
		new.items = mem_grow(
		    new.items, new.count, &cap, sizeof(*new.items));
		new.items[new.count++] = zone;
	}
	clear_zones(row, object);
	*(struct settings_zones *)field(row, object) = new;
	return true;
}

static void
clear_tiers(const struct settings_row *row, void *object)
{
	struct settings_tiers *tiers = field(row, object);

	free(tiers->items);
	*tiers = (struct settings_tiers){ NULL, 0 };
}

/* "1000:2.5", or "1.1" for all that is left; what follows must be larger. */
static bool
read_tier(const char *item, size_t len, double above, struct settings_tier *out)
{
	char text[40], *colon;

	if (len >= sizeof(text))
		return false;
	memcpy(text, item, len);
	text[len] = '\0';
	colon = strchr(text, ':');
	out->below = (double)INFINITY;
	if (colon != NULL) {
		*colon++ = '\0';
		if (!text_to_double(text, 0, 1e12, &out->below))
			return false;
	}
	return out->below > above &&
	    text_to_double(colon != NULL ? colon : text, 1, 100, &out->growth);
}

static bool
set_tiers(const struct settings_row *row, const char *value, void *object)
{
	struct settings_tier new[TIERS_MOST];
	struct settings_tiers *tiers = field(row, object);
	size_t len, count = 0;
	const char *item;
	double above = 0;

	while (settings_next_item(&value, &item, &len)) {
		if (count == TIERS_MOST ||
		    !read_tier(item, len, above, &new[count]))
			return false;
		above = new[count++].below;
	}
	if (count == 0 || isfinite(above))
		return false;
	clear_tiers(row, object);
	tiers->items = mem_zero(count, sizeof(*new));
	memcpy(tiers->items, new, count * sizeof(*new));
	tiers->count = count;
	return true;
}

/* A date alone: "yesterday" would be another day tomorrow. */
static bool
set_day(const struct settings_row *row, const char *value, void *object)
{
	int32_t *day = field(row, object);

	if (is_unset(row, value)) {
		*day = DAY_NONE;
		return true;
	}
	return strlen(value) == strlen("2026-11-21") && value[4] == '-' &&
	    day_parse(value, 0, day);
}

static const struct settings_type types[] = {
	{ "text", "printable text", false, set_text, clear_text },
	{ "path", "a path", false, set_path, clear_text },
	{ "path or URL", "a path or a postgresql:// URL", false, set_store,
	    clear_text },
	{ "URL", "an https:// URL (http:// only for loopback hosts)", false,
	    set_url, clear_text },
	{ "host name", "a host name", false, set_host, clear_text },
	{ "choice", NULL, false, set_choice, clear_text },
	{ "yes or no", "yes or no", false, set_bool, NULL },
	{ "whole number", "a whole number", true, set_whole, NULL },
	{ "number", "a number", true, set_number, NULL },
	{ "percentage", "a percentage such as 0.3%", true, set_percentage,
	    NULL },
	{ "duration", "a duration such as 30s, 10m, 6h, 1d or 3y", true,
	    set_seconds, NULL },
	{ "short duration", "a duration such as 500ms, 30s or 1m", true, set_ms,
	    NULL },
	{ "list of servers", "addresses as ADDR, ADDR:PORT or [V6]:PORT", false,
	    set_servers, clear_list },
	{ "list of logs", "paths or patterns, with commas between them", false,
	    set_logs, clear_list },
	{ "list of selectors", "DKIM selectors, with commas between them",
	    false, set_selectors, clear_list },
	{ "zone", "a domain name, or nothing", false, set_zone, clear_text },
	{ "list of blocklists",
	    "at most 32 blocklists as ZONE or ZONE:WEIGHT (0 to 100)", false,
	    set_zones, clear_zones },
	{ "list of tiers",
	    "rising BELOW:GROWTH (1 to 100) and one GROWTH for the rest", false,
	    set_tiers, clear_tiers },
	{ "day", "a date such as 2026-11-21", false, set_day, NULL },
	{ "list of addresses", "IP addresses, with commas between them", false,
	    set_addresses, clear_addresses },
};

const struct settings_type *
settings_type_find(const char *name)
{
	const struct settings_type *type;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	for (size_t i = 0; (type = settings_hook_type(i)) != NULL; i++)
		if (strcmp(type->name, name) == 0)
			return type;
	abort(); /* a row of our own table without a type */
}

/* 0.01 as "10ms", 604800 as "7d". */
static void
duration_text(char *out, size_t size, double seconds)
{
	static const struct {
		double seconds;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "m" }, { 1, "s" } };

	snprintf(out, size, "0s");
	for (size_t i = 0; seconds > 0 && i < sizeof(units) / sizeof(units[0]);
	     i++) {
		double count = seconds / units[i].seconds;

		if (count < 1 || count != (double)(int64_t)count)
			continue;
		snprintf(out, size, "%.0f%s", count, units[i].unit);
		return;
	}
	if (seconds > 0)
		snprintf(out, size, "%.0fms", seconds * 1000);
}

char *
settings_row_expected(
    const struct settings_row *row, char out[SETTINGS_EXPECTED_SIZE])
{
	const struct settings_type *type = settings_type_find(row->help.type);
	char min[24], max[24];

	if (row->words != NULL) {
		snprintf(out, SETTINGS_EXPECTED_SIZE, "one of %s", row->words);
		return out;
	}
	if (!type->bounded) {
		snprintf(out, SETTINGS_EXPECTED_SIZE, "%s", type->expected);
		return out;
	}
	if (type->set == set_seconds || type->set == set_ms) {
		duration_text(min, sizeof(min), row->min);
		duration_text(max, sizeof(max), row->max);
	} else {
		const char *unit = type->set == set_percentage ? "%" : "";

		snprintf(min, sizeof(min), "%.12g%s", row->min, unit);
		snprintf(max, sizeof(max), "%.12g%s", row->max, unit);
	}
	snprintf(out, SETTINGS_EXPECTED_SIZE, "%s from %s to %s",
	    type->expected, min, max);
	return out;
}
