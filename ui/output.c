/* Octets on their way to a terminal that may be slow. */
/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "sendtop/mem.h"

enum { PIECE = 64 }; /* where writing might block */

struct output {
	int fd;
	bool own; /* opened here, and does not block */
	struct buf left;
};

struct output *
output_new(int fd)
{
	struct output *output = mem_zero(1, sizeof(*output));
	const char *name = ttyname(fd);

	output->fd = name != NULL
	    ? open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
	    : -1;
	output->own = output->fd >= 0;
	if (!output->own)
		output->fd = fd;
	return output;
}

void
output_free(struct output *output)
{
	if (output == NULL)
		return;
	if (output->own)
		close(output->fd);
	buf_free(&output->left);
	free(output);
}

static bool
has_room(const struct output *output)
{
	struct pollfd fd = { output->fd, POLLOUT, 0 };

	return output->own ||
	    (poll(&fd, 1, 0) == 1 && (fd.revents & POLLOUT) != 0);
}

void
output_flush(struct output *output)
{
	while (output->left.len > 0 && has_room(output)) {
		size_t n = output->left.len;
		ssize_t done;

		if (!output->own && n > PIECE)
			n = PIECE;
		done = write(output->fd, output->left.data, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN)
			return;
		if (done < 0) { /* the terminal is gone: poll will tell */
			output->left.len = 0;
			return;
		}
		buf_shift(&output->left, (size_t)done);
	}
}

void
output_add(struct output *output, const void *data, size_t len)
{
	buf_add(&output->left, data, len);
	output_flush(output);
}

bool
output_pending(const struct output *output)
{
	return output->left.len > 0;
}

int
output_fd(const struct output *output)
{
	return output->fd;
}

bool
output_drop(struct output *output)
{
	if (output->left.len == 0)
		return false;
	buf_free(&output->left);
	tcflush(output->fd, TCOFLUSH);
	return true;
}
