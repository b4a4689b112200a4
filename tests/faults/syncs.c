/* Loaded into a program before the C library: in which order it writes, syncs and renames what lies under FAULTS_ROOT.

   Each is a line of FAULTS_RECORD: "write", "sync" or "rename", then the path, or both paths, behind tabs. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH 4096
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Write down what was done, by system calls, since the others are ours. */
static void note(const char *what, const char *path, const char *to) {
    const char *root = getenv("FAULTS_ROOT"), *record = getenv("FAULTS_RECORD");
    char line[2 * PATH + 16];
    int kept = errno;
    if (!root || !record || strncmp(path, root, strlen(root)) != 0) return;
    int length = snprintf(line, sizeof line, to ? "%s\t%s\t%s\n" : "%s\t%s\n", what, path, to);
    int fd = syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || syscall(SYS_write, fd, line, length) != length) abort();
    syscall(SYS_close, fd);
    errno = kept;
}

static void note_file(const char *what, int fd) {
    char link[64], path[PATH];
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length < 0) return;
    path[length] = 0;
    note(what, path, NULL);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    ssize_t n = REAL(write)(fd, bytes, count);
    note_file("write", fd);
    return n;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    ssize_t n = REAL(pwrite)(fd, bytes, count, offset);
    note_file("write", fd);
    return n;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    ssize_t n = REAL(pwrite64)(fd, bytes, count, offset);
    note_file("write", fd);
    return n;
}

int fsync(int fd) {
    int failed = REAL(fsync)(fd);
    if (!failed) note_file("sync", fd);
    return failed;
}

int fdatasync(int fd) {
    int failed = REAL(fdatasync)(fd);
    if (!failed) note_file("sync", fd);
    return failed;
}

int rename(const char *from, const char *to) {
    int failed = REAL(rename)(from, to);
    if (!failed) note("rename", from, to);
    return failed;
}
