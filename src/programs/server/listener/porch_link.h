/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the porch (porch/porch.h), which hands over connections whose clients have said enough. */
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
    struct bytes preface; /* sent to each client at once */
    size_t cookie_at;     /* offset of its cookie, which is made anew for each client */
    struct bytes refusal; /* sent when the first packet is malformed */
    size_t capacity;
    int64_t silent_ms, named_ms; /* admission/held.h */
};

struct porch_link {
    struct porch_link_setup setup;
    pid_t id; /* 0: none, or set so by the code that waited for it */
    int fd;   /* becomes readable when there is something to take, or the porch is gone; -1: none */
};

#define PORCH_LINK_NONE ((struct porch_link){ .fd = -1 })

/* The user that the porch becomes, and its root directory. */
struct sandbox_setup porch_link_identity(const struct porch_link *link);

/* Starts a porch that accepts at these sockets and takes what comes from `tcp_fd` (tcp_link_take), if that is not -1;
 * and waits until it is ready. On an error (system_error_text) there is none. */
NODISCARD enum err porch_link_open(struct porch_link *link, const int *sockets, size_t count,
                                   int tcp_fd);

/* The porch accepts no more, hands over the connections it holds as they get ready, and ends with the last of them. */
void porch_link_drain(const struct porch_link *link);

/* Lets go of the porch, which ends with all connections that it holds. */
void porch_link_leave(struct porch_link *link);
/* The same, and waits until it is gone. For its parent. */
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
