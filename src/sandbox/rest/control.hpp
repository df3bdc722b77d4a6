#pragma once

#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/rest/api.hpp"

#include <functional>
#include <string_view>

namespace omen::sandbox {

/// What is asked of the sandbox itself and not of the exchange: GET, POST and DELETE of /_sandbox/faults. POST wants
/// `{"faults": ["NAME:key=value", ...]}`, DELETE may have ?name=NAME; the answer is the list of active faults.
class Control {
  public:
    static constexpr std::string_view root = "/_sandbox/";
    static constexpr std::string_view faults_path = "/_sandbox/faults";

    /// What switching on and off does beyond the plan.
    struct Acts {
        std::function<void(const FaultSpec&)> switch_on;
        std::function<void(std::optional<FaultKind>)> clear; ///< nothing: all
    };

    Control(const FaultPlan& plan, Acts acts) : plan_(plan), acts_(std::move(acts)) {}

    static bool is_for(std::string_view target) { return target.starts_with(root); }
    /// Only this machine is obeyed.
    RestReply handle(const RestRequest& request, bool from_this_machine);

  private:
    RestReply list() const;
    RestReply switch_on(const std::string& body);
    RestReply clear(const RestRequest& request);

    const FaultPlan& plan_;
    Acts acts_;
};

/// The body of a POST.
struct FaultRequest {
    std::vector<std::string> faults;

    static constexpr auto declaration() {
        return wire::record("fault request", wire::field("faults", &FaultRequest::faults));
    }
};

} // namespace omen::sandbox
