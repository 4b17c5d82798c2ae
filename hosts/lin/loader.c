/*
 * Runs a program that mcconfig built for Moddable's simulator, without a screen: its console is a
 * pseudo-terminal in the program's folder, joined to this process's own input and output. What the
 * program traces goes to standard error.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "screen.h"

/* Names that main.ts knows too. */
#define CONSOLE_PATH "./console"
#define RESTARTED_PATH "./restarted"

/* Ctrl-], as telnet's: at a terminal it ends the simulator. */
#define ESCAPE 0x1d
/* When input from a file has ended, the answers may still be on their way. */
#define SILENCE_SECONDS 2

static char** arguments;
static int terminal;
/* This process's own output: the SDK traces to what it finds as standard output. */
static int output;
static struct termios cooked;
static int is_raw, is_input_over;
static guint silence;

static void finish(int status)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
	unlink(CONSOLE_PATH);
	exit(status);
}

static void fail(const char* what)
{
	fprintf(stderr, "simulator: %s: %s\n", what, strerror(errno));
	finish(1);
}

static void on_signal(int number)
{
	(void)number;
	finish(0);
}

static gboolean on_silence(gpointer data)
{
	(void)data;
	finish(0);
	return FALSE;
}

static void await_silence(void)
{
	if (silence)
		g_source_remove(silence);
	silence = g_timeout_add_seconds(SILENCE_SECONDS, on_silence, NULL);
}

static void write_all(int file, const char* bytes, ssize_t count)
{
	while (count > 0) {
		ssize_t written = write(file, bytes, (size_t)count);
		if (written < 0) {
			if ((errno == EINTR) || (errno == EAGAIN))
				continue;
			finish(0);
		}
		bytes += written;
		count -= written;
	}
}

static gboolean on_input(GIOChannel* channel, GIOCondition condition, gpointer data)
{
	char bytes[1024];
	ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
	char* end = (count > 0) && is_raw ? memchr(bytes, ESCAPE, (size_t)count) : NULL;
	(void)channel, (void)condition, (void)data;
	if (count > 0)
		write_all(terminal, bytes, end ? end - bytes : count);
	if (end)
		finish(0);
	if (count > 0)
		return TRUE;
	is_input_over = 1;
	await_silence();
	return FALSE;
}

static gboolean on_output(GIOChannel* channel, GIOCondition condition, gpointer data)
{
	char bytes[1024];
	ssize_t count = read(terminal, bytes, sizeof(bytes));
	(void)channel, (void)condition, (void)data;
	if (count > 0)
		write_all(output, bytes, count);
	if (is_input_over)
		await_silence();
	return TRUE;
}

/* The port of the program; this process holds its other end, and one of its own, raw as a wire. */
static void open_console(void)
{
	struct termios settings;
	int port;
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if ((terminal < 0) || grantpt(terminal) || unlockpt(terminal))
		fail("pseudo-terminal");
	port = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if ((port < 0) || tcgetattr(port, &settings))
		fail(ptsname(terminal));
	cfmakeraw(&settings);
	tcsetattr(port, TCSANOW, &settings);
	unlink(CONSOLE_PATH);
	if (symlink(ptsname(terminal), CONSOLE_PATH))
		fail(CONSOLE_PATH);
	if (tcgetattr(STDIN_FILENO, &cooked) == 0) {
		struct termios raw = cooked;
		cfmakeraw(&raw);
		is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
	}
	g_io_add_watch(g_io_channel_unix_new(STDIN_FILENO), G_IO_IN | G_IO_HUP, on_input, NULL);
	g_io_add_watch(g_io_channel_unix_new(terminal), G_IO_IN, on_output, NULL);
}

/* A restart is a new process, that finds the reason and all else in the folder. */
static void on_post(txScreen* screen, char* message, int size)
{
	int file = open(RESTARTED_PATH, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	(void)screen, (void)size;
	write_all(file, message, (ssize_t)strlen(message));
	close(file);
	fflush(stdout);
	dup2(output, STDOUT_FILENO);
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
	execv("/proc/self/exe", arguments);
	fail("restart");
}

static void on_abort(txScreen* screen, int status)
{
	(void)screen;
	fprintf(stderr, "simulator: the machine stopped with status %d\n", status);
	fflush(stdout);
	finish(70);
}

static gboolean on_idle(gpointer data)
{
	txScreen* screen = data;
	if (screen->idle)
		(*screen->idle)(screen);
	return TRUE;
}

static void on_start(txScreen* screen, double interval)
{
	(void)screen, (void)interval;
}

static void ignore(txScreen* screen)
{
	(void)screen;
}

int main(int argc, char* argv[])
{
	txScreenLaunchProc launch;
	txScreen* screen = calloc(1, sizeof(txScreen));
	char* program = argc == 3 ? realpath(argv[1], NULL) : NULL;
	void* library;
	arguments = argv;
	if ((program == NULL) || chdir(argv[2])) {
		fprintf(stderr, "loader <program.so> <folder>\n");
		return 2;
	}
	arguments[1] = program;
	arguments[2] = ".";
	library = dlopen(program, RTLD_NOW);
	launch = library ? (txScreenLaunchProc)dlsym(library, "fxScreenLaunch") : NULL;
	if (launch == NULL) {
		fprintf(stderr, "simulator: %s\n", dlerror());
		return 1;
	}
	output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	open_console();
	mxCreateMutex(&screen->workersMutex);
	screen->abort = on_abort;
	screen->post = on_post;
	screen->start = on_start;
	screen->stop = ignore;
	screen->bufferChanged = ignore;
	screen->formatChanged = ignore;
	(*launch)(screen);
	/* Once a second, when a build with instruments prints them. */
	g_timeout_add_seconds(1, on_idle, screen);
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
	return 0;
}
