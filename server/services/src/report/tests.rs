//! What a report tells of a plant that something was sent to.
