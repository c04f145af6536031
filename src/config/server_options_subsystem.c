/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_options.h"

const char *server_options_subsystem(const struct server_options *options, struct bytes name)
{
    for (size_t i = 0; i < options->subsystem.count; i++) {
        struct bytes command = bytes_text(options->subsystem.items[i]);
        if (bytes_equal(bytes_cut(&command, ' '), name))
            return options->subsystem.items[i] + name.len + 1;
    }
    return NULL;
}
