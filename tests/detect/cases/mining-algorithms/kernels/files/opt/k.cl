__kernel void progpow_search(__global x) {}
__kernel void ethash_search() {}
