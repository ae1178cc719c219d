// Records what a process writes to the files below a folder: each operation with its data, in the order in which they happen.
//
// It is loaded with LD_PRELOAD. Environment variables:
//   POWERCUT_FOLDER   the folder
//   POWERCUT_TRACE    the file that receives the records
//   POWERCUT_MARKS    a file in the folder; what is written to it becomes marks in the trace
//   POWERCUT_DELAY    how long a sync takes, in microseconds
//
// One lock is held around an operation and its record, so the order of the records is the order of the operations. A sync takes no
// lock while it waits: what other threads write meanwhile is not covered by it. So its beginning is a record of its own.
//
// An operation that the simulated disk does not know is recorded by its name. The check then fails, because it would be blind to it.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

// The values are those of TraceKind.
enum { CREATED = 1, OPENED, WRITTEN, TRUNCATED, SYNC_BEGUN, SYNCED, FOLDER_SYNCED, RENAMED, UNLINKED, FOLDER_CREATED, FOLDER_REMOVED, MARK, MAPPED, UNKNOWN };

struct record {
    uint32_t kind;
    int32_t file;
    int64_t offset;
    int64_t length;
    uint32_t path_length;
    uint32_t other_length;
};

#define MAX_HANDLES 65536
#define IS_FOLDER (-2)
#define IS_MARKS (-3)

struct handle { int file; char *path; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct handle handles[MAX_HANDLES];
static int trace = -1;
static unsigned delay;
static int last_file;
static const char *folder, *marks;
static size_t folder_length;
static pid_t owner;

// The number of a file follows its inode. The table has the files that have a name.
struct known { ino_t inode; int file; struct known *next; };
static struct known *known;

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)next(#name)

typedef void *(*lookup)(void *, const char *);

// This file replaces dlsym too, so it finds the real one by its version.
static lookup real_dlsym(void) {
    static lookup found;
    static const char *const versions[] = { "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5" };
    for (unsigned i = 0; !found && i < sizeof versions / sizeof *versions; i++)
        found = (lookup)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    if (!found)
        abort();
    return found;
}

static void *next(const char *name) { return real_dlsym()(RTLD_NEXT, name); }

static ssize_t (*raw_write)(int, const void *, size_t);

static void begin(void) {
    raw_write = (ssize_t (*)(int, const void *, size_t))next("write");
    folder = getenv("POWERCUT_FOLDER");
    marks = getenv("POWERCUT_MARKS");
    const char *file = getenv("POWERCUT_TRACE"), *time = getenv("POWERCUT_DELAY");
    if (!folder || !file)
        return;
    folder_length = strlen(folder);
    delay = time ? (unsigned)atoi(time) : 0;
    owner = getpid();
    int (*raw_open)(const char *, int, ...) = (int (*)(const char *, int, ...))next("open");
    trace = raw_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(const void *data, size_t length) {
    const char *next = data;
    while (length > 0) {
        ssize_t written = raw_write(trace, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            abort();
        next += written;
        length -= (size_t)written;
    }
}

static void record(int kind, int file, int64_t offset, int64_t length, const char *path, const char *other) {
    struct record r = { (uint32_t)kind, file, offset, length, path ? (uint32_t)strlen(path) : 0, other ? (uint32_t)strlen(other) : 0 };
    put(&r, sizeof r);
    if (path)
        put(path, r.path_length);
    if (other)
        put(other, r.other_length);
}

static int starts(void) {
    pthread_once(&once, begin);
    return trace >= 0 && getpid() == owner;
}

// Returns the path below the folder; null if the path is elsewhere. The result must be freed.
static char *below(const char *path) {
    if (!path || !starts())
        return NULL;
    char full[PATH_MAX * 2];
    if (path[0] == '/') {
        if (strlen(path) >= sizeof full)
            return NULL;
        strcpy(full, path);
    } else {
        char current[PATH_MAX];
        if (!getcwd(current, sizeof current))
            return NULL;
        snprintf(full, sizeof full, "%s/%s", current, path);
    }
    if (strncmp(full, folder, folder_length) != 0 || (full[folder_length] != '/' && full[folder_length] != 0))
        return NULL;
    const char *rest = full + folder_length;
    while (*rest == '/')
        rest++;
    char *result = strdup(rest);
    size_t length = strlen(result);
    while (length > 0 && result[length - 1] == '/')
        result[--length] = 0;
    return result;
}

static int file_of(ino_t inode, int is_new) {
    for (struct known **at = &known; *at; at = &(*at)->next) {
        if ((*at)->inode != inode)
            continue;
        if (!is_new)
            return (*at)->file;
        struct known *old = *at; // the inode is used again
        *at = old->next;
        free(old);
        break;
    }
    struct known *entry = malloc(sizeof *entry);
    *entry = (struct known){ inode, ++last_file, known };
    known = entry;
    return entry->file;
}

static int is_tracked(int handle) { return handle >= 0 && handle < MAX_HANDLES && handles[handle].file != 0 && starts(); }

static void unknown(const char *name, int handle) {
    if (!is_tracked(handle) || handles[handle].file == IS_MARKS)
        return;
    pthread_mutex_lock(&lock);
    record(UNKNOWN, 0, 0, 0, name, handles[handle].path);
    pthread_mutex_unlock(&lock);
}

static void unknown_path(const char *name, const char *path) {
    char *inside = below(path);
    if (!inside)
        return;
    pthread_mutex_lock(&lock);
    record(UNKNOWN, 0, 0, 0, name, inside);
    pthread_mutex_unlock(&lock);
    free(inside);
}

static int opened(int handle, char *inside, int existed, int flags) {
    if (handle < 0 || handle >= MAX_HANDLES) {
        free(inside);
        return handle;
    }
    struct stat status;
    int ignored = fstat(handle, &status);
    (void)ignored;
    free(handles[handle].path);
    handles[handle].path = inside;
    if (S_ISDIR(status.st_mode)) {
        handles[handle].file = IS_FOLDER;
    } else if (marks && strncmp(marks + folder_length + 1, inside, strlen(inside) + 1) == 0) {
        handles[handle].file = IS_MARKS;
    } else {
        int file = file_of(status.st_ino, !existed);
        handles[handle].file = file;
        record(existed ? OPENED : CREATED, file, 0, 0, inside, NULL);
        if (existed && (flags & O_TRUNC))
            record(TRUNCATED, file, 0, 0, inside, NULL);
    }
    return handle;
}

#define OPEN(name, real_call) \
    char *inside = below(path); \
    if (!inside) \
        return real_call; \
    pthread_mutex_lock(&lock); \
    int existed = access(path, F_OK) == 0; \
    int result = real_call; \
    int error = errno; \
    result = opened(result, inside, existed, flags); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return result

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list list; va_start(list, flags); mode = (mode_t)va_arg(list, int); va_end(list); }

int open(const char *path, int flags, ...) { MODE REAL(open); OPEN(open, real(path, flags, mode)); }
int open64(const char *path, int flags, ...) { MODE REAL(open64); OPEN(open64, real(path, flags, mode)); }
int creat(const char *path, mode_t mode) { REAL(creat); int flags = O_TRUNC; OPEN(creat, real(path, mode)); }
int creat64(const char *path, mode_t mode) { REAL(creat64); int flags = O_TRUNC; OPEN(creat64, real(path, mode)); }
int openat(int at, const char *path, int flags, ...) { MODE REAL(openat); if (at != AT_FDCWD && path[0] != '/') { unknown("openat", at); return real(at, path, flags, mode); } OPEN(openat, real(at, path, flags, mode)); }
int openat64(int at, const char *path, int flags, ...) { MODE REAL(openat64); if (at != AT_FDCWD && path[0] != '/') { unknown("openat", at); return real(at, path, flags, mode); } OPEN(openat64, real(at, path, flags, mode)); }

// The names that a program uses that was compiled with _FORTIFY_SOURCE.
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }
int __openat_2(int at, const char *path, int flags) { return openat(at, path, flags); }
int __openat64_2(int at, const char *path, int flags) { return openat64(at, path, flags); }

static void wrote(int handle, int64_t offset, const struct iovec *parts, int count, int64_t written) {
    if (written <= 0)
        return;
    struct handle *h = &handles[handle];
    record(h->file == IS_MARKS ? MARK : WRITTEN, h->file, offset, written, NULL, NULL);
    for (int i = 0; i < count && written > 0; i++) {
        int64_t part = (int64_t)parts[i].iov_len < written ? (int64_t)parts[i].iov_len : written;
        put(parts[i].iov_base, (size_t)part);
        written -= part;
    }
}

static int64_t position(int handle, int64_t length) {
    int flags = fcntl(handle, F_GETFL);
    struct stat status;
    if (flags >= 0 && (flags & O_APPEND) && fstat(handle, &status) == 0)
        return status.st_size - length;
    return lseek(handle, 0, SEEK_CUR) - length;
}

#define WRITE(handle, real_call, where, parts, count) \
    if (!is_tracked(handle)) \
        return real_call; \
    pthread_mutex_lock(&lock); \
    ssize_t written = real_call; \
    int error = errno; \
    wrote(handle, where, parts, count, written); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return written

#define ONE struct iovec part = { (void *)data, length }

ssize_t write(int handle, const void *data, size_t length) { REAL(write); ONE; WRITE(handle, real(handle, data, length), position(handle, written), &part, 1); }
ssize_t pwrite(int handle, const void *data, size_t length, off_t offset) { REAL(pwrite); ONE; WRITE(handle, real(handle, data, length, offset), offset, &part, 1); }
ssize_t pwrite64(int handle, const void *data, size_t length, off64_t offset) { REAL(pwrite64); ONE; WRITE(handle, real(handle, data, length, offset), offset, &part, 1); }
ssize_t writev(int handle, const struct iovec *parts, int count) { REAL(writev); WRITE(handle, real(handle, parts, count), position(handle, written), parts, count); }
ssize_t pwritev(int handle, const struct iovec *parts, int count, off_t offset) { REAL(pwritev); WRITE(handle, real(handle, parts, count, offset), offset, parts, count); }
ssize_t pwritev64(int handle, const struct iovec *parts, int count, off64_t offset) { REAL(pwritev64); WRITE(handle, real(handle, parts, count, offset), offset, parts, count); }
ssize_t pwritev2(int handle, const struct iovec *parts, int count, off_t offset, int flags) { REAL(pwritev2); unknown("pwritev2", handle); return real(handle, parts, count, offset, flags); }
ssize_t sendfile(int to, int from, off_t *offset, size_t length) { ssize_t (*real)(int, int, off_t *, size_t) = (ssize_t (*)(int, int, off_t *, size_t))next("sendfile"); unknown("sendfile", to); return real(to, from, offset, length); }
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) { ssize_t (*real)(int, int, off64_t *, size_t) = (ssize_t (*)(int, int, off64_t *, size_t))next("sendfile64"); unknown("sendfile64", to); return real(to, from, offset, length); }
ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags) { REAL(copy_file_range); unknown("copy_file_range", to); return real(from, from_offset, to, to_offset, length, flags); }

#define TRUNCATE(real_call) \
    if (!is_tracked(handle)) \
        return real_call; \
    pthread_mutex_lock(&lock); \
    int result = real_call; \
    int error = errno; \
    if (result == 0 && handles[handle].file > 0) \
        record(TRUNCATED, handles[handle].file, 0, length, NULL, NULL); \
    pthread_mutex_unlock(&lock); \
    errno = error; \
    return result

int ftruncate(int handle, off_t length) { REAL(ftruncate); TRUNCATE(real(handle, length)); }
int ftruncate64(int handle, off64_t length) { REAL(ftruncate64); TRUNCATE(real(handle, length)); }
int truncate(const char *path, off_t length) { REAL(truncate); unknown_path("truncate", path); return real(path, length); }
int truncate64(const char *path, off64_t length) { REAL(truncate64); unknown_path("truncate64", path); return real(path, length); }
int fallocate(int handle, int mode, off_t offset, off_t length) { REAL(fallocate); unknown("fallocate", handle); return real(handle, mode, offset, length); }
int fallocate64(int handle, int mode, off64_t offset, off64_t length) { REAL(fallocate64); unknown("fallocate64", handle); return real(handle, mode, offset, length); }
int posix_fallocate(int handle, off_t offset, off_t length) { REAL(posix_fallocate); unknown("posix_fallocate", handle); return real(handle, offset, length); }
int posix_fallocate64(int handle, off64_t offset, off64_t length) { REAL(posix_fallocate64); unknown("posix_fallocate64", handle); return real(handle, offset, length); }

static int synced(int handle, int (*real)(int)) {
    if (!is_tracked(handle) || handles[handle].file == IS_MARKS)
        return real(handle);
    pthread_mutex_lock(&lock);
    struct handle h = handles[handle];
    char *path = strdup(h.path);
    record(SYNC_BEGUN, h.file, 0, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    if (delay > 0)
        usleep(delay);
    int result = real(handle);
    int error = errno;
    pthread_mutex_lock(&lock);
    if (result == 0)
        record(h.file == IS_FOLDER ? FOLDER_SYNCED : SYNCED, h.file, 0, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    free(path);
    errno = error;
    return result;
}

int fsync(int handle) { REAL(fsync); return synced(handle, real); }
int fdatasync(int handle) { REAL(fdatasync); return synced(handle, real); }

// It promises nothing about a power cut, so it is not a sync.
int sync_file_range(int handle, off64_t offset, off64_t length, unsigned flags) { REAL(sync_file_range); return real(handle, offset, length, flags); }

static int moved(int (*real)(const char *, const char *), const char *from, const char *to) {
    char *inside = below(from), *target = below(to);
    if (!inside && !target)
        return real(from, to);
    pthread_mutex_lock(&lock);
    int result = real(from, to);
    int error = errno;
    if (result == 0)
        record(inside && target ? RENAMED : UNKNOWN, 0, 0, 0, inside ? inside : "rename", target);
    pthread_mutex_unlock(&lock);
    free(inside);
    free(target);
    errno = error;
    return result;
}

int rename(const char *from, const char *to) { REAL(rename); return moved(real, from, to); }
int renameat(int at, const char *from, int to_at, const char *to) { REAL(renameat); unknown_path("renameat", from); return real(at, from, to_at, to); }
int renameat2(int at, const char *from, int to_at, const char *to, unsigned flags) { REAL(renameat2); unknown_path("renameat2", from); return real(at, from, to_at, to, flags); }
int link(const char *from, const char *to) { REAL(link); unknown_path("link", to); return real(from, to); }
int linkat(int at, const char *from, int to_at, const char *to, int flags) { REAL(linkat); unknown_path("linkat", to); return real(at, from, to_at, to, flags); }
int symlink(const char *from, const char *to) { REAL(symlink); unknown_path("symlink", to); return real(from, to); }

#define PATH_CALL(kind, real_call) \
    char *inside = below(path); \
    if (!inside) \
        return real_call; \
    pthread_mutex_lock(&lock); \
    int result = real_call; \
    int error = errno; \
    if (result == 0) \
        record(kind, 0, 0, 0, inside, NULL); \
    pthread_mutex_unlock(&lock); \
    free(inside); \
    errno = error; \
    return result

int unlink(const char *path) { REAL(unlink); PATH_CALL(UNLINKED, real(path)); }
int unlinkat(int at, const char *path, int flags) { REAL(unlinkat); if (at != AT_FDCWD && path[0] != '/') { unknown("unlinkat", at); return real(at, path, flags); } PATH_CALL((flags & AT_REMOVEDIR) ? FOLDER_REMOVED : UNLINKED, real(at, path, flags)); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); PATH_CALL(FOLDER_CREATED, real(path, mode)); }
int rmdir(const char *path) { REAL(rmdir); PATH_CALL(FOLDER_REMOVED, real(path)); }

#define MAP(real_call) \
    if ((protection & PROT_WRITE) && (flags & MAP_SHARED) && is_tracked(handle) && handles[handle].file > 0) { \
        pthread_mutex_lock(&lock); \
        record(MAPPED, handles[handle].file, 0, 0, handles[handle].path, NULL); \
        pthread_mutex_unlock(&lock); \
    } \
    return real_call

void *mmap(void *address, size_t length, int protection, int flags, int handle, off_t offset) { REAL(mmap); MAP(real(address, length, protection, flags, handle, offset)); }
void *mmap64(void *address, size_t length, int protection, int flags, int handle, off64_t offset) { REAL(mmap64); MAP(real(address, length, protection, flags, handle, offset)); }

int dup(int handle) { REAL(dup); unknown("dup", handle); return real(handle); }
int dup2(int handle, int to) { REAL(dup2); unknown("dup2", handle); return real(handle, to); }
int dup3(int handle, int to, int flags) { REAL(dup3); unknown("dup3", handle); return real(handle, to, flags); }

int close(int handle) {
    REAL(close);
    if (!is_tracked(handle))
        return real(handle);
    pthread_mutex_lock(&lock);
    handles[handle].file = 0;
    free(handles[handle].path);
    handles[handle].path = NULL;
    int result = real(handle);
    pthread_mutex_unlock(&lock);
    return result;
}

// .NET looks up the functions of a DllImport in the C library itself, past this file. They are replaced here.
void *dlsym(void *handle, const char *name) {
    static const struct { const char *name; void *ours; } replaced[] = {
        { "open", (void *)open }, { "open64", (void *)open64 }, { "fsync", (void *)fsync }, { "fdatasync", (void *)fdatasync }, { "close", (void *)close },
        { "write", (void *)write }, { "pwrite", (void *)pwrite }, { "pwrite64", (void *)pwrite64 }, { "ftruncate", (void *)ftruncate }, { "rename", (void *)rename },
        { "unlink", (void *)unlink }, { "mkdir", (void *)mkdir }, { "rmdir", (void *)rmdir },
    };
    void *found = real_dlsym()(handle, name);
    for (unsigned i = 0; found && i < sizeof replaced / sizeof *replaced; i++) {
        if (strcmp(name, replaced[i].name) == 0 && found == next(name))
            return replaced[i].ours;
    }
    return found;
}
