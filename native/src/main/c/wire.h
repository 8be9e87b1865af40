/* Frames and descriptors over AF_UNIX stream sockets; contract.h has the format. */
#ifndef TROUPE_WIRE_H
#define TROUPE_WIRE_H

#include "contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
    uint32_t length; /* of the payload, which is still to be read */
    uint16_t type;
    unsigned fd_count;
    int fds[MAX_FRAME_FDS]; /* close-on-exec; who receives the frame owns them */
};

enum received { RECEIVED_FRAME, RECEIVED_END, RECEIVED_ERROR };

/* Bytes being put together for a frame. Free with free(bytes). */
struct writer {
    unsigned char *bytes;
    size_t length;
    size_t capacity;
    bool failed; /* no memory: the rest is ignored */
};

void put_bytes(struct writer *w, const void *bytes, size_t length);
void put_u16(struct writer *w, uint16_t value);
void put_u32(struct writer *w, uint32_t value);
void put_u64(struct writer *w, uint64_t value);
/* u32 length and the bytes. */
void put_string(struct writer *w, const char *text);

/* Sends bytes, the descriptor FD (or none: -1) with the first of them. Never raises SIGPIPE. False with errno. */
bool send_bytes(int socket, const void *bytes, size_t length, int fd);

/* Receives exactly LENGTH bytes; descriptors that come with them go to FDS, at most ROOM. */
enum received receive_bytes(int socket, void *bytes, size_t length, int *fds, unsigned room, unsigned *count);

/* Sends one frame. False with errno. */
bool send_frame(int socket, uint16_t type, const void *payload, size_t length, int fd);

/* What FRAME_FAILED and FRAME_WARNING carry, and START_FAILED on a start socket. */
struct failure {
    uint32_t section;
    uint32_t index;
    int32_t number; /* errno, or 0 */
    char detail[512];
};

/* Sends it as a frame, or after one byte where there are no frames (start socket, socketpair). False with errno. */
bool send_failure(int socket, uint16_t type, const struct failure *failure);
bool send_failure_word(int socket, unsigned char word, const struct failure *failure);

/* Receives a frame's head and descriptors. */
enum received receive_frame(int socket, struct frame *frame);

void close_frame_fds(struct frame *frame);

#endif
