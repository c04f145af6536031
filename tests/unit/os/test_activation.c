/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/activation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static int count_with(const char *id, const char *count)
{
    (void)setenv("LISTEN_PID", id, 1);
    (void)setenv("LISTEN_FDS", count, 1);
    return activation_count();
}

static void only_sockets_for_this_process_count(void **state)
{
    (void)state;
    char own[32];
    (void)snprintf(own, sizeof(own), "%ld", (long)getpid());
    assert_int_equal(count_with(own, "2"), 2);
    assert_int_equal(count_with("1", "2"), 0);
    assert_int_equal(count_with(own, "0"), 0);
    assert_int_equal(count_with(own, "65"), 0);
    assert_int_equal(count_with(own, "-1"), 0);
    assert_int_equal(count_with(own, "2x"), 0);
    assert_int_equal(count_with("", "2"), 0);
    (void)unsetenv("LISTEN_FDS");
    assert_int_equal(activation_count(), 0);
    (void)unsetenv("LISTEN_PID");
    assert_int_equal(activation_count(), 0);
}

static void a_manager_is_told_by_path_and_by_abstract_name(void **state)
{
    (void)state;
    for (int abstract = 0; abstract < 2; abstract++) {
        char name[100], text[32];
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        (void)snprintf(name, sizeof(name), "%stest_activation.%ld", abstract ? "@" : "/tmp/",
                       (long)getpid());
        strcpy(address.sun_path, name);
        if (abstract)
            address.sun_path[0] = '\0';
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
        assert_int_equal(bind(fd, (const struct sockaddr *)&address, len), 0);
        (void)setenv("NOTIFY_SOCKET", name, 1);
        activation_tell("READY=1");
        assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), 7);
        assert_memory_equal(text, "READY=1", 7);
        (void)close(fd);
        if (!abstract)
            (void)unlink(name);
    }
}

static void nobody_may_listen(void **state)
{
    (void)state;
    char name[300];
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    (void)setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
    activation_tell("READY=1");
    (void)setenv("NOTIFY_SOCKET", name, 1);
    activation_tell("READY=1");
    (void)unsetenv("NOTIFY_SOCKET");
    activation_tell("READY=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_sockets_for_this_process_count),
        cmocka_unit_test(a_manager_is_told_by_path_and_by_abstract_name),
        cmocka_unit_test(nobody_may_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
