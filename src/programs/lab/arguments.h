/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of glassh-lab: a scenario, or a word with a meaning of its own, and long options, in any order.
 * Strings are borrowed from argv. */
#pragma once

#include "base/err.h"
#include "lab/scenario.h"

enum arguments_mode {
    ARGUMENTS_RUN,
    ARGUMENTS_LIST,
    ARGUMENTS_SSH,
    ARGUMENTS_HELP,
    ARGUMENTS_VERSION
};
enum arguments_form { ARGUMENTS_UNICODE, ARGUMENTS_ASCII, ARGUMENTS_JSON };

struct arguments {
    enum arguments_mode mode;
    enum arguments_form form;
    const char *scenario; /* RUN */
    struct scenario_options options;
    const char *html_file, *pcap_file; /* NULL: none */
    char problem[160];                 /* what is wrong; empty: show the usage */
};

/* ERR_BAD_VALUE: show the problem, or the usage. */
NODISCARD enum err arguments_parse(int count, char *const words[], struct arguments *arguments);
