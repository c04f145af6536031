/* SPDX-License-Identifier: BSD-2-Clause */
/* The program that knows the algorithms, in a child and not locked in, asked by the listener's end. */
#include "programs/server/offer/offer_service.h"

#include "base/reader.h"
#include "config/server_options.h"
#include "crypto/crypto.h"
#include "ipc/record.h"
#include "keys/private/private_key.h"
#include "os/seqpacket.h"
#include "programs/server/keyd/host_keys.h"
#include "programs/server/listener/offer_link.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void open_service(struct offer_link *link)
{
    int ends[2];
    offer_link_init(link);
    assert_int_equal(seqpacket_pair(ends), OK);
    link->fd = ends[0];
    link->id = fork();
    assert_true(link->id >= 0);
    if (link->id == 0) {
        (void)close(ends[0]);
        _exit(offer_service_run(ends[1]));
    }
    (void)close(ends[1]);
}

static enum err apply(struct offer_link *link, const char *line)
{
    struct server_options options;
    server_options_init(&options);
    assert_int_equal(server_options_set(&options, bytes_text(line)), OK);
    enum err err = offer_link_apply(link, &options);
    server_options_wipe(&options);
    return err;
}

static void lists_of_the_configuration_are_applied(void **state)
{
    (void)state;
    struct offer_link link;
    open_service(&link);
    assert_int_equal(apply(&link, "Ciphers aes256-ctr,aes128-ctr"), OK);
    assert_true(
        bytes_is(offer_link_names(&link).lists[OFFER_NAMES_CIPHER], "aes256-ctr,aes128-ctr"));
    assert_int_equal(apply(&link, "PubkeyAcceptedAlgorithms ssh-dss"), ERR_UNSUPPORTED);
    assert_string_equal(link.wrong, "PubkeyAcceptedAlgorithms");
    assert_true(bytes_starts(buf_bytes(&link.words), "Bad key types 'ssh-dss'. Nothing is left"));
    offer_link_wipe(&link);
}

/* RFC 4253 section 7.1: the cookie stands behind the length, the padding's length and the message's number. */
static void the_preface_is_our_line_and_a_kexinit(void **state)
{
    (void)state;
    struct offer_link link;
    struct host_keys keys;
    struct private_key *key = NULL;
    open_service(&link);
    host_keys_init(&keys);
    assert_int_equal(private_key_generate(PKEY_ED25519, 0, &key), OK);
    assert_int_equal(host_keys_add(&keys, key), OK);
    assert_int_equal(apply(&link, "KexAlgorithms curve25519-sha256"), OK);
    assert_int_equal(offer_link_greet(&link, "us", buf_bytes(&keys.blobs)), OK);
    assert_true(bytes_is(offer_link_names(&link).lists[OFFER_NAMES_HOST_KEY], "ssh-ed25519"));

    struct bytes preface = buf_bytes(&link.preface);
    assert_true(bytes_starts(preface, "SSH-2.0-us\r\n"));
    assert_int_equal(link.cookie_at, 12 + 4 + 1 + 1);
    struct reader r = reader_over(bytes_skip(preface, link.cookie_at + 16), NULL);
    assert_true(bytes_starts(reader_string(&r, "kex"), "curve25519-sha256"));
    assert_true(bytes_is(reader_string(&r, "host key"), "ssh-ed25519"));
    assert_true(buf_len(&link.bad_packet) > 0 && buf_len(&link.too_many) > 0);
    assert_true(bytes_find(buf_bytes(&link.refused), 'N') < buf_len(&link.refused));
    host_keys_wipe(&keys);
    offer_link_wipe(&link);
}

static void whoever_asks_too_often_or_for_something_else_gets_no_answer(void **state)
{
    (void)state;
    struct offer_link link;
    open_service(&link);
    assert_int_equal(apply(&link, "Ciphers aes256-ctr"), OK);
    assert_int_equal(offer_link_greet(&link, "us", BYTES_NONE), OK);
    assert_int_equal(offer_link_greet(&link, "us", BYTES_NONE), ERR_DISCONNECTED);
    offer_link_wipe(&link);

    open_service(&link);
    int status = 0;
    assert_int_equal(seqpacket_send(link.fd, BYTES_LITERAL("\xff"), NULL), OK);
    assert_int_equal(waitpid(link.id, &status, 0), link.id);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
    link.id = 0;
    offer_link_wipe(&link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_the_configuration_are_applied),
        cmocka_unit_test(the_preface_is_our_line_and_a_kexinit),
        cmocka_unit_test(whoever_asks_too_often_or_for_something_else_gets_no_answer),
    };
    crypto_start();
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
