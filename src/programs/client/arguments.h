/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line, as ssh has it: bundled letters, values attached or apart, options after the host,
 * "--", user@host and ssh:// destinations. Long options are our own. Pure: strings are borrowed from
 * argv or kept in the struct. */
#pragma once

#include "base/buf.h"
#include "config/text_store.h"
#include "programs/common/tun_option.h"

enum { ARGUMENTS_OPTIONS_MAX = 512, ARGUMENTS_IDLE_MAX = 8 };

enum arguments_mode {
    ARGUMENTS_CONNECT,
    ARGUMENTS_PRINT,   /* -G */
    ARGUMENTS_VERSION, /* -V, --version */
    ARGUMENTS_QUERY,   /* -Q: .query */
    ARGUMENTS_HELP,    /* --help */
    ARGUMENTS_CONTROL, /* -O: .control */
};

enum arguments_explain {
    ARGUMENTS_EXPLAIN_OFF,
    ARGUMENTS_EXPLAIN_LADDER, /* drawn as the locale allows */
    ARGUMENTS_EXPLAIN_UNICODE,
    ARGUMENTS_EXPLAIN_ASCII,
    ARGUMENTS_EXPLAIN_SHORT,
    ARGUMENTS_EXPLAIN_JSON,
};

/* The values of -o and the short options, in order of precedence: the first one for a keyword wins. */
struct arguments_option {
    const char *keyword; /* NULL: `value` is the text after -o */
    const char *value;
};

/* An option that is accepted and has no effect here. */
struct arguments_idle {
    char letter;
    const char *why; /* half a sentence */
};

struct arguments {
    enum arguments_mode mode;
    const char *host;    /* as given, without user and port; NULL when none was needed */
    const char *command; /* the words joined by blanks; NULL: none */

    struct arguments_option options[ARGUMENTS_OPTIONS_MAX];
    size_t option_count;
    struct arguments_idle idle[ARGUMENTS_IDLE_MAX]; /* each once */
    size_t idle_count;

    const char *config_file;  /* -F */
    const char *log_file;     /* -E */
    const char *query;        /* -Q */
    const char *control;      /* -O */
    const char *control_path; /* -S */
    enum arguments_explain explain;
    const char *explain_to;  /* implies an explanation */
    struct tun_options tuns; /* --tun */

    unsigned verbosity;      /* -v, counted */
    bool is_quiet;           /* -q */
    bool is_subsystem;       /* -s */
    bool no_session;         /* -N */
    bool no_input;           /* -n, -f */
    bool goes_behind;        /* -f */
    const char *request_tty; /* -t, -tt, -T, -N: a RequestTTY that beats every other; or NULL */

    struct text_store texts;
    struct buf problem; /* what is wrong, for stderr: whole lines; empty: show the usage */
};

/* ERR_BAD_VALUE: show the problem, or the usage. The struct must be wiped in any case. */
NODISCARD enum err arguments_parse(int count, char *const words[], struct arguments *arguments);
void arguments_wipe(struct arguments *arguments);

/* The names of the forms of --explain, separated by `between`. */
NODISCARD enum err arguments_explain_forms(const char *between, struct buf *out);
