/* Loaded into a program before the C library: a disk that is full, read-only or slow, and a clock that is set anew.

   Each begins when a file of its name lies in the folder FAULTS_SWITCHES, and ends when it is gone: "full" holds how
   many bytes are still free, "readonly" is empty, "slow" holds how many milliseconds a sync takes, "clock" by how many
   seconds the clock is wrong. Files are those under FAULTS_ROOT.

   "hold-writes" and "hold-syncs" hold the name of a file: who writes to it, or syncs it, waits until the switch is gone.
   That somebody waits is said by a file "held" beside the switches. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PATH 4096
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long left = -1;

/* Return whether a switch is there, and the text that it holds. By system calls, since the others are ours. */
static int says(const char *name, char *text, size_t size) {
    const char *folder = getenv("FAULTS_SWITCHES");
    char path[PATH];
    int kept = errno;
    if (!folder) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd >= 0) {
        ssize_t n = syscall(SYS_read, fd, text, size - 1);
        syscall(SYS_close, fd);
        text[n > 0 ? n : 0] = 0;
    }
    errno = kept;
    return fd >= 0;
}

static int on(const char *name, long *number) {
    char text[32];
    int is_on = says(name, text, sizeof text);
    if (is_on) *number = atol(text);
    return is_on;
}

static int under(const char *path) {
    const char *root = getenv("FAULTS_ROOT");
    return root && strncmp(path, root, strlen(root)) == 0;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH - 1);
    path[length > 0 ? length : 0] = 0;
    return length > 0;
}

static int ours(int fd) {
    char path[PATH];
    return path_of(fd, path) && under(path);
}

static void hold(const char *name, int fd) {
    char wanted[256], path[PATH], mark[PATH];
    int kept = errno;
    while (says(name, wanted, sizeof wanted) && path_of(fd, path) && under(path)
           && strcmp(strrchr(path, '/') + 1, wanted) == 0) {
        snprintf(mark, sizeof mark, "%s/held", getenv("FAULTS_SWITCHES"));
        int made = syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (made >= 0) syscall(SYS_close, made);
        usleep(2000);
    }
    errno = kept;
}

/* Return how many of the bytes there is room for, -1 with errno where there is none. */
static ssize_t room(int fd, size_t count, off_t offset) {
    long number;
    int full = on("full", &number), readonly = on("readonly", &(long){0});
    struct stat found;
    if (!full) left = -1;
    if ((!full && !readonly) || !ours(fd) || fstat(fd, &found) || !S_ISREG(found.st_mode)) return count;
    if (readonly) {
        errno = EROFS;
        return -1;
    }
    if (left < 0) left = number;
    off_t more = offset + (off_t)count - found.st_size;
    if (more <= 0) return count;
    if (more <= left) {
        left -= more;
        return count;
    }
    ssize_t fits = (ssize_t)count - (more - left);
    left = 0;
    if (fits > 0) return fits;
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    hold("hold-writes", fd);
    ssize_t fits = room(fd, count, offset);
    return fits < 0 ? fits : REAL(pwrite)(fd, bytes, fits, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    hold("hold-writes", fd);
    ssize_t fits = room(fd, count, offset);
    return fits < 0 ? fits : REAL(pwrite64)(fd, bytes, fits, offset);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    struct stat found;
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (at >= 0 && (fcntl(fd, F_GETFL) & O_APPEND) && !fstat(fd, &found)) at = found.st_size;
    ssize_t fits = at < 0 ? (ssize_t)count : room(fd, count, at);
    return fits < 0 ? fits : REAL(write)(fd, bytes, fits);
}

static int refused(const char *path, int flags) {
    if (!(flags & (O_WRONLY | O_RDWR | O_CREAT)) || !on("readonly", &(long){0}) || !under(path)) return 0;
    errno = EROFS;
    return 1;
}

#define OPENS(name)                                             \
    int name(const char *path, int flags, ...) {                \
        va_list more;                                           \
        va_start(more, flags);                                  \
        mode_t mode = flags & O_CREAT ? va_arg(more, int) : 0;  \
        va_end(more);                                           \
        return refused(path, flags) ? -1 : REAL(name)(path, flags, mode); \
    }

OPENS(open)
OPENS(open64)

static void wait_for_disk(int fd) {
    long milliseconds;
    hold("hold-syncs", fd);
    if (on("slow", &milliseconds) && ours(fd)) usleep(1000 * milliseconds);
}

int fsync(int fd) {
    wait_for_disk(fd);
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    wait_for_disk(fd);
    return REAL(fdatasync)(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    long seconds;
    int failed = REAL(clock_gettime)(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && on("clock", &seconds))
        now->tv_sec += seconds;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    long seconds;
    int failed = REAL(gettimeofday)(now, zone);
    if (!failed && on("clock", &seconds)) now->tv_sec += seconds;
    return failed;
}

time_t time(time_t *given) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (given) *given = now.tv_sec;
    return now.tv_sec;
}
