#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <set>

namespace omen::sandbox {

/// The open connections of all servers, so that they can be ended at once. It must outlive them.
class Connections {
  public:
    /// A connection, counted for as long as it lives.
    class Member {
      public:
        explicit Member(Connections& all) : all_(all) { all_.members_.insert(this); }
        virtual ~Member() { all_.members_.erase(this); }
        Member(const Member&) = delete;
        Member& operator=(const Member&) = delete;

        /// Closes the socket. What is pending fails; nothing is destroyed within the call.
        virtual void hang_up() = 0;

      protected:
        Connections& all() { return all_; }

      private:
        Connections& all_;
    };

    void hang_up_all() {
        for (auto* member : members_) member->hang_up();
    }

  private:
    std::set<Member*> members_;
};

/// Breaks a connection off with a TCP reset.
void reset(boost::asio::ip::tcp::socket& socket);

/// How a connection is left that nobody serves any more.
enum class HalfOpen {
    open,  ///< the client sees nothing
    ended, ///< the client sees its end, behind what was sent
};

/// Keeps a connection until the client goes, reading away what still comes.
void leave_open(boost::asio::ip::tcp::socket socket, HalfOpen silence, Connections& all);

} // namespace omen::sandbox
