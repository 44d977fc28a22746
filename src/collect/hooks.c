/* Hooks: what happened is told to commands and webhooks, each event once. */
/* SPDX-License-Identifier: MIT */
