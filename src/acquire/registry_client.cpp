  auto wait = std::min(m_retry.longest, m_retry.base * (1LL << std::min(attempt, 16U)) / 2);
  // Half of it at random, so that many scans that failed together do not come back together.
  thread_local std::minstd_rand random{std::random_device{}()};
  wait = wait / 2 + std::chrono::milliseconds(std::uniform_int_distribution<long long>(0, wait.count() / 2)(random));
