/* Writes down what a program writes to some files, and when it makes it durable, in the order in which it happens.

   Preloaded (LD_PRELOAD) into the daemon; POWERLOSS_PREFIX names the files by the beginning of their path, POWERLOSS_JOURNAL
   the journal. A record: op (one byte: w write, t truncate, s sync, u unlink), length of the path (u32), offset (u64),
   length of the data (u64), time (double, seconds), path, data. `powerloss.py` plays it back. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096
static char *names[MOST];
static int journal = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static void note(char op, const char *path, uint64_t offset, const void *data, uint64_t length) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    double at = now.tv_sec + now.tv_nsec / 1e9;
    uint32_t size = strlen(path);
    char head[29];
    head[0] = op;
    memcpy(head + 1, &size, 4);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &length, 8);
    memcpy(head + 21, &at, 8);
    struct iovec parts[3] = {{head, 29}, {(void *)path, size}, {(void *)data, length}};
    if (journal < 0) {
        const char *where = getenv("POWERLOSS_JOURNAL");
        if (where) journal = (int)syscall(SYS_openat, AT_FDCWD, where, O_CREAT | O_APPEND | O_WRONLY, 0600);
    }
    if (journal >= 0 && writev(journal, parts, length ? 3 : 2) < 0) abort();
}

static void opened(int fd, const char *path) {
    const char *prefix = getenv("POWERLOSS_PREFIX");
    if (fd < 0 || fd >= MOST || !prefix || !path) return;
    size_t length = strlen(path);
    int ours = strncmp(path, prefix, strlen(prefix)) == 0 && !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
    pthread_mutex_lock(&lock);
    free(names[fd]);
    names[fd] = ours ? strdup(path) : NULL;
    pthread_mutex_unlock(&lock);
}

static int read_only(void) {
    const char *flag = getenv("READONLY_WHILE");
    if (!flag || access(flag, F_OK)) return 0;
    errno = EROFS;
    return 1;
}

static int named(const char *path) {
    const char *prefix = getenv("POWERLOSS_PREFIX");
    return prefix && path && strncmp(path, prefix, strlen(prefix)) == 0;
}

#define OPEN(name)                                                  \
    int name(const char *path, int flags, ...) {                    \
        REAL(int, #name, const char *, int, ...);                   \
        va_list more; va_start(more, flags);                        \
        mode_t mode = va_arg(more, mode_t); va_end(more);           \
        if ((flags & O_ACCMODE) != O_RDONLY && named(path) && read_only()) return -1; \
        int fd = real(path, flags, mode);                           \
        opened(fd, path);                                           \
        return fd;                                                  \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    REAL(int, "close", int);
    if (fd >= 0 && fd < MOST && names[fd]) {
        pthread_mutex_lock(&lock);
        free(names[fd]);
        names[fd] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return real(fd);
}

#define TRACKED(fd) ((fd) >= 0 && (fd) < MOST && names[fd])

#define PWRITE(name, type)                                                       \
    ssize_t name(int fd, const void *data, size_t length, type offset) {         \
        REAL(ssize_t, #name, int, const void *, size_t, type);                   \
        if (!TRACKED(fd)) return real(fd, data, length, offset);                 \
        if (read_only()) return -1;                                              \
        pthread_mutex_lock(&lock);                                               \
        ssize_t done = real(fd, data, length, offset);                           \
        if (done > 0) note('w', names[fd], offset, data, done);                  \
        pthread_mutex_unlock(&lock);                                             \
        return done;                                                             \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, type)                                                     \
    int name(int fd, type length) {                                              \
        REAL(int, #name, int, type);                                             \
        if (!TRACKED(fd)) return real(fd, length);                               \
        if (read_only()) return -1;                                              \
        pthread_mutex_lock(&lock);                                               \
        int done = real(fd, length);                                             \
        if (!done) note('t', names[fd], length, NULL, 0);                        \
        pthread_mutex_unlock(&lock);                                             \
        return done;                                                             \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                               \
    int name(int fd) {                                                           \
        REAL(int, #name, int);                                                   \
        if (!TRACKED(fd)) return real(fd);                                       \
        pthread_mutex_lock(&lock);                                               \
        int done = real(fd);                                                     \
        if (!done) note('s', names[fd], 0, NULL, 0);                             \
        pthread_mutex_unlock(&lock);                                             \
        return done;                                                             \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    const char *prefix = getenv("POWERLOSS_PREFIX");
    int done = real(path);
    if (!done && prefix && strncmp(path, prefix, strlen(prefix)) == 0 && !strstr(path, "-shm")) {
        pthread_mutex_lock(&lock);
        note('u', path, 0, NULL, 0);
        pthread_mutex_unlock(&lock);
    }
    return done;
}
