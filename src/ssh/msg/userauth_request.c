/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/userauth_request.h"

#include "base/check.h"
#include "base/writer.h"

static const char *const method_names[] = {
    [USERAUTH_REQUEST_NONE] = "none",
    [USERAUTH_REQUEST_PUBLICKEY] = "publickey",
    [USERAUTH_REQUEST_HOSTBOUND] = "publickey-hostbound-v00@openssh.com",
    [USERAUTH_REQUEST_PASSWORD] = "password",
    [USERAUTH_REQUEST_INTERACTIVE] = "keyboard-interactive",
};

const char *userauth_request_method_name(enum userauth_request_method method)
{
    CHECK(method < USERAUTH_REQUEST_OTHER);
    return method_names[method];
}

static enum userauth_request_method method_of(struct bytes name)
{
    enum userauth_request_method method = USERAUTH_REQUEST_NONE;
    while (method < USERAUTH_REQUEST_OTHER && !bytes_is(name, method_names[method]))
        method++;
    return method;
}

static void read_publickey(struct reader *r, struct userauth_request *out)
{
    out->is_signed = reader_bool(r, "has signature");
    out->algorithm = reader_string(r, "public key algorithm");
    out->blob = reader_string(r, "public key blob");
    if (out->method == USERAUTH_REQUEST_HOSTBOUND)
        out->host_key = reader_string(r, "server host key");
    out->signed_part = bytes_slice(r->all, 0, r->at);
    if (out->is_signed && reader_more(r))
        out->signature = reader_string(r, "signature");
}

static void read_password(struct reader *r, struct userauth_request *out)
{
    out->changes_password = reader_bool(r, "changes password");
    out->password = reader_string(r, "password");
    if (out->changes_password)
        out->new_password = reader_string(r, "new password");
}

static void read_method(struct reader *r, struct userauth_request *out)
{
    switch (out->method) {
    case USERAUTH_REQUEST_NONE:
        break;
    case USERAUTH_REQUEST_PUBLICKEY:
    case USERAUTH_REQUEST_HOSTBOUND:
        read_publickey(r, out);
        break;
    case USERAUTH_REQUEST_PASSWORD:
        read_password(r, out);
        break;
    case USERAUTH_REQUEST_INTERACTIVE:
        out->language = reader_string(r, "language tag");
        out->submethods = reader_string(r, "submethods");
        break;
    case USERAUTH_REQUEST_OTHER:
        (void)reader_rest(r, "method specific fields");
        break;
    }
}

enum err userauth_request_decode(struct bytes payload, const struct field_sink *sink,
                                 struct userauth_request *out)
{
    *out = (struct userauth_request){ 0 };
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->user = reader_string(&r, "user name");
    out->service = reader_string(&r, "service name");
    out->method_name = reader_string(&r, "method name");
    out->method = method_of(out->method_name);
    read_method(&r, out);
    return message_end(&r, number, SSH_MSG_USERAUTH_REQUEST);
}

/* Everything of a publickey request before its signature. */
static void write_publickey(struct writer *w, const struct userauth_request *request)
{
    writer_bool(w, request->is_signed);
    writer_string(w, request->algorithm);
    writer_string(w, request->blob);
    if (request->method == USERAUTH_REQUEST_HOSTBOUND)
        writer_string(w, request->host_key);
}

static void write_password(struct writer *w, const struct userauth_request *request)
{
    writer_bool(w, request->changes_password);
    writer_string(w, request->password);
    if (request->changes_password)
        writer_string(w, request->new_password);
}

static void write_until_signature(struct writer *w, const struct userauth_request *request)
{
    writer_u8(w, SSH_MSG_USERAUTH_REQUEST);
    writer_string(w, request->user);
    writer_string(w, request->service);
    if (request->method == USERAUTH_REQUEST_OTHER)
        writer_string(w, request->method_name);
    else
        writer_text(w, userauth_request_method_name(request->method));

    switch (request->method) {
    case USERAUTH_REQUEST_PUBLICKEY:
    case USERAUTH_REQUEST_HOSTBOUND:
        write_publickey(w, request);
        break;
    case USERAUTH_REQUEST_PASSWORD:
        write_password(w, request);
        break;
    case USERAUTH_REQUEST_INTERACTIVE:
        writer_string(w, request->language);
        writer_string(w, request->submethods);
        break;
    case USERAUTH_REQUEST_NONE:
    case USERAUTH_REQUEST_OTHER:
        break;
    }
}

static bool is_publickey(const struct userauth_request *request)
{
    return request->method == USERAUTH_REQUEST_PUBLICKEY ||
           request->method == USERAUTH_REQUEST_HOSTBOUND;
}

enum err userauth_request_encode(struct buf *out, const struct userauth_request *request)
{
    struct writer w = writer_to(out);
    write_until_signature(&w, request);
    if (is_publickey(request) && request->is_signed)
        writer_string(&w, request->signature);
    return writer_end(&w);
}

enum err userauth_request_encode_signed(struct buf *out, struct bytes session_id,
                                        const struct userauth_request *request)
{
    CHECK(is_publickey(request) && request->is_signed);
    struct writer w = writer_to(out);
    writer_string(&w, session_id);
    write_until_signature(&w, request);
    return writer_end(&w);
}

/* Octets of the leading UTF-8 character; 0: not valid (RFC 3629 section 4). */
static size_t utf8_len(struct bytes text)
{
    uint8_t first = text.data[0];
    size_t len = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first > 0xf4 || len == 0 || len > text.len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((text.data[i] & 0xc0) != 0x80)
            return 0;
    bool is_overlong =
        (first == 0xe0 && text.data[1] < 0xa0) || (first == 0xf0 && text.data[1] < 0x90);
    bool is_outside =
        (first == 0xed && text.data[1] >= 0xa0) || (first == 0xf4 && text.data[1] >= 0x90);
    return is_overlong || is_outside ? 0 : len;
}

bool userauth_request_user_fits(struct bytes user)
{
    if (user.len == 0 || user.len > USERAUTH_REQUEST_USER_MAX || user.data[0] == '-')
        return false;
    while (user.len > 0) {
        size_t len = utf8_len(user);
        bool is_control = user.data[0] < ' ' || user.data[0] == 0x7f;
        if (len == 0 || is_control)
            return false;
        user = bytes_skip(user, len);
    }
    return true;
}
