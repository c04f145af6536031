/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/offer/offer_service.h"

#include "crypto/random.h"
#include "ipc/record.h"
#include "os/record_socket.h"
#include "programs/server/common/software.h"
#include "programs/server/offer/offer_record.h"
#include "ssh/reasons.h"
#include "ssh/transport/preface.h"

#include <stdlib.h>

enum { WORDS_MAX = 1024, PREFACE_MAX = 64 * 1024 };

struct offer_service {
    int fd;
    struct record_gate gate;
};

static enum err on_lists(const struct offer_service *service, const struct record *asked)
{
    struct offer_wishes wishes;
    struct offer offer;
    scoped(buf) words = BUF_EMPTY(WORDS_MAX);
    for (size_t i = 0; i < OFFER_WISH_COUNT; i++) {
        wishes.is_given[i] = asked->numbers[0] >> i & 1;
        wishes.specs[i] = asked->texts[i];
    }
    offer_init(&offer);
    enum offer_wish wrong;
    enum err err = offer_apply(&offer, &wishes, &wrong, &words);
    struct record answer = { RECORD_OFFER_NAMES, { err, wrong }, { BYTES_NONE } };
    answer.texts[OFFER_RECORD_WORDS] = buf_bytes(&words);
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        answer.texts[OFFER_RECORD_NAMES + i] = buf_bytes(&offer.names[i]);
    answer.texts[OFFER_RECORD_USER_KEYS] = buf_bytes(&offer.user_keys);
    err = record_socket_send(service->fd, &answer, NULL);
    offer_wipe(&offer);
    return err;
}

static enum err write_refusals(struct buf *bad_packet, struct buf *too_many, struct buf *refused)
{
    TRY(preface_write_refusal(SSH_DISCONNECT_PROTOCOL_ERROR, err_text(ERR_BAD_VALUE),
                              random_source(), bad_packet));
    TRY(preface_write_refusal(SSH_DISCONNECT_TOO_MANY_CONNECTIONS, "Exceeded MaxStartups",
                              random_source(), too_many));
    return preface_write_refusal(SSH_DISCONNECT_TOO_MANY_CONNECTIONS, "Not allowed at this time",
                                 random_source(), refused);
}

static enum err on_greeting(const struct offer_service *service, const struct record *asked)
{
    char software[SOFTWARE_MAX];
    struct algorithms_offer offer;
    size_t cookie_at = 0;
    scoped(buf) possible = BUF_EMPTY(OFFER_NAMES_MAX);
    scoped(buf) preface = BUF_EMPTY(PREFACE_MAX);
    scoped(buf) bad_packet = BUF_EMPTY(PREFACE_MAX);
    scoped(buf) too_many = BUF_EMPTY(PREFACE_MAX);
    scoped(buf) refused = BUF_EMPTY(PREFACE_MAX);
    if (!bytes_to_text(asked->texts[OFFER_RECORD_SOFTWARE], software, sizeof(software)))
        return ERR_BAD_VALUE;
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        offer.names[i] = asked->texts[OFFER_RECORD_OFFERED + i];
    TRY(offer_keep_possible(offer.names[OFFER_NAMES_HOST_KEY], asked->texts[OFFER_RECORD_HOST_KEYS],
                            &possible));
    offer.names[OFFER_NAMES_HOST_KEY] = buf_bytes(&possible);
    TRY(preface_write(software, &offer, random_source(), &preface, &cookie_at));
    TRY(write_refusals(&bad_packet, &too_many, &refused));
    const struct record answer = {
        RECORD_OFFER_PREFACE,
        { (uint32_t)cookie_at },
        { [OFFER_RECORD_PREFACE] = buf_bytes(&preface),
          [OFFER_RECORD_POSSIBLE] = buf_bytes(&possible),
          [OFFER_RECORD_BAD_PACKET] = buf_bytes(&bad_packet),
          [OFFER_RECORD_TOO_MANY] = buf_bytes(&too_many),
          [OFFER_RECORD_REFUSED] = buf_bytes(&refused) },
    };
    return record_socket_send(service->fd, &answer, NULL);
}

static enum err serve_next(struct offer_service *service, struct buf *room)
{
    struct record record;
    TRY(record_socket_take(service->fd, room, &record, NULL));
    TRY(record_admit(&service->gate, record.type, RECORD_LISTENER, RECORD_OFFER));
    return record.type == RECORD_OFFER_LISTS ? on_lists(service, &record)
                                             : on_greeting(service, &record);
}

int offer_service_run(int fd)
{
    struct offer_service service = { .fd = fd };
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    enum err err = OK;
    while (err == OK)
        err = serve_next(&service, &room);
    return err == ERR_DISCONNECTED ? EXIT_SUCCESS : EXIT_FAILURE;
}
