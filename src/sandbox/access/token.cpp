#include "sandbox/access/token.hpp"

#include "core/error.hpp"
#include "core/jwt.hpp"
#include "protocol/codes.hpp"
#include "protocol/wire/json.hpp"
#include "system/private_file.hpp"
#include "transport/on_demand/openssl.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <system_error>

namespace omen::sandbox {

namespace {

constexpr std::string_view issuer = "omen-auth";
constexpr std::string_view audience = "authenticated";

struct Header {
    std::string alg;
    std::string typ;

    static constexpr auto declaration() {
        return wire::record("token header", wire::field("alg", &Header::alg), wire::field("typ", &Header::typ));
    }
};

struct Claims {
    std::string sub;
    std::string iss;
    std::string aud;
    std::uint64_t iat = 0;                 ///< seconds
    std::uint64_t exp = 0;                 ///< seconds
    std::optional<std::uint64_t> iat_ms{}; ///< the moment of issue, to the millisecond
    std::vector<Permission> permissions;

    static constexpr auto declaration() {
        return wire::record("token", wire::field("sub", &Claims::sub), wire::field("iss", &Claims::iss),
                            wire::field("aud", &Claims::aud), wire::field("iat", &Claims::iat),
                            wire::field("exp", &Claims::exp), wire::field("iat_ms", &Claims::iat_ms),
                            wire::field("permissions", &Claims::permissions));
    }
};

template <auto free_it> struct Free {
    template <class T> void operator()(T* object) const { free_it(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

/// JOSE writes a P-256 signature as r and s, 32 bytes each; OpenSSL as DER.
constexpr std::size_t half = 32;

void check(bool worked, const char* what) {
    if (!worked) throw Error(Fault::internal, std::string("sandbox key: OpenSSL can't ") + what);
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string new_key_pem() {
    const Key key(EVP_EC_gen("P-256"));
    const Bio out(BIO_new(BIO_s_mem()));
    check(key && out && PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "make a P-256 key");
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string read_pem(const std::string& path) try {
    return read_or_create_private_file(path, new_key_pem);
} catch (const std::system_error& error) {
    throw Error(Fault::usage, "sandbox key " + path + ": " + error.code().message(),
                {.hint = "make its directory writable, or set XDG_STATE_HOME to one that is"});
}

Key read_key(const std::string& path) {
    openssl::load();
    const auto pem = read_pem(path);
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    std::array<char, 32> curve{};
    if (!key || EVP_PKEY_get_group_name(key.get(), curve.data(), curve.size(), nullptr) != 1 ||
        std::string_view(curve.data()) != "prime256v1")
        throw Error(Fault::usage, "sandbox key " + path + ": no P-256 private key",
                    {.hint = "remove the file; a new key is made on the next use"});
    return key;
}

std::string jose_from_der(std::string_view der) {
    const auto* at = bytes_of(der);
    const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    check(signature != nullptr, "read its own signature");
    std::string jose(2 * half, '\0');
    auto* out = reinterpret_cast<unsigned char*>(jose.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + half, half);
    return jose;
}

std::string der_from_jose(std::string_view jose) {
    const Signature signature(ECDSA_SIG_new());
    check(ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes_of(jose), half, nullptr),
                         BN_bin2bn(bytes_of(jose) + half, half, nullptr)) == 1,
          "build a signature");
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    i2d_ECDSA_SIG(signature.get(), &out);
    return der;
}

std::string sign(EVP_PKEY* key, std::string_view text) {
    const Digest digest(EVP_MD_CTX_new());
    std::size_t size = 0;
    check(EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
              EVP_DigestSign(digest.get(), nullptr, &size, bytes_of(text), text.size()) == 1,
          "sign");
    std::string der(size, '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    check(EVP_DigestSign(digest.get(), out, &size, bytes_of(text), text.size()) == 1, "sign");
    return jose_from_der(std::string_view(der).substr(0, size));
}

bool is_signed(EVP_PKEY* key, std::string_view text, std::string_view signature) {
    if (signature.size() != 2 * half) return false;
    const auto der = der_from_jose(signature);
    const Digest digest(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(digest.get(), bytes_of(der), der.size(), bytes_of(text), text.size()) == 1;
}

template <class T> std::optional<T> decode_part(std::string_view base64url) {
    const auto json = decode_base64url(base64url);
    if (!json) return std::nullopt;
    try {
        return wire::decode_json<T>(*json);
    } catch (const DecodeError&) {
        return std::nullopt;
    }
}

AuthRefusal unauthenticated(std::string message) {
    return {code::unauthenticated, std::move(message)};
}

} // namespace

struct TokenAuthority::Impl {
    Key key;
};

TokenAuthority::TokenAuthority(const std::string& state_dir)
    : impl_(std::make_unique<Impl>(Impl{read_key(state_dir + "/sandbox-key.pem")})) {}
TokenAuthority::~TokenAuthority() = default;
TokenAuthority::TokenAuthority(TokenAuthority&&) noexcept = default;
TokenAuthority& TokenAuthority::operator=(TokenAuthority&&) noexcept = default;

std::string TokenAuthority::mint(const std::string& account, const std::vector<Permission>& permissions,
                                 Milliseconds ttl, Timestamp now) const {
    const auto issued = static_cast<std::uint64_t>(now.ms / 1000);
    const auto seconds = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(ttl).count());
    const Claims claims{.sub = account,
                        .iss = std::string(issuer),
                        .aud = std::string(audience),
                        .iat = issued,
                        .exp = issued + seconds,
                        .iat_ms = static_cast<std::uint64_t>(now.ms),
                        .permissions = permissions};
    const auto text = encode_base64url(wire::to_json(Header{.alg = "ES256", .typ = "JWT"})) + "." +
                      encode_base64url(wire::to_json(claims));
    return text + "." + encode_base64url(sign(impl_->key.get(), text));
}

std::variant<Identity, AuthRefusal> TokenAuthority::verify(std::string_view token, Timestamp now) const {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (first == std::string_view::npos || last == first) return unauthenticated("the token is no JWT");
    const auto header = decode_part<Header>(token.substr(0, first));
    const auto signature = decode_base64url(token.substr(last + 1));
    if (!header || !signature) return unauthenticated("the token is no JWT");
    if (header->alg != "ES256" || !is_signed(impl_->key.get(), token.substr(0, last), *signature))
        return unauthenticated("the token was not signed by this sandbox");
    const auto claims = decode_part<Claims>(token.substr(first + 1, last - first - 1));
    const auto read = decode_jwt(token);
    if (!read || !read->malformed.empty() || !read->expires) return unauthenticated("the token's claims can't be read");
    if (read->has_critical) return unauthenticated("the token's header has \"crit\", which this sandbox does not know");
    if (read->not_before && *read->not_before > now) return unauthenticated("the token is not valid yet");
    if (!claims || claims->iss != issuer || claims->aud != audience || claims->sub.empty())
        return unauthenticated("the token was not issued for this exchange");
    Identity identity{.account = claims->sub, .permissions = claims->permissions, .expires_at = *read->expires};
    const auto issued_ms = claims->iat_ms.value_or(claims->iat > UINT64_MAX / 1000 ? UINT64_MAX : claims->iat * 1000);
    const Timestamp issued{static_cast<std::int64_t>(std::min<std::uint64_t>(issued_ms, INT64_MAX))};
    if (identity.has_expired(now) || issued <= void_until_)
        return AuthRefusal{code::token_expired, "the token has expired"};
    return identity;
}

} // namespace omen::sandbox
