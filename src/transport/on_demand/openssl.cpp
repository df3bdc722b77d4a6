#include "transport/on_demand/openssl.hpp"

#include <openssl/crypto.h>

namespace {

/// To give back every byte right before the process ends takes a third of a millisecond.
void skip_cleanup() {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}

} // namespace

#ifndef OMENCTL_LINKED_OPENSSL
#include "system/shared_library.hpp"

// Every function of OpenSSL that is called anywhere here. One that is missing is an undefined reference when linking.
// clang-format off
#define OMEN_OPENSSL(X) \
    X(BIO_clear_flags) X(BIO_ctrl) X(BIO_free) X(BIO_get_data) X(BIO_get_new_index) X(BIO_meth_free) X(BIO_meth_new) \
    X(BIO_meth_set_ctrl) X(BIO_meth_set_read) X(BIO_meth_set_write) X(BIO_new) X(BIO_new_mem_buf) X(BIO_s_mem) \
    X(BIO_set_data) X(BIO_set_flags) X(BIO_set_init) X(BN_bin2bn) X(BN_bn2binpad) X(ECDSA_SIG_free) \
    X(ECDSA_SIG_get0_r) X(ECDSA_SIG_get0_s) X(ECDSA_SIG_new) X(ECDSA_SIG_set0) X(ERR_clear_error) X(EVP_Digest) \
    X(ERR_peek_last_error) X(ERR_reason_error_string) X(EVP_DigestSign) X(EVP_DigestSignInit) X(EVP_DigestVerify) \
    X(EVP_DigestVerifyInit) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) X(EVP_PKEY_Q_keygen) X(EVP_PKEY_free) \
    X(EVP_PKEY_get_group_name) X(EVP_sha256) X(OPENSSL_init_crypto) X(PEM_read_bio_PrivateKey) \
    X(PEM_write_bio_PrivateKey) X(SSL_CTX_ctrl) X(SSL_CTX_free) X(SSL_CTX_get_cert_store) X(SSL_CTX_load_verify_dir) \
    X(SSL_CTX_new) X(SSL_CTX_set_default_read_buffer_len) X(SSL_CTX_set_verify) X(SSL_connect) X(SSL_ctrl) \
    X(SSL_free) X(SSL_get0_param) X(SSL_get_error) X(SSL_get_verify_result) X(SSL_has_pending) X(SSL_new) \
    X(SSL_read_ex) X(SSL_set1_host) X(SSL_set_bio) X(SSL_set_hostflags) X(SSL_shutdown) X(SSL_write_ex) \
    X(TLS_client_method) X(X509_LOOKUP_get_method_data) X(X509_LOOKUP_get_store) X(X509_LOOKUP_meth_free) \
    X(X509_LOOKUP_meth_new) X(X509_LOOKUP_meth_set_free) X(X509_LOOKUP_meth_set_get_by_subject) \
    X(X509_LOOKUP_set_method_data) X(X509_OBJECT_get0_X509) X(X509_OBJECT_get_type) \
    X(X509_OBJECT_retrieve_by_subject) X(X509_OBJECT_set1_X509) X(X509_STORE_add_lookup) X(X509_STORE_get0_objects) \
    X(X509_VERIFY_PARAM_set1_ip_asc) X(X509_free) X(X509_get_default_cert_dir) X(X509_get_default_cert_file) \
    X(X509_load_cert_crl_file) X(X509_verify_cert_error_string) X(d2i_ECDSA_SIG) X(i2d_ECDSA_SIG)
// clang-format on

// Where each is, once load() has found it; and the function of that name, which jumps there. Hidden, or libcurl's
// OpenSSL would take them for its own.
#if defined(__x86_64__)
#define OMEN_JUMP(function) "jmp *omen_" #function "(%rip)\n"
#else // aarch64
#define OMEN_JUMP(function) "adrp x16, omen_" #function "\nldr x16, [x16, :lo12:omen_" #function "]\nbr x16\n"
#endif
#define OMEN_FUNCTION(function)                                                                                        \
    extern "C" {                                                                                                       \
    [[gnu::visibility("hidden")]] void* omen_##function = nullptr;                                                     \
    }                                                                                                                  \
    asm(".pushsection .text\n.p2align 4\n.globl " #function "\n.hidden " #function "\n.type " #function                \
        ", %function\n" #function ":\n" OMEN_JUMP(function) ".popsection");
OMEN_OPENSSL(OMEN_FUNCTION)

namespace omen::openssl {

void load() {
    [[maybe_unused]] static const SharedLibrary library = [] {
        SharedLibrary found("libssl.so.3", "libssl3");
#define OMEN_FIND(function) omen_##function = found.find(#function);
        OMEN_OPENSSL(OMEN_FIND)
        return found;
    }();
    skip_cleanup();
}

} // namespace omen::openssl
#else

void omen::openssl::load() {
    skip_cleanup();
}

#endif
