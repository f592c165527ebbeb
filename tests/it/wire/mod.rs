//! Documents as they arrive from outside, and what answers them.
