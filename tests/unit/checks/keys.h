/* Public keys whose private halves are gone. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_CHECKS_KEYS_H
#define TESTS_UNIT_CHECKS_KEYS_H

#define RSA_512                                                            \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK6B7Qhj9/AkojTUg3sV3VBrAkeikSO4" \
	"kU7S8BT4+VAVuwL5YRw0TG8AGSPyFSmrtCW+ncXX1WLYaTW25F/YilsCAwEAAQ=="
#define RSA_1024                                                           \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDoQgzaJsfK68nhmW5+zO3Pkio2" \
	"t0FLul2b8EzyssZzeZVRQ+Wz1AufMnvhwy2kGVww2CgGMFY6Lj9c01UnV6CF9rv/" \
	"F8VO8AK/vhGohI8M3ktrvf5O4YZMB79VD74t0ukCzseHlYxYzLzSymC64C4kWMlR" \
	"T6wzZ1eZdqS0CaVMWQIDAQAB"
#define RSA_2048                                                           \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAx9WhEWkeDJJPeFBqOEOK" \
	"qcA3Kcwsg5sqKabhfLqzSRysN2h+z9awZnGLRDY4D+aRrI/G3Hw9MFYqEJek3or6" \
	"A5paERl/kH4l6eidg5ggpgFjHrsGeMBqhSoxCzNV0cLM9xMQ+ZLK9YHlEkWtBqnL" \
	"smoYE8BVr2L3lMxNUMo7opyoZWAW8KzH1owK/PgHRn5NqhOI/e1TgIT/RI64oxYo" \
	"2bA9XpCBeBnDYPBrWeresc0cuC2/8WvjUjLRGEOLL664QNgy35iNeYxNhEJPpHOY" \
	"1sGk7lBlzGGFpUZ0l2nwn09LcSyouOjMnP+P2Y2pLtRWpdF3fhd38ssN6N5CJak/" \
	"uwIDAQAB"
/* RFC 6376 asks for the bare key, which nearly nobody publishes. */
#define RSA_2048_PKCS1                                                     \
	"MIIBCgKCAQEAx9WhEWkeDJJPeFBqOEOKqcA3Kcwsg5sqKabhfLqzSRysN2h+z9aw" \
	"ZnGLRDY4D+aRrI/G3Hw9MFYqEJek3or6A5paERl/kH4l6eidg5ggpgFjHrsGeMBq" \
	"hSoxCzNV0cLM9xMQ+ZLK9YHlEkWtBqnLsmoYE8BVr2L3lMxNUMo7opyoZWAW8KzH" \
	"1owK/PgHRn5NqhOI/e1TgIT/RI64oxYo2bA9XpCBeBnDYPBrWeresc0cuC2/8Wvj" \
	"UjLRGEOLL664QNgy35iNeYxNhEJPpHOY1sGk7lBlzGGFpUZ0l2nwn09LcSyouOjM" \
	"nP+P2Y2pLtRWpdF3fhd38ssN6N5CJak/uwIDAQAB"
#define ED25519 "YNEdxyhkp5KVYeQHAwaCePpn/JXlA9kyD7dIMbndc+s="
#define ED25519_DER \
	"MCowBQYDK2VwAyEAYNEdxyhkp5KVYeQHAwaCePpn/JXlA9kyD7dIMbndc+s="
#define EC_P256                                                            \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1K0o4DbD5Z9vQ0UidT7pJ+PN7qD6" \
	"WcoFsaY0HUbZDFoCQvKYbnkWFXHgGnf/7twDfb246mY5EKufStrOrOiPzA=="

#endif
