/* A reply of anybody: named or not, never worse, and the same each time.  The
 * first octet says whose relay gave it; what stands up to a newline is taken
 * as the relay's name, too. */
/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mta/normalise.h"
#include "sendtop/reply.h"
#include "sendtop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const given[] = { NULL, "gmail", "yahoo", "microsoft",
	"other" };

static struct reply_catalogue *
load(struct providers **providers)
{
	const char *tree = getenv("SENDTOP_SRCDIR");
	struct reply_catalogue *catalogue;
	struct error err;
	char *share, *path;

	share = mem_printf("%s/share", tree != NULL ? tree : "..");
	path = mem_printf("%s/providers.json", share);
	if (reply_catalogue_load(share, &catalogue, &err) != STATUS_OK ||
	    providers_load(path, providers, &err) != STATUS_OK)
		abort();
	free(path);
	free(share);
	return catalogue;
}

static void
hold(bool is)
{
	if (!is)
		abort();
}

static void
prove(const struct reply_match *match, const char *provider)
{
	char clean[REPLY_IDENTITY_SIZE * 4];

	hold(memchr(match->identity, '\0', sizeof(match->identity)) != NULL);
	text_printable(
	    clean, sizeof(clean), match->identity, strlen(match->identity));
	hold(strcmp(clean, match->identity) == 0);
	hold(match->reply[0] == '\0' || match->reply[0] == '4' ||
	    match->reply[0] == '5');
	hold(match->permanent == (match->reply[0] == '5'));
	hold(match->row == NULL ||
	    strcmp(match->row->provider, match->provider) == 0);
	hold(match->row != NULL || match->identity[0] == '\0');
	hold(provider == NULL || match->provider != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reply_catalogue *catalogue;
	static struct providers *providers;
	const char *text = (const char *)data + 1, *end, *provider;
	struct reply_match once, twice;
	struct gist gist;

	if (catalogue == NULL)
		catalogue = load(&providers);
	if (size == 0)
		return 0;
	provider = given[data[0] % (sizeof(given) / sizeof(given[0]))];
	end = memchr(text, '\n', size - 1);
	hold(provider_of(providers, text,
		 end != NULL ? (size_t)(end - text) : size - 1) != NULL);
	normalise(text, size - 1, &gist);
	hold(gist.line_len < GIST_SIZE && gist.words_len < GIST_SIZE);
	hold(strlen(gist.words) == gist.words_len &&
	    strlen(gist.line) == gist.line_len && gist.said <= gist.line_len);
	memset(&once, 1, sizeof(once));
	memset(&twice, 2, sizeof(twice));
	reply_classify(catalogue, text, size - 1, provider, &once);
	reply_classify(catalogue, text, size - 1, provider, &twice);
	prove(&once, provider);
	hold(once.row == twice.row && strcmp(once.reply, twice.reply) == 0 &&
	    strcmp(once.identity, twice.identity) == 0);
	return 0;
}
