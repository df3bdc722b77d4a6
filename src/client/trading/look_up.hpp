#pragma once

#include "client/session/gateway.hpp"
#include "client/trading/reading.hpp"
#include "core/error.hpp"
#include "system/descriptor.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

namespace omen {

/// What is to be read of the exchange's own records.
struct Question {
    std::vector<OrderRef> wanted;
    std::uint64_t from = 1;                             ///< where the replay begins
    std::function<bool(const Reading&)> is_enough = {}; ///< whether the open orders tell, so that no replay is needed
    std::function<void(const gw::Execution&)> on_execution = {}; ///< gets each of the replay, as it came
    bool with_open_orders = true;
};

/// Reads the open orders, if asked to, and, where they are not enough, a replay of the drop-copy, up to the last
/// execution that was issued when it began. What does not come by the deadline is missing in the reading. Errors: those
/// of the gateway, where not even the open orders came. Throws Interrupted.
Reading read_records(Gateway& gateway, const Question& question, Deadline deadline);

/// The same in a session of its own, and again in another one for as long as executions are missing that the exchange
/// has not said to be lost. Errors: those of the last attempt, where there is no reading at all.
Reading read_whole_records(const std::function<Gateway(Deadline)>& new_gateway, const Question& question,
                           Deadline deadline);

/// An order by its client order id, in whatever state it is; nothing where the record proves that there is none.
/// Errors: protocol, where executions are missing and so can't prove it.
std::optional<gw::OrderState> find_order(const std::function<Gateway(Deadline)>& new_gateway, const ClientOrderId& id,
                                         Deadline deadline);

/// A reading in a thread of its own, while the session that asks goes on being read. It ends early with its owner.
class LookUp {
  public:
    using Answer = std::variant<Reading, Error>;

    LookUp(Gateway gateway, Question question, Deadline deadline);
    ~LookUp();
    LookUp(const LookUp&) = delete;
    LookUp& operator=(const LookUp&) = delete;

    /// Readable as soon as there is an answer.
    int fd() const { return done_.read_end.get(); }
    /// The answer; nothing while there is none.
    std::optional<Answer> answer();

  private:
    struct Pipe {
        Pipe();
        Descriptor read_end;
        Descriptor write_end;
    };
    void run(Gateway gateway, const Question& question, Deadline deadline) noexcept;

    Pipe done_;
    Pipe cut_;
    std::mutex mutex_;
    std::optional<Answer> answer_;
    std::thread thread_;
};

} // namespace omen
