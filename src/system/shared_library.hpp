#pragma once

namespace omen {

/// A shared library that is loaded when it is first needed, and stays for the life of the process.
class SharedLibrary {
  public:
    /// The Debian package is named in the hint. Errors: internal ("library_missing").
    SharedLibrary(const char* soname, const char* package);
    /// The address of a function. Errors: internal ("library_missing") when the library is too old to have it.
    void* find(const char* function) const;

  private:
    const char* soname_;
    const char* package_;
    void* handle_;
};

} // namespace omen
