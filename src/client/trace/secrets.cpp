// How a secret is found. Escapes are undone first, layer by layer, each character keeping in mind which bytes of the
// text it came from. Then the text is compared with all pieces of a few characters that a secret has, in each of its
// forms: what matches is masked where it came from. So it does not matter where a secret was cut off or broken.

#include "client/trace/secrets.hpp"

#include "core/jwt.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <unordered_set>
#include <utility>

namespace omen {

namespace {

/// What is shorter gives nothing away, and may be there for other reasons.
constexpr std::size_t piece = 12;
/// So often may a text be escaped.
constexpr int most_layers = 6;
constexpr std::string_view mask = "[removed]";

struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// A text, and where each of its characters came from.
struct Traced {
    std::string text;
    std::vector<Span> from;

    void add(char character, Span origin) {
        text += character;
        from.push_back(origin);
    }
};

std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t count, unsigned base) {
    if (count == 0 || at + count > text.size()) return std::nullopt;
    unsigned value = 0;
    for (const char c : text.substr(at, count)) {
        const auto digit = std::string_view("0123456789abcdef").find(lower(std::string_view(&c, 1))[0]);
        if (digit >= base) return std::nullopt;
        value = value * base + static_cast<unsigned>(digit);
    }
    return value;
}

struct Escape {
    char character;
    std::size_t bytes;
};

std::optional<Escape> as_escape(std::optional<unsigned> value, std::size_t bytes) {
    if (!value || *value >= 0x80) return std::nullopt;
    return Escape{static_cast<char>(*value), bytes};
}

/// \u0041 \x41 \101 \/ and \\.
std::optional<Escape> backslash_escape(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    if (text[1] == 'u' || text[1] == 'U') {
        if (const auto braced = text.find('}'); text.substr(2).starts_with('{') && braced != std::string_view::npos)
            return as_escape(digits(text, 3, std::min<std::size_t>(braced - 3, 9), 16), braced + 1);
        const auto count = text[1] == 'u' ? std::size_t{4} : std::size_t{8};
        return as_escape(digits(text, 2, count, 16), 2 + count);
    }
    if (text[1] == 'x') return as_escape(digits(text, 2, 2, 16), 4);
    if (text[1] >= '0' && text[1] <= '7') return as_escape(digits(text, 1, 3, 8), 4);
    return Escape{text[1], 2};
}

/// &#65; &#x41; and the few names.
std::optional<Escape> entity(std::string_view text) {
    const auto end = text.substr(0, 12).find(';');
    if (end == std::string_view::npos || end < 3) return std::nullopt;
    if (text[1] == '#') {
        const bool is_hex = text[2] == 'x' || text[2] == 'X';
        const std::size_t begin = is_hex ? 3 : 2;
        return as_escape(digits(text, begin, end - begin, is_hex ? 16 : 10), end + 1);
    }
    if (text.starts_with("&amp;")) return Escape{'&', 5};
    return std::nullopt;
}

std::optional<Escape> escape_at(std::string_view text) {
    switch (text.front()) {
    case '\\':
        return backslash_escape(text);
    case '%':
        return as_escape(digits(text, 1, 2, 16), 3);
    case '&':
        return entity(text);
    default:
        return std::nullopt;
    }
}

/// One layer of escapes undone; false where there was none.
bool unescape(Traced& traced) {
    Traced plain;
    bool found = false;
    for (std::size_t at = 0; at < traced.text.size();) {
        const auto escape = escape_at(std::string_view(traced.text).substr(at));
        const auto bytes = escape ? escape->bytes : 1;
        plain.add(escape ? escape->character : traced.text[at],
                  {traced.from[at].begin, traced.from[at + bytes - 1].end});
        found |= escape.has_value();
        at += bytes;
    }
    traced = std::move(plain);
    return found;
}

Traced traced(std::string_view text) {
    Traced all;
    all.text = text;
    for (std::size_t at = 0; at < text.size(); ++at) all.from.push_back({at, at + 1});
    return all;
}

/// The secret in base64, as it is when this many bytes stand before it; without the characters that depend on these.
std::string base64_behind(std::size_t bytes, std::string_view secret) {
    auto text = encode_base64url(std::string(bytes, ' ').append(secret));
    constexpr std::array<std::size_t, 3> mixed{0, 2, 3};
    text.erase(0, mixed[bytes]);
    return text.substr(0, text.size() - (text.empty() ? 0 : 1));
}

std::string hexadecimal(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

/// Of a text of one character, of that.
std::size_t beginning_of(std::string_view text) {
    const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0U;
    return static_cast<unsigned char>(text[0]) * 256U + second;
}

/// In lower case, and with the two characters in which one base64 differs from the other as those of URLs.
std::string normal(std::string_view text) {
    auto out = lower(text);
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
}

} // namespace

/// All pieces of one form of a secret.
class Secrets::Pieces {
  public:
    explicit Pieces(std::string_view form) : form_(normal(form)), size_(std::min(piece, form_.size())) {
        for (std::size_t at = 0; at + size_ <= form_.size(); ++at)
            pieces_.insert(std::string_view(form_).substr(at, size_));
    }
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;

    const std::unordered_set<std::string_view>& all() const { return pieces_; }
    /// How long a piece begins the text; 0: none does.
    std::size_t begin_of(std::string_view text) const { return pieces_.contains(text.substr(0, size_)) ? size_ : 0; }

  private:
    std::string form_;
    std::size_t size_;
    std::unordered_set<std::string_view> pieces_;
};

Secrets::Secrets() = default;
Secrets::~Secrets() = default;

void Secrets::hide(std::string_view secret) {
    if (secret.empty()) return;
    const std::lock_guard lock(mutex_);
    add(secret);
    if (secret.size() < piece) return; // its other forms would be in too many texts
    for (std::size_t bytes = 0; bytes < 3; ++bytes) add(base64_behind(bytes, secret));
    add(hexadecimal(secret));
}

void Secrets::add(std::string_view form) {
    hidden_.push_back(std::make_unique<const Pieces>(form));
    for (const auto one : hidden_.back()->all()) beginnings_.set(beginning_of(one));
}

/// Nearly every place in a text is passed over for its first two characters.
std::vector<std::pair<std::size_t, std::size_t>> Secrets::find(std::string_view text) const {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto rest = text.substr(at);
        if (!beginnings_[beginning_of(rest)]) continue;
        std::size_t size = 0;
        for (const auto& pieces : hidden_) size = std::max(size, pieces->begin_of(rest));
        if (size != 0) found.emplace_back(at, size);
    }
    return found;
}

std::string Secrets::masked(std::string text) const {
    const std::lock_guard lock(mutex_);
    if (hidden_.empty()) return text;
    if (text.find_first_of("\\%&") == std::string::npos && find(normal(text)).empty()) return text;
    std::vector<Span> found;
    auto plain = traced(text);
    for (int layer = 0; layer < most_layers; ++layer) {
        for (const auto& [at, size] : find(normal(plain.text)))
            found.push_back({plain.from[at].begin, plain.from[at + size - 1].end});
        if (!unescape(plain)) break;
    }
    std::sort(found.begin(), found.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
    std::string out;
    std::size_t at = 0;
    for (auto span = found.begin(); span != found.end();) {
        auto end = span->end;
        const auto begin = std::max(at, span->begin);
        for (; span != found.end() && span->begin <= end; ++span) end = std::max(end, span->end);
        out.append(text, at, begin - at).append(mask);
        at = end;
    }
    return out.append(text, at);
}

} // namespace omen
