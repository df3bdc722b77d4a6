#include "transport/http.hpp"

#include "core/error.hpp"
#include "core/integer.hpp"
#include "system/backoff.hpp"
#include "system/signals.hpp"
#include "system/wait.hpp"
#include "transport/failures.hpp"
#include "transport/on_demand/libcurl.hpp"
#include "transport/socket.hpp"
#include "transport/trust.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>

namespace omen {

namespace {

template <auto function> struct FreeWith {
    void operator()(auto* handle) const { (LibCurl::get().*function)(handle); }
};

/// Keeps a transfer in the multi handle for the life of this object. A transfer taken out unfinished closes its
/// connection.
class Attached {
  public:
    Attached(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
        LibCurl::get().curl_multi_add_handle(multi_, easy_);
    }
    ~Attached() { LibCurl::get().curl_multi_remove_handle(multi_, easy_); }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;

  private:
    CURLM* multi_;
    CURL* easy_;
};

/// Where a body is gathered.
struct Body {
    std::string bytes{};
    std::size_t limit = 0;
    bool too_long = false;
};

std::size_t take_body(const char* bytes, std::size_t, std::size_t count, void* target) {
    auto& body = *static_cast<Body*>(target);
    body.too_long = count > body.limit - body.bytes.size();
    if (body.too_long) return 0;
    body.bytes.append(bytes, count);
    return count;
}

bool is_read(const HttpRequest& request) {
    return request.method == "GET";
}

/// What changes something arrives while somebody waits for its answer, or never.
int recall_unsent_request(void*, curl_socket_t socket, curlsocktype) {
    recall_unsent(socket, longest_for_answer);
    return CURL_SOCKOPT_OK;
}

/// "GET http://localhost:8083/health"
std::string name_of(const HttpRequest& request, const Url& url) {
    return request.method + " " + url.text();
}

} // namespace

struct Http::Impl {
    explicit Impl(Options chosen) : options(chosen) {
        multi.reset(curl.curl_multi_init());
        easy.reset(curl.curl_easy_init());
        if (!multi || !easy) throw Error(Fault::internal, "libcurl: cannot be set up");
    }

    HttpResponse attempt(const HttpRequest& request, const Url& url, Deadline deadline);
    HttpResponse perform(const HttpRequest& request, const Url& url, Deadline deadline);
    CURLcode transfer(const HttpRequest& request, const Url& url, Body& body, Deadline deadline);
    void prepare(const HttpRequest& request, const Url& url, Body& body);
    void prepare_headers(const HttpRequest& request);
    void prepare_tls();
    CURLcode drive(const HttpRequest& request, const Url& url, Deadline deadline);
    [[noreturn]] void fail(CURLcode code, const HttpRequest& request, const Url& url);
    HttpResponse response(std::string body);
    long number(CURLINFO what);
    std::optional<Milliseconds> retry_after();

    template <class Value> void set(CURLoption option, Value value) {
        curl.curl_easy_setopt(easy.get(), option, value);
    }

    const LibCurl& curl = LibCurl::get();
    Options options;
    std::unique_ptr<CURLM, FreeWith<&LibCurl::curl_multi_cleanup>> multi{};
    std::unique_ptr<CURL, FreeWith<&LibCurl::curl_easy_cleanup>> easy{};
    std::unique_ptr<curl_slist, FreeWith<&LibCurl::curl_slist_free_all>> headers{};
    std::array<char, CURL_ERROR_SIZE> error_text{};
    bool use_bundle = false; ///< since the directory of authorities has missed one
};

/// perform(), reported to the tap.
HttpResponse Http::Impl::attempt(const HttpRequest& request, const Url& url, Deadline deadline) try {
    if (options.tap != nullptr) options.tap->request(request);
    HttpResponse answer = perform(request, url, deadline);
    if (options.tap != nullptr) options.tap->response(request, answer);
    return answer;
} catch (const Error& error) {
    if (options.tap != nullptr) options.tap->failed(request, error.what());
    throw;
}

HttpResponse Http::Impl::perform(const HttpRequest& request, const Url& url, Deadline deadline) {
    Body body{.limit = options.max_body};
    auto code = transfer(request, url, body, deadline);
    if (code == CURLE_PEER_FAILED_VERIFICATION && !use_bundle) { // nothing was sent yet
        use_bundle = true;
        code = transfer(request, url, body, deadline);
    }
    if (body.too_long)
        throw Error(Fault::protocol,
                    name_of(request, url) + ": the answer is longer than " + std::to_string(options.max_body) +
                        " bytes",
                    {.code = "answer_too_long"});
    if (code != CURLE_OK) fail(code, request, url);
    return response(std::move(body.bytes));
}

CURLcode Http::Impl::transfer(const HttpRequest& request, const Url& url, Body& body, Deadline deadline) {
    prepare(request, url, body);
    const Attached attached(multi.get(), easy.get());
    return drive(request, url, deadline);
}

void Http::Impl::prepare(const HttpRequest& request, const Url& url, Body& body) {
    curl.curl_easy_reset(easy.get());
    error_text.fill('\0');
    set(CURLOPT_ERRORBUFFER, error_text.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);          // don't wait for a name server when we have stopped waiting
    set(CURLOPT_URL, url.text().c_str()); // what was parsed, so that nobody reads another host out of it
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_USERAGENT, "omenctl");
    if (url.loopback()) set(CURLOPT_PROXY, "");
    if (url.secure()) prepare_tls();
    prepare_headers(request);
    set(CURLOPT_WRITEFUNCTION, take_body);
    set(CURLOPT_WRITEDATA, &body);
    if (is_read(request)) return;
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    // libcurl repeats a request of its own accord when a kept connection turns out to be closed. Not ours.
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_SOCKOPTFUNCTION, recall_unsent_request);
    if (request.body.empty() && request.method != "POST") return;
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
}

void Http::Impl::prepare_headers(const HttpRequest& request) {
    headers.reset();
    const auto add = [this](const std::string& line) {
        headers.reset(curl.curl_slist_append(headers.release(), line.c_str()));
    };
    add("Accept: application/json");
    add("Expect:");
    // Without a body none: libcurl would call it a form.
    add(request.body.empty() ? "Content-Type:" : "Content-Type: application/json");
    if (!request.bearer.empty()) add("Authorization: Bearer " + request.bearer);
    set(CURLOPT_HTTPHEADER, headers.get());
}

void Http::Impl::prepare_tls() {
    const TrustStore trust = trust_store();
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_CAPATH, trust.directory.c_str());
    set(CURLOPT_CAINFO, use_bundle && !trust.bundle.empty() ? trust.bundle.c_str() : nullptr);
}

/// Runs the transfer until it is done, the deadline passes (CURLE_OPERATION_TIMEDOUT) or a signal comes.
CURLcode Http::Impl::drive(const HttpRequest& request, const Url& url, Deadline deadline) {
    for (;;) {
        int running = 0;
        curl.curl_multi_perform(multi.get(), &running);
        int left = 0;
        if (const CURLMsg* message = curl.curl_multi_info_read(multi.get(), &left)) return message->data.result;
        if (signals::pending() && !is_read(request) && number(CURLINFO_REQUEST_SIZE) > 0)
            throw Error(Fault::outcome_unknown, name_of(request, url) + ": interrupted before the answer came",
                        {.code = "answer_lost"});
        signals::check();
        if (deadline.passed()) return CURLE_OPERATION_TIMEDOUT;
        curl_waitfd signal{.fd = signals::fd(), .events = CURL_WAIT_POLLIN, .revents = 0};
        const auto longest = Milliseconds(std::numeric_limits<int>::max());
        const auto timeout = static_cast<int>(std::min(deadline.left(), longest).count());
        curl.curl_multi_poll(multi.get(), &signal, signal.fd == -1 ? 0 : 1, timeout, nullptr);
    }
}

void Http::Impl::fail(CURLcode code, const HttpRequest& request, const Url& url) {
    const bool sent = number(CURLINFO_REQUEST_SIZE) > 0;
    const auto os_error = static_cast<int>(number(CURLINFO_OS_ERRNO));
    const std::string said = lower_first(error_text[0] != '\0' ? error_text.data() : curl.curl_easy_strerror(code));
    const std::string reason = code == CURLE_OPERATION_TIMEDOUT ? "no answer in time" : said;
    if (!sent) {
        switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            throw connect_timed_out(url);
        case CURLE_COULDNT_CONNECT:
            throw connect_failed(url, os_error != 0 ? os_reason(os_error) : said);
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
            throw tls_failed(url, error_text[0] != '\0' ? error_text.data() : said);
        default:
            throw connect_failed(url, said);
        }
    }
    if (!is_read(request))
        throw Error(Fault::outcome_unknown, name_of(request, url) + ": the answer was lost: " + reason,
                    {.code = "answer_lost"});
    // What libcurl calls a header longer than it takes; since 8.6 CURLE_TOO_LARGE, a name that older headers lack.
    const bool is_header_too_long = code == CURLE_OUT_OF_MEMORY || static_cast<int>(code) == 100;
    if (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL || is_header_too_long)
        throw Error(Fault::protocol, name_of(request, url) + ": the answer is no HTTP", {.code = "not_http"});
    throw Error(Fault::unreachable, name_of(request, url) + ": " + reason,
                {.code = code == CURLE_OPERATION_TIMEDOUT ? "timed_out" : "answer_lost"});
}

HttpResponse Http::Impl::response(std::string body) {
    const char* content_type = nullptr;
    curl.curl_easy_getinfo(easy.get(), CURLINFO_CONTENT_TYPE, &content_type);
    return {.status = static_cast<int>(number(CURLINFO_RESPONSE_CODE)),
            .content_type = content_type == nullptr ? "" : content_type,
            .body = std::move(body),
            .retry_after = retry_after()};
}

long Http::Impl::number(CURLINFO what) {
    long value = 0;
    curl.curl_easy_getinfo(easy.get(), what, &value);
    return value;
}

std::optional<Milliseconds> Http::Impl::retry_after() {
    curl_header* header = nullptr;
    if (curl.curl_easy_header(easy.get(), "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return std::nullopt;
    if (const auto seconds = parse_integer<std::int32_t>(header->value)) {
        if (*seconds < 0) return std::nullopt;
        return std::chrono::seconds(*seconds);
    }
    const auto date = curl.curl_getdate(header->value, nullptr);
    if (date < 0) return std::nullopt;
    return std::chrono::seconds(std::max<std::time_t>(date - Timestamp::now().ms / 1000, 0));
}

namespace {

bool worth_retrying(const HttpResponse& response) {
    if (response.status == 429) return response.retry_after.has_value();
    return is_passing(response.status);
}

bool worth_retrying(const Error& error) {
    return error.detail().code == "connect_failed";
}

} // namespace

Http::Http() : Http(Options()) {}
Http::Http(Options options) : impl_(std::make_unique<Impl>(options)) {}
Http::~Http() = default;
Http::Http(Http&&) noexcept = default;
Http& Http::operator=(Http&&) noexcept = default;

HttpResponse Http::send(const HttpRequest& request, Deadline deadline) {
    const Url url = Url::parse(request.url);
    if (!url.scheme.starts_with("http"))
        throw Error(Fault::usage, "URL '" + url.text() + "': it must be http or https", {.code = "invalid_url"});
    Backoff backoff({.first = impl_->options.first_backoff});
    for (auto retries = is_read(request) ? impl_->options.retries : 0;; --retries) {
        Milliseconds pause = backoff.pause(Clock::now());
        const auto may_retry = [&] { return retries > 0 && pause < deadline.left(); };
        try {
            HttpResponse response = impl_->attempt(request, url, deadline);
            pause += response.retry_after.value_or(Milliseconds::zero()); // nor are all to come back at that moment
            if (!worth_retrying(response) || !may_retry()) return response;
        } catch (const Error& error) {
            if (!worth_retrying(error) || !may_retry()) throw;
        }
        wait_until(Deadline::after(pause));
    }
}

} // namespace omen
