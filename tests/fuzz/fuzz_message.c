/* SPDX-License-Identifier: BSD-2-Clause */
/* Every codec of messages: what decodes encodes to octets of the same number, which decode and encode to
 * themselves. */
#include "fuzz/fuzz.h"
#include "ssh/auth/userauth_info.h"
#include "ssh/msg/channel_flow.h"
#include "ssh/msg/channel_open.h"
#include "ssh/msg/disconnect.h"
#include "ssh/msg/ext_info.h"
#include "ssh/msg/global_request.h"
#include "ssh/msg/kex_share.h"
#include "ssh/msg/kexinit.h"
#include "ssh/msg/message.h"
#include "ssh/msg/notice.h"
#include "ssh/msg/ping.h"
#include "ssh/msg/service.h"
#include "ssh/msg/userauth_reply.h"
#include "ssh/msg/userauth_request.h"

enum { ROOM = 1024 * 1024 };

static enum err ext_info_for_client(struct bytes payload, const struct field_sink *sink,
                                    struct ext_info *out)
{
    return ext_info_decode(payload, sink, ROLE_CLIENT, out);
}

/* The codecs, with the struct that each fills. */
#define CODECS(X)                                                                           \
    X(channel_flow_window, channel_flow_decode_window, channel_flow_encode_window)          \
    X(channel_flow_data, channel_flow_decode_data, channel_flow_encode_data)                \
    X(channel_flow_signal, channel_flow_decode_signal, channel_flow_encode_signal)          \
    X(channel_flow_request, channel_flow_decode_request, channel_flow_encode_request)       \
    X(channel_open, channel_open_decode, channel_open_encode)                               \
    X(channel_open_confirmation, channel_open_decode_confirmation,                          \
      channel_open_encode_confirmation)                                                     \
    X(channel_open_failure, channel_open_decode_failure, channel_open_encode_failure)       \
    X(disconnect, disconnect_decode, disconnect_encode)                                     \
    X(global_request, global_request_decode, global_request_encode)                         \
    X(global_request_success, global_request_decode_success, global_request_encode_success) \
    X(kex_share_init, kex_share_decode_init, kex_share_encode_init)                         \
    X(kex_share_reply, kex_share_decode_reply, kex_share_encode_reply)                      \
    X(kexinit, kexinit_decode, kexinit_encode)                                              \
    X(notice_ignore, notice_decode_ignore, notice_encode_ignore)                            \
    X(notice_debug, notice_decode_debug, notice_encode_debug)                               \
    X(notice_unimplemented, notice_decode_unimplemented, notice_encode_unimplemented)       \
    X(ping, ping_decode, ping_encode)                                                       \
    X(service, service_decode, service_encode)                                              \
    X(userauth_reply_failure, userauth_reply_decode_failure, userauth_reply_encode_failure) \
    X(userauth_reply_banner, userauth_reply_decode_banner, userauth_reply_encode_banner)    \
    X(userauth_reply_pk_ok, userauth_reply_decode_pk_ok, userauth_reply_encode_pk_ok)       \
    X(userauth_reply_change, userauth_reply_decode_change, userauth_reply_encode_change)    \
    X(userauth_request, userauth_request_decode, userauth_request_encode)                   \
    X(auth_prompts, userauth_info_decode_request, userauth_info_encode_request)             \
    X(userauth_info_response, userauth_info_decode_response, userauth_info_encode_response)

#define ROUND_TRIP(name, decode, encode)                                     \
    static void round_trip_##name(struct bytes payload)                      \
    {                                                                        \
        struct name first_value, second_value;                               \
        scoped(buf) first = BUF_EMPTY(ROOM);                                 \
        scoped(buf) second = BUF_EMPTY(ROOM);                                \
        if (decode(payload, NULL, &first_value) != OK)                       \
            return;                                                          \
        CHECK(encode(&first, &first_value) == OK);                           \
        CHECK(message_number(buf_bytes(&first)) == message_number(payload)); \
        CHECK(decode(buf_bytes(&first), NULL, &second_value) == OK);         \
        CHECK(encode(&second, &second_value) == OK);                         \
        CHECK(bytes_equal(buf_bytes(&first), buf_bytes(&second)));           \
    }
CODECS(ROUND_TRIP)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes payload = bytes_of(data, size < ROOM / 2 ? size : ROOM / 2);
    struct ext_info info;
    (void)ext_info_for_client(payload, NULL, &info);
#define RUN(name, decode, encode) round_trip_##name(payload);
    CODECS(RUN)
    return 0;
}
