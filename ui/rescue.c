/* The terminal given back by a process that dies. */
/* SPDX-License-Identifier: MIT */
#include "rescue.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sendtop/mem.h"

enum { RESCUE_MOST = 512 };

static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
enum { DEADLY = sizeof(deadly) / sizeof(*deadly) };

/* All that a handler of a deadly signal may use: bytes and a termios. */
static struct {
	volatile sig_atomic_t armed;
	char bytes[RESCUE_MOST];
	size_t len;
	struct termios modes;
	struct sigaction before[DEADLY];
} rescue;

static void
rescue_now(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = 0;
	if (write(STDOUT_FILENO, rescue.bytes, rescue.len) < 0)
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
}

static void
rescue_signal(int number)
{
	rescue_now();
	for (int i = 0; i < DEADLY; i++)
		sigaction(deadly[i], &rescue.before[i], NULL);
	raise(number);
}

static void
rescue_death(void *arg)
{
	(void)arg;
	rescue_now();
}

void
rescue_arm(const char *octets, size_t len, const struct termios *modes)
{
	struct sigaction action;

	rescue.len = len < sizeof(rescue.bytes) ? len : sizeof(rescue.bytes);
	memcpy(rescue.bytes, octets, rescue.len);
	rescue.modes = *modes;
	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = rescue_signal;
	for (int i = 0; i < DEADLY; i++)
		sigaction(deadly[i], &action, &rescue.before[i]);
	rescue.armed = 1;
	mem_on_death(rescue_death, NULL);
}

void
rescue_disarm(void)
{
	rescue.armed = 0;
	mem_on_death(NULL, NULL);
	for (int i = 0; i < DEADLY; i++)
		sigaction(deadly[i], &rescue.before[i], NULL);
}

void
rescue_hold(bool hold)
{
	rescue.armed = !hold;
}
