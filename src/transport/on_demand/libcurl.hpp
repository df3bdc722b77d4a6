#pragma once

#include "system/shared_library.hpp"

#include <curl/curl.h>

namespace omen {

/// The functions of libcurl that are used here. It and the thirty libraries that it brings along cost a start five
/// milliseconds, so they are loaded when REST is first needed. For http.cpp only.
class LibCurl {
  public:
    /// Errors: internal ("library_missing").
    static const LibCurl& get();

  private:
    /// An address that becomes a pointer to whatever function it is wanted for.
    struct Symbol {
        void* address;
        template <class Function> operator Function*() const { return reinterpret_cast<Function*>(address); }
    };

    LibCurl();
    Symbol find(const char* function) const { return {library_.find(function)}; }

    SharedLibrary library_{"libcurl.so.4", "libcurl4"};

  public:
#define OMEN_LIBCURL(function) decltype(&::function) function = find(#function)
    OMEN_LIBCURL(curl_global_init);
    OMEN_LIBCURL(curl_getdate);
    OMEN_LIBCURL(curl_easy_init);
    OMEN_LIBCURL(curl_easy_cleanup);
    OMEN_LIBCURL(curl_easy_reset);
    OMEN_LIBCURL(curl_easy_setopt);
    OMEN_LIBCURL(curl_easy_getinfo);
    OMEN_LIBCURL(curl_easy_header);
    OMEN_LIBCURL(curl_easy_strerror);
    OMEN_LIBCURL(curl_multi_init);
    OMEN_LIBCURL(curl_multi_cleanup);
    OMEN_LIBCURL(curl_multi_add_handle);
    OMEN_LIBCURL(curl_multi_remove_handle);
    OMEN_LIBCURL(curl_multi_perform);
    OMEN_LIBCURL(curl_multi_info_read);
    OMEN_LIBCURL(curl_multi_poll);
    OMEN_LIBCURL(curl_slist_append);
    OMEN_LIBCURL(curl_slist_free_all);
#undef OMEN_LIBCURL
};

} // namespace omen
