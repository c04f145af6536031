/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/common/tun_option.h"

#include <string.h>

enum { OCTET_BITS = 8 };

static enum err complain(struct buf *problem, const char *text, const char *what)
{
    if (buf_format(problem, "--tun %s: %s", text, what) != OK)
        buf_clear(problem);
    return ERR_BAD_VALUE;
}

/* Whether the kernel accepts it as the name of a device. */
static bool is_name(struct bytes name)
{
    if (name.len == 0 || bytes_is(name, ".") || bytes_is(name, ".."))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] <= ' ' || name.data[i] > '~' || strchr("/:%", name.data[i]))
            return false;
    return true;
}

static bool has_prefix_of(const struct ip_address *a, const struct ip_address *b, unsigned bits)
{
    size_t whole = bits / OCTET_BITS;
    unsigned rest = bits % OCTET_BITS;
    uint8_t mask = (uint8_t)(0xff00 >> rest);
    return memcmp(a->octets, b->octets, whole) == 0 &&
           (rest == 0 || ((a->octets[whole] ^ b->octets[whole]) & mask) == 0);
}

/* Whether all bits after the prefix are those of `octet`: the network's own address, or its broadcast address. */
static bool is_edge(const struct ip_address *a, unsigned prefix_len, uint8_t octet)
{
    struct ip_address edge = *a;
    size_t len = ip_address_bytes(a).len;
    memset(edge.octets, octet, len);
    for (unsigned bit = 0; bit < prefix_len; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> bit % OCTET_BITS);
        uint8_t *at = &edge.octets[bit / OCTET_BITS];
        *at = (uint8_t)((*at & ~mask) | (a->octets[bit / OCTET_BITS] & mask));
    }
    return ip_address_equal(&edge, a);
}

static struct ip_address next_of(struct ip_address address)
{
    for (size_t i = ip_address_bytes(&address).len; i-- > 0;)
        if (++address.octets[i] != 0)
            break;
    return address;
}

static const char *judge(const struct tun_option *option)
{
    if (!ip_address_is_unicast(&option->address))
        return "this is not the address of a host";
    bool has_edges = option->address.version == 4;
    if (is_edge(&option->address, option->prefix_len, 0))
        return "this is the address of the network itself, not of a host";
    if (!has_prefix_of(&option->address, &option->kernels, option->prefix_len) ||
        (has_edges && is_edge(&option->kernels, option->prefix_len, 0xff)))
        return "the next address, which the kernel's end of the link needs, is not a host's in "
               "this network";
    return NULL;
}

/* What is wrong; or NULL. */
static const char *parse(struct bytes text, struct tun_option *option)
{
    const uint8_t *equals = memchr(text.data, '=', text.len);
    uint64_t number;
    if (!equals)
        return "it must have the form NAME=ADDRESS/PREFIX";
    struct bytes name = bytes_of(text.data, (size_t)(equals - text.data));
    if (name.len >= sizeof(option->name))
        return "the name of a device has at most 15 characters";
    if (!is_name(name) || !bytes_to_text(name, option->name, sizeof(option->name)))
        return "this is not the name of a device";
    struct bytes rest = bytes_skip(text, name.len + 1);
    struct bytes address = bytes_cut(&rest, '/');
    if (!ip_address_parse(address, &option->address))
        return "this is not an IP address";
    if (!bytes_to_number(rest, option->address.version == 4 ? 32 : 128, &number))
        return "the number of bits after the \"/\" is wrong or missing";
    option->prefix_len = (unsigned)number;
    option->kernels = next_of(option->address);
    return judge(option);
}

enum err tun_option_add(struct tun_options *options, const char *text, struct buf *problem)
{
    struct tun_option option = { .prefix_len = 0 };
    const char *wrong = parse(bytes_text(text), &option);
    if (wrong)
        return complain(problem, text, wrong);
    for (size_t i = 0; i < options->count; i++)
        if (options->items[i].address.version == option.address.version)
            return complain(problem, text, "only one IPv4 and one IPv6 address can be given");
    size_t at = option.address.version == 4 ? 0 : options->count;
    if (at < options->count)
        options->items[1] = options->items[0];
    options->items[at] = option;
    options->count++;
    return OK;
}
