/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/offered.h"

#include "config/server_options.h"
#include "programs/server/monitor/password.h"

bool offered_to_root(const struct server_options *options, enum monitor_method method)
{
    switch (options->permit_root_login) {
    case SERVER_ROOT_YES:
        return true;
    case SERVER_ROOT_NO:
        return false;
    case SERVER_ROOT_WITHOUT_PASSWORD:
    case SERVER_ROOT_FORCED_COMMANDS:
        return method == MONITOR_PUBLICKEY;
    }
    return false;
}

/* Whether a password can let in depends on the user, unless there is only one. */
static bool can_check_password(const struct server_options *options,
                               const struct monitor_setup *setup)
{
    const struct account *own = setup->account;
    return setup->serves_all || options->use_pam ||
           (password_can_check(own) &&
            (own->uid != 0 || offered_to_root(options, MONITOR_PASSWORD)));
}

/* Without PAM the question is for the password: PasswordAuthentication no switches it off, unless this option was
 * given. */
static bool asks_questions(const struct server_options *options)
{
    return options->kbd_interactive_authentication &&
           (options->use_pam || options->password_authentication ||
            server_options_given(options, "KbdInteractiveAuthentication"));
}

unsigned offered_methods(const struct server_options *options, const struct monitor_setup *setup)
{
    unsigned methods = options->pubkey_authentication ? 1U << MONITOR_PUBLICKEY : 0;
    if (!can_check_password(options, setup))
        return methods;
    if (options->password_authentication)
        methods |= 1U << MONITOR_PASSWORD;
    if (asks_questions(options))
        methods |= 1U << MONITOR_INTERACTIVE;
    return methods;
}
