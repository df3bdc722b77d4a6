#pragma once

#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace omen::sandbox {

/// What can be made to go wrong on purpose (man 1 omenctl-sandbox says what each does).
enum class FaultKind : std::uint8_t {
    close_before,
    close_after,
    swallow_answer,
    duplicate_answer,
    delay_answers,
    garbage_answer,
    cut_answer,
    stall_before,
    stall_after,
    reset_before,
    reset_after,
    internal_before,
    internal_after,
    half_frame_stall,
    late_after_close,
    fin_before,
    fin,
    replay_hole,
    replay_reorder,
    replay_double,
    gap,
    drop_delta,
    duplicate_delta,
    reorder_delta,
    gap_storm,
    refuse_subscription,
    end_subscription,
    cut_frame,
    garbage_frame,
    stall,
    disconnect,
    text_frame,
    refuse_connections,
    http,
    expire_token,
    retention,
    restart,
    sequence_reset,
    relink,
};

/// The gateway commands that faults are about.
enum class CommandKind : std::uint8_t { order, cancel, amend, cancel_all };

/// One of the sandbox's three servers.
enum class Endpoint : std::uint8_t { gateway, market_data, rest };

/// What a fault strikes.
enum class FaultScope : std::uint8_t {
    command,
    replay,
    delta,
    snapshot,
    subscription,
    frame,
    connection,
    request,
    sandbox
};

/// What is sent in place of a REST answer's body.
enum class FalseBody : std::uint8_t { html, shape, upstream };

} // namespace omen::sandbox

namespace omen {

template <>
inline constexpr auto enum_names<sandbox::FaultKind> = Names<39>{"close-before",
                                                                 "close-after",
                                                                 "swallow-answer",
                                                                 "duplicate-answer",
                                                                 "delay-answers",
                                                                 "garbage-answer",
                                                                 "cut-answer",
                                                                 "stall-before",
                                                                 "stall-after",
                                                                 "reset-before",
                                                                 "reset-after",
                                                                 "internal-before",
                                                                 "internal-after",
                                                                 "half-frame-stall",
                                                                 "late-after-close",
                                                                 "fin-before",
                                                                 "fin",
                                                                 "replay-hole",
                                                                 "replay-reorder",
                                                                 "replay-double",
                                                                 "gap",
                                                                 "drop-delta",
                                                                 "duplicate-delta",
                                                                 "reorder-delta",
                                                                 "gap-storm",
                                                                 "refuse-subscription",
                                                                 "end-subscription",
                                                                 "cut-frame",
                                                                 "garbage-frame",
                                                                 "stall",
                                                                 "disconnect",
                                                                 "text-frame",
                                                                 "refuse-connections",
                                                                 "http",
                                                                 "expire-token",
                                                                 "retention",
                                                                 "restart",
                                                                 "sequence-reset",
                                                                 "relink"};
template <> inline constexpr auto enum_names<sandbox::CommandKind> = Names<4>{"order", "cancel", "amend", "cancel_all"};
template <> inline constexpr auto enum_names<sandbox::Endpoint> = Names<3>{"gateway", "market-data", "rest"};
template <> inline constexpr auto enum_names<sandbox::FalseBody> = Names<3>{"html", "shape", "upstream"};

} // namespace omen

namespace omen::sandbox {

/// What becomes of a REST request.
struct HttpFault {
    std::optional<std::uint64_t> status{};      ///< answered instead of the right one
    std::optional<std::uint64_t> retry_after{}; ///< seconds
    std::optional<FalseBody> body{};
    std::string redirect{};    ///< answered: go there instead
    Milliseconds slow{};       ///< how long the answer's body takes
    bool loses_answer = false; ///< the connection is closed in place of an answer
    bool takes_effect = false; ///< a wrong answer comes, or none, though the request was obeyed
};

/// One fault as it is written: NAME[:key=value,...], and where it strikes.
struct FaultSpec {
    std::string text; ///< as it was written
    FaultKind kind{};

    std::optional<std::uint64_t> nth{};    ///< not before this one
    std::optional<std::uint64_t> every{};  ///< every n-th
    std::optional<std::uint64_t> chance{}; ///< one in n
    std::optional<std::uint64_t> count{};  ///< how often at most

    std::optional<CommandKind> command{};
    std::optional<Endpoint> endpoint{};
    std::optional<MarketId> market{};
    std::optional<std::uint64_t> sequence{}; ///< of an execution
    std::string code = "market_halted";      ///< of a subscription's refusal
    std::string path{};                      ///< of REST requests, how it begins

    Milliseconds delay{};                  ///< of an answer or a late execution, or how long a restart takes
    std::string account = "default";       ///< that is relinked
    std::uint16_t close_code{};            ///< of a close frame
    std::optional<std::uint64_t> events{}; ///< of each wallet, that the drop-copy keeps
    HttpFault http{};

    /// A usage Error where there is no such fault, or no such key or value of it.
    static FaultSpec parse(const std::string& text);

    FaultScope scope() const;
    /// How often it strikes at most; without end where that is nothing.
    std::optional<std::uint64_t> limit() const;
    /// Whether it keeps its command from being executed.
    bool forestalls() const;
    /// Whether its command is executed only when the session has ended, `delay` after that.
    bool postpones() const;
};

/// The kind of this name. A usage Error, with the nearest one, where there is none.
FaultKind fault_kind(const std::string& name);

} // namespace omen::sandbox
