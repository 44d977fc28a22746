/* Standings, findings and traffic as OpenMetrics text. */
/* SPDX-License-Identifier: MIT */
