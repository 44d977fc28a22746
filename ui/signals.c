/* Signals as bytes in a pipe, so that the screen's poll sees them. */
/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct {
	int number;
	unsigned bit;
} caught[] = {
	{ SIGTERM, SIGNAL_QUIT },
	{ SIGHUP, SIGNAL_QUIT },
	{ SIGINT, SIGNAL_QUIT },
	{ SIGCHLD, SIGNAL_CHILD },
	{ SIGWINCH, SIGNAL_RESIZE },
	{ SIGTSTP, SIGNAL_STOP },
	{ SIGPIPE, 0 },
};
enum { CAUGHT = sizeof(caught) / sizeof(*caught) };

/* A handler can reach nothing else: flags and the pipe to wake poll by. */
static struct {
	volatile sig_atomic_t came[CAUGHT];
	volatile sig_atomic_t last;
	int pipe[2];
	struct sigaction before[CAUGHT];
} signals;

static void
note(int number)
{
	int saved = errno;
	ssize_t woken;

	for (int i = 0; i < CAUGHT; i++)
		if (caught[i].number == number) {
			signals.came[i] = 1;
			if (caught[i].bit == SIGNAL_QUIT)
				signals.last = number;
		}
	/* A full pipe will wake poll as well. */
	woken = write(signals.pipe[1], "", 1);
	(void)woken;
	errno = saved;
}

enum status
signals_start(int *fd, struct error *err)
{
	struct sigaction action;

	if (pipe2(signals.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_system(err, errno, "cannot make a pipe");
	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	for (int i = 0; i < CAUGHT; i++) {
		signals.came[i] = 0;
		action.sa_handler = caught[i].bit == 0 ? SIG_IGN : note;
		sigaction(caught[i].number, &action, &signals.before[i]);
	}
	signals.last = 0;
	*fd = signals.pipe[0];
	return STATUS_OK;
}

void
signals_stop(void)
{
	for (int i = 0; i < CAUGHT; i++)
		sigaction(caught[i].number, &signals.before[i], NULL);
	close(signals.pipe[0]);
	close(signals.pipe[1]);
}

unsigned
signals_take(void)
{
	unsigned bits = 0;
	char drop[64];

	while (read(signals.pipe[0], drop, sizeof(drop)) > 0)
		continue;
	for (int i = 0; i < CAUGHT; i++)
		if (signals.came[i]) {
			signals.came[i] = 0;
			bits |= caught[i].bit;
		}
	return bits;
}

int
signals_last(void)
{
	return (int)signals.last;
}
