/* lint unsubscribe: one-click unsubscription (RFC 8058, RFC 2369). */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/lint.h"
#include "sendtop/text.h"

struct links {
	size_t https, http, mailto, other;
	bool broken;
};

/* "<URI>, <URI>" with comments and blanks between them (RFC 2369 2). */
static struct links
links_read(const char *value)
{
	struct links links = { 0 };

	for (const char *at = value; *at != '\0';) {
		const char *end;

		at += strcspn(at, "<");
		if (*at == '\0')
			break;
		end = strchr(at, '>');
		if (end == NULL) {
			links.broken = true;
			break;
		}
		if (text_starts_nocase(at, "<https://"))
			links.https++;
		else if (text_starts_nocase(at, "<http://"))
			links.http++;
		else if (text_starts_nocase(at, "<mailto:"))
			links.mailto++;
		else
			links.other++;
		at = end + 1;
	}
	return links;
}

#define POST "List-Unsubscribe=One-Click"

static enum check_state
say(struct lint_state *s, enum verdict verdict, const char *reason,
    const char *detail)
{
	finding_on(s->out, "List-Unsubscribe", verdict, reason, "%s", detail);
	if (verdict != VERDICT_PASS && strcmp(reason, "missing") != 0)
		finding_cure(s->out,
		    "List-Unsubscribe: <https://YOUR.EXAMPLE/u/TOKEN> and "
		    "List-Unsubscribe-Post: " POST ", both named in DKIM's h=");
	return CHECK_DONE;
}

static enum check_state
judge_links(struct lint_state *s, const struct links *links)
{
	if (links->broken)
		return say(
		    s, VERDICT_FAIL, "syntax", "a \"<\" without its \">\"");
	if (links->https == 0 && links->http > 0)
		return say(s, VERDICT_FAIL, "no_https",
		    "its link is http: one-click wants https");
	if (links->https == 0)
		return say(s, VERDICT_WARN, "mailto_only",
		    "no https link: Gmail offers one-click only with one");
	if (links->https > 1)
		return say(s, VERDICT_WARN, "several",
		    "several https links: RFC 8058 wants one");
	return CHECK_WAITING;
}

static enum check_state
judge_post(struct lint_state *s, const struct message_field *post)
{
	const char *value;

	if (post == NULL)
		return say(s, VERDICT_WARN, "no_one_click",
		    "no List-Unsubscribe-Post: it takes more than one click");
	value = message_value(post, s->arena);
	if (!text_equal_nocase(value, POST))
		return say(s, VERDICT_FAIL, "post_syntax",
		    "List-Unsubscribe-Post does not say " POST);
	if (!signatures_cover(s, "List-Unsubscribe") ||
	    !signatures_cover(s, "List-Unsubscribe-Post"))
		return say(s, VERDICT_FAIL, "unsigned",
		    "no DKIM signature that verifies covers both fields");
	return say(s, VERDICT_PASS, "one_click",
	    "one https link, signed; nothing was sent to it");
}

enum check_state
lint_unsubscribe(struct lint_state *s)
{
	const struct message *m = s->lint->message;
	const struct message_field *list, *post;
	struct links links;

	if (s->signed_state == CHECK_WAITING)
		return CHECK_WAITING;
	list = message_field(m, "List-Unsubscribe", 0);
	post = message_field(m, "List-Unsubscribe-Post", 0);
	if (list == NULL)
		return say(s, VERDICT_NOTE, "missing",
		    "no List-Unsubscribe: marketing and subscribed mail of "
		    "bulk senders needs it");
	links = links_read(message_value(list, s->arena));
	if (judge_links(s, &links) == CHECK_DONE)
		return CHECK_DONE;
	return judge_post(s, post);
}
