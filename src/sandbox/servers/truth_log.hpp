#pragma once

#include "system/descriptor.hpp"
#include "system/files.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace omen::sandbox {

struct FaultSpec;
class FailureReport;
class SandboxClock;

/// What the exchange itself saw of the trading commands: one JSON object a line, written out before the answer leaves.
/// Whatever a fault does to the answer afterwards, this is what happened.
class TruthLog {
  public:
    /// One command. Both messages are MessagePack.
    struct Command {
        std::uint64_t session;
        bool executed; ///< whether the exchange was asked; its answer says whether it agreed
        std::string_view command;
        std::string_view answer{};        ///< the exchange's own; empty where there is none
        const FaultSpec* fault = nullptr; ///< what strikes this command
    };

    /// Begins a new file; with no name nothing is logged. A usage Error when it can't be written.
    TruthLog(const std::string& file, IfThere if_there, const SandboxClock& clock, FailureReport& failures);

    void add(const Command& entry);

  private:
    Descriptor out_;
    std::string file_;
    const SandboxClock& clock_;
    FailureReport& failures_;
};

} // namespace omen::sandbox
