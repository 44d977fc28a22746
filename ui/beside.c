/* A process beside the screen that does one thing and ends. */
/* SPDX-License-Identifier: MIT */
#include "beside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- in the new process ----------------------------------------------------------- */

/* Ctrl-C, a new size and the end of the terminal are the screen's; its
 * handlers would wake it from here. */
static void
leave_signals(const sigset_t *before)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGINT, SIGCHLD,
		SIGWINCH, SIGTSTP };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		signal(numbers[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, before, NULL);
}

static void
leave_terminal(int says, pid_t screen)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != screen)
		_exit(1); /* it is gone already */
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(says, STDERR_FILENO);
}

/* --- in the screen's -------------------------------------------------------------- */

enum status
beside_start(
    struct beside *beside, int (*run)(void *arg), void *arg, struct error *err)
{
	pid_t screen = getpid();
	sigset_t all, before;
	int says[2];

	*beside = (struct beside){ .fd = -1 };
	if (pipe2(says, O_CLOEXEC | O_NONBLOCK) != 0)
		return error_system(err, errno, "cannot make a pipe");
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	beside->pid = fork();
	if (beside->pid == 0) {
		leave_signals(&before);
		leave_terminal(says[1], screen);
		_exit(run(arg));
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(says[1]);
	if (beside->pid > 0) {
		beside->fd = says[0];
		return STATUS_OK;
	}
	close(says[0]);
	beside->pid = 0;
	return error_system(err, errno, "cannot start a process");
}

static void
take_line(struct beside *b)
{
	static const char program[] = "sendtop: ";
	size_t done, total;
	long long octets;
	const char *text = b->line;

	b->line[b->len] = '\0';
	b->len = 0;
	if (sscanf(text, BESIDE_PROGRESS, &done, &total, &octets) == 3) {
		b->done = done;
		b->total = total;
		b->octets = octets;
		return;
	}
	if (strncmp(text, program, sizeof(program) - 1) == 0)
		text += sizeof(program) - 1;
	snprintf(b->sentence, sizeof(b->sentence), "%s", text);
}

static void
listen_to(struct beside *b)
{
	char text[512];
	ssize_t n;

	while ((n = read(b->fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (text[i] == '\n')
				take_line(b);
			else if (b->len < sizeof(b->line) - 1)
				b->line[b->len++] = text[i];
}

static enum status
ended(const struct beside *b, int how, struct error *err)
{
	if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
		return STATUS_OK;
	if (b->cancelled)
		return error_set(err, STATUS_CANCELLED, "cancelled");
	if (WIFSIGNALED(how))
		return error_set(err, STATUS_SYSTEM,
		    "the process that writes was ended by signal %d",
		    WTERMSIG(how));
	return error_set(err, STATUS_SYSTEM, "%s",
	    b->sentence[0] != '\0' ? b->sentence : "it could not be written");
}

static void
forget(struct beside *b)
{
	close(b->fd);
	b->fd = -1;
	b->pid = 0;
}

enum status
beside_look(struct beside *b, struct error *err)
{
	pid_t pid;
	int how = 0;

	do
		pid = waitpid(b->pid, &how, WNOHANG);
	while (pid < 0 && errno == EINTR);
	listen_to(b);
	if (pid == 0)
		return error_set(err, STATUS_BUSY, "it is being written");
	forget(b);
	if (pid < 0)
		return error_set(
		    err, STATUS_SYSTEM, "nobody knows what became of it");
	return ended(b, how, err);
}

void
beside_cancel(struct beside *b)
{
	if (b->pid <= 0)
		return;
	b->cancelled = true;
	kill(b->pid, SIGTERM);
}

void
beside_wait(struct beside *b)
{
	if (b->pid <= 0)
		return;
	while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	forget(b);
}

void
beside_end(struct beside *b)
{
	if (b->pid > 0)
		kill(b->pid, SIGKILL);
	beside_wait(b);
}
