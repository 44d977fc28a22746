/* What the parts of an export share. */
/* SPDX-License-Identifier: MIT */
#ifndef SENDTOP_REPORT_EXPORT_PAGE_H
#define SENDTOP_REPORT_EXPORT_PAGE_H

#include "report/export.h"
#include "sendtop/report.h"
#include "sendtop/store_mail.h"

enum { EXPORT_NUMBER_SIZE = 32 };

struct export
{
	const struct report_export *what;
	const struct export_format *format;
	FILE *out;
	struct arena *arena; /* of one page */
	struct buf scratch;
	size_t done, total; /* domains */
};

/* An empty arena for the next page; whether there is still room for it, and
 * somebody who wants it. */
enum status export_begin_page(struct export *e, struct error *err) MUST_CHECK;
void export_put(struct export *e, const struct export_row *row);

/* From a time on in slices, each as long as its number of rows says. */
struct export_slices {
	int64_t from_s, until_s, end_s;
	int32_t days;
};
struct export_slices export_slices(const struct export *e);
/* rows: of the slice before; false: all is done. */
bool export_next_slice(struct export_slices *s, size_t rows);

enum status export_traffic(struct export *e, const struct store_domain *domain,
    struct error *err) MUST_CHECK;
enum status export_replies(struct export *e, const struct store_domain *domain,
    struct error *err) MUST_CHECK;
/* From when to when each log goes that was read: a day in between without mail
 * had none. */
enum status export_logs(struct export *e, struct error *err) MUST_CHECK;

#endif
