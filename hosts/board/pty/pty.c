/*
 * A serial port for other programs: opens a pseudo-terminal, puts a link to it at the path given,
 * and passes bytes between it and its own standard input and output until the input ends.
 */

#define _XOPEN_SOURCE 600
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const char* link_path;

static void finish(int status)
{
	unlink(link_path);
	_exit(status);
}

static void on_signal(int number)
{
	(void)number;
	finish(0);
}

/* Passes on what can be read; false at the end of it. */
static int pass(int from, int to)
{
	char bytes[4096];
	ssize_t count = read(from, bytes, sizeof(bytes));
	ssize_t done = 0;
	if (count < 0)
		return (errno == EINTR) || (errno == EAGAIN);
	while (done < count) {
		ssize_t written = write(to, bytes + done, (size_t)(count - done));
		if ((written < 0) && (errno != EINTR))
			return 0;
		if (written > 0)
			done += written;
	}
	return count > 0;
}

int main(int argc, char* argv[])
{
	struct termios settings;
	int master, slave;
	if (argc != 2) {
		fprintf(stderr, "pty <link>\n");
		return 2;
	}
	link_path = argv[1];
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if ((master < 0) || grantpt(master) || unlockpt(master)) {
		perror("pty");
		return 1;
	}
	/* Held open, so that the port survives when its user closes it; raw, as a wire is. */
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if ((slave < 0) || tcgetattr(slave, &settings)) {
		perror(ptsname(master));
		return 1;
	}
	cfmakeraw(&settings);
	tcsetattr(slave, TCSANOW, &settings);
	unlink(link_path);
	if (symlink(ptsname(master), link_path)) {
		perror(link_path);
		return 1;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	for (;;) {
		struct pollfd files[2] = { { STDIN_FILENO, POLLIN, 0 }, { master, POLLIN, 0 } };
		if ((poll(files, 2, -1) < 0) && (errno != EINTR))
			finish(1);
		if (files[0].revents && !pass(STDIN_FILENO, master))
			finish(0);
		if ((files[1].revents & POLLIN) && !pass(master, STDOUT_FILENO))
			finish(0);
	}
}
