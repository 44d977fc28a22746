/* Credentials files and clients; assertions of service accounts. */
/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "postmaster/oauth.h"
#include "sendtop/sign.h"
#include "suites.h"

static char path[64];

static void
setup(void)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/sendtop-test-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
teardown(void)
{
	unlink(path);
}

static void
write_file(const char *text, mode_t mode)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
	ck_assert_int_eq(chmod(path, mode), 0);
}

#define USER                                                 \
	"\"type\":\"authorized_user\",\"client_id\":\"id\"," \
	"\"client_secret\":\"S3CRET\",\"refresh_token\":\"R3FRESH\""
#define ROBOT                                                         \
	"\"type\":\"service_account\",\"client_email\":\"r@x.test\"," \
	"\"private_key\":\"K3Y\""

/* words: of the error; NULL: read. */
static const struct {
	const char *why, *text, *words;
} files[] = {
	{ "a user", "{" USER "}", NULL },
	{ "unknown members", "{" USER ",\"universe_domain\":\"x\"}", NULL },
	{ "a token_uri of https",
	    "{" USER ",\"token_uri\":\"https://127.0.0.1:1/token\"}", NULL },
	{ "http on loopback",
	    "{" USER ",\"token_uri\":\"http://127.0.0.1:8080/token\"}", NULL },
	{ "http on loopback v6",
	    "{" USER ",\"token_uri\":\"http://[::1]:8080/token\"}", NULL },
	{ "http by name", "{" USER ",\"token_uri\":\"http://localhost/t\"}",
	    NULL },
	{ "a service account", "{" ROBOT "}", NULL },
	{ "http elsewhere", "{" USER ",\"token_uri\":\"http://x.test/token\"}",
	    "\"token_uri\" must be an https address" },
	{ "a name that begins like loopback",
	    "{" USER ",\"token_uri\":\"http://127.0.0.1.x.test/\"}", "https" },
	{ "loopback as a user name",
	    "{" USER ",\"token_uri\":\"http://localhost:80@x.test/\"}",
	    "https" },
	{ "another scheme", "{" USER ",\"token_uri\":\"file:///etc/x\"}",
	    "https" },
	{ "token_uri of a wrong type", "{" USER ",\"token_uri\":7}",
	    "\"token_uri\" must be a text" },
	{ "no refresh token",
	    "{\"type\":\"authorized_user\",\"client_id\":\"id\","
	    "\"client_secret\":\"S3CRET\"}",
	    "\"refresh_token\" is missing" },
	{ "an empty secret",
	    "{\"type\":\"authorized_user\",\"client_id\":\"id\","
	    "\"client_secret\":\"\",\"refresh_token\":\"R3FRESH\"}",
	    "\"client_secret\" is missing" },
	{ "a secret of a wrong type",
	    "{\"type\":\"authorized_user\",\"client_id\":\"id\","
	    "\"client_secret\":[\"S3CRET\"],\"refresh_token\":\"R3FRESH\"}",
	    "\"client_secret\" must be a text" },
	{ "a service account without key",
	    "{\"type\":\"service_account\",\"client_email\":\"r@x.test\"}",
	    "\"private_key\" is missing" },
	{ "a subject of a wrong type", "{" ROBOT ",\"subject\":{}}",
	    "\"subject\" must be a text" },
	{ "another type", "{\"type\":\"external_account\"}",
	    "\"type\" must be authorized_user or service_account" },
	{ "a type of a wrong type", "{\"type\":5}", "\"type\" must be" },
	{ "the client's file", "{\"installed\":{\"client_id\":\"x\"}}",
	    "this is an OAuth client, not credentials: run sendtop login "
	    "--client " },
	{ "nothing", "", "not whole JSON" },
	{ "an empty object", "{}", "\"type\" must be" },
	{ "an array", "[]", "not a JSON object" },
	{ "half of it", "{\n" USER, "not whole JSON (line 2)" },
	{ "a member twice", "{" USER "," USER "}", "not whole JSON" },
};

START_TEST(file)
{
	struct credentials *got = NULL;
	struct error err = { STATUS_OK, "" };
	enum status status;

	write_file(files[_i].text, 0600);
	status = credentials_load(path, &got, &err);
	ck_assert_msg((status == STATUS_OK) == (files[_i].words == NULL),
	    "%s: %s", files[_i].why, err.text);
	if (status == STATUS_OK) {
		ck_assert_ptr_nonnull(got->token_uri);
	} else {
		ck_assert_msg(
		    strstr(err.text, files[_i].words) != NULL, "%s", err.text);
		ck_assert_int_eq(strncmp(err.text, path, strlen(path)), 0);
	}
	/* No secret ever gets into a sentence. */
	ck_assert_ptr_null(strstr(err.text, "S3CRET"));
	ck_assert_ptr_null(strstr(err.text, "R3FRESH"));
	credentials_free(got);
}
END_TEST

START_TEST(standard_token_uri)
{
	struct credentials *got;
	struct error err;

	write_file("{" USER "}", 0600);
	ck_assert_int_eq(credentials_load(path, &got, &err), STATUS_OK);
	ck_assert_int_eq(got->type, AUTHORIZED_USER);
	ck_assert_str_eq(got->token_uri, "https://oauth2.googleapis.com/token");
	ck_assert_str_eq(got->refresh_token, "R3FRESH");
	ck_assert_ptr_null(got->subject);
	credentials_free(got);
}
END_TEST

START_TEST(others_may_read_it)
{
	static const mode_t modes[] = { 0644, 0640, 0604, 0620, 0602, 0666 };
	struct credentials *got;
	struct error err;
	char command[128];

	write_file("{" USER "}", modes[_i]);
	ck_assert_int_eq(credentials_load(path, &got, &err), STATUS_DENIED);
	snprintf(command, sizeof(command), "chmod 600 '%s'", path);
	ck_assert_msg(strstr(err.text, command) != NULL, "%s", err.text);
}
END_TEST

START_TEST(no_such_file)
{
	struct credentials *got;
	struct login_client *client;
	struct error err;

	ck_assert_int_eq(
	    credentials_load("/nonexistent/x", &got, &err), STATUS_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/x"));
	ck_assert_int_ne(
	    login_client_load("/nonexistent/x", &client, &err), STATUS_OK);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/x"));
}
END_TEST

START_TEST(too_large)
{
	struct credentials *got;
	struct error err;
	struct buf text = { 0 };

	buf_str(&text, "{\"x\":\"");
	while (text.len < 70000)
		buf_str(&text, "xxxxxxxxxx");
	buf_str(&text, "\"}");
	write_file(text.data, 0600);
	ck_assert_int_eq(credentials_load(path, &got, &err), STATUS_PARSE);
	ck_assert_ptr_nonnull(strstr(err.text, "too large"));
	buf_free(&text);
}
END_TEST

/* --- clients -------------------------------------------------------------- */

#define CLIENT "\"client_id\":\"id\",\"client_secret\":\"S3CRET\""

static const struct {
	const char *text, *words;
} clients[] = {
	{ "{\"installed\":{" CLIENT "}}", NULL },
	{ "{\"installed\":{" CLIENT ",\"redirect_uris\":[\"http://localhost\"],"
	  "\"project_id\":\"p\"}}",
	    NULL },
	{ "{\"web\":{" CLIENT "}}", "web application" },
	{ "{\"type\":\"authorized_user\"}", "not the JSON of an OAuth client" },
	{ "{\"installed\":[]}", "\"installed\" must be an object" },
	{ "{\"installed\":{\"client_id\":\"id\"}}",
	    "\"client_secret\" is missing" },
	{ "{\"installed\":{\"client_secret\":\"S3CRET\"}}",
	    "\"client_id\" is missing" },
	{ "{\"installed\":{\"client_id\":7,\"client_secret\":\"S3CRET\"}}",
	    "\"client_id\" must be a text" },
	{ "{\"installed\":{" CLIENT ",\"auth_uri\":\"http://x.test/\"}}",
	    "\"auth_uri\" must be an https" },
	{ "{\"installed\":{" CLIENT ",\"token_uri\":\"x\"}}",
	    "\"token_uri\" must be an https" },
	{ "", "not whole JSON" },
};

START_TEST(client)
{
	struct login_client *got = NULL;
	struct error err = { STATUS_OK, "" };
	enum status status;

	/* As a browser leaves a download. */
	write_file(clients[_i].text, 0644);
	status = login_client_load(path, &got, &err);
	ck_assert_msg((status == STATUS_OK) == (clients[_i].words == NULL),
	    "%s: %s", clients[_i].text, err.text);
	if (status == STATUS_OK) {
		ck_assert_str_eq(got->auth_uri,
		    "https://accounts.google.com/o/oauth2/v2/auth");
		ck_assert_str_eq(
		    got->token_uri, "https://oauth2.googleapis.com/token");
		ck_assert_str_eq(got->client_secret, "S3CRET");
	} else {
		ck_assert_msg(strstr(err.text, clients[_i].words) != NULL, "%s",
		    err.text);
	}
	ck_assert_ptr_null(strstr(err.text, "S3CRET"));
	login_client_free(got);
}
END_TEST

/* --- assertions ----------------------------------------------------------- */

/* One part of an assertion as octets. */
static struct buf
unpart(const char *from, size_t len)
{
	char *text = mem_ndup(from, len), *p;
	struct buf out = { 0 };

	for (p = text; *p != '\0'; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	p = mem_printf("%s%.*s", text, (int)((4 - len % 4) % 4), "==");
	ck_assert(base64_decode(p, strlen(p), &out));
	free(p);
	free(text);
	return out;
}

static char *
pem_of(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *text;
	long len;

	ck_assert_int_eq(
	    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_get_mem_data(bio, &data);
	text = mem_ndup(data, (size_t)len);
	BIO_free(bio);
	return text;
}

static bool
verifies(EVP_PKEY *key, const struct buf *token, size_t signed_len,
    const struct buf *signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	ck_assert_int_eq(
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	good = EVP_DigestVerify(ctx, (const unsigned char *)signature->data,
		   signature->len, (const unsigned char *)token->data,
		   signed_len) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

static void
check_json(const char *part, size_t len, const char *expected)
{
	struct buf text = unpart(part, len);
	json_t *got = json_loadb(text.data, text.len, 0, NULL);
	json_t *want = json_loads(expected, 0, NULL);

	ck_assert_msg(json_equal(got, want), "%s", text.data);
	json_decref(got);
	json_decref(want);
	buf_free(&text);
}

START_TEST(assertion)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	char *pem = pem_of(key);
	struct credentials c = { .type = SERVICE_ACCOUNT,
		.path = (char[]){ "robot.json" },
		.token_uri = (char[]){ "https://x.test/token" },
		.client_email = (char[]){ "r\"\\\n@x.test" },
		.private_key = pem };
	struct buf token = { 0 }, signature;
	struct error err;
	const char *first, *second;
	char id[] = "k1", subject[] = "op@x.test";

	if (_i == 1) {
		c.private_key_id = id;
		c.subject = subject;
	}
	ck_assert_int_eq(jwt_make(&c, 1700000000, &token, &err), STATUS_OK);
	first = strchr(token.data, '.');
	second = strchr(first + 1, '.');
	check_json(token.data, (size_t)(first - token.data),
	    _i == 0 ? "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"
		    : "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}");
	check_json(first + 1, (size_t)(second - first - 1),
	    _i == 0
		? "{\"iss\":\"r\\\"\\\\\\n@x.test\",\"scope\":\"" OAUTH_SCOPE_DOMAIN
		  " " OAUTH_SCOPE_TRAFFIC "\",\"aud\":\"https://x.test/token\","
		  "\"iat\":1700000000,\"exp\":1700003600}"
		: "{\"iss\":\"r\\\"\\\\\\n@x.test\",\"scope\":\"" OAUTH_SCOPE_DOMAIN
		  " " OAUTH_SCOPE_TRAFFIC "\",\"aud\":\"https://x.test/token\","
		  "\"iat\":1700000000,\"exp\":1700003600,"
		  "\"sub\":\"op@x.test\"}");
	signature = unpart(second + 1, strlen(second + 1));
	ck_assert(
	    verifies(key, &token, (size_t)(second - token.data), &signature));
	token.data[3] ^= 1;
	ck_assert(
	    !verifies(key, &token, (size_t)(second - token.data), &signature));
	buf_free(&token);
	buf_free(&signature);
	free(pem);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(no_key)
{
	struct credentials c = { .type = SERVICE_ACCOUNT,
		.path = (char[]){ "robot.json" },
		.token_uri = (char[]){ "https://x.test/token" },
		.client_email = (char[]){ "r@x.test" },
		.private_key = (char[]){ "K3Y" } };
	struct buf token = { 0 };
	struct error err;

	ck_assert_int_eq(jwt_make(&c, 0, &token, &err), STATUS_AUTH);
	ck_assert_int_eq(strncmp(err.text, "robot.json: private key", 23), 0);
	ck_assert_ptr_null(strstr(err.text, "K3Y"));
	buf_free(&token);
}
END_TEST

Suite *
suite_credentials(void)
{
	Suite *suite = suite_create("credentials");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, file, 0, COUNT(files));
	tcase_add_test(tc, standard_token_uri);
	tcase_add_loop_test(tc, others_may_read_it, 0, 6);
	tcase_add_test(tc, no_such_file);
	tcase_add_test(tc, too_large);
	tcase_add_loop_test(tc, client, 0, COUNT(clients));
	suite_add_tcase(suite, tc);
	tc = tcase_create("assertions");
	tcase_add_loop_test(tc, assertion, 0, 2);
	tcase_add_test(tc, no_key);
	suite_add_tcase(suite, tc);
	return suite;
}
