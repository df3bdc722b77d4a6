#include "cli/commands/sandbox_fault.hpp"

#include "cli/commands/sandbox_control.hpp"
#include "cli/context/parse.hpp"
#include "cli/context/subcommands.hpp"
#include "sandbox/rest/control.hpp"

#include <memory>

namespace omen {

namespace {

constexpr std::string_view sandbox_fault_columns[] = {"fault", "seen", "struck", "limit"};

std::vector<sandbox::FaultStatus> ask(Context& context, const std::string& method, const std::string& query,
                                      const std::string& body = {}) {
    return ask_sandbox_for<std::vector<sandbox::FaultStatus>>(
        context, {.command = "sandbox fault",
                  .method = method,
                  .target = std::string(sandbox::Control::faults_path) + query,
                  .body = body});
}

void add_fault_list(CLI::App&, Run& run) {
    run = {[](Context& context) {
               context.console.output().list(ask(context, "GET", ""), sandbox_fault_columns);
               return Exit::done;
           },
           field_names<sandbox::FaultStatus>};
}

void add_clear(CLI::App& app, Run& run) {
    auto name = std::make_shared<std::string>();
    app.add_option("name", *name, "only this one, like close-before (default: all)");
    run = {[name](Context& context) {
        if (!name->empty()) sandbox::fault_kind(*name);
        ask(context, "DELETE", name->empty() ? "" : "?name=" + *name);
        return Exit::done;
    }};
}

constexpr Command sandbox_fault_subcommands[] = {
    {"list", "the active faults, and how often they struck", add_fault_list},
    {"clear", "switch faults off", add_clear},
};

} // namespace

std::string sandbox_state_directory(const Settings& settings) {
    if (auto directory = user_directory(settings.variables(), "XDG_STATE_HOME", ".local/state")) return *directory;
    throw Error(Fault::usage, "sandbox: neither XDG_STATE_HOME nor HOME is set",
                {.hint = "set XDG_STATE_HOME to a directory for the sandbox's keys"});
}

void add_sandbox_fault(CLI::App& app, Run& run) {
    auto request = std::make_shared<sandbox::FaultRequest>();
    add_subcommands(app, run, sandbox_fault_subcommands);
    app.require_subcommand(0, 1);
    app.add_option("spec", request->faults, "what to switch on: NAME[:key=value,...]; see omenctl-sandbox(1)");
    run = {[request](Context& context) {
        if (request->faults.empty())
            throw Error(Fault::usage, "sandbox fault: which one?",
                        {.code = "usage", .hint = "write it like: omenctl sandbox fault close-after:command=order"});
        for (const auto& fault : request->faults) sandbox::FaultSpec::parse(fault);
        ask(context, "POST", "", wire::to_json(*request));
        return Exit::done;
    }};
}

} // namespace omen
