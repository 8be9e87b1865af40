#include "wire.h"

#include "io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers on the wire are little-endian, and copied as they are");

enum { HEADER_BYTES = 8 };

void put_bytes(struct writer *w, const void *bytes, size_t length)
{
    if (w->capacity - w->length < length) {
        size_t capacity = (w->capacity + length) * 2;
        unsigned char *larger = realloc(w->bytes, capacity);
        if (larger == NULL) {
            w->failed = true;
            return;
        }
        w->bytes = larger;
        w->capacity = capacity;
    }
    memcpy(w->bytes + w->length, bytes, length);
    w->length += length;
}

void put_u16(struct writer *w, uint16_t value)
{
    put_bytes(w, &value, sizeof value);
}

void put_u32(struct writer *w, uint32_t value)
{
    put_bytes(w, &value, sizeof value);
}

void put_u64(struct writer *w, uint64_t value)
{
    put_u32(w, (uint32_t)value);
    put_u32(w, (uint32_t)(value >> 32));
}

void put_string(struct writer *w, const char *text)
{
    size_t length = strlen(text);

    put_u32(w, (uint32_t)length);
    put_bytes(w, text, length);
}

bool send_bytes(int socket, const void *bytes, size_t length, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (fd >= 0) {
        struct cmsghdr *head = &control.align;
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
    }
    while (part.iov_len > 0) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent == -1) {
            if (errno == EINTR)
                continue;
            return false;
        }
        part.iov_base = (char *)part.iov_base + sent;
        part.iov_len -= (size_t)sent;
        message.msg_control = NULL; /* they went with the first byte */
        message.msg_controllen = 0;
    }
    return true;
}

/* Takes the descriptors of a message; those beyond ROOM are closed. */
static void take_fds(struct msghdr *message, int *fds, unsigned room, unsigned *count)
{
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
        size_t number;
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        number = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < number; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
            if (*count < room)
                fds[(*count)++] = fd;
            else
                close(fd);
        }
    }
}

enum received receive_bytes(int socket, void *bytes, size_t length, int *fds, unsigned room, unsigned *count)
{
    union {
        char bytes[CMSG_SPACE(MAX_FRAME_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = length};

    *count = 0;
    while (part.iov_len > 0) {
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
        ssize_t received;
        message.msg_controllen = sizeof control.bytes;
        received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (received == -1 && errno == EINTR)
            continue;
        if (received == -1)
            return RECEIVED_ERROR;
        take_fds(&message, fds, room, count);
        if (received == 0)
            return part.iov_len == length ? RECEIVED_END : RECEIVED_ERROR;
        part.iov_base = (char *)part.iov_base + received;
        part.iov_len -= (size_t)received;
    }
    return RECEIVED_FRAME;
}

bool send_frame(int socket, uint16_t type, const void *payload, size_t length, int fd)
{
    unsigned char small[HEADER_BYTES + 512];
    uint32_t payload_length = (uint32_t)length;
    uint16_t fd_count = fd >= 0 ? 1 : 0;

    memcpy(small, &payload_length, sizeof payload_length);
    memcpy(small + 4, &type, sizeof type);
    memcpy(small + 6, &fd_count, sizeof fd_count);
    if (length <= sizeof small - HEADER_BYTES) {
        if (length > 0)
            memcpy(small + HEADER_BYTES, payload, length);
        return send_bytes(socket, small, HEADER_BYTES + length, fd);
    }
    return send_bytes(socket, small, HEADER_BYTES, fd) && send_bytes(socket, payload, length, -1);
}

enum { FAILURE_HEAD = 16 };

/* Gives the length. BYTES holds FAILURE_HEAD and the longest detail. */
static size_t encode_failure(const struct failure *failure, unsigned char *bytes)
{
    uint32_t detail_length = (uint32_t)strnlen(failure->detail, sizeof failure->detail - 1);

    memcpy(bytes, &failure->section, 4);
    memcpy(bytes + 4, &failure->index, 4);
    memcpy(bytes + 8, &failure->number, 4);
    memcpy(bytes + 12, &detail_length, 4);
    memcpy(bytes + FAILURE_HEAD, failure->detail, detail_length);
    return FAILURE_HEAD + detail_length;
}

bool send_failure(int socket, uint16_t type, const struct failure *failure)
{
    unsigned char bytes[FAILURE_HEAD + sizeof failure->detail];

    return send_frame(socket, type, bytes, encode_failure(failure, bytes), -1);
}

bool send_failure_word(int socket, unsigned char word, const struct failure *failure)
{
    unsigned char bytes[1 + FAILURE_HEAD + sizeof failure->detail];

    bytes[0] = word;
    return send_bytes(socket, bytes, 1 + encode_failure(failure, bytes + 1), -1);
}

enum received receive_frame(int socket, struct frame *frame)
{
    unsigned char head[HEADER_BYTES];
    enum received what = receive_bytes(socket, head, sizeof head, frame->fds, MAX_FRAME_FDS, &frame->fd_count);

    if (what != RECEIVED_FRAME)
        return what;
    memcpy(&frame->length, head, sizeof frame->length);
    memcpy(&frame->type, head + 4, sizeof frame->type);
    return RECEIVED_FRAME;
}

void close_frame_fds(struct frame *frame)
{
    for (unsigned i = 0; i < frame->fd_count; i++)
        close_fd(&frame->fds[i]);
    frame->fd_count = 0;
}
