#include "transport/tls.hpp"

#include "system/wait.hpp"
#include "transport/failures.hpp"
#include "transport/on_demand/openssl.hpp"
#include "transport/trust.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <sys/socket.h>

namespace omen {

namespace {

struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int bio_write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto count = ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(count);
}

int bio_read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const auto count = recv(socket_of(bio), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(count);
}

long bio_control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a peer that has gone would kill the process.
BIO* socket_bio(int socket) {
    static const std::unique_ptr<BIO_METHOD, Free> method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        BIO_meth_set_write(made, bio_write);
        BIO_meth_set_read(made, bio_read);
        BIO_meth_set_ctrl(made, bio_control);
        return std::unique_ptr<BIO_METHOD, Free>(made);
    }();
    BIO* bio = BIO_new(method.get());
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    return bio;
}

std::unique_ptr<SSL_CTX, Free> client_context() {
    openssl::load();
    std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // One recv may bring in several records.
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context.get(), 64U << 10);
    return context;
}

bool is_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    return inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

/// Whom the certificate must name. A host name is sent to the server, too, which may serve several.
void expect_host(SSL* ssl, const std::string& host) {
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
        return;
    }
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, host.c_str());
    SSL_set_tlsext_host_name(ssl, host.c_str());
}

/// SSL_get_error judges by what the queue and errno hold: both must be empty before each call.
void forget_errors() {
    ERR_clear_error();
    errno = 0;
}

std::string failure_reason(const SSL* ssl, const Bundle& bundle) {
    if (bundle.unreadable()) return "cannot read the authorities in " + bundle.path();
    if (const auto verdict = SSL_get_verify_result(ssl); verdict != X509_V_OK)
        return std::string("certificate not accepted: ") + X509_verify_cert_error_string(verdict);
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return std::string("TLS handshake failed: ") + (reason != nullptr ? reason : "the connection was closed");
}

class TlsChannel final : public Channel {
  public:
    TlsChannel(Descriptor socket, SSL_CTX* context, const Url& url)
        : socket_(std::move(socket)), ssl_(SSL_new(context)) {
        BIO* bio = socket_bio(socket_.get());
        SSL_set_bio(ssl_.get(), bio, bio);
        expect_host(ssl_.get(), url.host);
    }

    void handshake(const Url& url, const Bundle& bundle, Deadline deadline) {
        for (;;) {
            forget_errors();
            const int result = SSL_connect(ssl_.get());
            if (result == 1) return;
            const Transfer attempt = unfinished(result);
            const bool wants_input = attempt.state == Transfer::State::wants_input;
            if (!wants_input && attempt.state != Transfer::State::wants_output)
                throw tls_failed(url, failure_reason(ssl_.get(), bundle));
            const short events = wants_input ? POLLIN : POLLOUT;
            std::array waiting{pollfd{.fd = socket_.get(), .events = events, .revents = 0}};
            if (deadline.passed() || !wait_for_any(waiting, deadline)) throw connect_timed_out(url);
        }
    }

    /// Reads on as long as decrypted or received bytes are at hand, so that nothing waits inside OpenSSL unseen.
    Transfer read(std::span<char> into) override {
        std::size_t total = 0;
        do {
            forget_errors();
            std::size_t count = 0;
            const int result = SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &count);
            if (result != 1 && total == 0) return unfinished(result);
            if (result != 1) break;
            total += count;
        } while (total < into.size() && SSL_has_pending(ssl_.get()) == 1);
        return {.state = Transfer::State::done, .bytes = total};
    }

    Transfer write(std::string_view bytes) override {
        forget_errors();
        std::size_t count = 0;
        const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
        if (result != 1) return unfinished(result);
        return {.state = Transfer::State::done, .bytes = count};
    }

    void say_goodbye() noexcept override {
        forget_errors();
        SSL_shutdown(ssl_.get());
        shutdown(socket_.get(), SHUT_WR);
    }

    int fd() const override { return socket_.get(); }

  private:
    Transfer unfinished(int result) const {
        const int os_error = errno;
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {.state = Transfer::State::wants_input};
        case SSL_ERROR_WANT_WRITE:
            return {.state = Transfer::State::wants_output};
        case SSL_ERROR_ZERO_RETURN:
            return {.state = Transfer::State::ended};
        // An end without TLS's own goodbye proves nothing: anybody on the way can have made it.
        case SSL_ERROR_SYSCALL:
            return {.state = Transfer::State::failed, .error = os_error != 0 ? os_error : ECONNRESET};
        default:
            return {.state = Transfer::State::failed, .error = EPROTO};
        }
    }

    Descriptor socket_;
    std::unique_ptr<SSL, Free> ssl_;
};

} // namespace

struct TlsClient::Impl {
    Url url;
    std::unique_ptr<SSL_CTX, Free> context = client_context();
    const Bundle& bundle = trust(context.get(), trust_store());
};

TlsClient::TlsClient(Url url) : impl_(std::make_unique<Impl>(Impl{.url = std::move(url)})) {}
TlsClient::~TlsClient() = default;

std::unique_ptr<Channel> TlsClient::connect(Descriptor socket, Deadline deadline) {
    auto channel = std::make_unique<TlsChannel>(std::move(socket), impl_->context.get(), impl_->url);
    channel->handshake(impl_->url, impl_->bundle, deadline);
    return channel;
}

} // namespace omen
