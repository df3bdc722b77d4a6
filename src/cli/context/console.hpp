#pragma once

#include "cli/context/settings.hpp"
#include "cli/output/output.hpp"
#include "client/trace/secrets.hpp"
#include "core/error.hpp"
#include "system/descriptor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen {

/// Where a command's results, notes and errors go, and who answers its questions.
class Console {
  public:
    explicit Console(Settings& settings) : settings_(settings) {}

    Output& output();
    /// From now on output is lines of JSON, and goes to this file.
    void append_to(int descriptor, const std::string& name);
    /// Writes out what there is of output.
    void flush();

    /// Prints something on stderr that is no error.
    void note(const std::string& text);
    /// Reports one failure among several results.
    void report(const Error& error);
    /// What is neither printed nor written down.
    Secrets& secrets() { return secrets_; }
    /// The error as it may be shown: whatever the exchange said, no secret is in it.
    Error without_secrets(const Error& error) const;

    /// What a trading command has brought about, in words: stderr states it when stdout can't be written.
    void set_outcome(std::string outcome) { outcome_ = std::move(outcome); }
    const std::string& outcome() const { return outcome_; }

    /// Whether there is somebody to ask: stdin is a terminal, whatever is done with the other two, the process has one
    /// that it may open, and is in its foreground.
    static bool can_ask() { return terminal().has_value(); }
    /// Shows this on the terminal, and waits for an answer, which can't have been typed before; anything but a yes is a
    /// no. Throws Interrupted.
    bool ask(const std::string& question) const;

  private:
    static std::optional<Descriptor> terminal();

    Settings& settings_;
    std::optional<Output> output_;
    Secrets secrets_;
    std::string outcome_;
};

} // namespace omen
