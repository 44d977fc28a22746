/* Domain names as SPF meets them: octets in records, text in facts. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checks/spf_parts.h"
#include "sendtop/text.h"

enum { LABEL_MAX = 63 };

bool
spf_name_ok(const char *name, size_t len)
{
	size_t i, label = 0, labels = 0;

	if (len == 0 || len > SPF_NAME_MAX)
		return false;
	for (i = 0; i <= len; i++) {
		if (i < len && name[i] != '.') {
			label++;
			continue;
		}
		if (label == 0 || label > LABEL_MAX)
			return false;
		labels++;
		label = 0;
	}
	return labels >= 2;
}

char *
spf_name_text(char out[DNS_NAME_SIZE], const char *name, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len && i < SPF_NAME_MAX; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c > ' ' && c < 0x7f && c != '\\') {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '\\';
		out[n++] = (char)('0' + c / 100);
		out[n++] = (char)('0' + c / 10 % 10);
		out[n++] = (char)('0' + c % 10);
	}
	out[n] = '\0';
	return out;
}

/* One octet behind a backslash: \DDD or the character itself. */
static int
escaped(const char **text)
{
	const char *s = *text;
	int value;

	if (spf_is_digit(s[0]) && spf_is_digit(s[1]) && spf_is_digit(s[2])) {
		value = (s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0');
		*text += 3;
		return value;
	}
	if (s[0] == '\0')
		return -1;
	*text += 1;
	return (unsigned char)s[0];
}

bool
spf_name_octets(char out[SPF_NAME_SIZE], const char *text)
{
	size_t n = 0;

	while (*text != '\0') {
		int c = (unsigned char)*text++;

		if (c == '\\') {
			c = escaped(&text);
			if (c <= 0 || c > 255 || c == '.')
				return false;
		}
		if (n >= SPF_NAME_MAX)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n > 0;
}

bool
spf_name_within(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	if (n == d)
		return text_equal_nocase(name, domain);
	return n > d && name[n - d - 1] == '.' &&
	    text_equal_nocase(name + n - d, domain);
}

bool
spf_name_fit(char out[SPF_NAME_SIZE], const char *name, size_t len)
{
	const char *dot;

	out[0] = '\0';
	if (len > 0 && name[len - 1] == '.')
		len--;
	while (len > SPF_NAME_MAX) {
		dot = memchr(name, '.', len);
		if (dot == NULL)
			return false;
		len -= (size_t)(dot + 1 - name);
		name = dot + 1;
	}
	if (len == 0 || memchr(name, '\0', len) != NULL)
		return false;
	memcpy(out, name, len);
	out[len] = '\0';
	return spf_name_ok(out, len);
}
