#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void close_fd(int *fd)
{
    int number = errno;

    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = number;
}

/* Waits until FD can be used again after EAGAIN: standard output may be a descriptor that somebody made non-blocking. */
static bool wait_for(int fd, short events)
{
    struct pollfd waiting = {.fd = fd, .events = events};

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN)
        return false;
    return poll(&waiting, 1, -1) != -1 || errno == EINTR;
}

bool write_all(int fd, const void *bytes, size_t length)
{
    const char *next = bytes;

    while (length > 0) {
        ssize_t written = write(fd, next, length);
        if (written == -1) {
            if (!wait_for(fd, POLLOUT))
                return false;
            continue;
        }
        next += written;
        length -= (size_t)written;
    }
    return true;
}

bool read_all(int fd, void *bytes, size_t length)
{
    char *next = bytes;

    while (length > 0) {
        ssize_t count = read(fd, next, length);
        if (count == 0) {
            errno = EPIPE;
            return false;
        }
        if (count == -1) {
            if (!wait_for(fd, POLLIN))
                return false;
            continue;
        }
        next += count;
        length -= (size_t)count;
    }
    return true;
}

bool write_value(int directory, const char *path, const char *value, size_t length)
{
    int fd = openat(directory, path, O_WRONLY | O_CLOEXEC);
    ssize_t written;

    if (fd == -1)
        return false;
    written = write(fd, value, length);
    if (written >= 0 && (size_t)written != length) {
        errno = EIO;
        written = -1;
    }
    close_fd(&fd);
    return written != -1;
}

size_t decimal(int64_t number, char *text)
{
    char reversed[24];
    size_t digits = 0;
    size_t length = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        reversed[digits] = (char)('0' + rest % 10);
        digits++;
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        text[length++] = '-';
    while (digits > 0)
        text[length++] = reversed[--digits];
    text[length] = '\0';
    return length;
}

void complain(const char *format, ...)
{
    static const char prefix[] = "troupe: ";
    char line[4096];
    size_t length = sizeof prefix - 1;
    va_list arguments;
    int added;

    memcpy(line, prefix, length);
    va_start(arguments, format);
    added = vsnprintf(line + length, sizeof line - length - 1, format, arguments);
    va_end(arguments);
    if (added > 0)
        length += (size_t)added < sizeof line - length - 1 ? (size_t)added : sizeof line - length - 2;
    line[length++] = '\n';
    (void)write_all(STDERR_FILENO, line, length); /* nobody is left to tell if this fails */
}

const char *errno_text(int number, char *text)
{
    (void)snprintf(text, 128, "%s (errno %d)", strerror(number), number);
    return text;
}

int64_t now_millis(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
