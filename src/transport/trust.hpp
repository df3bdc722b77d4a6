#pragma once

#include <openssl/types.h>

#include <string>

namespace omen {

/// Where the certificate authorities to trust are looked for: in the directory, and what is not there in the bundle.
struct TrustStore {
    /// Hashed: a certificate is read when it is looked for. SSL_CERT_DIR, else the system's.
    std::string directory{};
    /// One file, read whole, which takes twenty milliseconds with the system's. SSL_CERT_FILE; where neither variable
    /// is set, the system's; else none (empty).
    std::string bundle{};
};

/// OpenSSL must be loaded.
TrustStore trust_store();

/// The bundle of a context: read at the first miss in its directory.
class Bundle {
  public:
    explicit Bundle(std::string path) : path_(std::move(path)) {}

    const std::string& path() const { return path_; }
    /// Whether it was needed and could not be read.
    bool unreadable() const { return state_ == State::unreadable; }
    /// Reads it into the store of the lookup, once. Returns whether it is there.
    bool read(X509_LOOKUP* lookup);

  private:
    enum class State { unread, read, unreadable };

    std::string path_;
    State state_ = State::unread;
};

/// Makes a context trust this. Returns its bundle, which lives as long as the context.
const Bundle& trust(SSL_CTX* context, const TrustStore& store);

} // namespace omen
