// Goal: blocking calls run in order behind a bounded queue, and stopping leaves nothing behind.
// Method: real threads that meet at futures.

#include "api/worker.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>
#include <vector>

using supreme::api::worker;

TEST(worker, runs_jobs_in_order) {
  std::vector<int> order;
  std::promise<void> last;
  worker w{"test", 16};
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(w.submit([&order, i] { order.push_back(i); }));
  ASSERT_TRUE(w.submit([&last] { last.set_value(); }));
  last.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(worker, refuses_more_than_may_wait) {
  std::promise<void> begun;
  std::promise<void> release;
  worker w{"test", 2};
  ASSERT_TRUE(w.submit([&] {
    begun.set_value();
    release.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(w.submit([] {}));
  EXPECT_TRUE(w.submit([] {}));
  EXPECT_FALSE(w.submit([] {}));
  release.set_value();
}

TEST(worker, drops_what_waits_when_it_stops_and_takes_nothing_more) {
  std::promise<void> begun;
  std::promise<void> release;
  bool ran = false;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  worker w{"test", 4};
  ASSERT_TRUE(w.submit([&] {
    begun.set_value();
    release.get_future().wait();
  }));
  begun.get_future().wait();
  ASSERT_TRUE(w.submit([&ran, held = std::move(held)] { ran = true; }));
  auto stopping = std::async(std::launch::async, [&] { w.stop(); });
  // The waiting job is destroyed as soon as the stop begins; only then may the running one end.
  while (!watch.expired())
    std::this_thread::yield();
  release.set_value();
  stopping.wait();
  EXPECT_TRUE(watch.expired());
  EXPECT_FALSE(ran);
  EXPECT_FALSE(w.submit([] {}));
}
