/* sendtop metrics: the store as OpenMetrics text, a page of domains at a time. */
/* SPDX-License-Identifier: MIT */
