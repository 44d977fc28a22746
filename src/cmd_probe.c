/* sendtop probe: live checks of domains, printed as they are done. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "probe_world.h"
#include "sendtop/day.h"
#include "sendtop/gather.h"
#include "sendtop/org.h"
#include "sendtop/report.h"

enum { LINE_MAX_OCTETS = 1024 };

struct probe {
	struct cmd *cmd;
	struct probe_world world;
	struct gather *gather;
	struct report *report; /* NULL: text */
	struct address *ips;
	size_t ip_count;
	size_t domains;
	bool color, found;
};

static void
domain_done(
    void *arg, void *plan_arg, const struct finding *findings, size_t count)
{
	struct probe *p = arg;
	char *domain = plan_arg;
	size_t i;

	for (i = 0; i < count; i++)
		if (findings[i].verdict <= VERDICT_FAIL &&
		    findings[i].verdict >= p->cmd->fail_on)
			p->found = true;
	if (p->report != NULL)
		report_findings(p->report, domain, findings, count);
	else
		report_probe_text(stdout, domain, findings, count, p->color);
	fflush(stdout);
	free(domain);
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
		.smtp_enabled = p->world.smtp != NULL,
		.now_s = clock_utc_s(),
	};
	char ascii[ORG_NAME_SIZE];

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
	gather_add(p->gather, &plan, mem_dup(ascii));
	p->domains++;
	return STATUS_OK;
}

static enum status
read_stdin(struct probe *p, struct error *err)
{
	char line[LINE_MAX_OCTETS], *start;
	enum status status = STATUS_OK;
	size_t number = 0, len;

	while (
	    status == STATUS_OK && fgets(line, sizeof(line), stdin) != NULL) {
		number++;
		len = strlen(line);
		if (len + 1 == sizeof(line) && line[len - 1] != '\n')
			return error_set(err, STATUS_USAGE,
			    "standard input:%zu: too long for a domain name",
			    number);
		start = line + strspn(line, " \t");
		start[strcspn(start, " \t\r\n#")] = '\0';
		if (start[0] != '\0')
			status = add_domain(p, start, err);
		if (status != STATUS_OK)
			error_prefix(err, "standard input:%zu", number);
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
begin(struct probe *p, struct error *err)
{
	const struct text_list *servers = dns_servers(p->world.dns);
	const struct report_head head = {
		.taken_s = clock_utc_s(),
		.as_of = DAY_NONE,
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

	for (i = 0; status == STATUS_OK && i < args->count; i++)
		status = add_domain(p, args->items[i], err);
	if (status == STATUS_OK && p->cmd->from_stdin)
		status = read_stdin(p, err);
	if (status == STATUS_OK && p->domains == 0)
		status = error_set(err, STATUS_USAGE,
		    "probe needs a domain: sendtop probe example.com");
	return status;
}

int
cmd_probe(struct cmd *cmd)
{
	struct probe p = { .cmd = cmd, .color = cmd_color(cmd) };
	struct gather_options options = {
		.domain = domain_done,
		.done = all_done,
		.arg = &p,
	};
	struct error err;
	enum status status;

	status = probe_world_open(&p.world, cmd->settings,
	    cmd->settings->smtp_enabled && !cmd->no_smtp, &err);
	if (status != STATUS_OK)
		return cmd_fail(&err);
	options.loop = p.world.loop;
	options.dns = p.world.dns;
	options.smtp = p.world.smtp;
	options.facts = p.world.facts;
	p.gather = gather_new(&options);
	status = add_all(&p, &err);
	if (status == STATUS_OK)
		status = begin(&p, &err);
	if (status == STATUS_OK) {
		gather_start(p.gather);
		loop_run(p.world.loop);
	}
	if (p.report != NULL && !report_end(p.report) && status == STATUS_OK)
		status = error_set(
		    &err, STATUS_FULL, "cannot write the output");
	gather_free(p.gather);
	probe_world_close(&p.world);
	free(p.ips);
	if (status != STATUS_OK)
		return cmd_fail(&err);
	return p.found ? EXIT_FINDINGS : EXIT_FINE;
}
