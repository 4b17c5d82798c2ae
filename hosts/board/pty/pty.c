/*
 * A serial port for other programs: opens a pseudo-terminal, puts a link to it at the path given,
 * and passes bytes between it and its own standard input and output until the input ends. Neither
 * way waits for the other: a program may write for long before it reads, as it may to a real port.
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
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const char* link_path;
static char port_path[64];

/* Another may have put a link of its own there meanwhile. */
static void finish(int status)
{
	char target[sizeof(port_path)];
	ssize_t length = readlink(link_path, target, sizeof(target));
	if ((length == (ssize_t)strlen(port_path)) && !memcmp(target, port_path, (size_t)length))
		unlink(link_path);
	_exit(status);
}

static void on_signal(int number)
{
	(void)number;
	finish(0);
}

/* Puts the link there, in place of one that a former run has left, but of nothing else. */
static int make_link(void)
{
	struct stat present;
	if (!lstat(link_path, &present) && S_ISLNK(present.st_mode))
		unlink(link_path);
	return symlink(port_path, link_path);
}

static int is_passing(ssize_t count)
{
	return (count < 0) && ((errno == EINTR) || (errno == EAGAIN));
}

/* To the port. What nobody has read is lost when there is no room for more; false at the end. */
static int pass_in(int master, int slave)
{
	char bytes[4096];
	ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
	ssize_t done = count > 0 ? write(master, bytes, (size_t)count) : 0;
	if (count <= 0)
		return is_passing(count);
	if (done < 0)
		done = 0;
	if (done < count) {
		tcflush(master, TCOFLUSH);
		tcflush(slave, TCIFLUSH);
		if (write(master, bytes + done, (size_t)(count - done)) < 0)
			return is_passing(-1);
	}
	return 1;
}

/* What the port has been given and is still to be passed on: more is not read before it is. */
static char bytes_out[4096];
static ssize_t count_out, done_out;

/* From the port, by what can be read or written now; false at the end. */
static int pass_out(int master)
{
	ssize_t written;
	if (done_out == count_out) {
		ssize_t count = read(master, bytes_out, sizeof(bytes_out));
		if (count <= 0)
			return is_passing(count);
		count_out = count;
		done_out = 0;
	}
	written = write(STDOUT_FILENO, bytes_out + done_out, (size_t)(count_out - done_out));
	if (written < 0)
		return is_passing(written);
	done_out += written;
	return 1;
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
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if ((master < 0) || grantpt(master) || unlockpt(master)) {
		perror("pty");
		return 1;
	}
	snprintf(port_path, sizeof(port_path), "%s", ptsname(master));
	/* Held open, so that the port survives when its user closes it; raw, as a wire is. */
	slave = open(port_path, O_RDWR | O_NOCTTY);
	if ((slave < 0) || tcgetattr(slave, &settings)) {
		perror(port_path);
		return 1;
	}
	cfmakeraw(&settings);
	tcsetattr(slave, TCSANOW, &settings);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	signal(SIGPIPE, SIG_IGN);
	fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
	if (make_link()) {
		perror(link_path);
		return 1;
	}
	for (;;) {
		int is_waiting = done_out < count_out;
		struct pollfd files[3] = {
			{ STDIN_FILENO, POLLIN, 0 },
			{ master, is_waiting ? 0 : POLLIN, 0 },
			{ STDOUT_FILENO, is_waiting ? POLLOUT : 0, 0 },
		};
		if ((poll(files, 3, -1) < 0) && (errno != EINTR))
			finish(1);
		if (files[0].revents && !pass_in(master, slave))
			finish(0);
		if (((files[1].revents & POLLIN) || files[2].revents) && !pass_out(master))
			finish(0);
	}
}
