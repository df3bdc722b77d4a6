#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace omen::sandbox {

/// How many sessions or connections each client address has.
class SessionCount {
  public:
    explicit SessionCount(std::size_t most) : most_(most) {}

    /// A place in the count, for as long as it lives.
    class Place {
      public:
        Place(SessionCount& count, const std::string& address)
            : count_(count), at_(count.by_address_.try_emplace(address).first) {
            ++at_->second;
        }
        ~Place() {
            if (--at_->second == 0) count_.by_address_.erase(at_);
        }
        const std::string& address() const { return at_->first; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

      private:
        SessionCount& count_;
        std::map<std::string, std::size_t>::iterator at_;
    };

    bool is_full(const std::string& address) const {
        const auto found = by_address_.find(address);
        return (found == by_address_.end() ? 0 : found->second) >= most_;
    }

  private:
    std::size_t most_;
    std::map<std::string, std::size_t> by_address_;
};

} // namespace omen::sandbox
