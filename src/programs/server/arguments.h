/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of glasshd: sshd's short options, and long ones of our own. */
#pragma once

#include "config/server_options.h"
#include "programs/common/tun_option.h"

struct arguments {
    const char *config_path; /* "none": no file */
    const char *log_path;    /* -E, or NULL */
    bool stays_in_front;     /* -D, -d */
    bool serves_once;        /* -d */
    int debug_level;         /* the number of -d since the last -q */
    bool logs_to_stderr;     /* -e, -d, -E, -t, -T */
    bool is_inetd;           /* -i */
    bool tests;              /* -t */
    bool prints;             /* -T */
    bool has_subject;        /* -C */
    struct server_match_subject subject;
    bool is_demo;
    bool explains;
    bool checks_sandbox;
    struct tun_options tuns; /* --tun */
};

enum arguments_outcome {
    ARGUMENTS_GO,
    ARGUMENTS_DONE,  /* what was asked for (--help, -V) is printed */
    ARGUMENTS_WRONG, /* the problem and the usage are on stderr */
};

/* Sets what -4, -6, -g, -h, -o, -p and -q say in the options. */
enum arguments_outcome arguments_parse(int argc, char **argv, struct arguments *arguments,
                                       struct server_options *options);
