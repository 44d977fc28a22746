/* Registrable domains (libpsl) and A-labels (libidn2). */
/* SPDX-License-Identifier: MIT */
#include "sendtop/org.h"

#include <idn2.h>
#include <libpsl.h>
#include <string.h>

#include "sendtop/text.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyz0123456789-_"

enum { LABEL_MOST = 63 };

/* Copies a name that IDNA would only put in lower case, since nearly all are
 * such and libidn2 takes its time; anything else is left to it. */
static bool
copy_plain(const char *name, char out[ORG_NAME_SIZE])
{
	size_t len = strlen(name), start = 0;

	if (len > 0 && name[len - 1] == '.')
		len--;
	if (len == 0 || len >= ORG_NAME_SIZE - 2)
		return false;
	memcpy(out, name, len);
	out[len] = '\0';
	text_lower(out);
	for (size_t i = 0; i <= len; i++) {
		const char *label = out + start;

		if (out[i] != '.' && out[i] != '\0') {
			if (strchr(PLAIN, out[i]) == NULL)
				return false;
			continue;
		}
		if (i == start || i - start > LABEL_MOST || label[0] == '-' ||
		    out[i - 1] == '-' ||
		    (i - start >= 4 && label[2] == '-' && label[3] == '-'))
			return false;
		start = i + 1;
	}
	return true;
}

bool
org_ascii(const char *name, char out[ORG_NAME_SIZE])
{
	char *ascii = NULL;
	size_t len;
	bool ok;

	if (copy_plain(name, out))
		return true;
	if (idn2_to_ascii_8z(
		name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return false;
	len = strlen(ascii);
	if (len > 0 && ascii[len - 1] == '.')
		ascii[--len] = '\0';
	ok = len > 0 && len < ORG_NAME_SIZE - 1 && ascii[0] != '.' &&
	    strstr(ascii, "..") == NULL &&
	    strspn(ascii, PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZ.") == len;
	if (ok) {
		memcpy(out, ascii, len + 1);
		text_lower(out);
	}
	idn2_free(ascii);
	return ok;
}

/* The list that came with the library (Debian builds it from publicsuffix). */
bool
org_registrable(const char *name, char out[ORG_NAME_SIZE])
{
	const psl_ctx_t *list = psl_builtin();
	char ascii[ORG_NAME_SIZE];
	const char *found;

	if (list == NULL || name[0] == '.' || !org_ascii(name, ascii))
		return false;
	found = psl_registrable_domain(list, ascii);
	if (found == NULL)
		return false;
	memcpy(out, found, strlen(found) + 1);
	return true;
}
