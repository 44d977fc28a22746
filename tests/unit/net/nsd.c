/* Starts NSD with its own configuration in a temporary directory. */
/* SPDX-License-Identifier: MIT */
#include "nsd.h"

#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "responder.h"

enum { WAITS = 200, WAIT_MS = 50 };

struct nsd {
	char dir[256];
	uint16_t port;
	pid_t pid;
};

static const char *const files[] = { "nsd.conf", "zone", "log", "xfrd",
	"zonelist", "pid" };

static char *
path_of(const struct nsd *nsd, const char *name, char out[512])
{
	snprintf(out, 512, "%s/%s", nsd->dir, name);
	return out;
}

static void
write_files(const struct nsd *nsd, const char *zone, const char *text)
{
	char path[512];
	FILE *f = fopen(path_of(nsd, "zone", path), "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
	f = fopen(path_of(nsd, "nsd.conf", path), "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f,
	    "server:\n\tip-address: 127.0.0.1@%u\n\tserver-count: 1\n"
	    "\tusername: \"\"\n\tzonesdir: \"%s\"\n\tdatabase: \"\"\n"
	    "\tlogfile: \"%s/log\"\n\tpidfile: \"%s/pid\"\n"
	    "\txfrdfile: \"%s/xfrd\"\n\tzonelistfile: \"%s/zonelist\"\n"
	    "\trrl-ratelimit: 0\n"
	    "remote-control:\n\tcontrol-enable: no\n"
	    "zone:\n\tname: \"%s\"\n\tzonefile: \"zone\"\n",
	    (unsigned)nsd->port, nsd->dir, nsd->dir, nsd->dir, nsd->dir,
	    nsd->dir, zone);
	ck_assert_int_eq(fclose(f), 0);
}

static void
run(const struct nsd *nsd)
{
	static const char *const places[] = { "nsd", "/usr/sbin/nsd",
		"/usr/local/sbin/nsd" };
	char conf[512];
	size_t i;
	int null = open("/dev/null", O_RDWR);

	path_of(nsd, "nsd.conf", conf);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
#ifdef __linux__
	/* Not to be left behind when the tests are killed. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		execlp(places[i], "nsd", "-d", "-c", conf, (char *)NULL);
	_exit(127);
}

/* Whether it answers; waits WAIT_MS for that at most. */
static bool
answers(const struct nsd *nsd, int fd)
{
	static const uint8_t query[] = "\0\1\0\0\0\1\0\0\0\0\0\0\0\0\6\0\1";
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint8_t reply[512];

	sin.sin_port = htons(nsd->port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sendto(fd, query, sizeof(query) - 1, 0, (struct sockaddr *)&sin,
	    sizeof(sin));
	return poll(&pfd, 1, WAIT_MS) == 1 &&
	    recv(fd, reply, sizeof(reply), 0) >= 12;
}

static void
remove_files(const struct nsd *nsd)
{
	char path[512];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(path_of(nsd, files[i], path));
	rmdir(nsd->dir);
}

static void
give_up(const struct nsd *nsd, const char *why)
{
	remove_files(nsd);
	ck_abort_msg("%s", why);
}

static void
wait_for(const struct nsd *nsd)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i, status;

	ck_assert_int_ge(fd, 0);
	for (i = 0; i < WAITS && !answers(nsd, fd); i++) {
		if (waitpid(nsd->pid, &status, WNOHANG) != nsd->pid)
			continue;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
			give_up(nsd,
			    "nsd is not installed: these tests need it "
			    "(Debian: apt-get install nsd)");
		give_up(nsd, "nsd ended at once");
	}
	close(fd);
	if (i < WAITS)
		return;
	kill(nsd->pid, SIGKILL);
	waitpid(nsd->pid, NULL, 0);
	give_up(nsd, "nsd does not answer");
}

struct nsd *
nsd_start(const char *zone, const char *text)
{
	struct nsd *nsd = calloc(1, sizeof(*nsd));
	const char *tmp = getenv("TMPDIR");

	ck_assert_ptr_nonnull(nsd);
	snprintf(nsd->dir, sizeof(nsd->dir), "%s/sendtop-nsd.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(nsd->dir));
	nsd->port = free_port();
	write_files(nsd, zone, text);
	nsd->pid = fork();
	ck_assert_int_ge(nsd->pid, 0);
	if (nsd->pid == 0)
		run(nsd);
	wait_for(nsd);
	return nsd;
}

void
nsd_stop(struct nsd *nsd)
{
	if (nsd == NULL)
		return;
	kill(nsd->pid, SIGTERM);
	waitpid(nsd->pid, NULL, 0);
	remove_files(nsd);
	free(nsd);
}

uint16_t
nsd_port(const struct nsd *nsd)
{
	return nsd->port;
}
