/* One run of a hook's command: no shell, a time-out, bounded output. */
/* SPDX-License-Identifier: MIT */
#include "hook_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "sendtop/mem.h"
#include "sendtop/text.h"

enum {
	OUTPUT_MOST = 4096,
	SHOWN_MOST = 200,
	SENTENCE_SIZE = 320,
	READS_MOST = 16, /* at a stretch */
};

struct hook_run {
	pid_t pid;
	int output; /* -1 once it ended */
	int64_t timeout_ms;
	bool late;
	struct buf said;
	struct loop_fd *watch;
	struct loop_signal *child;
	struct loop_timer *deadline;
	void (*done)(void *arg, enum hook_end end, const char *sentence);
	void *arg;
};

/* --- what it says ---------------------------------------------------------- */

static void
close_output(struct hook_run *run)
{
	loop_fd_free(run->watch);
	run->watch = NULL;
	if (run->output >= 0)
		close(run->output);
	run->output = -1;
}

/* What does not fit is read all the same, so that nobody waits for us. */
static void
read_output(struct hook_run *run)
{
	char block[4096];
	ssize_t n = 1;

	for (int i = 0; n > 0 && i < READS_MOST; i++) {
		n = read(run->output, block, sizeof(block));
		if (n > 0)
			buf_add(&run->said, block, (size_t)n);
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_output(run);
}

static void
on_output(void *arg, int events)
{
	(void)events;
	read_output(arg);
}

/* The first line with anything in it. */
static const char *
first_line(const struct buf *said, char out[SHOWN_MOST])
{
	const char *line = said->data != NULL ? said->data : "";

	line += strspn(line, " \t\r\n");
	text_printable(out, SHOWN_MOST, line, strcspn(line, "\r\n"));
	return out;
}

/* --- how it ends ------------------------------------------------------------ */

static enum hook_end
judge(const struct hook_run *run, int status, char sentence[SENTENCE_SIZE])
{
	char said[SHOWN_MOST];
	const char *line = first_line(&run->said, said);
	const char *colon = line[0] != '\0' ? ": " : "";
	bool later = WIFEXITED(status) && WEXITSTATUS(status) == EX_TEMPFAIL;

	sentence[0] = '\0';
	if (run->late)
		snprintf(sentence, SENTENCE_SIZE,
		    "took longer than %lld ms and was ended%s%s",
		    (long long)run->timeout_ms, colon, line);
	else if (WIFSIGNALED(status))
		snprintf(sentence, SENTENCE_SIZE, "ended by signal %d%s%s",
		    WTERMSIG(status), colon, line);
	else if (WEXITSTATUS(status) != 0)
		snprintf(sentence, SENTENCE_SIZE, "exit status %d%s%s",
		    WEXITSTATUS(status), colon, line);
	else
		return HOOK_DONE;
	return later && !run->late ? HOOK_AGAIN : HOOK_FAILED;
}

static void
on_child(void *arg, int signum)
{
	struct hook_run *run = arg;
	char sentence[SENTENCE_SIZE];
	enum hook_end end;
	int status;

	(void)signum;
	if (waitpid(run->pid, &status, WNOHANG) != run->pid)
		return;
	if (run->output >= 0)
		read_output(run);
	end = judge(run, status, sentence);
	run->done(run->arg, end, sentence);
}

/* With all that it started. */
static void
on_deadline(void *arg)
{
	struct hook_run *run = arg;

	run->late = true;
	if (kill(-run->pid, SIGKILL) != 0)
		kill(run->pid, SIGKILL);
}

/* --- how it begins ---------------------------------------------------------- */

static void
prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *how, int input,
    int output)
{
	sigset_t none, all;

	posix_spawn_file_actions_adddup2(files, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(files, output, STDERR_FILENO);
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
	posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
#endif
#endif
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(how, &none);
	posix_spawnattr_setsigdefault(how, &all);
	posix_spawnattr_setpgroup(how, 0);
	posix_spawnattr_setflags(how,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF);
}

static enum status
spawn(struct hook_run *run, const struct text_list *words, int input,
    int output, struct error *err)
{
	char **argv = mem_zero(words->count + 1, sizeof(*argv));
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	int errnum;

	memcpy(argv, words->items, words->count * sizeof(*argv));
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&how);
	prepare(&files, &how, input, output);
	errnum = posix_spawn(
	    &run->pid, words->items[0], &files, &how, argv, environ);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	free(argv);
	if (errnum != 0)
		return error_system(
		    err, errnum, "cannot run %s", words->items[0]);
	return STATUS_OK;
}

/* Both ends above the three that the program gets, should those be closed
 * here. */
static bool
open_pipe(int ends[2])
{
	ends[0] = ends[1] = -1;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		int fd = ends[i];

		if (fd > STDERR_FILENO)
			continue;
		ends[i] = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(fd);
	}
	return ends[0] >= 0 && ends[1] >= 0;
}

/* A pipe with the whole input in it, and one for what is said. */
static enum status
open_pipes(int input[2], int output[2], const char *text, size_t len,
    struct error *err)
{
	output[0] = output[1] = -1;
	if (!open_pipe(input) || !open_pipe(output) ||
	    fcntl(input[1], F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(output[0], F_SETFL, O_NONBLOCK) != 0)
		return error_system(err, errno, "cannot make a pipe");
	if (write(input[1], text, len) != (ssize_t)len)
		return error_system(err, errno, "cannot fill a pipe");
	return STATUS_OK;
}

static void
close_ends(const int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

/* Whoever ends before it is watched is noticed too: the signal is caught
 * first. */
static enum status
watch(struct hook_run *run, struct loop *loop, struct error *err)
{
	run->child = loop_signal_new(loop, SIGCHLD, on_child, run);
	if (run->child != NULL)
		run->watch = loop_fd_new(loop, run->output, on_output, run);
	if (run->watch == NULL)
		return error_system(err, errno, "cannot watch a program");
	loop_fd_want(run->watch, LOOP_READ);
	run->deadline = loop_timer_new(loop, on_deadline, run);
	loop_timer_start(run->deadline, run->timeout_ms, 0);
	return STATUS_OK;
}

enum status
hook_run_start(struct loop *loop, const struct text_list *words,
    const char *input, size_t len, int64_t timeout_ms,
    void (*done)(void *arg, enum hook_end end, const char *sentence), void *arg,
    struct hook_run **out, struct error *err)
{
	struct hook_run *run = mem_zero(1, sizeof(*run));
	int in[2], said[2];
	enum status status;

	run->output = -1;
	run->timeout_ms = timeout_ms;
	run->said.max = OUTPUT_MOST;
	run->done = done;
	run->arg = arg;
	status = open_pipes(in, said, input, len, err);
	if (status == STATUS_OK) {
		run->output = said[0];
		said[0] = -1;
		status = watch(run, loop, err);
	}
	if (status == STATUS_OK)
		status = spawn(run, words, in[0], said[1], err);
	close_ends(in);
	close_ends(said);
	if (status != STATUS_OK) {
		hook_run_free(run);
		run = NULL;
	}
	*out = run;
	return status;
}

void
hook_run_free(struct hook_run *run)
{
	if (run == NULL)
		return;
	close_output(run);
	loop_signal_free(run->child);
	loop_timer_free(run->deadline);
	buf_free(&run->said);
	free(run);
}
