/* Loop, resolver, prober and facts for one command. */
/* SPDX-License-Identifier: MIT */
#include "probe_world.h"

#include <string.h>

enum status
probe_world_open(struct probe_world *world, const struct settings *settings,
    bool smtp, bool https, struct error *err)
{
	enum status status;

	memset(world, 0, sizeof(*world));
	world->facts = facts_new();
	status = loop_open(&world->loop, err);
	if (status == STATUS_OK)
		status = dns_open(world->loop, settings, &world->dns, err);
	if (status == STATUS_OK && smtp)
		status = smtp_open(world->loop, settings, &world->smtp, err);
	if (status == STATUS_OK && https)
		status = http_open(
		    world->loop, settings->ca_file, &world->http, err);
	if (status != STATUS_OK)
		probe_world_close(world);
	return status;
}

void
probe_world_hush(struct probe_world *world)
{
	smtp_close(world->smtp);
	world->smtp = NULL;
	dns_close(world->dns);
	world->dns = NULL;
}

void
probe_world_close(struct probe_world *world)
{
	http_close(world->http);
	probe_world_hush(world);
	facts_free(world->facts);
	loop_close(world->loop);
	memset(world, 0, sizeof(*world));
}
