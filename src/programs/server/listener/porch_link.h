/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the porch (porch/porch.h): from where connections come that have said enough. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "os/sandbox_setup.h"
#include "programs/server/porch/porch.h"

#include <sys/socket.h>

enum { PORCH_LINK_COOKIE_LEN = 16 };

/* Borrowed for the link's life. */
struct porch_link_setup {
    struct sandbox_setup sandbox;
    struct bytes preface; /* what each client is sent at once */
    size_t cookie_at;     /* where in it there is a cookie, which is made anew for each */
    struct bytes refusal; /* of a first packet that is none */
    size_t capacity;
    int64_t silent_ms, named_ms; /* admission/held.h */
};

struct porch_link {
    struct porch_link_setup setup;
    pid_t id; /* 0: there is none, or who waited for it has set it so */
    int fd; /* becomes readable when there is something to take, or the porch is gone; -1: there is none */
};

#define PORCH_LINK_NONE ((struct porch_link){ .fd = -1 })

/* Whom the porch becomes, and where. */
struct sandbox_setup porch_link_identity(const struct porch_link *link);

/* Starts a porch that accepts at these sockets and takes what comes from `tcp_fd` (tcp_link_take), if that is not
 * -1; and waits until it does. With an error (system_error_text) there is none. */
NODISCARD enum err porch_link_open(struct porch_link *link, const int *sockets, size_t count,
                                   int tcp_fd);

/* It accepts no more, hands over whom it holds as they get ready, and ends with the last of them. */
void porch_link_drain(const struct porch_link *link);

/* Lets go of the porch; it ends, and with it what it holds. */
void porch_link_leave(struct porch_link *link);
/* The same, and it is gone when this returns. For its parent. */
void porch_link_close(struct porch_link *link);

enum porch_link_kind {
    PORCH_LINK_NOTHING, /* for now */
    PORCH_LINK_ARRIVED, /* fd (the caller's), cookie, peer, local */
    PORCH_LINK_MISSED,  /* peer: it came, but we had no room for its descriptor */
    PORCH_LINK_GONE,    /* why, peer */
    PORCH_LINK_CROWDED, /* count */
    PORCH_LINK_LOST,    /* the porch has ended, or broke a rule: close the link */
};

struct porch_link_event {
    enum porch_link_kind kind;
    int fd;
    uint8_t cookie[PORCH_LINK_COOKIE_LEN];
    enum porch_end why;
    struct sockaddr_storage peer;
    struct sockaddr_storage local; /* AF_UNSPEC: the socket knows it */
    uint32_t count;
};

void porch_link_take(struct porch_link *link, struct porch_link_event *event);
