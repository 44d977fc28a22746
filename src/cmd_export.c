/* sendtop export: the store's rows for other tools, a page at a time. */
/* SPDX-License-Identifier: MIT */
