//! The virtual PS3
