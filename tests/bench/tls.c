/* bench_tls PORT: the least that a verified TLS connection to localhost takes with OpenSSL, which is where most of an
   order's time over wss:// goes. The authorities are those of OpenSSL's directory (SSL_CERT_DIR): to read a whole
   bundle takes longer than all else. */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(const char* port) {
    const struct addrinfo wanted = {.ai_flags = AI_NUMERICSERV, .ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo* found = NULL;
    if (getaddrinfo("localhost", port, &wanted, &found) != 0) return -1;
    const int fd = socket(found->ai_family, found->ai_socktype, 0);
    const int connected = fd < 0 ? -1 : connect(fd, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return connected == 0 ? fd : -1;
}

int main(int argc, char** argv) {
    if (argc != 2) {
        fputs("usage: bench_tls PORT\n", stderr);
        return 2;
    }
    const int fd = connect_to(argv[1]);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    if (fd < 0 || context == NULL) return 1;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL* tls = NULL;
    if (SSL_CTX_set_default_verify_dir(context) == 1) tls = SSL_new(context);
    if (tls == NULL || SSL_set1_host(tls, "localhost") != 1 || SSL_set_tlsext_host_name(tls, "localhost") != 1 ||
        SSL_set_fd(tls, fd) != 1 || SSL_connect(tls) != 1) {
        ERR_print_errors_fp(stderr);
        return 1;
    }
    puts(SSL_get_cipher(tls));
    fflush(stdout);
    _exit(0); /* as omenctl, which ends on the answer */
}
