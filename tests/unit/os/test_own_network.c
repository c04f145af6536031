/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/own_network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "network_stage.h"

#include <net/if.h>

static int count_devices(void)
{
    struct if_nameindex *all = if_nameindex();
    int count = 0;
    for (const struct if_nameindex *one = all; one && one->if_index; one++)
        count++;
    if_freenameindex(all);
    return count;
}

static int use_loopback(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(9) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1 &&
                   errno == ECONNREFUSED && count_devices() == 1
               ? 0
               : 1;
}

static void test_there_is_a_loopback_device_and_nothing_else(void **state)
{
    (void)state;
    in_own_network(use_loopback);
}

static void test_the_network_of_others_is_as_it_was(void **state)
{
    (void)state;
    int before = count_devices();
    in_own_network(use_loopback);
    assert_int_equal(count_devices(), before);
}

static int be_who_we_were(void)
{
    return own_network_enter() == OK && geteuid() != (uid_t)-1 ? 0 : 1;
}

static int become_nobody(void)
{
    enum { NOBODY = 65534 };
    if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        return STAGE_CANNOT;
    /* What ran as root before is root's to look at, until it says otherwise: /proc/self, too. */
    (void)prctl(PR_SET_DUMPABLE, 1);
    uid_t uid = geteuid();
    if (own_network_enter() != OK)
        return STAGE_CANNOT; /* where user namespaces are not for everybody */
    return geteuid() == uid && uid != 0 && use_loopback() == 0 ? 0 : 1;
}

static void test_who_is_not_root_gets_one_too_and_stays_who_they_are(void **state)
{
    (void)state;
    in_own_network(become_nobody);
}

static void test_one_within_another_is_one_more(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    in_own_network(be_who_we_were);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_is_a_loopback_device_and_nothing_else),
        cmocka_unit_test(test_the_network_of_others_is_as_it_was),
        cmocka_unit_test(test_who_is_not_root_gets_one_too_and_stays_who_they_are),
        cmocka_unit_test(test_one_within_another_is_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
