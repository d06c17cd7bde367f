//! Every component in every state, for whoever designs them; in builds for debugging only.

pub fn content() -> String {
    String::new()
}
