/* Reading, writing and telling: what every part needs and the C library does not have. */
#ifndef TROUPE_IO_H
#define TROUPE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Exit codes of the client itself. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_SIGNALLED = 128 };

/* Closes *FD if it is open and makes it -1; errno stays as it was. */
void close_fd(int *fd);

/* Writes all of it, waiting where FD does not take more now. False with errno. */
bool write_all(int fd, const void *bytes, size_t length);

/* Reads exactly LENGTH bytes. False with errno; end of file before that is EPIPE. */
bool read_all(int fd, void *bytes, size_t length);

/* Writes a short value to an existing file below DIRECTORY (AT_FDCWD for none) with one write(2). */
bool write_value(int directory, const char *path, const char *value, size_t length);

/* Writes the decimal digits of NUMBER and a NUL to TEXT, which holds 24 bytes. Gives their number. */
size_t decimal(int64_t number, char *text);

/* One line on standard error: "troupe: " and the formatted text. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/* Names of an errno for messages: "ENOENT (2, No such file or directory)". TEXT holds 128 bytes. */
const char *errno_text(int number, char *text);

/* Milliseconds of the monotonic clock. */
int64_t now_millis(void);

#endif
