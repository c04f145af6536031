/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/host_name.h"

#include <ctype.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

static const struct addrinfo numbers = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
static const struct addrinfo names = { .ai_socktype = SOCK_STREAM };

static bool is_number(const char *text)
{
    struct addrinfo *found = NULL;
    bool is = getaddrinfo(text, NULL, &numbers, &found) == 0;
    if (is)
        freeaddrinfo(found);
    return is;
}

static bool has_address(const char *name, const struct addrinfo *address)
{
    struct addrinfo *found = NULL;
    bool has = false;
    if (getaddrinfo(name, NULL, &names, &found) != 0)
        return false;
    for (const struct addrinfo *one = found; one && !has; one = one->ai_next)
        has = one->ai_addrlen == address->ai_addrlen &&
              memcmp(one->ai_addr, address->ai_addr, one->ai_addrlen) == 0;
    freeaddrinfo(found);
    return has;
}

static bool find_name(const struct addrinfo *address, char name[HOST_NAME_LEN_MAX])
{
    if (getnameinfo(address->ai_addr, address->ai_addrlen, name, HOST_NAME_LEN_MAX, NULL, 0,
                    NI_NAMEREQD) != 0)
        return false;
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    /* A name that looks like an address could pass for another one. */
    return !is_number(name) && has_address(name, address);
}

bool host_name_of(const char *address, char name[HOST_NAME_LEN_MAX])
{
    struct addrinfo *number = NULL;
    if (getaddrinfo(address, NULL, &numbers, &number) != 0)
        return false;
    bool found = find_name(number, name);
    freeaddrinfo(number);
    return found;
}
