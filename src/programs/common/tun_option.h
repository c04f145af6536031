/* SPDX-License-Identifier: BSD-2-Clause */
/* The argument of --tun: NAME=ADDRESS/PREFIX. The programs' own TCP answers as ADDRESS on the device NAME; the kernel's
 * end of the link has the next address, and a route to all addresses that share the first PREFIX bits. */
#pragma once

#include "base/buf.h"
#include "tcpip/wire/ip_address.h"

#include <net/if.h>

enum { TUN_OPTION_MAX = 2 }; /* one per version of IP; both may name the same device */

struct tun_option {
    char name[IFNAMSIZ];
    struct ip_address address, kernels;
    unsigned prefix_len;
};

struct tun_options {
    struct tun_option items[TUN_OPTION_MAX]; /* IPv4 first */
    size_t count;
};

/* Adds one. ERR_BAD_VALUE: `problem` has a sentence, without a full stop. */
NODISCARD enum err tun_option_add(struct tun_options *options, const char *text,
                                  struct buf *problem);
