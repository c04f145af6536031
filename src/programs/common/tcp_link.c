/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/common/tcp_link.h"

#include "base/check.h"
#include "os/companion.h"
#include "os/descriptor.h"
#include "os/record_socket.h"
#include "os/system_error.h"
#include "os/tun.h"

#include <errno.h>
#include <string.h>

enum { READY_MS = 10 * 1000, LINK_MTU = 1500 };

/* If there is such a user, nothing else runs as it. */
static const char OWN_USER[] = "glassh-tcp";

static enum err complain(struct buf *problem, enum err err, const char *what, const char *why)
{
    if (buf_format(problem, "%s: %s", what, why) != OK)
        buf_clear(problem);
    return err;
}

struct sandbox_setup tcp_link_identity(const struct tcp_link *link)
{
    return sandbox_setup_as(&link->setup.sandbox, OWN_USER);
}

/* ---- devices ---- */

struct devices {
    struct tun items[TUN_OPTION_MAX];
    size_t count;
};

static void close_devices(struct devices *devices)
{
    for (size_t i = 0; i < devices->count; i++)
        tun_close(&devices->items[i]);
    devices->count = 0;
}

static const char *why_no_device(int reason)
{
    switch (reason) {
    case EBUSY:
        return "there is such a device already";
    case EPERM:
    case EACCES:
        return "making a TUN device is not permitted (it takes CAP_NET_ADMIN, and /dev/net/tun)";
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return "there is no /dev/net/tun here: the kernel has no TUN devices";
    default:
        return strerror(reason);
    }
}

static enum err open_device(const struct tun_option *option, struct devices *devices,
                            struct buf *problem)
{
    struct tun tun;
    if (tun_open(option->name, LINK_MTU, &tun) != OK)
        return complain(problem, ERR_SYSTEM, option->name, why_no_device(errno));
    devices->items[devices->count++] = tun;
    return OK;
}

static enum err raise_link(const struct tun_options *tuns, size_t at, struct devices *devices,
                           struct buf *problem)
{
    const struct tun_option *option = &tuns->items[at];
    char text[IP_ADDRESS_TEXT];
    ip_address_format(&option->address, text);
    if (tun_is_kernels(&option->address))
        return complain(problem, ERR_BAD_VALUE, text, "the kernel has this address itself");
    if (at == 0 || strcmp(option->name, tuns->items[0].name) != 0)
        TRY(open_device(option, devices, problem));
    ip_address_format(&option->kernels, text);
    if (tun_is_kernels(&option->kernels))
        return complain(problem, ERR_BAD_VALUE, text,
                        "the kernel has this address on another device");
    return tun_add_address(option->name, &option->kernels, option->prefix_len) == OK
               ? OK
               : complain(problem, ERR_SYSTEM, text, strerror(errno));
}

/* ---- the process ---- */

static enum err introduce(const struct tcp_link *link, const struct devices *devices)
{
    const struct tcp_link_setup *setup = &link->setup;
    struct seqpacket_descriptors passed = { .count = devices->count };
    struct record open = { RECORD_TCP_OPEN,
                           { LINK_MTU, 1, setup->keeps_alive, setup->wants_facts },
                           { BYTES_NONE } };
    for (size_t i = 0; i < devices->count; i++) {
        passed.fds[i] = devices->items[i].fd;
        open.numbers[1] &= devices->items[i].has_offloads;
    }
    for (size_t i = 0; i < setup->tuns.count; i++) {
        const struct ip_address *address = &setup->tuns.items[i].address;
        open.texts[address->version == 4 ? 0 : 1] = ip_address_bytes(address);
    }
    TRY(record_socket_send(link->fd, &open, &passed));
    for (size_t i = 0; i < setup->port_count; i++) {
        const struct record listen = { RECORD_TCP_LISTEN, { setup->ports[i] }, { BYTES_NONE } };
        TRY(record_socket_send(link->fd, &listen, NULL));
    }
    return record_socket_send(link->fd, &(struct record){ .type = RECORD_TCP_BEGIN }, NULL);
}

static enum err begin(struct tcp_link *link, const struct devices *devices)
{
    const struct sandbox_setup sandbox = tcp_link_identity(link);
    const struct companion_setup setup = { .name = "glassh-tcp", .sandbox = &sandbox };
    TRY(companion_start_linked(&setup, &link->fd, &link->id));
    enum err err = introduce(link, devices);
    if (err == OK)
        err = record_socket_await_ready(link->fd, RECORD_TCP_READY, READY_MS);
    if (err != OK)
        tcp_link_close(link);
    return err;
}

enum err tcp_link_open(struct tcp_link *link, struct buf *problem)
{
    struct devices devices = { .count = 0 };
    enum err err = OK;
    CHECK(link->fd < 0 && link->setup.tuns.count > 0);
    for (size_t i = 0; err == OK && i < link->setup.tuns.count; i++)
        err = raise_link(&link->setup.tuns, i, &devices, problem);
    if (err == OK) {
        err = begin(link, &devices);
        if (err != OK)
            err = complain(problem, ERR_SYSTEM, "glassh-tcp cannot be started",
                           system_error_text(err));
    }
    close_devices(&devices); /* the process has them */
    return err;
}

enum err tcp_link_take(struct tcp_link *link, int *fd)
{
    int ends[2];
    if (link->fd < 0)
        return ERR_SYSTEM;
    TRY(seqpacket_pair(ends));
    const struct seqpacket_descriptors passed = { { ends[1] }, 1 };
    const struct record taker = { .type = RECORD_TCP_TAKER };
    enum err err = record_socket_send(link->fd, &taker, &passed);
    descriptor_close(&ends[1]);
    if (err != OK)
        descriptor_close(&ends[0]);
    *fd = ends[0];
    return err;
}

enum err tcp_link_connect(struct tcp_link *link, const struct ip_endpoint *remote)
{
    const struct record connect = { RECORD_TCP_CONNECT,
                                    { remote->port },
                                    { ip_address_bytes(&remote->address) } };
    return record_socket_send(link->fd, &connect, NULL);
}

static void take_fact(const struct record *record, struct tcp_link_news *news)
{
    news->why = record->texts[2];
    if (record->numbers[0]) {
        news->kind = TCP_LINK_STATE;
        news->old_state = record->texts[0];
        news->new_state = record->texts[1];
        return;
    }
    news->kind = TCP_LINK_SEGMENT;
    news->is_out = record->numbers[1] != 0;
    news->seq = record->numbers[2];
    news->ack = record->numbers[3];
    news->window = record->numbers[4];
    news->len = record->numbers[5];
    news->flags = record->texts[0];
    news->options = record->texts[1];
}

static void take_connected(const struct record *record, const struct seqpacket_descriptors *passed,
                           struct tcp_link_news *news)
{
    size_t len = record->texts[0].len;
    if (passed->count != 1 || (len != 4 && len != 16) || record->numbers[0] > UINT16_MAX)
        return;
    news->kind = TCP_LINK_CONNECTED;
    news->fd = passed->fds[0];
    news->local = tcp_link_endpoint(record->texts[0], (uint16_t)record->numbers[0]);
}

void tcp_link_hear(const struct tcp_link *link, struct buf *room, struct tcp_link_news *news)
{
    struct record record;
    struct record_gate gate = { 0 };
    struct seqpacket_descriptors passed;
    /* Unless something else is found, the process has ended or broken a rule. */
    *news = (struct tcp_link_news){ .kind = TCP_LINK_FAILED, .fd = -1, .reason = ECONNABORTED };
    enum err err = record_socket_take(link->fd, room, &record, &passed);
    if (err == ERR_SYSTEM && errno == EAGAIN)
        news->kind = TCP_LINK_NOTHING;
    if (err == OK)
        err = record_admit(&gate, record.type, RECORD_TCP, RECORD_OWNER);
    if (err == OK && record.type == RECORD_TCP_FACT)
        take_fact(&record, news);
    else if (err == OK && record.type == RECORD_TCP_CONNECTED)
        take_connected(&record, &passed, news);
    else if (err == OK && record.type == RECORD_TCP_FAILED)
        news->reason = (int)record.numbers[0];
    if (news->kind != TCP_LINK_CONNECTED)
        seqpacket_close(&passed);
}

void tcp_link_close(struct tcp_link *link)
{
    descriptor_close(&link->fd);
}

struct endpoint tcp_link_endpoint(struct bytes address, uint16_t port)
{
    struct ip_address ip = { .version = address.len == 4 ? 4 : 6 };
    struct endpoint endpoint = { .port = port };
    CHECK(address.len == 4 || address.len == sizeof(ip.octets));
    memcpy(ip.octets, address.data, address.len);
    ip_address_format(&ip, endpoint.address);
    return endpoint;
}
