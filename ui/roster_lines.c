/* The lines of the list: filter, order and groups over the roster. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "roster_data.h"
#include "sort.h"

/* An entry with what it is sorted by. */
struct place {
	double key, second;
	const char *text;
	uint32_t entry;
	uint32_t group;
};

/* --- order ------------------------------------------------------------------- */

/* Below every number that is known, as in the store. */
static double
or_last(float value)
{
	return isfinite(value) ? (double)value : -1e300;
}

static double
rank_of(const struct entry *e)
{
	return e->state == NOT_JUDGED ? -1 : e->state;
}

/* The greatest first. */
static double
key_of(const struct entry *e, unsigned sort)
{
	switch (sort) {
	case SORT_WORST:
		return rank_of(e);
	case SORT_SPAM:
		return or_last(e->spam);
	case SORT_VOLUME:
		return or_last(e->volume);
	case SORT_GROWTH:
		return or_last(e->growth);
	case SORT_RAMP:
		return e->state == NOT_JUDGED ? -1 : e->ramp;
	case SORT_REPUTATION:
		return e->state == NOT_JUDGED ? -1 : e->reputation;
	case SORT_AGE:
		return -(double)e->dated_s; /* the oldest first */
	case SORT_MEAN:
		return or_last(e->mean);
	case SORT_TREND:
		return or_last(e->trend);
	case SORT_CEILING:
		return or_last(e->ceiling);
	default:
		return 0;
	}
}

static const char *
text_of(const struct entry *e, unsigned sort)
{
	if (sort == SORT_TAG)
		return e->tag;
	return sort == SORT_WHY ? e->why : "";
}

/* Empty texts come last; entries are by name, so their numbers decide. */
static int
compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int order;

	if (a->key > b->key || a->key < b->key)
		return a->key > b->key ? -1 : 1;
	if (a->second > b->second || a->second < b->second)
		return a->second > b->second ? -1 : 1;
	if ((a->text[0] == '\0') != (b->text[0] == '\0'))
		return a->text[0] == '\0' ? 1 : -1;
	order = strcmp(a->text, b->text);
	if (order != 0)
		return order;
	return a->entry < b->entry ? -1 : 1;
}

static void
turn_round(struct place *places, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct place p = places[i];

		places[i] = places[count - 1 - i];
		places[count - 1 - i] = p;
	}
}

/* The entries that pass the filter, in order. */
static struct place *
sorted(const struct roster *roster, const struct ui_state *ui, size_t *count)
{
	const struct reading *now = &roster->now;
	struct place *places = mem_alloc(
	    (now->count + 1) * sizeof(struct place));
	struct filter *filter = filter_new(ui->filter, NULL);

	*count = 0;
	for (size_t i = 0; i < now->count; i++) {
		const struct entry *e = &now->entries[i];

		if (!filter_matches(filter, e->words))
			continue;
		places[(*count)++] = (struct place){
			.key = key_of(e, ui->sort),
			.second = ui->sort == SORT_WORST ? or_last(e->spam) : 0,
			.text = text_of(e, ui->sort),
			.entry = (uint32_t)i,
		};
	}
	filter_free(filter);
	qsort(places, *count, sizeof(*places), compare);
	if (ui->reverse)
		turn_round(places, *count);
	return places;
}

/* --- groups ------------------------------------------------------------------ */

static const char *
group_name(const struct entry *e, enum grouping grouping)
{
	if (grouping == GROUP_REGISTRABLE)
		return e->registrable;
	return e->tag[0] != '\0' ? e->tag : "(no tag)";
}

static uint32_t
new_group(struct roster *roster, const char *name)
{
	roster->groups = mem_grow(roster->groups, roster->group_count,
	    &roster->group_cap, sizeof(*roster->groups));
	roster->groups[roster->group_count] = (struct group){
		.name = name,
		.folded = (map_get(roster->folded, name) != NULL) !=
		    roster->fold_all,
	};
	return (uint32_t)roster->group_count++;
}

/* Numbers the groups in the order of their first domains, and counts. */
static void
number_groups(struct roster *roster, enum grouping grouping,
    struct place *places, size_t count)
{
	struct map *known = map_new();

	for (size_t i = 0; i < count; i++) {
		const struct entry *e = &roster->now.entries[places[i].entry];
		const char *name = group_name(e, grouping);
		uintptr_t number = (uintptr_t)map_get(known, name);

		if (number == 0) {
			number = (uintptr_t)new_group(roster, name) + 1;
			map_put(known, name, (void *)number);
		}
		places[i].group = (uint32_t)number - 1;
		roster->groups[number - 1].total++;
		roster->groups[number - 1].counts[e->state]++;
	}
	map_free(known, NULL);
}

static void
add_line(struct roster *roster, size_t line)
{
	roster->lines = mem_grow(roster->lines, roster->line_count,
	    &roster->line_cap, sizeof(*roster->lines));
	roster->lines[roster->line_count++] = (uint32_t)line;
}

/* A registrable domain of one member needs no heading. */
static bool
has_heading(const struct group *group, enum grouping grouping)
{
	return grouping == GROUP_TAG || group->total > 1;
}

/* The places of each group one behind the other: where each begins. */
static uint32_t *
gather(const struct roster *roster, const struct place *places, size_t count,
    size_t *begins)
{
	uint32_t *out = mem_alloc((count + 1) * sizeof(*out));
	size_t at = 0;

	for (size_t g = 0; g < roster->group_count; g++) {
		begins[g] = at;
		at += roster->groups[g].total;
	}
	for (size_t i = 0; i < count; i++)
		out[begins[places[i].group]++] = places[i].entry;
	for (size_t g = 0; g < roster->group_count; g++)
		begins[g] -= roster->groups[g].total;
	return out;
}

static void
add_groups(struct roster *roster, enum grouping grouping, struct place *places,
    size_t count)
{
	size_t *begins;
	uint32_t *members;

	number_groups(roster, grouping, places, count);
	begins = mem_alloc((roster->group_count + 1) * sizeof(*begins));
	members = gather(roster, places, count, begins);
	for (size_t g = 0; g < roster->group_count; g++) {
		const struct group *group = &roster->groups[g];
		bool heading = has_heading(group, grouping);

		if (heading)
			add_line(roster, roster->now.count + g);
		for (size_t i = 0; i < group->total; i++)
			if (!heading || !group->folded)
				add_line(roster, members[begins[g] + i]);
	}
	free(members);
	free(begins);
}

void
roster_arrange(struct roster *roster, const struct ui_state *ui)
{
	struct place *places;
	size_t count;

	roster_take_fresh(roster);
	roster->line_count = roster->group_count = 0;
	places = sorted(roster, ui, &count);
	if (ui->grouping == GROUP_NONE)
		for (size_t i = 0; i < count; i++)
			add_line(roster, places[i].entry);
	else
		add_groups(roster, ui->grouping, places, count);
	free(places);
}

void
roster_fold(struct roster *roster, const char *group)
{
	if (group == NULL) {
		map_free(roster->folded, NULL);
		roster->folded = map_new();
		roster->fold_all = !roster->fold_all;
	} else if (map_remove(roster->folded, group) == NULL)
		map_put(roster->folded, group, roster);
}

/* --- lines ------------------------------------------------------------------- */

size_t
roster_lines(const struct roster *roster)
{
	return roster->line_count;
}

void
roster_line(const struct roster *roster, size_t i, struct roster_line *out)
{
	size_t line = roster->lines[i];
	const struct entry *e;

	if (line >= roster->now.count) {
		*out = (struct roster_line){
			.heading = &roster->groups[line - roster->now.count],
			.name = "",
			.registrable = "",
			.tag = "",
		};
		return;
	}
	e = &roster->now.entries[line];
	*out = (struct roster_line){ .id = e->id,
		.name = e->name,
		.registrable = e->registrable,
		.tag = e->tag };
}

static int
by_name(const void *name, const void *entry)
{
	return strcmp(name, ((const struct entry *)entry)->name);
}

/* The group that a folded heading stands for, or the domain's own line. */
bool
roster_find(const struct roster *roster, const char *domain, const char *group,
    enum grouping grouping, size_t *line)
{
	const struct reading *now = &roster->now;
	const struct entry *e = domain == NULL || now->count == 0
	    ? NULL
	    : bsearch(domain, now->entries, now->count, sizeof(*e), by_name);

	if (e != NULL && grouping != GROUP_NONE)
		group = group_name(e, grouping);
	for (size_t i = 0; i < roster->line_count; i++) {
		size_t at = roster->lines[i];
		const struct group *heading = at >= now->count
		    ? &roster->groups[at - now->count]
		    : NULL;

		if (heading != NULL ? group != NULL &&
			    (domain == NULL || heading->folded) &&
			    strcmp(heading->name, group) == 0
				    : e == &now->entries[at]) {
			*line = i;
			return true;
		}
	}
	return false;
}
