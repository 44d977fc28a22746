/* Certificates for tests of bimi; "|" stands for a line end. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CHECKS_MARKS_H
#define TESTS_UNIT_CHECKS_MARKS_H

/* 2026 to 2036 */
#define MARK_GOOD                                                           \
	"-----BEGIN CERTIFICATE-----|"                                      \
	"MIIBPTCB46ADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAW0wHhcNMjYw|" \
	"MTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAMMQowCAYDVQQDDAFtMFkwEwYHKoZI|" \
	"zj0CAQYIKoZIzj0DAQcDQgAEfC0HoCXm9JZYJfIv2FVlPvBBDtAfuGBTQMAsgKiN|" \
	"L7q/F+5JHvS7K+Q4Xr9JAmyQOaw7AOacwoXalJM5oR0n9aM2MDQwEwYDVR0lBAww|" \
	"CgYIKwYBBQUHAx8wHQYDVR0OBBYEFOEwwP2xHwFPf1W5iYPI25hAxYarMAoGCCqG|" \
	"SM49BAMCA0kAMEYCIQCgzilozV9cqAsaTmubX/JpZAgXPLZmk6Rka2MeWUgfnwIh|" \
	"AOLM8sEZwghKNLQkIXBysATGQk9Ngv+Vgp53xqnB6JlL|"                     \
	"-----END CERTIFICATE-----|"

/* 2024 to 2026 */
#define MARK_EXPIRED                                                        \
	"-----BEGIN CERTIFICATE-----|"                                      \
	"MIIBPTCB46ADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAW0wHhcNMjQw|" \
	"MTAxMDAwMDAwWhcNMjYwMTAxMDAwMDAwWjAMMQowCAYDVQQDDAFtMFkwEwYHKoZI|" \
	"zj0CAQYIKoZIzj0DAQcDQgAEfC0HoCXm9JZYJfIv2FVlPvBBDtAfuGBTQMAsgKiN|" \
	"L7q/F+5JHvS7K+Q4Xr9JAmyQOaw7AOacwoXalJM5oR0n9aM2MDQwEwYDVR0lBAww|" \
	"CgYIKwYBBQUHAx8wHQYDVR0OBBYEFOEwwP2xHwFPf1W5iYPI25hAxYarMAoGCCqG|" \
	"SM49BAMCA0kAMEYCIQC2o1pZ42YWVif4Z0TM/KyYHuZ0VI8xO7XLvSvKmh7rtQIh|" \
	"ALM96ZavpWBXNr8SCjSo2PK46WFPCxiAa1u4nIuwCBcf|"                     \
	"-----END CERTIFICATE-----|"

/* 2030 to 2051 */
#define MARK_FUTURE                                                         \
	"-----BEGIN CERTIFICATE-----|"                                      \
	"MIIBPjCB5aADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAW0wIBcNMzAw|" \
	"MTAxMDAwMDAwWhgPMjA1MTAxMDEwMDAwMDBaMAwxCjAIBgNVBAMMAW0wWTATBgcq|" \
	"hkjOPQIBBggqhkjOPQMBBwNCAAR8LQegJeb0llgl8i/YVWU+8EEO0B+4YFNAwCyA|" \
	"qI0vur8X7kke9Lsr5Dhev0kCbJA5rDsA5pzChdqUkzmhHSf1ozYwNDATBgNVHSUE|" \
	"DDAKBggrBgEFBQcDHzAdBgNVHQ4EFgQU4TDA/bEfAU9/VbmJg8jbmEDFhqswCgYI|" \
	"KoZIzj0EAwIDSAAwRQIhALA0QNwTFL8PcoHqEKJGtKrdO4RXwlHzgWZprEyK+TJy|" \
	"AiBTt61x4nmaPFhYdcDGIYhFUjg/rSptOXdP8/06Q8lABw==|"                 \
	"-----END CERTIFICATE-----|"

/* a TLS server's */
#define MARK_PLAIN                                                          \
	"-----BEGIN CERTIFICATE-----|"                                      \
	"MIIBPDCB46ADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAW0wHhcNMjYw|" \
	"MTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAMMQowCAYDVQQDDAFtMFkwEwYHKoZI|" \
	"zj0CAQYIKoZIzj0DAQcDQgAEfC0HoCXm9JZYJfIv2FVlPvBBDtAfuGBTQMAsgKiN|" \
	"L7q/F+5JHvS7K+Q4Xr9JAmyQOaw7AOacwoXalJM5oR0n9aM2MDQwEwYDVR0lBAww|" \
	"CgYIKwYBBQUHAwEwHQYDVR0OBBYEFOEwwP2xHwFPf1W5iYPI25hAxYarMAoGCCqG|" \
	"SM49BAMCA0gAMEUCIQCxjBL/q1tZ8i7MVstfTqqZqsZpygCOHcRDFqKQ2B4xvAIg|" \
	"cnp/LU2LzPnQgDBou8zjuo7UTI5j7UqW//+cTo98DZ4=|"                     \
	"-----END CERTIFICATE-----|"

#endif
