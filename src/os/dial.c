/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/dial.h"

#include "base/check.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct attempt {
    struct dial *dial;
    size_t index; /* of the address */
    int fd;       /* -1: not running */
    uv_poll_t poll;
};

struct dial {
    uv_loop_t *loop;
    struct dial_setup setup;
    char *host, *bind_address;
    uv_getaddrinfo_t lookup;
    uv_timer_t timer; /* starts: the next address, or the next round */
    struct addrinfo *found;
    const struct addrinfo *addresses[DIAL_ADDRESSES_MAX];
    size_t address_count;
    size_t next; /* the address to try next */
    struct attempt *attempts[DIAL_ADDRESSES_MAX];
    unsigned rounds_left;
    int error_number; /* of the latest failure; EADDRNOTAVAIL does not replace another one */
    int bind_status;  /* of getaddrinfo for `bind_address`; 0 if it has an address */
    bool is_looking, is_freed, is_over;
};

/* Lookups that could not be cancelled. */
static unsigned left_waiting;

static void tell(struct dial *d, enum dial_event_kind kind, size_t index, int fd, int error_number)
{
    if (!d->setup.watch)
        return;
    struct dial_event event = { .kind = kind,
                                .index = index,
                                .count = d->address_count,
                                .fd = fd,
                                .error_number = error_number };
    if (index < d->address_count) {
        event.address = d->addresses[index]->ai_addr;
        event.address_len = d->addresses[index]->ai_addrlen;
    }
    d->setup.watch(d->setup.context, &event);
}

static void tell_unresolved(struct dial *d, const char *reason)
{
    const struct dial_event event = {
        .kind = DIAL_UNRESOLVED, .index = SIZE_MAX, .fd = -1, .reason = reason
    };
    if (d->setup.watch)
        d->setup.watch(d->setup.context, &event);
}

static void release_attempt(uv_handle_t *handle)
{
    free(handle->data);
}

/* Returns the socket, which the caller then owns. */
static int drop_attempt(struct dial *d, size_t index)
{
    struct attempt *a = d->attempts[index];
    if (!a)
        return -1;
    d->attempts[index] = NULL;
    int fd = a->fd;
    uv_close((uv_handle_t *)&a->poll, release_attempt);
    return fd;
}

static void drop_all(struct dial *d)
{
    for (size_t i = 0; i < d->address_count; i++) {
        int fd = drop_attempt(d, i);
        if (fd < 0)
            continue;
        tell(d, DIAL_DROPPED, i, fd, 0);
        (void)close(fd);
    }
}

static void finish(struct dial *d, int fd, bool resolved, const char *reason)
{
    d->is_over = true;
    (void)uv_timer_stop(&d->timer);
    drop_all(d);
    if (!resolved)
        tell_unresolved(d, reason);
    d->setup.done(d->setup.context, fd, resolved, reason);
}

static void try_next(struct dial *d);

static void on_timer(uv_timer_t *timer)
{
    try_next(timer->data);
}

static bool any_running(const struct dial *d)
{
    for (size_t i = 0; i < d->address_count; i++) {
        if (d->attempts[i])
            return true;
    }
    return false;
}

static void give_up(struct dial *d)
{
    char reason[256];
    if (d->error_number != EADDRNOTAVAIL || d->bind_status == 0) {
        finish(d, -1, true, strerror(d->error_number));
        return;
    }
    (void)snprintf(reason, sizeof(reason), "no address to connect from (%s)",
                   gai_strerror(d->bind_status));
    finish(d, -1, true, reason);
}

/* After a failure: the next address at once, or the next round, or the end. */
static void go_on(struct dial *d)
{
    if (d->next < d->address_count) {
        try_next(d);
    } else if (!any_running(d)) {
        if (d->rounds_left == 0) {
            give_up(d);
            return;
        }
        d->rounds_left--;
        d->next = 0;
        (void)uv_timer_start(&d->timer, on_timer, DIAL_RETRY_MS, 0);
    }
}

/* Closed only after `watch`, which may query the socket. */
static void failed(struct dial *d, size_t index, int fd, int error_number)
{
    if (error_number != EADDRNOTAVAIL || d->error_number == 0)
        d->error_number = error_number;
    tell(d, DIAL_FAILED, index, fd, error_number);
    if (fd >= 0)
        (void)close(fd);
}

static void on_connected(uv_poll_t *poll, int status, int events)
{
    (void)events;
    struct attempt *a = poll->data;
    struct dial *d = a->dial;
    size_t index = a->index;
    int error_number = 0;
    socklen_t len = sizeof(error_number);
    /* libuv's status only shows that there is an error, not which. */
    if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &error_number, &len) != 0)
        error_number = errno;
    if (error_number == 0 && status < 0)
        error_number = -status;
    if (error_number != 0) {
        failed(d, index, drop_attempt(d, index), error_number);
        go_on(d);
        return;
    }
    int fd = drop_attempt(d, index);
    tell(d, DIAL_CONNECTED, index, fd, 0);
    finish(d, fd, true, "");
}

/* Binds to the requested local address; fails if it has none of this family. */
static bool bind_local(struct dial *d, int fd, int family)
{
    if (!d->bind_address)
        return true;
    struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
    struct addrinfo *local = NULL;
    d->bind_status = getaddrinfo(d->bind_address, NULL, &hints, &local);
    if (d->bind_status != 0) {
        errno = EADDRNOTAVAIL;
        return false;
    }
    bool is_bound = bind(fd, local->ai_addr, local->ai_addrlen) == 0;
    int reason = errno;
    freeaddrinfo(local);
    errno = reason;
    return is_bound;
}

/* Starts connecting. False: it could not, and the failure has been reported. */
static bool start_attempt(struct dial *d, size_t index)
{
    const struct addrinfo *address = d->addresses[index];
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        failed(d, index, -1, errno);
        return false;
    }
    bool is_bound = bind_local(d, fd, address->ai_family);
    if (is_bound)
        tell(d, DIAL_TRYING, index, fd, 0);
    if (!is_bound ||
        (connect(fd, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)) {
        failed(d, index, fd, errno);
        return false;
    }
    struct attempt *a = calloc(1, sizeof(*a));
    CHECK(a != NULL);
    *a = (struct attempt){ .dial = d, .index = index, .fd = fd };
    int status = uv_poll_init(d->loop, &a->poll, fd);
    CHECK(status == 0);
    a->poll.data = a;
    d->attempts[index] = a;
    (void)uv_poll_start(&a->poll, UV_WRITABLE, on_connected);
    return true;
}

static void try_next(struct dial *d)
{
    (void)uv_timer_stop(&d->timer);
    if (d->next >= d->address_count)
        return;
    size_t index = d->next++;
    if (!start_attempt(d, index)) {
        go_on(d);
        return;
    }
    if (d->next < d->address_count)
        (void)uv_timer_start(&d->timer, on_timer, DIAL_STAGGER_MS, 0);
}

/* The next address of that family (or of any other, when `same` is false) from *at on. */
static const struct addrinfo *next_of(const struct addrinfo **at, int family, bool same)
{
    while (*at && ((*at)->ai_family == family) != same)
        *at = (*at)->ai_next;
    const struct addrinfo *taken = *at;
    if (taken)
        *at = taken->ai_next;
    return taken;
}

/* RFC 8305 section 4: alternates between the first address's family and the others. */
static void interleave(struct dial *d)
{
    const struct addrinfo *first = d->found, *other = d->found;
    int family = d->found->ai_family;
    while (d->address_count + 2 <= DIAL_ADDRESSES_MAX) {
        const struct addrinfo *a = next_of(&first, family, true);
        const struct addrinfo *b = next_of(&other, family, false);
        if (a)
            d->addresses[d->address_count++] = a;
        if (b)
            d->addresses[d->address_count++] = b;
        if (!a && !b)
            break;
    }
}

static void resolved(struct dial *d, struct addrinfo *found)
{
    d->found = found;
    interleave(d);
    for (size_t i = 0; i < d->address_count; i++)
        tell(d, DIAL_RESOLVED, i, -1, 0);
    try_next(d);
}

static void dispose(struct dial *d)
{
    if (d->found)
        freeaddrinfo(d->found);
    free(d->host);
    free(d->bind_address);
    free(d);
}

/* The wording that users know from other programs. */
static const char *lookup_failure(int status)
{
    switch (status) {
    case UV_EAI_NONAME:
    case UV_EAI_NODATA:
        return "Name or service not known";
    case UV_EAI_AGAIN:
        return "Temporary failure in name resolution";
    default:
        return uv_strerror(status);
    }
}

static void on_resolved(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
    struct dial *d = lookup->data;
    d->is_looking = false;
    if (d->is_freed) {
        left_waiting--;
        d->found = found;
        dispose(d);
    } else if (status < 0) {
        finish(d, -1, false, lookup_failure(status));
    } else {
        resolved(d, found);
    }
}

static void start(uv_timer_t *timer)
{
    struct dial *d = timer->data;
    char service[8];
    (void)snprintf(service, sizeof(service), "%u", (unsigned)d->setup.port);
    struct addrinfo hints = { .ai_family = d->setup.family,
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    /* A numeric address needs no thread to wait for an answer. */
    if (getaddrinfo(d->host, service, &hints, &found) == 0) {
        resolved(d, found);
        return;
    }
    hints.ai_flags = AI_NUMERICSERV;
    tell(d, DIAL_LOOKING, SIZE_MAX, -1, 0);
    d->lookup.data = d;
    d->is_looking = true;
    int status = uv_getaddrinfo(d->loop, &d->lookup, on_resolved, d->host, service, &hints);
    if (status < 0) {
        d->is_looking = false;
        finish(d, -1, false, lookup_failure(status));
    }
}

static char *copy_text(const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    CHECK(!text || copy);
    return copy;
}

static char *copy_host(const char *host)
{
    size_t len = strlen(host);
    char *copy = copy_text(host);
    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        memmove(copy, copy + 1, len - 2);
        copy[len - 2] = 0;
    }
    return copy;
}

struct dial *dial_new(uv_loop_t *loop, const struct dial_setup *setup)
{
    struct dial *d = calloc(1, sizeof(*d));
    CHECK(d != NULL && setup->attempts > 0);
    d->loop = loop;
    d->setup = *setup;
    d->host = copy_host(setup->host);
    d->bind_address = copy_text(setup->bind_address);
    d->rounds_left = setup->attempts - 1;
    (void)uv_timer_init(loop, &d->timer);
    d->timer.data = d;
    (void)uv_timer_start(&d->timer, start, 0, 0);
    return d;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct dial *d = handle->data;
    if (!d->is_looking)
        dispose(d);
}

void dial_free(struct dial *d)
{
    if (!d)
        return;
    d->is_freed = true;
    drop_all(d);
    if (d->is_looking) {
        left_waiting++;
        (void)uv_cancel((uv_req_t *)&d->lookup);
    }
    uv_close((uv_handle_t *)&d->timer, on_timer_closed);
}

bool dial_is_left_waiting(void)
{
    return left_waiting > 0;
}
