/* sendtop probe: live checks of domains, printed as they are done. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "probe_world.h"
#include "progress.h"
#include "sendtop/day.h"
#include "sendtop/gather.h"
#include "sendtop/org.h"
#include "sendtop/report.h"

enum {
	LINE_MAX_OCTETS = 1024,
	WRONG_SHOWN = 20, /* lines of standard input */
};

struct probe {
	struct cmd *cmd;
	struct probe_world world;
	struct gather *gather;
	struct report *report; /* NULL: text */
	struct arena *names;   /* of the domains */
	struct address *ips;
	size_t ip_count;
	size_t domains;
	struct progress *progress;
	struct loop_signal *signals[2];
	struct loop_timer *flush;
	int signum; /* that ended it before its time, or 0 */
	bool on_screen, color;
	bool found; /* something that --fail-on counts */
	bool told;  /* anything but that it could not be told */
};

enum { FLUSH_MS = 200 };

/* Nobody reads any more: what is left is not asked. */
static void
flush_output(void *arg)
{
	struct probe *p = arg;

	if (fflush(stdout) != 0 || ferror(stdout))
		gather_cancel(p->gather);
}

static void
domain_done(
    void *arg, void *plan_arg, const struct finding *findings, size_t count)
{
	struct probe *p = arg;
	const char *domain = plan_arg;
	size_t i;

	if (p->on_screen)
		progress_clear(p->progress);
	for (i = 0; i < count; i++) {
		if (findings[i].verdict <= VERDICT_FAIL &&
		    findings[i].verdict >= p->cmd->fail_on)
			p->found = true;
		if (findings[i].verdict != VERDICT_UNKNOWN &&
		    findings[i].verdict != VERDICT_SKIP)
			p->told = true;
	}
	if (p->report != NULL)
		report_findings(p->report, domain, findings, count);
	else
		report_probe_text(stdout, domain, findings, count, p->color);
	if (p->on_screen)
		fflush(stdout);
}

static void
count_domains(void *arg, size_t *done, size_t *total)
{
	const struct probe *p = arg;
	struct gather_counts counts;

	gather_counts(p->gather, &counts);
	*done = counts.done;
	*total = counts.total;
}

/* What is done is printed; a second one ends it at once. */
static void
interrupted(void *arg, int signum)
{
	struct probe *p = arg;
	size_t i;

	p->signum = signum;
	for (i = 0; i < 2; i++)
		loop_signal_free(p->signals[i]);
	memset(p->signals, 0, sizeof(p->signals));
	gather_cancel(p->gather);
}

static void
all_done(void *arg)
{
	struct probe *p = arg;

	loop_stop(p->world.loop);
}

static enum status
add_domain(struct probe *p, const char *name, struct error *err)
{
	const struct settings *s = p->cmd->settings;
	const struct settings_domain *own;
	struct check_plan plan = {
		.selectors = p->cmd->selectors.items,
		.selector_count = p->cmd->selectors.count,
		.sending_ips = p->ips,
		.sending_ip_count = p->ip_count,
		.allow_private = s->allow_private,
		.ip_lists = &s->ip_lists,
		.domain_lists = &s->domain_lists,
		.abuse_zone = s->abuse_zone,
		.smtp_enabled = p->world.smtp != NULL,
		.https_enabled = p->world.http != NULL,
		.now_s = clock_utc_s(),
	};
	char ascii[ORG_NAME_SIZE];
	struct address address;

	if (address_parse(name, &address))
		return error_set(err, STATUS_USAGE,
		    "\"%s\" is an address, not a domain name; give it with "
		    "--ip beside the domain that it sends for",
		    name);
	if (!org_ascii(name, ascii))
		return error_set(
		    err, STATUS_USAGE, "\"%s\" is not a domain name", name);
	plan.domain = ascii;
	own = settings_domain(s, ascii);
	if (own != NULL && plan.selector_count == 0) {
		plan.selectors = (const char *const *)own->selectors.items;
		plan.selector_count = own->selectors.count;
	}
	if (own != NULL && plan.sending_ip_count == 0) {
		plan.sending_ips = own->sending_ips;
		plan.sending_ip_count = own->sending_ip_count;
	}
	plan.helo = p->cmd->helo;
	if (own != NULL && plan.helo == NULL)
		plan.helo = own->helo;
	gather_add(p->gather, &plan, arena_dup(p->names, ascii));
	p->domains++;
	return STATUS_OK;
}

/* A line of standard input, which it changes. */
static enum status
read_line(struct probe *p, char *line, struct error *err)
{
	char *start;
	size_t len;

	line[strcspn(line, "#\r\n")] = '\0';
	start = line + strspn(line, " \t");
	len = strcspn(start, " \t");
	if (start[len + strspn(start + len, " \t")] != '\0')
		return error_set(
		    err, STATUS_USAGE, "one domain a line, not \"%s\"", start);
	start[len] = '\0';
	return start[0] != '\0' ? add_domain(p, start, err) : STATUS_OK;
}

/* All lines that are wrong are told at once, and then none is probed: who
 * mends a list of thousands wants to do it in one go. */
static enum status
read_stdin(struct probe *p, struct error *err)
{
	char line[LINE_MAX_OCTETS];
	enum status status = STATUS_OK;
	size_t number = 0, wrong = 0, len;
	struct error next;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		number++;
		len = strlen(line);
		if (len + 1 == sizeof(line) && line[len - 1] != '\n') {
			if (wrong > 0)
				cmd_fail(err);
			return error_set(err, STATUS_USAGE,
			    "standard input:%zu: too long for a domain name",
			    number);
		}
		if (read_line(p, line, &next) == STATUS_OK)
			continue;
		status = STATUS_USAGE;
		error_prefix(&next, "standard input:%zu", number);
		/* The last one is told by whoever called. */
		if (wrong++ > 0)
			cmd_fail(err);
		*err = next;
		if (wrong == WRONG_SHOWN)
			break;
	}
	return status;
}

static enum status
read_ips(struct probe *p, struct error *err)
{
	const struct words *words = &p->cmd->ips;
	size_t i;

	p->ips = mem_zero(words->count + 1, sizeof(*p->ips));
	for (i = 0; i < words->count; i++)
		if (!address_parse(words->items[i], &p->ips[p->ip_count++]))
			return error_set(err, STATUS_USAGE,
			    "--ip: \"%s\" is not an IP address",
			    words->items[i]);
	return STATUS_OK;
}

static enum status
check_selectors(const struct words *words, struct error *err)
{
	size_t i;

	for (i = 0; i < words->count; i++)
		if (!settings_is_selector(words->items[i]))
			return error_set(err, STATUS_USAGE,
			    "--selector: \"%s\" is not a selector, such as s1",
			    words->items[i]);
	return STATUS_OK;
}

static enum status
begin(struct probe *p, struct error *err)
{
	const struct text_list *servers = dns_servers(p->world.dns);
	const struct report_head head = {
		.taken_s = clock_utc_s(),
		.as_of = DAY_NONE,
		.lines = p->cmd->from_stdin,
		.resolvers = (const char *const *)servers->items,
		.resolver_count = servers->count,
	};

	if (strcmp(p->cmd->format, "text") == 0)
		return STATUS_OK;
	p->report = report_begin(p->cmd->format, stdout, &head);
	if (p->report == NULL)
		return error_set(err, STATUS_USAGE,
		    "--format: there is no \"%s\"; text, json, csv or "
		    "markdown",
		    p->cmd->format);
	return STATUS_OK;
}

static enum status
add_all(struct probe *p, struct error *err)
{
	const struct words *args = &p->cmd->args;
	enum status status = read_ips(p, err);
	size_t i;

	if (status == STATUS_OK)
		status = check_selectors(&p->cmd->selectors, err);
	for (i = 0; status == STATUS_OK && i < args->count; i++)
		status = add_domain(p, args->items[i], err);
	if (status == STATUS_OK && p->cmd->from_stdin)
		status = read_stdin(p, err);
	if (status == STATUS_OK && p->domains == 0)
		status = error_set(err, STATUS_USAGE,
		    "probe needs a domain: sendtop probe example.com");
	return status;
}

/* Until all is done, or until the operator or the reader has enough. */
static void
run(struct probe *p)
{
	static const int signums[] = { SIGINT, SIGTERM };
	struct loop *loop = p->world.loop;
	size_t i;

	for (i = 0; i < 2; i++)
		p->signals[i] = loop_signal_new(
		    loop, signums[i], interrupted, p);
	p->flush = loop_timer_new(loop, flush_output, p);
	loop_timer_start(p->flush, FLUSH_MS, FLUSH_MS);
	if (p->domains > 1)
		p->progress = progress_new(loop, count_domains, p);
	gather_start(p->gather);
	loop_run(loop);
	progress_free(p->progress);
	loop_timer_free(p->flush);
	for (i = 0; i < 2; i++)
		loop_signal_free(p->signals[i]);
}

static int
exit_code(const struct probe *p)
{
	struct gather_counts counts;

	/* Neither well nor ill: the findings say why. */
	if (p->signum == 0 && !p->told)
		return EXIT_TROUBLE;
	if (p->signum == 0)
		return p->found ? EXIT_FINDINGS : EXIT_FINE;
	gather_counts(p->gather, &counts);
	fprintf(stderr, "sendtop: ended after %zu of %zu domains\n",
	    counts.done, counts.total);
	return EXIT_SIGNAL + p->signum;
}

int
cmd_probe(struct cmd *cmd)
{
	struct probe p = {
		.cmd = cmd,
		.on_screen = isatty(STDOUT_FILENO),
		.color = cmd_color(cmd),
	};
	struct gather_options options = {
		.domain = domain_done,
		.done = all_done,
		.arg = &p,
	};
	struct error err;
	enum status status;
	int code = EXIT_TROUBLE;

	status = probe_world_open(&p.world, cmd->settings,
	    cmd->settings->smtp_enabled && !cmd->no_smtp,
	    cmd->settings->https_enabled, &err);
	if (status != STATUS_OK)
		return cmd_fail(&err);
	p.names = arena_new();
	options.loop = p.world.loop;
	options.dns = p.world.dns;
	options.smtp = p.world.smtp;
	options.http = p.world.http;
	options.settings = cmd->settings;
	options.facts = p.world.facts;
	p.gather = gather_new(&options);
	status = add_all(&p, &err);
	if (status == STATUS_OK)
		status = begin(&p, &err);
	if (status == STATUS_OK) {
		run(&p);
		code = exit_code(&p);
	}
	/* main() says that the output could not be written, unless it was the
	 * reader who left. */
	if (p.report != NULL && !report_end(p.report))
		code = EXIT_TROUBLE;
	probe_world_hush(&p.world);
	gather_free(p.gather);
	probe_world_close(&p.world);
	arena_free(p.names);
	free(p.ips);
	if (status != STATUS_OK)
		return cmd_fail(&err);
	return code;
}
