/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's options: sshd_config (text in, struct out), the -o of the command line, and the text
 * of -T. The table is server_option.def. The first value of a keyword counts, or all of them if it takes several.
 * So the command line is taken first, then the file, then server_options_finish is called, and then, for each user,
 * server_options_resolve, which applies Match. */
#pragma once

#include "config/config_source.h"
#include "config/option_table.h"
#include "config/server_blocks.h"

enum {
    SERVER_OPTIONS_MAX = 96,
    SERVER_IGNORED_MAX = 64,
    SERVER_LISTEN_MAX = 64,
    SERVER_ADDENDUM_MAX = 200,
};

enum server_root_login {
    SERVER_ROOT_NO,
    SERVER_ROOT_YES,
    SERVER_ROOT_WITHOUT_PASSWORD,
    SERVER_ROOT_FORCED_COMMANDS
};

enum server_address_family { SERVER_ADDRESS_ANY, SERVER_ADDRESS_INET, SERVER_ADDRESS_INET6 };

enum server_compression { SERVER_COMPRESSION_NO, SERVER_COMPRESSION_DELAYED };
enum server_rhosts { SERVER_RHOSTS_NO, SERVER_RHOSTS_YES, SERVER_RHOSTS_SHOSTS };

/* Bits: whether the server connects for the client, and whether it listens. */
enum server_forwarding {
    SERVER_FORWARD_NONE = 0,
    SERVER_FORWARD_LOCAL = 1,
    SERVER_FORWARD_REMOTE = 2,
    SERVER_FORWARD_BOTH = SERVER_FORWARD_LOCAL | SERVER_FORWARD_REMOTE,
};

/* Bits: devices of layers 3 and 2. */
enum server_tunnel {
    SERVER_TUNNEL_NONE = 0,
    SERVER_TUNNEL_POINT_TO_POINT = 1,
    SERVER_TUNNEL_ETHERNET = 2,
    SERVER_TUNNEL_BOTH = SERVER_TUNNEL_POINT_TO_POINT | SERVER_TUNNEL_ETHERNET,
};

enum server_gateway { SERVER_GATEWAY_NO, SERVER_GATEWAY_YES, SERVER_GATEWAY_CLIENT };
enum server_log_format { SERVER_LOG_TEXT, SERVER_LOG_JSON };

enum server_facility {
    SERVER_FACILITY_AUTH,
    SERVER_FACILITY_AUTHPRIV,
    SERVER_FACILITY_DAEMON,
    SERVER_FACILITY_USER,
    SERVER_FACILITY_LOCAL0, /* and the seven after it */
};

/* One address to listen on: a name or number, without brackets. */
struct server_listen {
    const char *host;
    int port;
};

/* Strings belong to `texts`, and are valid until server_options_wipe. */
struct server_options {
    struct option_ports port;
    struct option_list listen_address;              /* as given */
    struct server_listen listen[SERVER_LISTEN_MAX]; /* finished: every address with its port */
    size_t listen_count;

    struct option_list host_key; /* paths; finished: absolute, the usual ones if none was given */
    struct option_list authorized_keys_file; /* with tokens, relative to the home; or "none" */
    bool strict_modes;
    const char *pid_file; /* "none": no file */
    const char *pam_service_name;
    bool use_dns;
    enum server_facility syslog_facility;
    enum server_log_format log_format;

    bool pubkey_authentication;
    bool password_authentication;
    enum server_root_login permit_root_login;
    bool kbd_interactive_authentication;
    bool permit_empty_passwords;
    struct option_list authentication_methods; /* lists with commas; or "any" */
    const char *pubkey_accepted_algorithms;    /* as given; NULL: the default */
    int required_rsa_size;                     /* bits */
    const char *authorized_keys_command, *authorized_keys_command_user; /* NULL: none */
    const char *authorized_principals_file;                             /* NULL: none */
    enum server_rhosts ignore_rhosts;
    int login_grace_time; /* seconds; 0: no limit */
    int max_auth_tries;
    int max_sessions;
    struct option_startups max_startups;
    int per_source_max_startups; /* -1: no limit of its own */
    struct option_net_blocks per_source_net_block_size;
    struct option_penalties per_source_penalties;
    const char *per_source_penalty_exempt_list; /* "none", or addresses */

    enum server_address_family address_family;
    bool tcp_keep_alive;
    const char *version_addendum; /* NULL: none */
    const char *banner;           /* a file that is shown before the login; NULL: none */
    bool permit_tty;
    bool permit_user_rc;

    bool disable_forwarding;
    enum server_forwarding allow_tcp_forwarding, allow_stream_local_forwarding;
    bool allow_agent_forwarding;
    enum server_tunnel permit_tunnel;
    struct option_list permit_open, permit_listen; /* or "any", or "none" */
    enum server_gateway gateway_ports;
    bool x11_forwarding;

    struct option_list allow_users, deny_users, allow_groups, deny_groups; /* patterns */
    int client_alive_interval;                                             /* seconds; 0: off */
    int client_alive_count_max;
    enum option_log_level log_level;

    /* Algorithms, as given, with + - or ^ in front; NULL: the default. */
    const char *ciphers;
    const char *macs;
    const char *kex_algorithms;
    const char *host_key_algorithms;
    enum server_compression compression;
    struct option_rekey rekey_limit;

    /* The options that a session is sent (session/welcome.def) are kept together: its process needs no memory for
     * the rest. */
    struct option_list set_env;          /* NAME=value */
    struct option_list accept_env;       /* patterns */
    struct option_list subsystem;        /* "name command" */
    const char *force_command;           /* NULL: none */
    const char *chroot_directory;        /* NULL: none */
    const char *permit_user_environment; /* "no", "yes" or patterns */
    bool print_last_log;
    bool print_motd;
    bool expose_auth_info;
    bool use_pam;

    const struct option_pending *pending;    /* what the program cannot do yet; NULL: nothing */
    struct server_blocks blocks;             /* the lines after Match */
    struct place set_at[SERVER_OPTIONS_MAX]; /* by row of the table; no file: not set */
    /* By ignored keyword: a value without effect, for -T; or NULL. */
    const char *noted[SERVER_IGNORED_MAX];
    struct text_store texts;
    struct buf problems; /* what was wrong, for stderr: whole lines */
};

/* Allocates empty options. */
struct server_options *server_options_new(void);
void server_options_free(struct server_options *options);

void server_options_init(struct server_options *options);
void server_options_wipe(struct server_options *options);

/* Takes the argument of -o. ERR_BAD_VALUE, and a line in `problems`, when it is wrong. */
NODISCARD enum err server_options_set(struct server_options *options, struct bytes line);

/* Takes the value of a short option (-p 22 is "Port", "22"): one value, whatever it contains. The
 * keyword is one of ours. */
NODISCARD enum err server_options_put(struct server_options *options, const char *keyword,
                                      struct bytes value);

/* The same, but discards whatever was given before. */
NODISCARD enum err server_options_replace(struct server_options *options, const char *keyword,
                                          struct bytes value);

/* Reads a whole file, and what it includes. `name` is for the problems; if `source` is NULL, Include is one.
 * ERR_BAD_VALUE when there were any; the last line of `problems` then counts them. */
NODISCARD enum err server_options_parse(struct server_options *options, const char *name,
                                        struct bytes content, const struct config_source *source);

/* Makes the options that apply to the subject: lines after a Match that fits replace global ones, wherever
 * those were given. `options` must not be initialised before; it borrows from `base`, which must be finished, and
 * the caller wipes it in any case. ERR_BAD_VALUE, with `problems`: nothing of it may be used. */
NODISCARD enum err server_options_resolve(const struct server_options *base,
                                          const struct server_match_subject *subject,
                                          struct server_options *options);

/* Puts into `line` the next line after a Match that has the keyword, alone and with its place, whatever its conditions;
 * false: there are no more. *at starts at 0. `line` is initialised, borrows from `base`, and is wiped by the caller. */
bool server_options_resolve_next(const struct server_options *base, const char *keyword, size_t *at,
                                 struct server_options *line);

/* Fills in what was not given, makes the paths of host keys and PidFile absolute and completes
 * `listen`. `home` is for "~/", `directory` is where relative paths start. */
NODISCARD enum err server_options_finish(struct server_options *options, const char *home,
                                         const char *directory);

/* Adds an address to listen on, a name or number without brackets. ERR_BAD_VALUE, and a line in `problems`, when there
 * are SERVER_LISTEN_MAX already. */
NODISCARD enum err server_listen_add(struct server_options *options, struct bytes host, int port);

/* Whether the keyword was given, as opposed to left to its default. CHECKs that it is ours. */
bool server_options_given(const struct server_options *options, const char *keyword);

/* Where it was given, which it must have been; the file's name belongs to the options. */
struct place server_options_place(const struct server_options *options, const char *keyword);

/* A copy of the text that lives as long as the options. */
const char *server_options_keep(struct server_options *options, struct bytes text);

/* The command of the subsystem of that name, or NULL. */
const char *server_options_subsystem(const struct server_options *options, struct bytes name);

/* Appends what -T prints: a line for each option that has a value, in the order and form of
 * sshd -T. Algorithm lists are printed as they are; the caller puts in complete ones. */
NODISCARD enum err server_options_print(const struct server_options *options, struct buf *out);

/* The table, for listing it. */
const struct option_table *server_options_table(void);
