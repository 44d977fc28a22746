/* sendtop: the screen, and the processes that it starts beside it. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "sendtop/day.h"
#include "sendtop/mem.h"
#include "sendtop/store.h"
#include "turns.h"
#include "ui/app.h"

enum {
	RESTART_S = 10, /* the first time; then twice as long each time, */
	RESTART_MOST_S = 300,
	LIVED_S = 60, /* unless it ran for so long */
	END_MS = 3000,
	END_STEP_MS = 20,
};

struct dashboard {
	struct cmd *cmd;
	struct requirements *requirements;
	struct providers *providers;
	struct reply_catalogue *catalogue;
	char *themes;
	pid_t child;         /* the collector; 0: none */
	int news[2], say[2]; /* pipes; -1 when closed */
	int64_t started_s;
	int64_t restart_s; /* when to start it again; 0 never */
	int64_t wait_s;    /* how long it was waited for that last */
	char sentence[ERROR_TEXT_SIZE];
};

static void
close_pair(int pair[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

/* The child has no terminal: Ctrl-C is the screen's, not its. */
static void
leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fd;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
}

static void
add_word(struct words *words, const char *word)
{
	words->items = mem_grow(
	    words->items, words->count, &words->cap, sizeof(*words->items));
	words->items[words->count++] = word;
}

/* The global options that matter to another process, which may ask the DNS. */
static void
add_globals(struct words *out, const struct cmd *cmd, bool asks)
{
	size_t i;

	if (cmd->config != NULL) {
		add_word(out, "--config");
		add_word(out, cmd->config);
	}
	if (cmd->store != NULL) {
		add_word(out, "--store");
		add_word(out, cmd->store);
	}
	for (i = 0; asks && i < cmd->resolvers.count; i++) {
		add_word(out, "--resolver");
		add_word(out, cmd->resolvers.items[i]);
	}
}

/* "sendtop collect" with the words that matter to it. */
static void
make_words(const struct dashboard *s, struct words *out, const char *pipes)
{
	size_t i;

	add_word(out, "sendtop");
	add_word(out, "collect");
	add_word(out, "--pipes");
	add_word(out, pipes);
	add_globals(out, s->cmd, true);
	add_word(out, "--");
	for (i = 0; i < s->cmd->args.count; i++)
		add_word(out, s->cmd->args.items[i]);
	add_word(out, NULL);
}

/* A program of its own, not just a fork: the screen has the store open, and
 * SQLite's locks do not survive two processes that share its files. */
static void
run_child(struct dashboard *s)
{
	struct words words = { .count = 0 };
	char pipes[32];

	leave_terminal();
	turns_yield();
	fcntl(s->news[1], F_SETFD, 0);
	fcntl(s->say[1], F_SETFD, 0);
	snprintf(pipes, sizeof(pipes), "%d,%d", s->news[1], s->say[1]);
	make_words(s, &words, pipes);
	execv("/proc/self/exe", (char *const *)(uintptr_t)words.items);
	dprintf(s->say[1], "the collector could not be started: %s\n",
	    strerror(errno));
	_exit(EXIT_TROUBLE);
}

/* Says what happened, when it is started again, and why it ended.  Less and less
 * often while it ends at once, as on a full disk: it asks others each time. */
static void
start_later(struct dashboard *s, const char *what, const char *why)
{
	int64_t now_s = clock_utc_s();
	char when[TIME_TEXT_SIZE];

	if (s->wait_s == 0 || now_s - s->started_s >= LIVED_S)
		s->wait_s = RESTART_S;
	else if ((s->wait_s *= 2) > RESTART_MOST_S)
		s->wait_s = RESTART_MOST_S;
	s->restart_s = now_s + s->wait_s;
	time_text(when, s->restart_s);
	snprintf(s->sentence, sizeof(s->sentence),
	    "the collector %s; it starts again at %.8s UTC%s%.*s", what,
	    when + 11, why[0] != '\0' ? ": " : "",
	    (int)sizeof(s->sentence) - 96, why);
}

static void
start_child(struct dashboard *s)
{
	s->restart_s = 0;
	s->started_s = clock_utc_s();
	s->child = fork();
	if (s->child == 0)
		run_child(s);
	if (s->child < 0) {
		s->child = 0;
		start_later(s, "could not be started", strerror(errno));
	}
}

static enum status
open_pipes(struct dashboard *s, struct error *err)
{
	if (pipe2(s->news, O_CLOEXEC | O_NONBLOCK) != 0 ||
	    pipe2(s->say, O_CLOEXEC | O_NONBLOCK) != 0)
		return error_system(err, errno, "cannot make a pipe");
	return STATUS_OK;
}

/* The last whole line that the collector said. */
static void
listen_to_child(struct dashboard *s)
{
	char text[ERROR_TEXT_SIZE], *line, *end;
	ssize_t n;

	while ((n = read(s->say[0], text, sizeof(text) - 1)) > 0) {
		text[n] = '\0';
		for (line = text; (end = strchr(line, '\n')) != NULL;
		     line = end + 1) {
			*end = '\0';
			snprintf(s->sentence, sizeof(s->sentence), "%s", line);
		}
	}
}

static void
child_ended(struct dashboard *s, int how)
{
	char what[48] = "ended", why[ERROR_TEXT_SIZE];

	s->child = 0;
	if (WIFEXITED(how) && WEXITSTATUS(how) == EXIT_COLLECTED) {
		/* Another collector serves this store: we only watch. */
		s->sentence[0] = '\0';
		return;
	}
	if (WIFSIGNALED(how))
		snprintf(what, sizeof(what), "was ended by signal %d",
		    WTERMSIG(how));
	snprintf(why, sizeof(why), "%s", WIFSIGNALED(how) ? "" : s->sentence);
	start_later(s, what, why);
}

static const char *
child_state(void *arg, bool *gone)
{
	struct dashboard *s = arg;
	int how;

	listen_to_child(s);
	if (s->child > 0 && waitpid(s->child, &how, WNOHANG) == s->child)
		child_ended(s, how);
	if (s->child == 0 && s->restart_s != 0 &&
	    clock_utc_s() >= s->restart_s) {
		s->sentence[0] = '\0';
		start_child(s);
	}
	*gone = s->restart_s != 0;
	return s->sentence;
}

static void
end_child(struct dashboard *s)
{
	const struct timespec step = { 0, END_STEP_MS * 1000000L };
	int how, waited;

	if (s->child <= 0)
		return;
	kill(s->child, SIGTERM);
	for (waited = 0; waited < END_MS; waited += END_STEP_MS) {
		if (waitpid(s->child, &how, WNOHANG) != 0)
			return;
		nanosleep(&step, NULL);
	}
	kill(s->child, SIGKILL);
	waitpid(s->child, &how, 0);
}

/* --- files ----------------------------------------------------------------- */

/* The beginning of the command that writes what was ordered. */
static void
order_words(const struct dashboard *s, struct words *out,
    const struct order *order, const char *path)
{
	add_word(out, "sendtop");
	add_word(out, order->history ? "export" : "snapshot");
	add_globals(out, s->cmd, false);
	add_word(out, "--beside");
	add_word(out, "--out");
	add_word(out, path);
	add_word(out, "--format");
	add_word(out, order->format);
	if (order->redact)
		add_word(out, "--redact");
}

/* In a process of its own. */
static int
write_order(
    void *arg, const struct order *order, int32_t as_of, const char *path)
{
	char day[DAY_TEXT_SIZE], since[DAY_TEXT_SIZE];
	struct words words = { .count = 0 };

	order_words(arg, &words, order, path);
	if (as_of != DAY_NONE && !order->history) {
		add_word(&words, "--at");
		add_word(&words, day_text(day, as_of));
	}
	if (order->since != 0) {
		add_word(&words, "--since");
		add_word(&words, day_text(since, order->since));
	}
	add_word(&words, "--");
	if (order->scope == SCOPE_DOMAIN)
		add_word(&words, order->domain);
	add_word(&words, NULL);
	execv("/proc/self/exe", (char *const *)(uintptr_t)words.items);
	fprintf(stderr, "cannot start sendtop %s: %s\n", words.items[1],
	    strerror(errno));
	return EXIT_TROUBLE;
}

/* --- the command ----------------------------------------------------------- */

static enum status
open_store(void *arg, struct store **out, struct error *err)
{
	const struct dashboard *s = arg;

	return store_open(s->cmd->store, STORE_READ, out, err);
}

/* The replies' catalogue; without it the rest still works. */
static enum status
read_replies(void *arg, const struct providers **providers,
    const struct reply_catalogue **catalogue, struct error *err)
{
	struct dashboard *s = arg;
	enum status status = cmd_replies(&s->providers, &s->catalogue, err);

	*providers = s->providers;
	*catalogue = s->catalogue;
	return status;
}

static void
release(struct dashboard *s)
{
	close_pair(s->news);
	close_pair(s->say);
	requirements_free(s->requirements);
	reply_catalogue_free(s->catalogue);
	providers_free(s->providers);
	free(s->themes);
}

int
cmd_screen(struct cmd *cmd)
{
	struct dashboard s = {
		.cmd = cmd,
		.news = { -1, -1 },
		.say = { -1, -1 },
	};
	struct ui_options options = {
		.open = open_store,
		.child = child_state,
		.replies = read_replies,
		.write = write_order,
		.arg = &s,
		.settings = cmd->settings,
		.ascii = cmd->settings->ascii,
		.linear = cmd->settings->linear,
		.on_exit = cmd->snapshot_on_exit,
		.domain = cmd->args.count == 1 ? cmd->args.items[0] : NULL,
	};
	struct error err;
	enum status status;

	status = cmd_requirements(&s.requirements, &err);
	if (status == STATUS_OK)
		status = open_pipes(&s, &err);
	if (status == STATUS_OK) {
		options.requirements = s.requirements;
		options.themes = s.themes = cmd_themes();
		options.news_fd = s.news[0];
		options.collects = !cmd->no_collector;
		if (!cmd->no_collector)
			start_child(&s);
		turns_short();
		mem_lean();
		status = ui_run(&options, &err);
		end_child(&s);
	}
	release(&s);
	return status == STATUS_OK ? EXIT_FINE : cmd_fail(&err);
}
