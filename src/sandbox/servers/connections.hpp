#pragma once

#include "sandbox/servers/session_count.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <set>
#include <string>

namespace omen::sandbox {

/// The open connections of all servers, so that they can be ended at once, and no client has too many. It must outlive
/// them.
class Connections {
  public:
    /// Of one client's address. More would leave no descriptors to others.
    static constexpr std::size_t most_of_one = 512;

    /// A connection, counted for as long as it lives.
    class Member {
      public:
        Member(Connections& all, const std::string& address) : all_(all), place_(all.by_client_, address) {
            all_.members_.insert(this);
        }
        virtual ~Member() { all_.members_.erase(this); }
        Member(const Member&) = delete;
        Member& operator=(const Member&) = delete;

        /// Closes the socket. What is pending fails; nothing is destroyed within the call.
        virtual void hang_up() = 0;

      protected:
        Connections& all() { return all_; }
        /// The client's IP address.
        const std::string& client() const { return place_.address(); }

      private:
        Connections& all_;
        SessionCount::Place place_;
    };

    bool has_too_many(const std::string& address) const { return by_client_.is_full(address); }

    void hang_up_all() {
        for (auto* member : members_) member->hang_up();
    }

  private:
    std::set<Member*> members_;
    SessionCount by_client_{most_of_one};
};

/// The client's IP address; empty when it has gone.
std::string client_of(const boost::asio::ip::tcp::socket& socket);

/// Breaks a connection off with a TCP reset.
void reset(boost::asio::ip::tcp::socket& socket);

/// How a connection is left that nobody serves any more.
enum class HalfOpen {
    open,  ///< the client sees nothing
    ended, ///< the client sees its end, behind what was sent
};

/// Keeps a connection until the client goes, or has had time enough to, reading away what still comes.
void leave_open(boost::asio::ip::tcp::socket socket, HalfOpen silence, Connections& all);

} // namespace omen::sandbox
