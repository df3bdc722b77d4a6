#pragma once

#include "sandbox/access/own_names.hpp"
#include "sandbox/exchange/audit.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/rest/api.hpp"

#include <functional>
#include <string_view>

namespace omen::sandbox {

/// What is asked of the sandbox itself and not of the exchange. GET, POST and DELETE of /_sandbox/faults: POST wants
/// `{"faults": ["NAME:key=value", ...]}`, DELETE may have ?name=NAME; the answer is the list of active faults. GET of
/// /_sandbox/audit: the answer is an Audit.
class Control {
  public:
    static constexpr std::string_view root = "/_sandbox/";
    static constexpr std::string_view faults_path = "/_sandbox/faults";
    static constexpr std::string_view audit_path = "/_sandbox/audit";

    /// What it can't do itself: what switching on and off does beyond the plan, and what the exchange knows.
    struct Acts {
        std::function<void(const FaultSpec&)> switch_on;
        std::function<void(std::optional<FaultKind>)> clear; ///< nothing: all
        std::function<Audit()> audit;
    };

    /// Who may: whoever has the key, and reaches it by one of its own names.
    struct Access {
        const OwnNames& names;
        std::string key;
    };

    Control(const FaultPlan& plan, Acts acts, Access access)
        : plan_(plan), acts_(std::move(acts)), access_(std::move(access)) {}

    static bool is_for(std::string_view target) { return target.starts_with(root); }
    /// Only this machine is obeyed, and no web page.
    RestReply handle(const RestRequest& request, bool from_this_machine);

  private:
    std::optional<RestReply> refusal(const RestRequest& request, bool from_this_machine) const;
    RestReply answer(const RestRequest& request);
    RestReply answer_faults(const RestRequest& request);
    RestReply list() const;
    RestReply switch_on(const std::string& body);
    RestReply clear(const RestRequest& request);

    const FaultPlan& plan_;
    Acts acts_;
    Access access_;
};

/// The body of a POST.
struct FaultRequest {
    std::vector<std::string> faults;

    static constexpr auto declaration() {
        return wire::record("fault request", wire::field("faults", &FaultRequest::faults));
    }
};

} // namespace omen::sandbox
