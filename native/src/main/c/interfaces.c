/*
 * Interfaces that move into the container's network namespace (config-linux.md, "Network Devices"). The kernel takes
 * an interface's addresses away when it moves (rtnetlink(7)), so they are read before and given back afterwards.
 */
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_MESSAGE = 32768, MAX_ADDRESSES = 16384, MAX_TRIES = 4096 };

/* An interface on its way. */
struct interface {
    const char *name;   /* outside */
    const char *inside; /* its name there, or a template with %d */
    int here;           /* netlink, outside */
    int there;          /* netlink, in the container's network namespace */
    int index;          /* outside */
    int new_index;      /* in there */
    size_t length;      /* of addresses */
    _Alignas(struct nlmsghdr) unsigned char addresses[MAX_ADDRESSES]; /* messages, each as RTM_NEWADDR wants it */
};

/* A request being written. */
struct request {
    struct nlmsghdr header;
    unsigned char body[1024];
};

static int netlink_socket(void)
{
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* A socket stays in the network namespace that it was made in. */
static int netlink_socket_of(struct context *c)
{
    int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int fd = -1;

    if (own == -1) {
        fail_with(c, "/proc/self/ns/net", NULL);
    } else if (setns(c->pidfd, CLONE_NEWNET) == -1) {
        fail_with(c, "setns(2)", NULL);
    } else {
        fd = netlink_socket();
        if (fd == -1)
            fail_with(c, "socket(2)", NULL);
        if (setns(own, CLONE_NEWNET) == -1) {
            fail_with(c, "setns(2) back", NULL);
            close_fd(&fd);
        }
    }
    close_fd(&own);
    return fd;
}

/* Sends a request and waits for the kernel's answer, which comes at once. */
static bool carry_out(int fd, struct nlmsghdr *header)
{
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        unsigned char rest[2048];
    } reply;
    ssize_t length;

    header->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
    if (send(fd, header, header->nlmsg_len, 0) == -1)
        return false;
    length = recv(fd, &reply, sizeof reply, 0);
    if (length == -1)
        return false;
    if ((size_t)length < sizeof reply.header + sizeof reply.error || reply.header.nlmsg_type != NLMSG_ERROR) {
        errno = EPROTO;
        return false;
    }
    errno = -reply.error.error;
    return reply.error.error == 0;
}

static void append(struct request *request, unsigned short type, const void *data, size_t length)
{
    struct rtattr attribute = {.rta_len = (unsigned short)RTA_LENGTH(length), .rta_type = type};
    size_t at = NLMSG_ALIGN(request->header.nlmsg_len);

    memcpy((unsigned char *)request + at, &attribute, sizeof attribute);
    memcpy((unsigned char *)request + at + RTA_LENGTH(0), data, length);
    request->header.nlmsg_len = (uint32_t)(at + RTA_ALIGN(attribute.rta_len));
}

/* Copies an address's message, without what is not for its new place: its age, and a label with the old name. */
static bool keep_address(struct interface *interface, const struct nlmsghdr *header)
{
    const struct ifaddrmsg *address = NLMSG_DATA(header);
    size_t left = IFA_PAYLOAD(header);
    struct request copy = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof *address), .nlmsg_type = RTM_NEWADDR}};
    uint32_t flags = address->ifa_flags;
    bool renamed = strcmp(interface->name, interface->inside) != 0;

    memcpy(copy.body, address, sizeof *address);
    for (const struct rtattr *at = IFA_RTA(address); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
        if (at->rta_type == IFA_FLAGS)
            memcpy(&flags, RTA_DATA(at), sizeof flags);
        if (at->rta_type == IFA_CACHEINFO || (at->rta_type == IFA_LABEL && renamed))
            continue;
        if (copy.header.nlmsg_len + RTA_SPACE(RTA_PAYLOAD(at)) > sizeof copy) {
            errno = EMSGSIZE;
            return false;
        }
        append(&copy, at->rta_type, RTA_DATA(at), RTA_PAYLOAD(at));
    }
    if ((flags & IFA_F_PERMANENT) == 0 || address->ifa_scope != RT_SCOPE_UNIVERSE)
        return true;
    if (interface->length + NLMSG_ALIGN(copy.header.nlmsg_len) > sizeof interface->addresses) {
        errno = ENOBUFS;
        return false;
    }
    memcpy(interface->addresses + interface->length, &copy, copy.header.nlmsg_len);
    interface->length += NLMSG_ALIGN(copy.header.nlmsg_len);
    return true;
}

/* One datagram of the kernel's list. True while there is more to come; errno is 0 at its end. */
static bool keep_some(struct interface *interface)
{
    _Alignas(struct nlmsghdr) unsigned char buffer[MAX_MESSAGE];
    ssize_t length = recv(interface->here, buffer, sizeof buffer, 0);
    size_t left = length > 0 ? (size_t)length : 0;

    if (length <= 0)
        return false;
    for (const struct nlmsghdr *at = (void *)buffer; NLMSG_OK(at, left); at = NLMSG_NEXT(at, left)) {
        const struct ifaddrmsg *address = NLMSG_DATA(at);
        errno = EPROTO;
        if (at->nlmsg_type == NLMSG_DONE)
            errno = 0;
        if (at->nlmsg_type != RTM_NEWADDR)
            return false;
        if ((int)address->ifa_index == interface->index && !keep_address(interface, at))
            return false;
    }
    return true;
}

static bool keep_addresses(struct interface *interface)
{
    struct request request = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
                                         .nlmsg_type = RTM_GETADDR,
                                         .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};

    if (send(interface->here, &request, request.header.nlmsg_len, 0) == -1)
        return false;
    while (keep_some(interface))
        ;
    return errno == 0;
}

static void name_in(struct ifreq *request, const char *name)
{
    memset(request, 0, sizeof *request);
    memcpy(request->ifr_name, name, strnlen(name, sizeof request->ifr_name - 1));
}

/* Both names are looked at before anything moves: a name that is taken would be found too late by the kernel. */
static bool find(struct context *c, struct interface *interface)
{
    struct ifreq request;

    name_in(&request, interface->name);
    if (ioctl(interface->here, SIOCGIFINDEX, &request) == -1)
        return fail_with(c, interface->name, NULL);
    interface->index = request.ifr_ifindex;
    name_in(&request, interface->inside);
    if (strchr(interface->inside, '%') == NULL && ioctl(interface->there, SIOCGIFINDEX, &request) != -1) {
        errno = EEXIST;
        return fail_with(c, interface->inside, "in the container's network namespace");
    }
    for (int tries = 0; tries < MAX_TRIES; tries++) {
        interface->new_index = interface->index + tries;
        request.ifr_ifindex = interface->new_index;
        if (ioctl(interface->there, SIOCGIFNAME, &request) == -1)
            return true;
    }
    errno = EBUSY;
    return fail_with(c, "no number is free in the container's network namespace", NULL);
}

static bool move(struct context *c, struct interface *interface)
{
    struct request request = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_NEWLINK}};
    struct ifinfomsg link = {.ifi_index = interface->index};
    int32_t pid = c->pid;

    memcpy(request.body, &link, sizeof link);
    append(&request, IFLA_NET_NS_PID, &pid, sizeof pid);
    append(&request, IFLA_NEW_IFINDEX, &interface->new_index, sizeof interface->new_index);
    if (strcmp(interface->name, interface->inside) != 0)
        append(&request, IFLA_IFNAME, interface->inside, strlen(interface->inside) + 1);
    return carry_out(interface->here, &request.header) || fail_with(c, "RTM_NEWLINK", NULL);
}

static bool bring_up(struct context *c, struct interface *interface)
{
    struct ifreq request = {.ifr_ifindex = interface->new_index};

    if (ioctl(interface->there, SIOCGIFNAME, &request) == -1 || ioctl(interface->there, SIOCGIFFLAGS, &request) == -1)
        return fail_with(c, "its new name", NULL);
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
    return ioctl(interface->there, SIOCSIFFLAGS, &request) != -1 || fail_with(c, "bring it up", NULL);
}

static bool give_addresses(struct context *c, struct interface *interface)
{
    size_t at = 0;

    while (at < interface->length) {
        struct nlmsghdr *header = (void *)(interface->addresses + at);
        struct ifaddrmsg *address = NLMSG_DATA(header);
        address->ifa_index = (uint32_t)interface->new_index;
        header->nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE;
        at += NLMSG_ALIGN(header->nlmsg_len);
        if (!carry_out(interface->there, header))
            return fail_with(c, "RTM_NEWADDR", NULL);
    }
    return true;
}

bool step_move_interface(struct context *c, const struct arg *args)
{
    struct interface interface;
    bool done;

    interface.name = args[0].text;
    interface.inside = args[1].text;
    interface.length = 0;
    interface.here = netlink_socket();
    if (interface.here == -1)
        return fail_with(c, "socket(2)", NULL);
    interface.there = netlink_socket_of(c);
    done = interface.there != -1 && find(c, &interface);
    if (done)
        done = keep_addresses(&interface) || fail_with(c, "RTM_GETADDR", NULL);
    done = done && move(c, &interface) && bring_up(c, &interface) && give_addresses(c, &interface);
    close_fd(&interface.here);
    close_fd(&interface.there);
    return done;
}
