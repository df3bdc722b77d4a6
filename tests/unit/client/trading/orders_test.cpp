#include "client/trading/orders.hpp"
#include "support/catch.hpp"

#include <set>

namespace omen::orders_test {

TEST_CASE("minted client order ids are valid, ordered by time and do not repeat") {
    const auto first = mint_client_order_id();
    CHECK(is_client_order_id(first.value));
    std::set<ClientOrderId> seen;
    for (int i = 0; i < 1000; ++i) CHECK(seen.insert(mint_client_order_id()).second);
    CHECK(first.value.substr(0, 12) <= seen.rbegin()->value.substr(0, 12));
}

} // namespace omen::orders_test
