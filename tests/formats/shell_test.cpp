#include "formats/shell.hpp"

#include <gtest/gtest.h>

TEST(Tmp, x) {}
