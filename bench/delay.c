/* delay RTT_MS SERVER-COMMAND CLIENT-COMMAND: two network namespaces with a wire between them that holds every packet
 * for half the round-trip time. The delay is under the kernel's TCP, so handshakes, retransmissions and windows are
 * real; a delaying proxy would answer the SYN itself.
 *
 *   server 10.77.0.2 -- tun -- this program, RTT_MS / 2 each way -- tun -- client 10.77.0.1
 *
 * Both commands go to sh -c. The client starts when the server's command has written its first line;
 * when the client ends, the server gets SIGTERM, and the exit status is the client's. Runs as root or in a user
 * namespace.
 *
 * delay peak COMMAND...: runs it and writes its peak memory in kB to stderr as the last line. A program of its own for
 * this, because the kernel counts what the process was before exec: a Python would be measured, not its child. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MTU = 1500, QUEUE = 4096 };

struct packet {
    int64_t due_ns;
    ssize_t size;
    uint8_t bytes[MTU];
};

/* One direction: a ring, since every packet waits equally long. */
struct lane {
    int from, to;
    unsigned first, count;
    struct packet ring[QUEUE];
};

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        die(path);
    }
    close(fd);
}

static void new_namespace(void)
{
    if (unshare(CLONE_NEWNET) == 0) {
        return;
    }
    char map[64];
    unsigned uid = getuid();
    unsigned gid = getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        die("unshare");
    }
    snprintf(map, sizeof(map), "0 %u 1", uid);
    write_file("/proc/self/uid_map", map);
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", gid);
    write_file("/proc/self/gid_map", map);
}

static void set_address(struct ifreq *request, unsigned long what, int fd, const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    inet_pton(AF_INET, text, &address.sin_addr);
    memcpy(&request->ifr_addr, &address, sizeof(address));
    if (ioctl(fd, what, request) != 0) {
        die(text);
    }
}

static void raise_interface(int fd, const char *name)
{
    struct ifreq request = { 0 };
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
        die(name);
    }
}

/* A tun device in the namespace this process is in now. */
static int new_tun(const char *own)
{
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    strncpy(request.ifr_name, "wire0", sizeof(request.ifr_name) - 1);
    if (tun < 0 || ioctl(tun, TUNSETIFF, &request) != 0) {
        die("tun");
    }
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    set_address(&request, SIOCSIFADDR, fd, own);
    set_address(&request, SIOCSIFNETMASK, fd, "255.255.255.0");
    raise_interface(fd, "wire0");
    raise_interface(fd, "lo");
    close(fd);
    return tun;
}

static pid_t start(const char *command, int output)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (output >= 0) {
            dup2(output, STDOUT_FILENO);
        }
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return pid;
}

static void receive(struct lane *lane, int64_t delay_ns)
{
    while (lane->count < QUEUE) {
        struct packet *packet = &lane->ring[(lane->first + lane->count) % QUEUE];
        packet->size = read(lane->from, packet->bytes, sizeof(packet->bytes));
        if (packet->size <= 0) {
            return;
        }
        packet->due_ns = now_ns() + delay_ns;
        lane->count++;
    }
}

static void deliver(struct lane *lane)
{
    while (lane->count > 0 && lane->ring[lane->first].due_ns <= now_ns()) {
        struct packet *packet = &lane->ring[lane->first];
        if (write(lane->to, packet->bytes, (size_t)packet->size) < 0 && errno == EAGAIN) {
            return;
        }
        lane->first = (lane->first + 1) % QUEUE;
        lane->count--;
    }
}

static void sooner(const struct lane *lane, int64_t *next)
{
    if (lane->count > 0 && lane->ring[lane->first].due_ns < *next) {
        *next = lane->ring[lane->first].due_ns;
    }
}

/* Moves packets until the client has ended; returns its status. */
static int carry(struct lane lanes[2], int64_t delay_ns, pid_t client)
{
    for (;;) {
        int64_t next = now_ns() + 20000000;
        sooner(&lanes[0], &next);
        sooner(&lanes[1], &next);
        int64_t left = next - now_ns();
        struct timespec wait = { .tv_nsec = left > 0 ? left : 0 };
        struct pollfd polls[2] = { { .fd = lanes[0].from, .events = POLLIN },
                                   { .fd = lanes[1].from, .events = POLLIN } };
        ppoll(polls, 2, &wait, NULL);
        for (int i = 0; i < 2; i++) {
            receive(&lanes[i], delay_ns);
            deliver(&lanes[i]);
        }
        int status;
        if (waitpid(client, &status, WNOHANG) == client) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
    }
}

static int peak(char **command)
{
    struct rusage usage;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        die("wait4");
    }
    fprintf(stderr, "%ld\n", usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "peak") == 0) {
        return peak(argv + 2);
    }
    static struct lane lanes[2];
    char *end;
    double rtt_ms = argc == 4 ? strtod(argv[1], &end) : -1;
    if (rtt_ms < 0 || *end != '\0') {
        fprintf(stderr, "usage: delay RTT_MS SERVER-COMMAND CLIENT-COMMAND\n");
        return 64;
    }
    prctl(PR_SET_TIMERSLACK, 1);

    int said[2];
    if (pipe2(said, O_CLOEXEC) != 0) {
        die("pipe");
    }
    new_namespace();
    int server_tun = new_tun("10.77.0.2");
    pid_t server = start(argv[2], said[1]);
    close(said[1]);
    char line[256];
    ssize_t size = read(said[0], line, sizeof(line));
    if (size <= 0) {
        fprintf(stderr, "delay: the server ended before it wrote a line\n");
        return 1;
    }
    new_namespace();
    int client_tun = new_tun("10.77.0.1");
    pid_t client = start(argv[3], -1);

    lanes[0] = (struct lane){ .from = client_tun, .to = server_tun };
    lanes[1] = (struct lane){ .from = server_tun, .to = client_tun };
    int status = carry(lanes, (int64_t)(rtt_ms * 500000), client);
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    return status;
}
