#include "sandbox/servers/truth_log.hpp"

#include "core/error.hpp"
#include "protocol/gateway/messages.hpp"
#include "protocol/wire/json.hpp"
#include "sandbox/faults/fault_spec.hpp"
#include "sandbox/flow/sandbox_clock.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "system/descriptor_io.hpp"
#include "system/files.hpp"

#include <system_error>

namespace omen::sandbox {

namespace {

template <class Variant> void write_message(wire::JsonWriter& writer, std::string_view bytes) {
    std::visit(
        [&](const auto& message) {
            if constexpr (wire::Declared<std::decay_t<decltype(message)>>) write(writer, message);
        },
        wire::decode_any<Variant>(bytes));
}

} // namespace

TruthLog::TruthLog(const std::string& file, IfThere if_there, const SandboxClock& clock, FailureReport& failures)
    : file_(file), clock_(clock), failures_(failures) {
    if (file_.empty()) return;
    try {
        out_ = open_to_write(file_, if_there);
    } catch (const std::system_error& error) {
        throw Error(Fault::usage, "sandbox log " + file_ + ": " + error.code().message(),
                    {.hint = error.code() == std::errc::file_exists ? "name another, or use --force" : ""});
    }
}

void TruthLog::add(const Command& entry) {
    if (file_.empty()) return;
    std::string line;
    wire::JsonWriter writer(line);
    writer.map();
    writer.key("t");
    writer.timestamp(clock_.exchange());
    writer.key("session");
    writer.unsigned_integer(entry.session);
    writer.key("executed");
    writer.boolean(entry.executed);
    writer.key("command");
    write_message<gw::Command>(writer, entry.command);
    if (!entry.answer.empty()) {
        writer.key("answer");
        write_message<gw::ServerMessage>(writer, entry.answer);
    }
    if (entry.fault != nullptr) {
        writer.key("fault");
        writer.text(entry.fault->text);
    }
    writer.end_map();
    if (write_all(out_.get(), line + "\n") != 0) failures_.report("log " + file_ + ": it can't be written");
}

} // namespace omen::sandbox
