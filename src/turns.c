/* Whose turn it is on a busy machine. */
/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/syscall.h>
#endif

enum {
	YIELD_NICE = 5,
	SHORT_NS = 500000,
	RESET_ON_FORK = 1, /* children are as others */
};

#ifdef SYS_sched_setattr

/* What the system call takes; the C library may not have it. */
struct turns {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns, deadline_ns, period_ns;
};

/* Runtime 0: turns as long as the system has them. */
static void
ask_for(uint32_t policy, uint64_t runtime_ns)
{
	struct turns turns = {
		.size = sizeof(turns),
		.policy = policy,
		.flags = runtime_ns > 0 ? RESET_ON_FORK : 0,
		.nice = getpriority(PRIO_PROCESS, 0),
		.runtime_ns = runtime_ns,
	};

	(void)syscall(SYS_sched_setattr, 0, &turns, 0);
}

void
turns_short(void)
{
	/* Whoever chose another policy for us knows better. */
	if (sched_getscheduler(0) == SCHED_OTHER)
		ask_for(SCHED_OTHER, SHORT_NS);
}

/* Where sessions share the processor as one, nice counts only within them. */
static void
yield_session(void)
{
	int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
	char nice[8];

	if (fd < 0)
		return;
	(void)!write(fd, nice,
	    (size_t)snprintf(nice, sizeof(nice), "%d", (int)YIELD_NICE));
	close(fd);
}

void
turns_yield(void)
{
	int before = getpriority(PRIO_PROCESS, 0);

	(void)setpriority(PRIO_PROCESS, 0, before + YIELD_NICE);
	if (sched_getscheduler(0) == SCHED_OTHER)
		ask_for(SCHED_BATCH, 0);
	yield_session();
}

#else

void
turns_short(void)
{
}

void
turns_yield(void)
{
	int before = getpriority(PRIO_PROCESS, 0);

	(void)setpriority(PRIO_PROCESS, 0, before + YIELD_NICE);
}

#endif
