#include "platform/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { END_COUNT = 2, MILLISECOND_US = 1000, NO_SUCH_PROGRAM = 127 };

/* What is open while a program runs; -1: closed. */
struct running {
    pid_t child;
    int input, out, err;
    int start; /* tells why the program could not be started */
    int signals;
    sigset_t old_mask;
    const char *left;
    size_t left_size;
    bool stopping;
    bool ended;
    int status; /* as waitpid gives it */
};

static void close_end(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* Only what may be done between fork and exec. */
static void child_main(const struct platform_process *process, const sigset_t *mask, int input, int out, int err,
                       int start)
{
    (void)setsid();
    struct sigaction ordinary = { .sa_handler = SIG_DFL };
    (void)sigaction(SIGPIPE, &ordinary, NULL);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    /* none of the four is below 3 (platform_tty_occupy), so none is overwritten before its turn */
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0) {
        union {
            const char *const *ours;
            char *const *theirs; /* exec wants it so, and changes nothing */
        } argv = { .ours = process->argv };
        execvp(process->argv[0], argv.theirs);
    }
    int code = errno;
    ssize_t written = write(start, &code, sizeof(code));
    _exit(written == (ssize_t)sizeof(code) ? NO_SUCH_PROGRAM : NO_SUCH_PROGRAM - 1);
}

static bool open_pipes(int pipes[4][END_COUNT])
{
    for (int i = 0; i < 4; i++) {
        if (pipe2(pipes[i], O_CLOEXEC) != 0) {
            return false;
        }
    }
    return true;
}

static void close_pipes(int pipes[4][END_COUNT])
{
    for (int i = 0; i < 4; i++) {
        close_end(&pipes[i][0]);
        close_end(&pipes[i][1]);
    }
}

static void watch_signals(struct running *running)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGPIPE); /* a program that does not read its input must not end us */
    (void)sigprocmask(SIG_BLOCK, &set, &running->old_mask);
    sigdelset(&set, SIGPIPE);
    running->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A pending SIGPIPE of ours is taken off before the old mask returns. */
static void unwatch_signals(struct running *running)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    const struct timespec none = { 0 };
    while (sigtimedwait(&set, NULL, &none) > 0) {
    }
    close_end(&running->signals);
    (void)sigprocmask(SIG_SETMASK, &running->old_mask, NULL);
}

static void end_running(struct running *running)
{
    close_end(&running->input);
    close_end(&running->out);
    close_end(&running->err);
    close_end(&running->start);
}

static bool start(struct running *running, const struct platform_process *process, struct error *error)
{
    int pipes[4][END_COUNT] = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
    if (!open_pipes(pipes)) {
        int code = errno;
        close_pipes(pipes);
        return error_set(error, ERROR_INTERNAL, "cannot open a pipe: %s", strerror(code));
    }
    running->child = fork();
    if (running->child == 0) {
        child_main(process, &running->old_mask, pipes[0][0], pipes[1][1], pipes[2][1], pipes[3][1]);
    }
    int code = errno;
    running->input = pipes[0][1];
    running->out = pipes[1][0];
    running->err = pipes[2][0];
    running->start = pipes[3][0];
    pipes[0][1] = pipes[1][0] = pipes[2][0] = pipes[3][0] = -1;
    close_pipes(pipes);
    if (running->child < 0) {
        end_running(running);
        return error_set(error, ERROR_INTERNAL, "cannot start %s: %s", process->argv[0], strerror(code));
    }
    int why = 0;
    ssize_t size;
    while ((size = read(running->start, &why, sizeof(why))) < 0 && errno == EINTR) {
    }
    if (size == (ssize_t)sizeof(why)) {
        (void)waitpid(running->child, NULL, 0);
        end_running(running);
        return error_set(error, ERROR_NO_INPUT, "cannot start %s: %s", process->argv[0], strerror(why));
    }
    (void)fcntl(running->input, F_SETFL, O_NONBLOCK);
    (void)fcntl(running->out, F_SETFL, O_NONBLOCK);
    (void)fcntl(running->err, F_SETFL, O_NONBLOCK);
    return true;
}

static void feed(struct running *running)
{
    ssize_t written = write(running->input, running->left, running->left_size);
    if (written > 0) {
        running->left += written;
        running->left_size -= (size_t)written;
    } else if (written < 0 && errno != EAGAIN && errno != EINTR) {
        running->left_size = 0;
    }
    if (running->left_size == 0) {
        close_end(&running->input);
    }
}

static void drain(int *fd, struct buffer *into)
{
    char bytes[4096];
    ssize_t size = read(*fd, bytes, sizeof(bytes));
    if (size > 0) {
        const size_t room = into->cap - into->size;
        if (!buffer_add(into, bytes, (size_t)size < room ? (size_t)size : room)) {
            close_end(fd);
        }
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_end(fd);
    }
}

static void stop(struct running *running, struct platform_process_result *result, enum platform_process_end end)
{
    result->end = end;
    running->stopping = true;
    (void)kill(-running->child, SIGKILL);
    end_running(running);
}

/* SIGCHLD may be another child's. */
static void heed_signals(struct running *running, struct platform_process_result *result)
{
    struct signalfd_siginfo info;
    while (read(running->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo != SIGCHLD && !running->stopping) {
            stop(running, result, PLATFORM_PROCESS_INTERRUPTED);
        }
    }
    pid_t got = waitpid(running->child, &running->status, WNOHANG);
    running->ended = got == running->child || (got < 0 && errno == ECHILD);
}

/* One round of waiting. */
static void turn(struct running *running, struct platform_process_result *result, int64_t until_us)
{
    struct pollfd wanted[] = {
        { .fd = running->input, .events = POLLOUT },
        { .fd = running->out, .events = POLLIN },
        { .fd = running->err, .events = POLLIN },
        { .fd = running->signals, .events = POLLIN },
    };
    const int64_t left_us = until_us - clock_monotonic_us();
    if (left_us <= 0 && !running->stopping) {
        stop(running, result, PLATFORM_PROCESS_TIMED_OUT);
        return;
    }
    if (poll(wanted, COUNT_OF(wanted), left_us > 0 ? (int)(left_us / MILLISECOND_US) + 1 : -1) <= 0) {
        return;
    }
    if (wanted[0].revents != 0) {
        feed(running);
    }
    if (wanted[1].revents != 0) {
        drain(&running->out, &result->out);
    }
    if (wanted[2].revents != 0) {
        drain(&running->err, &result->err);
    }
    if (wanted[3].revents != 0) {
        heed_signals(running, result);
    }
}

/* The program has ended: what it wrote last. Whoever else still holds the streams (a daemon it left) is not waited for.
 */
static void drain_rest(struct running *running, struct platform_process_result *result)
{
    struct pollfd one = { .events = POLLIN };
    for (one.fd = running->out; one.fd >= 0 && poll(&one, 1, 0) > 0; one.fd = running->out) {
        drain(&running->out, &result->out);
    }
    for (one.fd = running->err; one.fd >= 0 && poll(&one, 1, 0) > 0; one.fd = running->err) {
        drain(&running->err, &result->err);
    }
}

static void set_end(const struct running *running, struct platform_process_result *result)
{
    const bool exited = WIFEXITED(running->status);
    if (!running->stopping) {
        result->end = exited ? PLATFORM_PROCESS_EXITED : PLATFORM_PROCESS_SIGNALLED;
    }
    result->status = exited ? WEXITSTATUS(running->status) : WTERMSIG(running->status);
}

bool platform_process_run(const struct platform_process *process, struct platform_process_result *result,
                          struct error *error)
{
    enum { LONGEST_US = 1000000000 };
    struct running running = { .left = process->input, .left_size = process->input != NULL ? process->input_size : 0 };
    watch_signals(&running);
    if (running.signals < 0 || !start(&running, process, error)) {
        if (running.signals < 0) {
            error_set(error, ERROR_INTERNAL, "cannot watch for signals: %s", strerror(errno));
        }
        unwatch_signals(&running);
        return false;
    }
    *result = (struct platform_process_result){ 0 };
    buffer_init(&result->out, process->output_cap);
    buffer_init(&result->err, process->output_cap);
    const int64_t until_us =
        clock_monotonic_us() + (process->limit_us < LONGEST_US ? process->limit_us : (int64_t)LONGEST_US);
    if (running.left_size == 0) {
        close_end(&running.input);
    }
    while (!running.ended) {
        turn(&running, result, until_us);
    }
    drain_rest(&running, result);
    end_running(&running);
    set_end(&running, result);
    unwatch_signals(&running);
    if (result->out.failed || result->err.failed) {
        platform_process_release(result);
        return error_no_memory(error);
    }
    return true;
}

void platform_process_release(struct platform_process_result *result)
{
    buffer_release(&result->out);
    buffer_release(&result->err);
}
