/* A disk that remembers the order in which it was written, for programs under test.
 *
 * Loaded before libc (LD_PRELOAD). It notes what happens to files of the folder named by
 * DISK_FOLDER in the file named by DISK_LOG: one record for each write, truncation, sync, new
 * name and lost name. From such a log a test builds what a power cut may leave. disk_room()
 * gives the disk so many bytes more; disk_readonly() lets nothing be opened for writing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 4096

static char names[FILES][512];
static int logged = -1;
static long room = -1;
static int readonly;

void disk_room(long bytes) { room = bytes; }
void disk_readonly(int yes) { readonly = yes; }

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static int ours(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    return length && path && !strncmp(path, folder, length) && strlen(path) < 512
        && (path[length] == 0 || path[length] == '/');
}

static const char *name_of(int fd) {
    return fd >= 0 && fd < FILES && names[fd][0] ? names[fd] : NULL;
}

static void note(char what, const char *path, uint64_t offset, uint64_t length, const void *data,
                 uint64_t held) {
    int saved = errno;
    const char *file = getenv("DISK_LOG");
    if (!file) return;
    if (logged < 0)
        logged = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0600);
    uint64_t head[5] = {(uint64_t)what, strlen(path), offset, length, held};
    syscall(SYS_write, logged, head, sizeof head);
    syscall(SYS_write, logged, path, head[1]);
    if (held) syscall(SYS_write, logged, data, held);
    errno = saved;
}

static int opened(const char *path, int flags, mode_t mode, const char *symbol) {
    int (*real)(const char *, int, ...) = next(symbol);
    if (!ours(path)) return real(path, flags, mode);
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    if (readonly && writes) { errno = EROFS; return -1; }
    struct stat there;
    int fresh = (flags & O_CREAT) && stat(path, &there) != 0;
    int fd = real(path, flags, mode);
    if (fd >= 0 && fd < FILES) {
        strcpy(names[fd], path);
        if (fresh) note('c', path, 0, 0, NULL, 0);
        else if (flags & O_TRUNC) note('t', path, 0, 0, NULL, 0);
    }
    return fd;
}

#define OPEN(symbol)                                                \
    int symbol(const char *path, int flags, ...) {                  \
        va_list list; va_start(list, flags);                        \
        mode_t mode = (flags & O_CREAT) ? va_arg(list, mode_t) : 0; \
        va_end(list);                                               \
        return opened(path, flags, mode, #symbol);                  \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    int (*real)(int) = next("close");
    if (fd >= 0 && fd < FILES) names[fd][0] = 0;
    return real(fd);
}

/* How many of these bytes the disk takes; it needs room only where a file grows. */
static size_t taken(int fd, size_t count, uint64_t offset) {
    struct stat there;
    if (room < 0 || fstat(fd, &there)) return count;
    uint64_t end = offset + count, size = (uint64_t)there.st_size;
    uint64_t grows = end > size ? end - (offset > size ? offset : size) : 0;
    if (grows <= (uint64_t)room) { room -= (long)grows; return count; }
    size_t fits = count - (size_t)(grows - (uint64_t)room);
    room = 0;
    return fits;
}

static ssize_t written(int fd, const void *data, size_t count, uint64_t offset,
                       ssize_t (*real)(int, const void *, size_t, off64_t)) {
    const char *path = name_of(fd);
    size_t fits = taken(fd, count, offset);
    if (count && !fits) { errno = ENOSPC; return -1; }
    ssize_t done = real(fd, data, fits, (off64_t)offset);
    if (done > 0) note('w', path, offset, (uint64_t)done, data, (uint64_t)done);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t count, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = next("pwrite64");
    if (!name_of(fd)) return real(fd, data, count, offset);
    return written(fd, data, count, (uint64_t)offset, real);
}

ssize_t pwrite(int fd, const void *data, size_t count, off_t offset) {
    return pwrite64(fd, data, count, (off64_t)offset);
}

static ssize_t at_end(int fd, const void *data, size_t count, off64_t offset) {
    (void)offset; /* the file stands there already */
    return syscall(SYS_write, fd, data, count);
}

ssize_t write(int fd, const void *data, size_t count) {
    ssize_t (*real)(int, const void *, size_t) = next("write");
    if (!name_of(fd)) return real(fd, data, count);
    return written(fd, data, count, (uint64_t)lseek64(fd, 0, SEEK_CUR), at_end);
}

#define CUT(symbol, type)                                                      \
    int symbol(int fd, type length) {                                          \
        int (*real)(int, type) = next(#symbol);                                \
        int done = real(fd, length);                                           \
        if (!done && name_of(fd)) note('t', name_of(fd), 0, (uint64_t)length, NULL, 0); \
        return done;                                                           \
    }
CUT(ftruncate, off_t)
CUT(ftruncate64, off64_t)

#define SYNC(symbol)                                                  \
    int symbol(int fd) {                                              \
        int (*real)(int) = next(#symbol);                             \
        int done = real(fd);                                          \
        if (!done && name_of(fd)) note('s', name_of(fd), 0, 0, NULL, 0); \
        return done;                                                  \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    int (*real)(const char *) = next("unlink");
    int done = real(path);
    if (!done && ours(path)) note('u', path, 0, 0, NULL, 0);
    return done;
}

int rename(const char *old, const char *new) {
    int (*real)(const char *, const char *) = next("rename");
    int done = real(old, new);
    if (!done && ours(old)) note('r', old, 0, 0, new, strlen(new));
    return done;
}
