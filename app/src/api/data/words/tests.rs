//! Words of the data page.
