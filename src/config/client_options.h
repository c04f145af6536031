/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's options: ssh_config (text in, struct out), the -o of the command line, and the text
 * of -G. The table is client_option.def. The first value given for a keyword wins, so sources are
 * read in this order: command line, the user's file, the system's file, client_resolve (which fills
 * in the defaults). */
#pragma once

#include "config/config_source.h"
#include "config/option_table.h"

enum { CLIENT_OPTIONS_MAX = 64, CLIENT_IGNORED_MAX = 96 };

enum client_address_family { CLIENT_ADDRESS_ANY, CLIENT_ADDRESS_INET, CLIENT_ADDRESS_INET6 };
enum client_checking {
    CLIENT_CHECKING_OFF,
    CLIENT_CHECKING_STRICT,
    CLIENT_CHECKING_ASK,
    CLIENT_CHECKING_ACCEPT_NEW
};
enum client_tty { CLIENT_TTY_NO, CLIENT_TTY_AUTO, CLIENT_TTY_YES, CLIENT_TTY_FORCE };
enum client_pubkey {
    CLIENT_PUBKEY_NO,
    CLIENT_PUBKEY_YES,
    CLIENT_PUBKEY_UNBOUND,
    CLIENT_PUBKEY_HOST_BOUND
};

/* Strings belong to `texts`, and are valid until client_options_wipe. */
struct client_options {
    /* Where to connect, and how. */
    const char *hostname; /* resolved: in lower case, never NULL */
    int port;
    const char *user; /* resolved: never NULL */
    enum client_address_family address_family;
    const char *bind_address; /* NULL: any */
    int connection_attempts;
    int connect_timeout; /* seconds; -1: the system's */
    bool tcp_keep_alive;
    struct option_ipqos ipqos;
    const char *proxy_command; /* NULL: none; as given. client_resolve has the expanded one */

    /* The host's identity. */
    enum client_checking strict_host_key_checking;
    const char *host_key_alias;               /* resolved: in lower case; NULL: the hostname */
    struct option_list user_known_hosts_file; /* resolved: paths; empty for "none" */
    struct option_list global_known_hosts_file;
    bool hash_known_hosts;
    bool check_host_ip;
    bool visual_host_key;
    enum option_fingerprint_hash fingerprint_hash;

    /* Our identity. */
    struct option_list identity_file; /* as given; client_resolve has the paths */
    bool identities_only;
    const char *identity_agent; /* "none", "SSH_AUTH_SOCK", "$VARIABLE" or a path; NULL: default */
    const char *preferred_authentications; /* NULL: our own order; may contain unknown names */
    enum client_pubkey pubkey_authentication;
    bool password_authentication;
    bool kbd_interactive_authentication;
    int number_of_password_prompts;
    bool batch_mode;

    /* Algorithms, as given, with + - or ^ in front; NULL: the default. */
    const char *ciphers;
    const char *macs;
    const char *kex_algorithms;
    const char *host_key_algorithms;
    const char *pubkey_accepted_algorithms;
    struct option_rekey rekey_limit;
    bool compression;

    /* The session. */
    enum client_tty request_tty;
    const char *remote_command;  /* NULL: none; resolved: expanded */
    int escape_char;             /* -1: none */
    struct option_list send_env; /* patterns */
    struct option_list set_env;  /* NAME=value */
    int server_alive_interval;   /* seconds; 0: off */
    int server_alive_count_max;
    enum option_log_level log_level;

    const char *ignore_unknown; /* patterns of keywords; NULL: none */

    struct place set_at[CLIENT_OPTIONS_MAX]; /* by row of the table; no file: not set */
    /* By row of the ignored keywords that take any value: the value, if one was given for our host. */
    const char *noted[CLIENT_IGNORED_MAX];
    struct text_store texts;
    struct buf problems; /* what was wrong, for stderr: whole lines */
};

void client_options_init(struct client_options *options);
void client_options_wipe(struct client_options *options);

/* Takes the argument of -o: "Key=value" or "Key value"; blanks around and quotes in the value are allowed.
 * ERR_BAD_VALUE, and a line in `problems`, when it is wrong. */
NODISCARD enum err client_options_set(struct client_options *options, struct bytes line);

/* Takes the value of a short option (-p 22 is "Port", "22"): one value, whatever it contains. The
 * keyword is one of ours. ERR_BAD_VALUE as above. */
NODISCARD enum err client_options_put(struct client_options *options, const char *keyword,
                                      struct bytes value);

/* A configuration file. */
struct client_file {
    const char *name; /* for the problems */
    struct bytes content;
    const char *host;                   /* as on the command line: Host lines match it */
    const struct config_source *source; /* for Include; NULL: Include is a problem */
};

/* Reads a whole file, and what it includes. ERR_BAD_VALUE when there were problems; the last line of
 * `problems` then counts them. No text can make this take long or use much memory. */
NODISCARD enum err client_options_parse(struct client_options *options,
                                        const struct client_file *file);

/* Whether the keyword was given, as opposed to left to its default. CHECKs that it is ours. */
bool client_options_given(const struct client_options *options, const char *keyword);

/* Where it was given, which it must have been; the file's name belongs to the options. */
struct place client_options_place(const struct client_options *options, const char *keyword);

/* A copy of the text that lives as long as the options. */
const char *client_options_keep(struct client_options *options, struct bytes text);

/* Appends what -G prints: "host <host>" and a line for each option that has a value, in the order
 * and form of ssh -G. Algorithm lists are printed as they are; the caller puts in complete ones. */
NODISCARD enum err client_options_print(const struct client_options *options, const char *host,
                                        struct buf *out);

/* Sets every option that was not given to its default; client_resolve does that first. */
void client_options_fill(struct client_options *options);

/* The table, for listing it: in the manual page, for completion. */
const struct option_table *client_options_table(void);
