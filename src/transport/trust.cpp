// Which certificate authorities to trust, without reading those that are not needed. The system's bundle of all of
// them takes OpenSSL 20 ms to read, more than all else that a short command computes; in a hashed directory it opens
// one small file, that of the authority which the server names. A context therefore has two look-ups, which OpenSSL
// asks in this order for an issuer that its store lacks:
//
//   directory  opens the file that is called by the hash of the issuer's name. SSL_CERT_DIR, else the system's
//   bundle     our own: when it is first asked, it reads the bundle into the store, whole, and the store answers from
//              then on. SSL_CERT_FILE, else the system's; none where only SSL_CERT_DIR is set
//
// A bundle is unread until it is asked, and read or unreadable ever after. One that cannot be read is no error in
// itself, since the directory may do; when a handshake fails, it is the reason to report. A system without a hashed
// directory, and an authority of the user's own in SSL_CERT_FILE, work as anywhere else, 20 ms later.
//
// The Bundle belongs to OpenSSL's look-up, which deletes it with the context's store.

#include "transport/trust.hpp"

#include "system/variables.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <filesystem>
#include <memory>

namespace omen {

namespace {

std::string system_bundle() {
    const std::array candidates{X509_get_default_cert_file(), "/etc/ssl/certs/ca-certificates.crt",
                                "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};
    std::error_code error;
    for (const char* candidate : candidates)
        if (std::filesystem::exists(candidate, error)) return candidate;
    return {};
}

Bundle* bundle_of(X509_LOOKUP* lookup) {
    return static_cast<Bundle*>(X509_LOOKUP_get_method_data(lookup));
}

int find_in_bundle(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name, X509_OBJECT* found) {
    if (type != X509_LU_X509 || !bundle_of(lookup)->read(lookup)) return 0;
    auto* objects = X509_STORE_get0_objects(X509_LOOKUP_get_store(lookup));
    X509_OBJECT* object = X509_OBJECT_retrieve_by_subject(objects, type, name);
    X509* certificate = object == nullptr ? nullptr : X509_OBJECT_get0_X509(object);
    if (certificate == nullptr || X509_OBJECT_set1_X509(found, certificate) != 1) return 0;
    // What is found is lent: the caller takes a reference of its own, and never gives back this one.
    X509_free(certificate);
    return 1;
}

void free_bundle(X509_LOOKUP* lookup) {
    delete bundle_of(lookup);
}

struct FreeMethod {
    void operator()(X509_LOOKUP_METHOD* method) const { X509_LOOKUP_meth_free(method); }
};

X509_LOOKUP_METHOD* bundle_method() {
    static const std::unique_ptr<X509_LOOKUP_METHOD, FreeMethod> method = [] {
        X509_LOOKUP_METHOD* made = X509_LOOKUP_meth_new("bundle, when it is needed");
        X509_LOOKUP_meth_set_get_by_subject(made, find_in_bundle);
        X509_LOOKUP_meth_set_free(made, free_bundle);
        return std::unique_ptr<X509_LOOKUP_METHOD, FreeMethod>(made);
    }();
    return method.get();
}

} // namespace

TrustStore trust_store() {
    TrustStore store{.directory = process_variable("SSL_CERT_DIR").value_or(""),
                     .bundle = process_variable("SSL_CERT_FILE").value_or("")};
    if (store.directory.empty() && store.bundle.empty()) store.bundle = system_bundle();
    if (store.directory.empty()) store.directory = X509_get_default_cert_dir();
    return store;
}

bool Bundle::read(X509_LOOKUP* lookup) {
    if (state_ == State::unread && !path_.empty()) {
        const bool worked = X509_load_cert_crl_file(lookup, path_.c_str(), X509_FILETYPE_PEM) > 0;
        state_ = worked ? State::read : State::unreadable;
    }
    return state_ == State::read;
}

const Bundle& trust(SSL_CTX* context, const TrustStore& store) {
    SSL_CTX_load_verify_dir(context, store.directory.c_str());
    X509_LOOKUP* lookup = X509_STORE_add_lookup(SSL_CTX_get_cert_store(context), bundle_method());
    auto bundle = std::make_unique<Bundle>(store.bundle);
    X509_LOOKUP_set_method_data(lookup, bundle.get());
    return *bundle.release();
}

} // namespace omen
