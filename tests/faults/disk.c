/* Loaded into a program before the C library: what the disk would hold if the power failed now.

   A file of the store is copied into FAULTS_DISK when it is synced, and not before, so that the copies there are what
   was surely on the disk: everything that was written and not synced is lost in them. Each sync first takes
   FAULTS_DELAY_MS, as on a slow disk, so that what is drawn before the sync is over is seen to be drawn too early. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH 4096

static void keep(int fd) {
    const char *disk = getenv("FAULTS_DISK"), *store = getenv("FAULTS_STORE"), *delay = getenv("FAULTS_DELAY_MS");
    char link[64], path[PATH], part[PATH + 64], whole[PATH + 64], buffer[65536];
    ssize_t length, n;
    if (!disk || !store) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if ((length = readlink(link, path, sizeof path - 1)) < 0) return;
    path[length] = 0;
    if (strncmp(path, store, strlen(store)) != 0) return;
    if (delay) usleep(1000 * atoi(delay));
    const char *name = strrchr(path, '/') + 1;
    snprintf(part, sizeof part, "%s/.%s.%ld", disk, name, (long)gettid());
    snprintf(whole, sizeof whole, "%s/%s", disk, name);
    /* Read through the program's own handle: to close another one would take away its locks on the file. */
    int to = open(part, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (to < 0) return;
    for (off_t at = 0; (n = pread(fd, buffer, sizeof buffer, at)) > 0; at += n)
        if (write(to, buffer, n) != n) abort();
    close(to);
    rename(part, whole);
}

int fsync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    keep(fd);
    return real(fd);
}

int fdatasync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    keep(fd);
    return real(fd);
}
